"""The stack that must survive: tables, secrets and the key that encrypts them."""

import json
from collections.abc import Mapping, Sequence

from aws_cdk import Environment, RemovalPolicy, Stack
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_iam as iam
from aws_cdk import aws_secretsmanager as secrets
from constructs import Construct

from infra.keys import make_key
from infra.principals import anyone
from infra.settings import Customer

GENERATED_LENGTH = 48
"""Characters of a generated secret: letters and digits, 285 bits."""

# These templates are frozen. CloudFormation answers any change of them by making a new value,
# which would overwrite what the operator has set.
STORE_TEMPLATE: Mapping[str, str] = {
    "access_token": "",
    "client_id": "",
    "client_secret": "",
    "client_secret_previous": "",
    "webhook_key_previous": "",
}
STORE_GENERATED = "webhook_key"
AGENT_TEMPLATE: Mapping[str, str] = {}
AGENT_GENERATED = "api_key"
EBWS_TEMPLATE: Mapping[str, str] = {"username": ""}
EBWS_GENERATED = "password"

String = dynamodb.AttributeType.STRING
Number = dynamodb.AttributeType.NUMBER


class Data(Stack):
    """Tables and secrets. Deleting this stack leaves all of them, and the key, in place."""

    def __init__(self, scope: Construct, id_: str, *, customer: Customer, local: bool) -> None:
        super().__init__(
            scope,
            id_,
            description=f"Tieout's data for {customer.prefix}",
            # Tables under our own key need the region at synth; the account stays open.
            env=Environment(region=customer.region),
            termination_protection=customer.safety.deletion_protection,
        )
        self._customer = customer
        self._local = local
        self.key = make_key(
            self,
            "Key",
            description=f"Tieout: tables and secrets of {customer.prefix}",
            services=["dynamodb", "secretsmanager"],
        )
        self.ledger = self._ledger()
        self.customers = self._table("Customers", key="key")
        self.config = self._table("Config", key="key", sort=("version", Number))
        self.store_secrets = {key: self._store_secret(key) for key in customer.stores}
        self.sage_secrets = self._sage_secrets()

    def _ledger(self) -> dynamodb.TableV2:
        # No time to live: a forgotten order is an order that could be created twice.
        table = self._table("Ledger", key="key")
        table.add_global_secondary_index(
            index_name="due",
            partition_key=dynamodb.Attribute(name="due_store", type=String),
            sort_key=dynamodb.Attribute(name="next_at", type=Number),
            projection_type=dynamodb.ProjectionType.KEYS_ONLY,
        )
        table.add_global_secondary_index(
            index_name="parked",
            partition_key=dynamodb.Attribute(name="parked_store", type=String),
            sort_key=dynamodb.Attribute(name="parked_at", type=Number),
            projection_type=dynamodb.ProjectionType.ALL,
        )
        return table

    def _table(
        self, id_: str, *, key: str, sort: tuple[str, dynamodb.AttributeType] | None = None
    ) -> dynamodb.TableV2:
        return dynamodb.TableV2(
            self,
            id_,
            partition_key=dynamodb.Attribute(name=key, type=String),
            sort_key=dynamodb.Attribute(name=sort[0], type=sort[1]) if sort else None,
            billing=dynamodb.Billing.on_demand(),
            encryption=dynamodb.TableEncryptionV2.customer_managed_key(self.key),
            point_in_time_recovery_specification=dynamodb.PointInTimeRecoverySpecification(
                point_in_time_recovery_enabled=True
            ),
            deletion_protection=self._customer.safety.deletion_protection,
            removal_policy=RemovalPolicy.RETAIN,
        )

    def _store_secret(self, key: str) -> secrets.Secret:
        return self._secret(
            f"StoreSecret{key.capitalize()}",
            description=f"Tieout: credentials of the store {key}",
            template=STORE_TEMPLATE,
            generated=STORE_GENERATED,
            readers=["receive_webhook", "take_orders", "poll"],
        )

    def _sage_secrets(self) -> dict[str, secrets.Secret]:
        """The secrets of the way into Sage, by the function that reads each."""
        if self._customer.ebws is not None:
            logon = self._secret(
                "EbwsSecret",
                description="Tieout: the Sage 100 user that eBusiness Web Services work as",
                template=EBWS_TEMPLATE,
                generated=EBWS_GENERATED,
                readers=["take_orders"],
            )
            # Whether the service is there is told without a logon, so the poller has none.
            return {"take_orders": logon}
        return {
            "take_orders": self._agent_secret("AgentSecret", scope="write", reader="take_orders"),
            "poll": self._agent_secret("AgentReadSecret", scope="read", reader="poll"),
        }

    def _agent_secret(self, id_: str, *, scope: str, reader: str) -> secrets.Secret:
        return self._secret(
            id_,
            description=f"Tieout: the agent's API key of the scope {scope}",
            template=AGENT_TEMPLATE,
            generated=AGENT_GENERATED,
            readers=[reader],
        )

    def _secret(
        self,
        id_: str,
        *,
        description: str,
        template: Mapping[str, str],
        generated: str,
        readers: Sequence[str],
    ) -> secrets.Secret:
        secret = secrets.Secret(
            self,
            id_,
            description=description,
            encryption_key=self.key,
            generate_secret_string=secrets.SecretStringGenerator(
                secret_string_template=json.dumps(template),
                generate_string_key=generated,
                password_length=GENERATED_LENGTH,
                exclude_punctuation=True,
            ),
            removal_policy=RemovalPolicy.RETAIN,
        )
        if not self._local:  # the sandbox's cloud knows no policies on secrets
            secret.add_to_resource_policy(self._only(readers))
        return secret

    def _only(self, functions: Sequence[str]) -> iam.PolicyStatement:
        """Refuse to read the secret to everyone but these functions and the operators."""
        # Role names, not roles: the roles belong to the stack that depends on this one.
        prefix = f"arn:{self.partition}:iam::{self.account}:role/{self._customer.prefix}"
        readers = [f"{prefix}-{name}" for name in functions]
        return iam.PolicyStatement(
            sid="OnlyTheseRolesRead",
            effect=iam.Effect.DENY,
            principals=[anyone()],
            actions=["secretsmanager:GetSecretValue"],
            resources=["*"],
            conditions={
                "ArnNotEquals": {"aws:PrincipalArn": [*readers, *self._customer.safety.operators]}
            },
        )
