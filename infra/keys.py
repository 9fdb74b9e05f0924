"""One customer-managed key per stack, usable only through the services that the stack needs."""

from collections.abc import Sequence
from typing import cast

from aws_cdk import RemovalPolicy, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from constructs import Construct

from infra.principals import account, exact_role, service

USE = [
    "kms:Decrypt",
    "kms:DescribeKey",
    "kms:Encrypt",
    "kms:GenerateDataKey",
    "kms:GenerateDataKeyWithoutPlaintext",
    "kms:ReEncryptFrom",
    "kms:ReEncryptTo",
]

ADMINISTER = [
    "kms:CancelKeyDeletion",
    "kms:DescribeKey",
    "kms:DisableKey",
    "kms:EnableKey",
    "kms:EnableKeyRotation",
    "kms:GetKeyPolicy",
    "kms:GetKeyRotationStatus",
    "kms:ListGrants",
    "kms:ListKeyPolicies",
    "kms:ListKeyRotations",
    "kms:ListResourceTags",
    "kms:PutKeyPolicy",
    "kms:RevokeGrant",
    "kms:ScheduleKeyDeletion",
    "kms:TagResource",
    "kms:UntagResource",
    "kms:UpdateKeyDescription",
]


def make_key(scope: Construct, id_: str, *, description: str, services: Sequence[str]) -> kms.IKey:
    """Make a key that rotates yearly and outlives its stack.

    The account may administer it. It may use it only through the named services (such as
    `secretsmanager`), and then only whom IAM allows; nobody may call KMS with it directly.
    """
    region = Stack.of(scope).region
    via = [f"{name}.{region}.amazonaws.com" for name in services]
    policy = iam.PolicyDocument(
        statements=[
            iam.PolicyStatement(
                sid="AccountAdministers",
                principals=[account()],
                actions=ADMINISTER,
                resources=["*"],
            ),
            iam.PolicyStatement(
                sid="AccountUsesThroughServices",
                principals=[account()],
                # Tables and functions hold on to their key by a grant; CloudFormation makes it.
                actions=[*USE, "kms:CreateGrant"],
                resources=["*"],
                conditions={"StringEquals": {"kms:ViaService": via}},
            ),
        ]
    )
    key = kms.Key(
        scope,
        id_,
        description=description,
        enable_key_rotation=True,
        policy=policy,
        removal_policy=RemovalPolicy.RETAIN,
    )
    return cast("kms.IKey", key)


def let_roles_use(key: kms.IKey, roles: Sequence[iam.IRole]) -> None:
    """Name the exact roles that encrypt and decrypt messages with the key."""
    key.add_to_resource_policy(
        iam.PolicyStatement(
            sid="FunctionsUse",
            principals=[exact_role(role) for role in roles],
            actions=["kms:Decrypt", "kms:GenerateDataKey"],
            resources=["*"],
        )
    )


def let_logs_use(key: kms.IKey, *, log_groups: Sequence[str]) -> None:
    """Let CloudWatch Logs encrypt the log groups whose names match, and no others."""
    stack = Stack.of(key)
    groups = [
        f"arn:{stack.partition}:logs:{stack.region}:{stack.account}:log-group:{name}"
        for name in log_groups
    ]
    key.add_to_resource_policy(
        iam.PolicyStatement(
            sid="LogsUse",
            principals=[service(f"logs.{stack.region}")],
            # CloudWatch Logs documentation, "Encrypt log data": these actions, by families.
            actions=[
                "kms:Decrypt*",
                "kms:Describe*",
                "kms:Encrypt*",
                "kms:GenerateDataKey*",
                "kms:ReEncrypt*",
            ],
            resources=["*"],
            conditions={"ArnLike": {"kms:EncryptionContext:aws:logs:arn": groups}},
        )
    )


def let_alarms_use(key: kms.IKey) -> None:
    """Let this account's CloudWatch alarms publish to the encrypted topic."""
    key.add_to_resource_policy(
        iam.PolicyStatement(
            sid="AlarmsUse",
            principals=[service("cloudwatch")],
            actions=["kms:Decrypt", "kms:GenerateDataKey*"],
            resources=["*"],
            conditions={"StringEquals": {"aws:SourceAccount": Stack.of(key).account}},
        )
    )
