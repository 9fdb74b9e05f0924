"""The few sentences that a function's role may contain: exact actions on exact resources."""

from aws_cdk import Stack
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from aws_cdk import aws_secretsmanager as secrets
from aws_cdk import aws_sqs as sqs

from infra.keys import USE

# Plain statements instead of CDK's grants: a grant to read and write a table also allows to scan
# and to delete, and a grant on a secret of another stack ties both stacks' keys into a cycle.


def write_logs(role: iam.IRole, group: logs.LogGroup) -> None:
    """Let the role write to its own log group, which exists already."""
    _allow(role, ["logs:CreateLogStream", "logs:PutLogEvents"], group.log_group_arn)


def use_items(role: iam.IRole, table: dynamodb.TableV2, *operations: str, key: kms.IKey) -> None:
    """Let the role do the named operations on the table's items, such as `GetItem`."""
    _allow(role, [f"dynamodb:{operation}" for operation in operations], table.table_arn)
    _use_key(role, key, USE, service="dynamodb")


def query_index(role: iam.IRole, table: dynamodb.TableV2, index: str) -> None:
    """Let the role query one index of a table."""
    _allow(role, ["dynamodb:Query"], f"{table.table_arn}/index/{index}")


def read_secret(role: iam.IRole, secret: secrets.Secret, *, key: kms.IKey) -> None:
    """Let the role read one secret and decrypt it, through Secrets Manager only."""
    _allow(role, ["secretsmanager:GetSecretValue"], secret.secret_arn)
    _use_key(role, key, ["kms:Decrypt"], service="secretsmanager")


def send(role: iam.IRole, queue: sqs.Queue, *, key: kms.IKey) -> None:
    """Let the role put messages into one encrypted queue."""
    _allow(role, ["sqs:SendMessage"], queue.queue_arn)
    _allow(role, ["kms:Decrypt", "kms:GenerateDataKey"], key.key_arn)


def ask_depth(role: iam.IRole, queue: sqs.Queue) -> None:
    """Let the role ask how many messages lie in one queue, and read none of them."""
    _allow(role, ["sqs:GetQueueAttributes"], queue.queue_arn)


def consume(role: iam.IRole, queue: sqs.Queue, *, key: kms.IKey) -> None:
    """Let the role's function be fed from one encrypted queue."""
    actions = ["sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"]
    _allow(role, actions, queue.queue_arn)
    _allow(role, ["kms:Decrypt"], key.key_arn)


def decrypt_environment(role: iam.IRole, key: kms.IKey) -> None:
    """Let the role's function read its own environment, which is encrypted at rest."""
    _allow(role, ["kms:Decrypt"], key.key_arn)


def invoke(role: iam.IRole, function_arn: str) -> None:
    """Let the role start one function."""
    _allow(role, ["lambda:InvokeFunction"], function_arn)


def _use_key(role: iam.IRole, key: kms.IKey, actions: list[str], *, service: str) -> None:
    region = Stack.of(role).region
    via = {"StringEquals": {"kms:ViaService": f"{service}.{region}.amazonaws.com"}}
    _allow(role, actions, key.key_arn, conditions=via)


def _allow(
    role: iam.IRole,
    actions: list[str],
    resource: str,
    *,
    conditions: dict[str, dict[str, str]] | None = None,
) -> None:
    role.add_to_principal_policy(
        iam.PolicyStatement(actions=actions, resources=[resource], conditions=conditions)
    )
