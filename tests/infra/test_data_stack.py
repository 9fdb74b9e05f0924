"""Tables, secrets and keys: what must survive, survives, encrypted."""

import json
from typing import Any

import pytest

from tests.infra.cloud import Cloud, many, plain, short

pytestmark = pytest.mark.xdist_group("infra")

SURVIVORS = ("AWS::DynamoDB::GlobalTable", "AWS::SecretsManager::Secret", "AWS::KMS::Key")


@pytest.mark.parametrize("kind", SURVIVORS)
def test_tables_secrets_and_keys_outlive_their_stack(dev: Cloud, kind: str):
    found = dev.of_type(kind)

    assert found
    for resource in found.values():
        assert resource["DeletionPolicy"] == "Retain"
        assert resource["UpdateReplacePolicy"] == "Retain"


def test_there_are_exactly_the_three_tables(dev: Cloud):
    keys = {short(id_): table for id_, table in tables(dev).items()}

    schemas = {
        name: [(key["AttributeName"], key["KeyType"]) for key in table["KeySchema"]]
        for name, table in keys.items()
    }

    assert schemas == {
        "Ledger": [("key", "HASH")],
        "Customers": [("key", "HASH")],
        "Config": [("key", "HASH"), ("version", "RANGE")],
    }


def test_every_table_is_backed_up_encrypted_and_paid_by_use(dev: Cloud):
    for table in tables(dev).values():
        (replica,) = table["Replicas"]
        assert replica["PointInTimeRecoverySpecification"]["PointInTimeRecoveryEnabled"] is True
        assert "Fn::GetAtt" in replica["SSESpecification"]["KMSMasterKeyId"]
        assert table["SSESpecification"] == {"SSEEnabled": True, "SSEType": "KMS"}
        assert table["BillingMode"] == "PAY_PER_REQUEST"


def test_nothing_in_a_table_expires_by_itself(prod: Cloud):
    assert not [table for table in tables(prod).values() if "TimeToLiveSpecification" in table]


def test_tables_in_production_refuse_to_be_deleted(prod: Cloud, dev: Cloud):
    def protected(cloud: Cloud) -> list[bool]:
        replicas = [table["Replicas"][0] for table in tables(cloud).values()]
        return [replica.get("DeletionProtectionEnabled", False) for replica in replicas]

    assert protected(prod) == [True, True, True]
    assert protected(dev) == [False, False, False]


def test_the_ledger_is_searched_by_what_is_due_and_by_what_is_parked(dev: Cloud):
    (ledger,) = [table for id_, table in tables(dev).items() if id_.startswith("Ledger")]

    indexes = {
        index["IndexName"]: (
            [key["AttributeName"] for key in index["KeySchema"]],
            index["Projection"]["ProjectionType"],
        )
        for index in ledger["GlobalSecondaryIndexes"]
    }

    assert indexes == {
        "due": (["due_store", "next_at"], "KEYS_ONLY"),
        "parked": (["parked_store", "parked_at"], "ALL"),
    }


def test_secrets_begin_with_one_generated_value_and_the_rest_empty(dev: Cloud):
    generated = [
        (
            secret["GenerateSecretString"]["GenerateStringKey"],
            json.loads(secret["GenerateSecretString"]["SecretStringTemplate"]),
        )
        for secret in dev.properties("AWS::SecretsManager::Secret")
    ]

    # A change of these makes CloudFormation overwrite what the operator has set.
    assert sorted(generated) == [
        ("api_key", {}),
        ("api_key", {}),
        (
            "webhook_key",
            {
                "access_token": "",
                "client_id": "",
                "client_secret": "",
                "client_secret_previous": "",
                "webhook_key_previous": "",
            },
        ),
    ]


def test_no_template_holds_a_secret_value(dev: Cloud):
    assert not [s for s in dev.properties("AWS::SecretsManager::Secret") if "SecretString" in s]


def test_secrets_are_encrypted_with_our_own_key(dev: Cloud):
    for secret in dev.properties("AWS::SecretsManager::Secret"):
        assert "Fn::GetAtt" in secret["KmsKeyId"]


def test_a_secret_is_read_by_its_functions_and_nobody_else(prod: Cloud):
    readers = {
        short(id_): denied_but_for(policy["Properties"])
        for id_, policy in prod.of_type("AWS::SecretsManager::ResourcePolicy").items()
    }

    assert readers == {
        "StoreSecretMainPolicy": ["receive_webhook", "take_orders", "poll"],
        "AgentSecretPolicy": ["take_orders"],
        "AgentReadSecretPolicy": ["poll"],
    }


def denied_but_for(policy: dict[str, Any]) -> list[str]:
    (statement,) = policy["ResourcePolicy"]["Statement"]
    assert statement["Effect"] == "Deny"
    assert statement["Action"] == "secretsmanager:GetSecretValue"
    arns = many(statement["Condition"]["ArnNotEquals"]["aws:PrincipalArn"])
    return [plain(arn).split(":role/example-prod-")[1] for arn in arns]


def test_keys_rotate_and_are_used_through_services_only(dev: Cloud):
    keys = dev.properties("AWS::KMS::Key")

    assert len(keys) == 2
    for key in keys:
        assert key["EnableKeyRotation"] is True
        for statement in key["KeyPolicy"]["Statement"]:
            assert "kms:*" not in statement["Action"]
            if "kms:Decrypt" in statement["Action"]:
                assert statement.get("Condition") or statement.get("Sid") == "FunctionsUse"


def test_the_key_of_the_messages_names_the_exact_roles(dev: Cloud):
    statements = [
        statement
        for key in dev.properties("AWS::KMS::Key")
        for statement in key["KeyPolicy"]["Statement"]
        if statement.get("Sid") == "FunctionsUse"
    ]

    (statement,) = statements
    roles = [short(arn["Fn::GetAtt"][0]) for arn in statement["Principal"]["AWS"]]
    assert sorted(roles) == ["PollRole", "ReceiveWebhookRole", "SchedulesRole", "TakeOrdersRole"]


def tables(cloud: Cloud) -> dict[str, dict[str, Any]]:
    found = cloud.of_type("AWS::DynamoDB::GlobalTable")
    return {id_: table["Properties"] for id_, table in found.items()}
