"""Every role against the exact list of what it may do: one action more, and a test fails."""

from typing import Any

import pytest

from tests.infra.cloud import Cloud, many, plain, short

pytestmark = pytest.mark.xdist_group("infra")

OWN_LOGS = {"logs:CreateLogStream", "logs:PutLogEvents"}
TRACES = {("xray:PutTelemetryRecords", "*"), ("xray:PutTraceSegments", "*")}
SENDER = {("kms:Decrypt", "Key"), ("kms:GenerateDataKey", "Key")}
STORE = {
    ("secretsmanager:GetSecretValue", "StoreSecretMain"),
    ("kms:Decrypt via secretsmanager", "Data Key"),
}
LEDGER_KEY = {
    (f"kms:{action} via dynamodb", "Data Key")
    for action in (
        "Decrypt",
        "DescribeKey",
        "Encrypt",
        "GenerateDataKey",
        "GenerateDataKeyWithoutPlaintext",
        "ReEncryptFrom",
        "ReEncryptTo",
    )
}

ALLOWED = {
    "ReceiveWebhookRole": {
        *((action, "ReceiveWebhookLogs") for action in OWN_LOGS),
        *TRACES,
        *SENDER,
        *STORE,
        ("sqs:SendMessage", "OrdersQueue"),
    },
    "TakeOrdersRole": {
        *((action, "TakeOrdersLogs") for action in OWN_LOGS),
        *TRACES,
        *STORE,
        *LEDGER_KEY,
        ("kms:Decrypt", "Key"),
        ("secretsmanager:GetSecretValue", "AgentSecret"),
        ("dynamodb:GetItem", "Ledger"),
        ("dynamodb:UpdateItem", "Ledger"),
        ("dynamodb:GetItem", "Customers"),
        ("dynamodb:UpdateItem", "Customers"),
        ("sqs:DeleteMessage", "OrdersQueue"),
        ("sqs:GetQueueAttributes", "OrdersQueue"),
        ("sqs:ReceiveMessage", "OrdersQueue"),
    },
    "PollRole": {
        *((action, "PollLogs") for action in OWN_LOGS),
        *TRACES,
        *SENDER,
        *STORE,
        *LEDGER_KEY,
        ("dynamodb:BatchGetItem", "Ledger"),
        ("dynamodb:GetItem", "Ledger"),
        ("dynamodb:UpdateItem", "Ledger"),
        ("dynamodb:Query", "Ledger/index/due"),
        ("secretsmanager:GetSecretValue", "AgentReadSecret"),
        ("sqs:GetQueueAttributes", "OrdersQueue"),
        ("sqs:SendMessage", "OrdersQueue"),
        ("sqs:SendMessage", "SchedulesDeadLetters"),
    },
    "SchedulesRole": {
        *SENDER,
        ("lambda:InvokeFunction", "PollFunction"),
        ("sqs:SendMessage", "SchedulesDeadLetters"),
    },
    "WebhooksLogRole": {
        (f"logs:{action}", "*")
        for action in (
            "CreateLogGroup",
            "CreateLogStream",
            "DescribeLogGroups",
            "DescribeLogStreams",
            "FilterLogEvents",
            "GetLogEvents",
            "PutLogEvents",
        )
    },
}


@pytest.mark.parametrize("role", sorted(ALLOWED))
def test_a_role_may_do_exactly_what_is_listed(prod: Cloud, role: str):
    (id_,) = [id_ for id_ in prod.of_type("AWS::IAM::Role") if short(id_) == role]

    granted = {
        (action + via(statement), target(resource))
        for statement in prod.statements(id_)
        for action in many(statement["Action"])
        for resource in many(statement["Resource"])
    }

    assert granted == ALLOWED[role]


def test_there_is_no_role_beyond_the_listed_ones(prod: Cloud):
    assert {short(id_) for id_ in prod.of_type("AWS::IAM::Role")} == set(ALLOWED)


def test_no_role_has_a_policy_that_someone_else_maintains(prod: Cloud):
    roles = prod.properties("AWS::IAM::Role")

    assert not [role for role in roles if role.get("ManagedPolicyArns")]
    assert not prod.of_type("AWS::IAM::ManagedPolicy")


def test_every_statement_of_a_role_allows_by_name(prod: Cloud):
    for id_ in prod.of_type("AWS::IAM::Role"):
        for statement in prod.statements(id_):
            assert statement["Effect"] == "Allow"
            assert "NotAction" not in statement
            assert "NotResource" not in statement
            assert not [action for action in many(statement["Action"]) if "*" in action]


def test_functions_and_secrets_agree_on_the_roles_names(prod: Cloud):
    named = [role.get("RoleName") for role in prod.properties("AWS::IAM::Role")]

    assert sorted(filter(None, named)) == [
        "example-prod-poll",
        "example-prod-receive_webhook",
        "example-prod-take_orders",
    ]


@pytest.mark.parametrize(
    ("role", "service"),
    [
        ("ReceiveWebhookRole", "lambda"),
        ("TakeOrdersRole", "lambda"),
        ("PollRole", "lambda"),
        ("SchedulesRole", "scheduler"),
        ("WebhooksLogRole", "apigateway"),
    ],
)
def test_a_role_is_taken_on_by_one_service_only(prod: Cloud, role: str, service: str):
    (found,) = [r for id_, r in prod.of_type("AWS::IAM::Role").items() if short(id_) == role]

    (trust,) = found["Properties"]["AssumeRolePolicyDocument"]["Statement"]

    assert trust["Principal"] == {"Service": f"{service}.amazonaws.com"}


def test_the_schedulers_role_is_for_our_own_schedules_only(prod: Cloud):
    (found,) = [
        role
        for id_, role in prod.of_type("AWS::IAM::Role").items()
        if short(id_) == "SchedulesRole"
    ]

    (trust,) = found["Properties"]["AssumeRolePolicyDocument"]["Statement"]

    assert set(trust["Condition"]["StringEquals"]) == {"aws:SourceAccount", "aws:SourceArn"}


def test_only_our_api_and_no_other_may_call_the_webhook_function(prod: Cloud):
    (permission,) = prod.properties("AWS::Lambda::Permission")

    assert permission["Principal"] == "apigateway.amazonaws.com"
    assert plain(permission["SourceArn"]).endswith("/POST/webhooks/*")


def via(statement: dict[str, Any]) -> str:
    service = statement.get("Condition", {}).get("StringEquals", {}).get("kms:ViaService", "")
    return f" via {service.split('.')[0]}" if service else ""


def target(resource: Any) -> str:
    """The short name of what a statement is about; what lies in the other stack by its export."""
    text = plain(resource)
    head, _, rest = text.partition(">")
    name = head.removeprefix("<").removesuffix(".Arn")
    if ":ExportsOutput" not in name:
        return text if "<" not in text else short(name) + rest
    name = name.split(":ExportsOutput")[1].removeprefix("FnGetAtt").removeprefix("Ref")
    name = short(name).removesuffix("Arn")[:-8]
    return ("Data Key" if name == "Key" else name) + rest
