"""Queues and schedules: nothing is dropped unseen, nothing waits unwatched."""

import json
from pathlib import Path
from typing import Any

import pytest

from infra.settings import Customer
from tests.infra.cloud import Cloud, example, short, synth

pytestmark = pytest.mark.xdist_group("infra")

DAY = 24 * 60 * 60
DAILY = {"recount", "selftest"}


def queue(cloud: Cloud, name: str) -> dict[str, Any]:
    queues = cloud.of_type("AWS::SQS::Queue").items()
    (found,) = (resource["Properties"] for id_, resource in queues if short(id_) == name)
    return found


def test_there_are_exactly_the_queues_we_watch(dev: Cloud):
    names = {short(id_) for id_ in dev.of_type("AWS::SQS::Queue")}

    assert names == {"OrdersQueue", "OrdersDeadLetters", "SchedulesDeadLetters"}


def test_every_queue_is_encrypted_and_refuses_plain_http(dev: Cloud):
    refused = [
        policy["PolicyDocument"]["Statement"][0]
        for policy in dev.properties("AWS::SQS::QueuePolicy")
    ]

    for properties in dev.properties("AWS::SQS::Queue"):
        assert "Fn::GetAtt" in properties["KmsMasterKeyId"]
    assert len(refused) == len(dev.of_type("AWS::SQS::Queue"))
    for statement in refused:
        assert statement["Effect"] == "Deny"
        assert statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}


def test_a_wake_up_that_fails_five_times_is_kept_as_a_dead_letter(dev: Cloud):
    redrive = queue(dev, "OrdersQueue")["RedrivePolicy"]

    assert redrive["maxReceiveCount"] == 5
    assert short(redrive["deadLetterTargetArn"]["Fn::GetAtt"][0]) == "OrdersDeadLetters"


def test_dead_letters_are_kept_longer_than_messages(dev: Cloud):
    kept = [
        queue(dev, name)["MessageRetentionPeriod"] for name in ("OrdersQueue", "OrdersDeadLetters")
    ]

    assert kept == [4 * DAY, 14 * DAY]


@pytest.mark.parametrize(
    ("name", "alarms"),
    [
        ("OrdersQueue", ["OrdersOldestMessage"]),
        ("OrdersDeadLetters", ["OrdersDeadLetters"]),
        ("SchedulesDeadLetters", ["SchedulesDeadLetters"]),
    ],
)
def test_every_queue_has_its_alarm(dev: Cloud, name: str, alarms: list[str]):
    found = [
        alarm
        for alarm, properties in dev.alarms().items()
        for dimension in properties.get("Dimensions", [])
        if dimension["Name"] == "QueueName" and short(dimension["Value"]["Fn::GetAtt"][0]) == name
    ]

    assert found == alarms


def test_orders_are_taken_one_message_at_a_time_and_never_filtered(dev: Cloud):
    (mapping,) = dev.properties("AWS::Lambda::EventSourceMapping")

    assert mapping["BatchSize"] == 1
    assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert mapping["ScalingConfig"] == {"MaximumConcurrency": 5}
    assert "FilterCriteria" not in mapping
    assert short(mapping["EventSourceArn"]["Fn::GetAtt"][0]) == "OrdersQueue"
    assert short(mapping["FunctionName"]["Ref"]) == "TakeOrdersFunction"


def schedules(cloud: Cloud) -> dict[str, dict[str, Any]]:
    """All schedules by the job that they start."""
    return {
        json.loads(schedule["Target"]["Input"])["job"]: schedule
        for schedule in cloud.properties("AWS::Scheduler::Schedule")
    }


def test_every_job_of_the_poll_has_its_schedule(dev: Cloud):
    when = {job: schedule["ScheduleExpression"] for job, schedule in schedules(dev).items()}

    assert when == {
        "due": "rate(1 minute)",
        "backfill": "rate(5 minutes)",
        "gaps": "rate(60 minutes)",
        "hooks": "rate(10 minutes)",
        "recount": "cron(15 2 * * ? *)",
        "selftest": "cron(15 7 * * ? *)",
    }


def test_what_is_daily_goes_by_the_customers_own_clock(tmp_path: Path):
    customer = example("dev").model_dump(mode="json")
    customer["schedules"] = {"time_zone": "America/Denver", "recount_hour": 3, "selftest_hour": 9}

    found = schedules(synth(Customer.model_validate(customer), tmp_path))

    assert found["recount"]["ScheduleExpression"] == "cron(15 3 * * ? *)"
    assert found["selftest"]["ScheduleExpression"] == "cron(15 9 * * ? *)"
    zones = {job: one.get("ScheduleExpressionTimezone") for job, one in found.items()}
    assert {job for job, zone in zones.items() if zone == "America/Denver"} == {
        "recount",
        "selftest",
    }


def test_a_schedule_keeps_what_it_could_not_start(dev: Cloud):
    for job, schedule in schedules(dev).items():
        target, late = schedule["Target"], 3600 if job in DAILY else 60
        assert short(target["DeadLetterConfig"]["Arn"]["Fn::GetAtt"][0]) == "SchedulesDeadLetters"
        assert short(target["RoleArn"]["Fn::GetAtt"][0]) == "SchedulesRole"
        assert short(target["Arn"]["Fn::GetAtt"][0]) == "PollFunction"
        retry = {"MaximumEventAgeInSeconds": late, "MaximumRetryAttempts": 1}
        assert target["RetryPolicy"] == retry
        assert schedule["FlexibleTimeWindow"] == {"Mode": "OFF"}


def test_a_failed_poll_is_kept_and_not_repeated(dev: Cloud):
    (failures,) = dev.properties("AWS::Lambda::EventInvokeConfig")

    assert failures["MaximumRetryAttempts"] == 0
    destination = failures["DestinationConfig"]["OnFailure"]["Destination"]
    assert short(destination["Fn::GetAtt"][0]) == "SchedulesDeadLetters"
