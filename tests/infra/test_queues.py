"""Queues and schedules: nothing is dropped unseen, nothing waits unwatched."""

import json
from typing import Any

import pytest

from tests.infra.cloud import Cloud, short

pytestmark = pytest.mark.xdist_group("infra")

DAY = 24 * 60 * 60


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


def test_two_schedules_start_the_poll(dev: Cloud):
    schedules = {
        json.loads(schedule["Target"]["Input"])["job"]: schedule["ScheduleExpression"]
        for schedule in dev.properties("AWS::Scheduler::Schedule")
    }

    assert schedules == {"due": "rate(1 minute)", "backfill": "rate(5 minutes)"}


def test_a_schedule_keeps_what_it_could_not_start(dev: Cloud):
    for schedule in dev.properties("AWS::Scheduler::Schedule"):
        target = schedule["Target"]
        assert short(target["DeadLetterConfig"]["Arn"]["Fn::GetAtt"][0]) == "SchedulesDeadLetters"
        assert short(target["RoleArn"]["Fn::GetAtt"][0]) == "SchedulesRole"
        assert short(target["Arn"]["Fn::GetAtt"][0]) == "PollFunction"
        assert target["RetryPolicy"] == {"MaximumEventAgeInSeconds": 60, "MaximumRetryAttempts": 1}
        assert schedule["FlexibleTimeWindow"] == {"Mode": "OFF"}


def test_a_failed_poll_is_kept_and_not_repeated(dev: Cloud):
    (failures,) = dev.properties("AWS::Lambda::EventInvokeConfig")

    assert failures["MaximumRetryAttempts"] == 0
    destination = failures["DestinationConfig"]["OnFailure"]["Destination"]
    assert short(destination["Fn::GetAtt"][0]) == "SchedulesDeadLetters"
