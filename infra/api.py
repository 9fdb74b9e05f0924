"""The public door: one REST API with one method, `POST /webhooks/{store}`, and its logs."""

import json
from typing import cast

from aws_cdk import Duration, RemovalPolicy
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from constructs import Construct

from infra.monitoring import Alarms
from infra.principals import service
from infra.settings import Edge

# API Gateway takes bodies up to 10 MB and has no setting for less. The function refuses more than
# its own limit with 413; with the WAF on, a body over 8 KB doesn't reach it at all.

# REST APIs rather than HTTP APIs, since only these take a WAF. No binary media types: a webhook is
# UTF-8 text and so arrives byte for byte.

TLS = "SecurityPolicy_TLS13_1_2_PQ_2025_09"
"""API Gateway guide, "Security policies for REST APIs": TLS 1.2 and 1.3, nothing older."""

LOG_ACTIONS = [
    "logs:CreateLogGroup",
    "logs:CreateLogStream",
    "logs:DescribeLogGroups",
    "logs:DescribeLogStreams",
    "logs:FilterLogEvents",
    "logs:GetLogEvents",
    "logs:PutLogEvents",
]
"""API Gateway guide, "Permissions for CloudWatch logging": what it checks its role for."""

ACCESS_LOG_FIELDS = {
    "requestId": "$context.requestId",
    "time": "$context.requestTime",
    "ip": "$context.identity.sourceIp",
    "method": "$context.httpMethod",
    "path": "$context.resourcePath",
    "status": "$context.status",
    "bytes": "$context.responseLength",
    "milliseconds": "$context.responseLatency",
    "tls": "$context.tlsVersion",
    "error": "$context.error.responseType",
    "waf": "$context.waf.status",
}


class WebhookApi(Construct):
    """One method, throttled, traced and logged; everything else is answered by API Gateway itself."""

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        handler: lambda_.IFunction,
        stage: str,
        edge: Edge,
        key: kms.IKey,
        alarms: Alarms,
    ) -> None:
        super().__init__(scope, id_)
        self._key = key
        self.api = apigateway.RestApi(
            self,
            "Api",
            description="Tieout: webhooks of the storefronts",
            endpoint_types=[apigateway.EndpointType.REGIONAL],
            cloud_watch_role=False,
            deploy_options=apigateway.StageOptions(
                stage_name=stage,
                throttling_rate_limit=edge.throttle_rate,
                throttling_burst_limit=edge.throttle_burst,
                metrics_enabled=True,
                tracing_enabled=True,
                logging_level=apigateway.MethodLoggingLevel.ERROR,
                data_trace_enabled=False,
                access_log_destination=apigateway.LogGroupLogDestination(self._access_log()),
                access_log_format=apigateway.AccessLogFormat.custom(json.dumps(ACCESS_LOG_FIELDS)),
            ),
        )
        self._only_modern_tls()
        self._method(handler)
        self._log_before_the_first_request(stage, edge)
        faults = self.api.metric_server_error(period=Duration.minutes(5), statistic="Sum")
        alarms.above("WebhookFaults", faults, limit=0, means="webhooks were answered with 5xx")

    def _method(self, handler: lambda_.IFunction) -> None:
        validator = apigateway.RequestValidator(
            self,
            "Validator",
            rest_api=self.api,
            validate_request_body=True,
            validate_request_parameters=True,
        )
        store = self.api.root.add_resource("webhooks").add_resource("{store}")
        store.add_method(
            "POST",
            apigateway.LambdaIntegration(handler, proxy=True, allow_test_invoke=False),
            request_parameters={"method.request.path.store": True},
            request_validator=validator,
        )

    def _only_modern_tls(self) -> None:
        api = cast("apigateway.CfnRestApi", self.api.node.default_child)
        api.security_policy = TLS
        api.endpoint_access_mode = "STRICT"

    def _access_log(self) -> logs.LogGroup:
        return logs.LogGroup(
            self,
            "AccessLog",
            retention=logs.RetentionDays.THREE_MONTHS,
            encryption_key=self._key,
            removal_policy=RemovalPolicy.DESTROY,
        )

    def _log_before_the_first_request(self, stage: str, edge: Edge) -> None:
        """Make the error log under the name that API Gateway uses, or it would keep it for ever."""
        error_log = logs.LogGroup(
            self,
            "ErrorLog",
            log_group_name=f"API-Gateway-Execution-Logs_{self.api.rest_api_id}/{stage}",
            retention=logs.RetentionDays.THREE_MONTHS,
            encryption_key=self._key,
            removal_policy=RemovalPolicy.DESTROY,
        )
        self.api.deployment_stage.node.add_dependency(error_log)
        if edge.account_log_role:
            self.api.deployment_stage.node.add_dependency(self._account_log_role())

    def _account_log_role(self) -> apigateway.CfnAccount:
        """Give API Gateway its log role: one for the whole account and region, so it stays."""
        logging = iam.PolicyStatement(actions=LOG_ACTIONS, resources=["*"])
        role = iam.Role(
            self,
            "LogRole",
            assumed_by=service("apigateway"),
            # Part of the role, so that both are there before API Gateway looks, and both stay.
            inline_policies={"Logs": iam.PolicyDocument(statements=[logging])},
        )
        account = apigateway.CfnAccount(self, "Account", cloud_watch_role_arn=role.role_arn)
        account.apply_removal_policy(RemovalPolicy.RETAIN)
        role.apply_removal_policy(RemovalPolicy.RETAIN)
        return account
