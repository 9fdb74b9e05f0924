"""The web application firewall before the webhooks' door; on in production."""

from typing import Any

from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_wafv2 as waf
from constructs import Construct

MAX_BODY_BYTES = 8 * 1024
"""A webhook has about 300 bytes. WAF reads 16 KB of a body; a longer one counts as too large."""

KEY_HEADER = "x-tieout-key"
MIN_KEY_CHARACTERS = 20

Web = waf.CfnWebACL


class Firewall(Construct):
    """Blocks what can't be a webhook before a function runs: too large, too often, without the key.

    The key's value is compared in the function, in constant time; here only its presence is, so
    that the secret stays in Secrets Manager and can change without a deployment.
    """

    def __init__(
        self, scope: Construct, id_: str, *, stage: apigateway.Stage, rate_per_five_minutes: int
    ) -> None:
        super().__init__(scope, id_)
        statements = {
            "BodyTooLarge": body_too_large(),
            "NoKey": no_key(),
            "TooMany": too_many(rate_per_five_minutes),
        }
        acl = Web(
            self,
            "Acl",
            scope="REGIONAL",
            description="Tieout: blocks what is no webhook",
            default_action=Web.DefaultActionProperty(allow={}),
            visibility_config=_visible("Webhooks"),
            rules=[
                Web.RuleProperty(
                    name=name,
                    priority=priority,
                    statement=statement,
                    action=Web.RuleActionProperty(block={}),
                    visibility_config=_visible(name),
                )
                for priority, (name, statement) in enumerate(statements.items())
            ],
        )
        waf.CfnWebACLAssociation(
            self, "Association", resource_arn=stage.stage_arn, web_acl_arn=acl.attr_arn
        )


def body_too_large() -> Web.StatementProperty:
    """Match a body over the limit, and one that is too long for WAF to read."""
    body = Web.FieldToMatchProperty(body=Web.BodyProperty(oversize_handling="MATCH"))
    return Web.StatementProperty(size_constraint_statement=_size(body, "GT", MAX_BODY_BYTES))


def no_key() -> Web.StatementProperty:
    """Match a request whose key header is absent or far too short."""
    header = Web.FieldToMatchProperty(single_header={"Name": KEY_HEADER})
    long_enough = Web.StatementProperty(
        size_constraint_statement=_size(header, "GE", MIN_KEY_CHARACTERS)
    )
    return Web.StatementProperty(not_statement=Web.NotStatementProperty(statement=long_enough))


def too_many(rate: int) -> Web.StatementProperty:
    """Match an address that sends more than `rate` requests in five minutes."""
    return Web.StatementProperty(
        rate_based_statement=Web.RateBasedStatementProperty(
            aggregate_key_type="IP", limit=rate, evaluation_window_sec=300
        )
    )


def _size(field: Web.FieldToMatchProperty, operator: str, size: int) -> Any:
    return Web.SizeConstraintStatementProperty(
        field_to_match=field,
        comparison_operator=operator,
        size=size,
        text_transformations=[Web.TextTransformationProperty(priority=0, type="NONE")],
    )


def _visible(name: str) -> Web.VisibilityConfigProperty:
    # Sampled requests would show the webhook's headers, and with them the key, in the console.
    return Web.VisibilityConfigProperty(
        cloud_watch_metrics_enabled=True, metric_name=name, sampled_requests_enabled=False
    )
