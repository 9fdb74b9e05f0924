"""A function with all our defaults: one new function is a few lines in `service.py`."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from aws_cdk import Duration, RemovalPolicy, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from constructs import Construct

from infra import permissions
from infra.layers import Layers
from infra.monitoring import Alarms, business, namespace
from infra.principals import service

MEMORY_MB = 512
"""Processor time comes with memory; below this a cold start takes seconds."""

MAX_ENVIRONMENT_BYTES = 4096
"""AWS Lambda quotas: all environment variables of a function together, names and values."""

REFERENCE_BYTES = 150
"""Counted for a value that is known at deployment only; the longest is a secret's ARN."""

PERIOD = Duration.minutes(5)


class EnvironmentTooLargeError(ValueError):
    """A function's environment is over Lambda's limit; the text names the function."""


@dataclass(frozen=True, kw_only=True)
class Workshop:
    """What all functions of the stack have in common."""

    prefix: str
    layers: Layers
    key: kms.IKey
    alarms: Alarms
    keep_logs: bool


class Function(Construct):
    """One Lambda function, its role, its log group and its alarms.

    The function and its role are named `<customer>-<stage>-<name>`; secrets name the roles that
    may read them, so the names are part of the contract with the stack `Data`.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        name: str,
        timeout: Duration,
        environment: Mapping[str, str],
        workshop: Workshop,
        memory: int = MEMORY_MB,
        reserved: int | None = None,
    ) -> None:
        super().__init__(scope, id_)
        self.id = id_
        self._workshop = workshop
        logs_ = self._log_group()
        self.role = self._role(f"{workshop.prefix}-{name}", logs_)
        variables = {**self._common(name), **environment}
        check_size(self, name, variables)
        function = lambda_.Function(
            self,
            "Function",
            function_name=f"{workshop.prefix}-{name}",
            handler=f"functions.{name}.handler",
            code=workshop.layers.functions,
            layers=list(workshop.layers.all),
            runtime=lambda_.Runtime.PYTHON_3_13,
            architecture=workshop.layers.architecture,
            memory_size=memory,
            timeout=timeout,
            environment=variables,
            environment_encryption=workshop.key,
            role=self.role,
            log_group=logs_,
            logging_format=lambda_.LoggingFormat.JSON,
            application_log_level_v2=lambda_.ApplicationLogLevel.INFO,
            system_log_level_v2=lambda_.SystemLogLevel.WARN,
            tracing=lambda_.Tracing.ACTIVE,
            reserved_concurrent_executions=reserved,
        )
        self.function = cast("lambda_.IFunction", function)
        self._watch(name)

    def _log_group(self) -> logs.LogGroup:
        keep = self._workshop.keep_logs
        return logs.LogGroup(
            self,
            "Logs",
            retention=logs.RetentionDays.THREE_MONTHS,
            encryption_key=self._workshop.key,
            removal_policy=RemovalPolicy.RETAIN if keep else RemovalPolicy.DESTROY,
        )

    def _role(self, name: str, group: logs.LogGroup) -> iam.IRole:
        made = iam.Role(self, "Role", role_name=name, assumed_by=service("lambda"))
        role = cast("iam.IRole", made)
        permissions.write_logs(role, group)
        permissions.decrypt_environment(role, self._workshop.key)
        return role

    def _common(self, name: str) -> dict[str, str]:
        return {
            "POWERTOOLS_SERVICE_NAME": name,
            "POWERTOOLS_METRICS_NAMESPACE": namespace(self._workshop.prefix),
            "POWERTOOLS_LOG_LEVEL": "INFO",
        }

    def _watch(self, name: str) -> None:
        alarms = self._workshop.alarms
        errors = self.function.metric_errors(period=PERIOD, statistic="Sum")
        throttles = self.function.metric_throttles(period=PERIOD, statistic="Sum")
        setup = business("SetupErrors", name, prefix=self._workshop.prefix)
        for kind, metric, means in (
            ("Errors", errors, "it failed"),
            ("Throttles", throttles, "it was held back, so too much came at once"),
            ("SetupErrors", setup, "a credential or a setting is wrong; an operator must act"),
        ):
            alarms.above(f"{self.id}{kind}", metric, limit=0, means=f"{name}: {means}")


def check_size(scope: Construct, name: str, environment: Mapping[str, str]) -> None:
    """Refuse an environment that Lambda would refuse, while it's still cheap."""
    stack = Stack.of(scope)
    size = sum(
        len(key.encode()) + _bytes(stack.resolve(value)) for key, value in environment.items()
    )
    if size > MAX_ENVIRONMENT_BYTES:
        raise EnvironmentTooLargeError(
            f"the environment of {name} would take about {size} bytes; Lambda allows "
            f"{MAX_ENVIRONMENT_BYTES}. Move stores to a second customer file, or trust the agent "
            "by `pins` instead of a `ca_pem`"
        )


def _bytes(value: Any) -> int:
    if isinstance(value, str):
        return len(value.encode())
    join = cast("dict[str, Any]", value).get("Fn::Join")
    if join is None:
        return REFERENCE_BYTES
    return sum(_bytes(part) for part in join[1])
