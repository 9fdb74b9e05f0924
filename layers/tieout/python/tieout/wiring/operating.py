"""What the operator's command is made of: a deployment is found by its stack's outputs."""

from dataclasses import dataclass

from botocore.exceptions import BotoCoreError, ClientError

from tieout.adapters.aws import client
from tieout.adapters.clock import SystemClock
from tieout.adapters.dynamodb import DynamoAudit, DynamoLedger, DynamoWatermarks, Table
from tieout.adapters.notes import DynamoNotes
from tieout.adapters.queues import OrderQueue
from tieout.domain.identity import StoreKey
from tieout.errors import SetupError
from tieout.flows.report_status import Status, report_status


@dataclass(frozen=True, slots=True)
class Deployment:
    """One customer's deployment of one stage."""

    ledger: DynamoLedger
    audit: DynamoAudit
    wakeups: OrderQueue
    dead_letters: OrderQueue
    watermarks: DynamoWatermarks
    notes: DynamoNotes
    stores: tuple[StoreKey, ...]
    clock: SystemClock

    def status(self) -> Status:
        """How it stands; nothing is changed."""
        return report_status(
            self.stores,
            ledger=self.ledger,
            watermarks=self.watermarks,
            notes=self.notes,
            wakeups=self.wakeups,
            dead_letters=self.dead_letters,
            clock=self.clock,
        )


def deployment(name: str) -> Deployment:
    """Find a deployment by customer and stage (`acme-prod`).

    Raises:
        SetupError: there is no such stack, it is not one of ours, or it may not be read.
    """
    outputs = _outputs(f"{name}-Service")
    clock = SystemClock()
    try:
        table = Table(client("dynamodb"), outputs["LedgerTableName"])
        return Deployment(
            ledger=DynamoLedger(table, clock),
            audit=DynamoAudit(table),
            wakeups=OrderQueue(client("sqs"), outputs["OrderQueueUrl"]),
            dead_letters=OrderQueue(client("sqs"), outputs["DeadLetterQueueUrl"]),
            watermarks=DynamoWatermarks(table),
            notes=DynamoNotes(table),
            stores=tuple(StoreKey(key) for key in outputs["StoreKeys"].split(",")),
            clock=clock,
        )
    except KeyError as error:
        raise SetupError(
            f"The stack {name}-Service has no output {error}: deploy it anew."
        ) from None


def caller() -> str:
    """Who runs this command, as AWS knows him: for the audit."""
    try:
        return client("sts").get_caller_identity()["Arn"]
    except (ClientError, BotoCoreError) as error:
        raise SetupError("AWS doesn't tell who you are: check your credentials.") from error


def _outputs(stack: str) -> dict[str, str]:
    try:
        answer = client("cloudformation").describe_stacks(StackName=stack)
    except (ClientError, BotoCoreError) as error:
        raise SetupError(
            f"The stack {stack} can't be read: check the name, the region and your credentials."
        ) from error
    rows = answer["Stacks"][0].get("Outputs", [])
    return {row["OutputKey"]: row["OutputValue"] for row in rows}
