"""Alarms and dashboards: what breaks is heard of, and what flows is seen."""

import json
from pathlib import Path

import pytest

from tests.infra.cloud import Cloud, plain

pytestmark = pytest.mark.xdist_group("infra")

ALARMS = {
    "AgentDown",
    "BackfillBehind",
    "BackfillStopped",
    "GapsFound",
    "HooksBroken",
    "HooksMended",
    "OrdersDeadLetters",
    "OrdersOldestMessage",
    "OrdersParked",
    "OrdersStuck",
    "PollErrors",
    "PollSetupErrors",
    "PollThrottles",
    "ReceiveWebhookErrors",
    "ReceiveWebhookSetupErrors",
    "ReceiveWebhookThrottles",
    "RecountFound",
    "SchedulesDeadLetters",
    "SelfTestFailed",
    "SelfTestSilent",
    "StaleSignatures",
    "TakeOrdersErrors",
    "TakeOrdersSetupErrors",
    "TakeOrdersThrottles",
    "WebhookFaults",
    "WrongSignatures",
}


def test_the_alarms_are_those_that_the_runbook_describes(dev: Cloud):
    assert set(dev.alarms()) == ALARMS


def test_the_runbook_has_a_section_for_each_alarm():
    runbook = (Path(__file__).parents[2] / "docs" / "runbook.md").read_text(encoding="utf-8")

    sections = {line[3:] for line in runbook.splitlines() if line.startswith("## ")}

    assert sections >= ALARMS


def test_every_alarm_tells_the_topic_and_names_its_section_of_the_runbook(dev: Cloud):
    (topic,) = dev.of_type("AWS::SNS::Topic")

    for name, alarm in dev.alarms().items():
        assert alarm["AlarmActions"] == [{"Ref": topic}]
        assert alarm["OKActions"] == [{"Ref": topic}]
        assert f"docs/runbook.md, section {name}." in alarm["AlarmDescription"]


def test_the_topic_is_encrypted_and_refuses_plain_http(dev: Cloud):
    (topic,) = dev.properties("AWS::SNS::Topic")
    (policy,) = dev.properties("AWS::SNS::TopicPolicy")

    assert "Fn::GetAtt" in topic["KmsMasterKeyId"]
    conditions = [s["Condition"] for s in policy["PolicyDocument"]["Statement"]]
    assert {"Bool": {"aws:SecureTransport": "false"}} in conditions


@pytest.mark.parametrize("name", ["OrdersDeadLetters", "SchedulesDeadLetters"])
def test_one_dead_letter_is_enough_for_an_alarm(dev: Cloud, name: str):
    alarm = dev.alarms()[name]

    assert alarm["MetricName"] == "ApproximateNumberOfMessagesVisible"
    assert (alarm["ComparisonOperator"], alarm["Threshold"]) == ("GreaterThanThreshold", 0)
    assert alarm["EvaluationPeriods"] == 1


def test_a_backfill_that_stays_away_is_noticed_by_its_silence(dev: Cloud):
    alarm = dev.alarms()["BackfillStopped"]

    assert alarm["TreatMissingData"] == "breaching"
    assert alarm["Statistic"] == "SampleCount"
    assert alarm["Period"] == 900
    assert alarm["Dimensions"] == [{"Name": "service", "Value": "poll"}]


def test_a_self_test_that_stays_away_for_more_than_a_day_is_noticed_by_its_silence(dev: Cloud):
    alarm = dev.alarms()["SelfTestSilent"]

    assert alarm["TreatMissingData"] == "breaching"
    # Each self-test counts its failures, be it none.
    assert (alarm["MetricName"], alarm["Statistic"]) == ("SelfTestFailed", "SampleCount")
    assert alarm["Period"] * alarm["EvaluationPeriods"] == 26 * 3600
    assert (alarm["ComparisonOperator"], alarm["Threshold"]) == ("LessThanThreshold", 1)


@pytest.mark.parametrize("name", ["AgentDown", "OrdersStuck"])
def test_an_agent_that_is_restarted_calls_nobody(dev: Cloud, name: str):
    alarm = dev.alarms()[name]

    # In each run of a whole quarter of an hour.
    assert (alarm["Statistic"], alarm["Period"], alarm["EvaluationPeriods"]) == ("Minimum", 300, 3)
    assert (alarm["ComparisonOperator"], alarm["Threshold"]) == ("GreaterThanThreshold", 0)


@pytest.mark.parametrize(
    "name", ["GapsFound", "HooksBroken", "HooksMended", "RecountFound", "SelfTestFailed"]
)
def test_one_case_is_enough_for_an_alarm(dev: Cloud, name: str):
    alarm = dev.alarms()[name]

    assert (alarm["MetricName"], alarm["Statistic"]) == (name, "Sum")
    assert (alarm["ComparisonOperator"], alarm["Threshold"]) == ("GreaterThanThreshold", 0)
    assert alarm["EvaluationPeriods"] == 1


def test_silence_is_well_for_every_other_alarm(dev: Cloud):
    silent = {"BackfillStopped", "SelfTestSilent"}
    others = {n: a["TreatMissingData"] for n, a in dev.alarms().items() if n not in silent}

    assert set(others.values()) == {"notBreaching"}


def test_our_own_metrics_are_asked_for_as_the_functions_write_them(dev: Cloud):
    ours = [alarm for alarm in dev.alarms().values() if alarm["Namespace"].startswith("Tieout/")]

    services = {dimension["Value"] for alarm in ours for dimension in alarm["Dimensions"]}

    assert services == {"receive_webhook", "take_orders", "poll"}
    assert dev.environment("poll")["POWERTOOLS_METRICS_NAMESPACE"] == "Tieout/example-dev"
    assert dev.environment("poll")["POWERTOOLS_SERVICE_NAME"] == "poll"


def board(cloud: Cloud, name: str) -> str:
    (body,) = [
        plain(dashboard["DashboardBody"])
        for dashboard in cloud.properties("AWS::CloudWatch::Dashboard")
        if dashboard["DashboardName"] == f"example-dev-{name}"
    ]
    return body


@pytest.mark.parametrize(
    "metric",
    [
        "OrdersTaken",
        "OrdersParked",
        "OrdersWaiting",
        "OrdersSkipped",
        "MinutesToSage",
        "BackfillAgeSeconds",
        "GapsFound",
        "RecountMissing",
        "RecountExtra",
        "RecountDoubled",
        "AgentDown",
        "OrdersStuck",
        "HooksMended",
        "HooksBroken",
        "HooksDoubled",
        "SelfTestPassed",
        "SelfTestFailed",
        "SelfTestIdle",
        "WebhooksAccepted",
        "WebhooksRefused",
    ],
)
def test_the_business_board_shows(dev: Cloud, metric: str):
    assert f'"Tieout/example-dev","{metric}","service"' in board(dev, "business")


def test_the_business_board_shows_every_alarm(dev: Cloud):
    widgets = json.loads(board(dev, "business"))["widgets"]

    (alarms,) = [w["properties"]["alarms"] for w in widgets if w["type"] == "alarm"]

    assert len(alarms) == len(ALARMS)


@pytest.mark.parametrize("function", ["ReceiveWebhook", "TakeOrders", "Poll"])
def test_the_board_of_the_parts_shows_each_function(dev: Cloud, function: str):
    assert f"{function}: calls" in board(dev, "parts")
    assert f"{function}: milliseconds" in board(dev, "parts")
