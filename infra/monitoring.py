"""Alarms to one topic, and two dashboards: does the business flow, and are the parts well?"""

from collections.abc import Sequence
from typing import cast

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sns_subscriptions as subscriptions
from aws_cdk import aws_sqs as sqs
from constructs import Construct


def namespace(prefix: str) -> str:
    """The product's metrics, apart for each customer and stage that share an account."""
    return f"Tieout/{prefix}"


WIDTH = 24

FOUND = ("BackfillQueued", "DueQueued", "GapsFound")
RECOUNT = ("RecountMissing", "RecountExtra", "RecountDoubled")
HELD = ("AgentDown", "OrdersStuck")
TESTS = (
    "HooksMended",
    "HooksBroken",
    "HooksDoubled",
    "SelfTestPassed",
    "SelfTestFailed",
    "SelfTestIdle",
)
"""What the poll counts, by the graphs of the business board."""

Missing = cloudwatch.TreatMissingData


class Alarms(Construct):
    """The encrypted topic that people subscribe to, and a way to add an alarm to it.

    An alarm is called `<customer>-<stage>-<name>`; each name has its section in the runbook.
    """

    def __init__(
        self, scope: Construct, id_: str, *, prefix: str, key: kms.IKey, mail: Sequence[str]
    ) -> None:
        super().__init__(scope, id_)
        self.all: list[cloudwatch.IAlarm] = []
        self._prefix = prefix
        self.topic = cast("sns.ITopic", sns.Topic(self, "Topic", master_key=key, enforce_ssl=True))
        for address in mail:
            subscription = subscriptions.EmailSubscription(address)
            self.topic.add_subscription(cast("sns.ITopicSubscription", subscription))

    def above(
        self, name: str, metric: cloudwatch.IMetric, *, limit: float, means: str, periods: int = 1
    ) -> None:
        """Raise an alarm when the metric is above the limit in all `periods`; silence is well."""
        self._add(
            name,
            metric,
            limit=limit,
            means=means,
            periods=periods,
            comparison=cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
            missing=Missing.NOT_BREACHING,
        )

    def silent(
        self, name: str, metric: cloudwatch.IMetric, *, means: str, periods: int = 1
    ) -> None:
        """Raise an alarm when nothing at all is heard for so many periods."""
        self._add(
            name,
            metric,
            limit=1,
            means=means,
            periods=periods,
            comparison=cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD,
            missing=Missing.BREACHING,
        )

    def _add(
        self,
        name: str,
        metric: cloudwatch.IMetric,
        *,
        limit: float,
        means: str,
        periods: int,
        comparison: cloudwatch.ComparisonOperator,
        missing: cloudwatch.TreatMissingData,
    ) -> None:
        alarm = cloudwatch.Alarm(
            self,
            name,
            alarm_name=f"{self._prefix}-{name}",
            alarm_description=f"{means}. What to do: docs/runbook.md, section {name}.",
            metric=metric,
            threshold=limit,
            evaluation_periods=periods,
            comparison_operator=comparison,
            treat_missing_data=missing,
        )
        action = cast("cloudwatch.IAlarmAction", actions.SnsAction(self.topic))
        alarm.add_alarm_action(action)
        alarm.add_ok_action(action)
        self.all.append(alarm)


def business(
    name: str,
    service: str,
    *,
    prefix: str,
    statistic: str = "Sum",
    period: Duration | None = None,
) -> cloudwatch.Metric:
    """One of the product's own metrics, as the function `service` writes it."""
    return cloudwatch.Metric(
        namespace=namespace(prefix),
        metric_name=name,
        dimensions_map={"service": service},
        statistic=statistic,
        period=period or Duration.minutes(5),
    )


class BusinessBoard(Construct):
    """Is the business flowing? Orders, time to Sage, webhooks, sweeps and tests; and all alarms."""

    def __init__(
        self, scope: Construct, id_: str, *, prefix: str, alarms: Sequence[cloudwatch.IAlarm]
    ) -> None:
        super().__init__(scope, id_)
        taken = [
            business(name, "take_orders", prefix=prefix)
            for name in ("OrdersTaken", "OrdersParked", "OrdersWaiting", "OrdersSkipped")
        ]
        minutes = [
            business("MinutesToSage", "take_orders", prefix=prefix, statistic=figure).with_(
                label=figure
            )
            for figure in ("p50", "p95", "Maximum")
        ]
        webhooks = [
            business(name, "receive_webhook", prefix=prefix)
            for name in (
                "WebhooksAccepted",
                "WebhooksRefused",
                "WrongSignatures",
                "StaleSignatures",
            )
        ]
        queued, recount, held, tests = (
            [business(name, "poll", prefix=prefix) for name in names]
            for names in (FOUND, RECOUNT, HELD, TESTS)
        )
        age = business("BackfillAgeSeconds", "poll", prefix=prefix, statistic="Maximum")
        self.dashboard = cloudwatch.Dashboard(
            self,
            "Dashboard",
            dashboard_name=f"{prefix}-business",
            widgets=[
                [cloudwatch.AlarmStatusWidget(title="Alarms", alarms=list(alarms), width=WIDTH)],
                [graph("Orders", *taken), graph("Minutes from order to Sage", *minutes)],
                [graph("Webhooks", *webhooks), graph("Found by ourselves", *queued)],
                [graph("Age of the backfill, seconds", age), graph("The recount", *recount)],
                [graph("Minutes without Sage", *held), graph("Hooks and self-test", *tests)],
            ],
        )


class PartsBoard(Construct):
    """Are the parts well? One row for each function, one for the queues."""

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        prefix: str,
        functions: Sequence[tuple[str, lambda_.IFunction]],
        queues: Sequence[tuple[str, sqs.Queue]],
    ) -> None:
        super().__init__(scope, id_)
        depth = [
            queue.metric_approximate_number_of_messages_visible(label=name)
            for name, queue in queues
        ]
        age = [queue.metric_approximate_age_of_oldest_message(label=name) for name, queue in queues]
        self.dashboard = cloudwatch.Dashboard(
            self,
            "Dashboard",
            dashboard_name=f"{prefix}-parts",
            widgets=[
                *(_function_row(name, function) for name, function in functions),
                [graph("Messages", *depth), graph("Age of the oldest message, seconds", *age)],
            ],
        )


def graph(title: str, *metrics: cloudwatch.IMetric) -> cloudwatch.IWidget:
    """A graph that takes half the board's width."""
    return cloudwatch.GraphWidget(title=title, left=list(metrics), width=WIDTH // 2)


def _function_row(name: str, function: lambda_.IFunction) -> list[cloudwatch.IWidget]:
    counts = (
        function.metric_invocations(),
        function.metric_errors(),
        function.metric_throttles(),
    )
    times = [function.metric_duration(statistic=figure) for figure in ("p50", "p99", "Maximum")]
    return [graph(f"{name}: calls", *counts), graph(f"{name}: milliseconds", *times)]
