"""What happens by the clock: schedules that start one function, with a dead-letter queue of their own."""

import json
from typing import cast

from aws_cdk import Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_scheduler as scheduler
from constructs import Construct

from infra import permissions
from infra.function import Function
from infra.monitoring import Alarms
from infra.principals import service
from infra.worker import make_queue, watch_dead_letters

MAX_AGE_SECONDS = 60
"""A start that is a minute late is dropped (the shortest time allowed): the next one does its work."""

DAILY_MAX_AGE_SECONDS = 3600
"""The next start of what runs once a day is far away, so a late one is better than none."""

RETRIES = 1


class Schedules(Construct):
    """A group of schedules, the role that may start exactly one function, and their dead letters."""

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        target: Function,
        prefix: str,
        key: kms.IKey,
        alarms: Alarms,
    ) -> None:
        super().__init__(scope, id_)
        self.dead = make_queue(self, "DeadLetters", key=key, dead=None)
        watch_dead_letters(
            alarms, f"{id_}DeadLetters", self.dead, means="scheduled starts that failed"
        )
        self._target = target
        self._group = scheduler.CfnScheduleGroup(self, "Group", name=prefix)
        self.role = self._role()
        permissions.invoke(self.role, target.function.function_arn)
        permissions.send(self.role, self.dead, key=key)
        self._catch_failures(key)

    def every(self, job: str, *, minutes: int) -> None:
        """Start the function every so many minutes with `{"job": job}`."""
        unit = "minute" if minutes == 1 else "minutes"
        self._schedule(job, f"rate({minutes} {unit})", max_age=MAX_AGE_SECONDS)

    def daily(self, job: str, *, hour: int, time_zone: str) -> None:
        """Start the function once a day, at a quarter past the hour, with `{"job": job}`.

        Not on the hour, when half the world's machines begin something.
        """
        self._schedule(
            job, f"cron(15 {hour} * * ? *)", max_age=DAILY_MAX_AGE_SECONDS, time_zone=time_zone
        )

    def _schedule(
        self, job: str, expression: str, *, max_age: int, time_zone: str | None = None
    ) -> None:
        schedule = scheduler.CfnSchedule(
            self,
            job.capitalize(),
            group_name=self._group.ref,
            description=f"Tieout: {job}",
            schedule_expression=expression,
            schedule_expression_timezone=time_zone,
            flexible_time_window=scheduler.CfnSchedule.FlexibleTimeWindowProperty(mode="OFF"),
            target=scheduler.CfnSchedule.TargetProperty(
                arn=self._target.function.function_arn,
                role_arn=self.role.role_arn,
                input=json.dumps({"job": job}),
                dead_letter_config=scheduler.CfnSchedule.DeadLetterConfigProperty(
                    arn=self.dead.queue_arn
                ),
                retry_policy=scheduler.CfnSchedule.RetryPolicyProperty(
                    maximum_event_age_in_seconds=max_age, maximum_retry_attempts=RETRIES
                ),
            ),
        )
        # The first start may come at once, so the role must be complete before it.
        schedule.node.add_dependency(self.role)

    def _role(self) -> iam.IRole:
        stack = Stack.of(self)
        # Scheduler's guide, "Confused deputy prevention": the source is the schedules' group.
        conditions = {
            "StringEquals": {
                "aws:SourceAccount": stack.account,
                "aws:SourceArn": self._group.attr_arn,
            }
        }
        principal = service("scheduler", conditions=conditions)
        return cast("iam.IRole", iam.Role(self, "Role", assumed_by=principal))

    def _catch_failures(self, key: kms.IKey) -> None:
        """Keep a start that the function failed; don't repeat it, since the next one comes soon."""
        permissions.send(self._target.role, self.dead, key=key)
        # The plain resource: CDK's destination would grant the function more than sending.
        lambda_.CfnEventInvokeConfig(
            self,
            "Failures",
            function_name=self._target.function.function_name,
            qualifier="$LATEST",
            maximum_retry_attempts=0,
            maximum_event_age_in_seconds=MAX_AGE_SECONDS,
            destination_config=lambda_.CfnEventInvokeConfig.DestinationConfigProperty(
                on_failure=lambda_.CfnEventInvokeConfig.OnFailureProperty(
                    destination=self.dead.queue_arn
                )
            ),
        )
