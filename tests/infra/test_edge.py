"""The public door: one method, throttled and logged; in production behind a firewall."""

import json
from typing import Any

import pytest

from tests.infra.cloud import Cloud, short

pytestmark = pytest.mark.xdist_group("infra")


def test_the_api_has_one_method_and_it_is_post(dev: Cloud):
    (method,) = dev.properties("AWS::ApiGateway::Method")
    paths = {r["PathPart"] for r in dev.properties("AWS::ApiGateway::Resource")}

    assert method["HttpMethod"] == "POST"
    assert method["Integration"]["Type"] == "AWS_PROXY"
    assert paths == {"webhooks", "{store}"}


def test_bodies_arrive_as_they_were_sent(dev: Cloud):
    (api,) = dev.properties("AWS::ApiGateway::RestApi")

    assert "BinaryMediaTypes" not in api
    assert "MinimumCompressionSize" not in api


def test_the_api_refuses_old_tls(dev: Cloud):
    (api,) = dev.properties("AWS::ApiGateway::RestApi")

    assert api["SecurityPolicy"] == "SecurityPolicy_TLS13_1_2_PQ_2025_09"
    assert api["EndpointAccessMode"] == "STRICT"


def test_the_stage_is_throttled_traced_and_logged_without_bodies(dev: Cloud):
    (stage,) = dev.properties("AWS::ApiGateway::Stage")

    (settings,) = stage["MethodSettings"]
    assert stage["TracingEnabled"] is True
    assert settings["ThrottlingRateLimit"] == 1000
    assert settings["ThrottlingBurstLimit"] == 2000
    assert settings["LoggingLevel"] == "ERROR"
    assert settings["DataTraceEnabled"] is False


def test_the_access_log_has_no_header_and_no_body(dev: Cloud):
    (stage,) = dev.properties("AWS::ApiGateway::Stage")

    fields = json.loads(stage["AccessLogSetting"]["Format"])

    assert fields["status"] == "$context.status"
    assert not [value for value in fields.values() if "header" in value or "body" in value]


def test_the_error_log_is_ours_before_the_first_request(dev: Cloud):
    (stage,) = dev.of_type("AWS::ApiGateway::Stage").values()

    assert "WebhooksErrorLog" in {short(id_) for id_ in stage["DependsOn"]}


def rules(cloud: Cloud) -> dict[str, dict[str, Any]]:
    (acl,) = cloud.properties("AWS::WAFv2::WebACL")
    return {rule["Name"]: rule for rule in acl["Rules"]}


def test_production_stands_behind_a_firewall_and_development_may_not(prod: Cloud, dev: Cloud):
    assert len(prod.of_type("AWS::WAFv2::WebACLAssociation")) == 1
    assert not dev.of_type("AWS::WAFv2::WebACL")


def test_the_firewall_blocks_what_no_webhook_is(prod: Cloud):
    assert list(rules(prod)) == ["BodyTooLarge", "NoKey", "TooMany"]
    for rule in rules(prod).values():
        assert rule["Action"] == {"Block": {}}


def test_the_firewall_blocks_a_body_over_eight_kilobytes_or_unreadably_long(prod: Cloud):
    statement = rules(prod)["BodyTooLarge"]["Statement"]["SizeConstraintStatement"]

    assert (statement["ComparisonOperator"], statement["Size"]) == ("GT", 8192)
    assert statement["FieldToMatch"] == {"Body": {"OversizeHandling": "MATCH"}}


def test_the_firewall_blocks_a_request_without_the_key_header(prod: Cloud):
    inner = rules(prod)["NoKey"]["Statement"]["NotStatement"]["Statement"]

    statement = inner["SizeConstraintStatement"]
    assert statement["FieldToMatch"] == {"SingleHeader": {"Name": "x-tieout-key"}}
    assert (statement["ComparisonOperator"], statement["Size"]) == ("GE", 20)


def test_the_firewall_counts_each_sender(prod: Cloud):
    statement = rules(prod)["TooMany"]["Statement"]["RateBasedStatement"]

    assert statement["AggregateKeyType"] == "IP"
    assert (statement["Limit"], statement["EvaluationWindowSec"]) == (3000, 300)


def test_the_firewall_keeps_no_samples_that_would_show_the_key(prod: Cloud):
    (acl,) = prod.properties("AWS::WAFv2::WebACL")

    shown = [acl, *acl["Rules"]]

    assert not [part for part in shown if part["VisibilityConfig"]["SampledRequestsEnabled"]]
