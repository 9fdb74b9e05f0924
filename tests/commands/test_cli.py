"""The operator's command, against an AWS account in memory."""

import json
from collections.abc import Generator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import boto3
import pytest
from typer.testing import CliRunner

from tests.adapters.cloud import LEDGER, account, dynamodb, make_tables
from tieout.adapters.clock import SystemClock
from tieout.adapters.dynamodb import DynamoLedger, Table
from tieout.adapters.queues import read_wakeup
from tieout.cli import FAILED, NOT_FOUND, app, main
from tieout.domain.identity import OrderId, OrderKey, SalesOrderNo, StoreKey
from tieout.domain.ledger import State
from tieout.ports import MOST_PARKED

ORDER = OrderKey(StoreKey("main"), OrderId(250))
DEPLOYMENT = "--deployment=acme-test"
# A terminal wide enough that no sentence is broken in the middle.
WIDE = {"COLUMNS": "250"}


@pytest.fixture(autouse=True)
def queue(monkeypatch: pytest.MonkeyPatch) -> Generator[str]:
    with account(monkeypatch):
        make_tables(dynamodb())
        url = boto3.client("sqs").create_queue(QueueName="orders")["QueueUrl"]
        make_stack(
            {
                "LedgerTableName": LEDGER,
                "OrderQueueUrl": url,
                "DeadLetterQueueUrl": f"{url}-dead",
                "StoreKeys": "main",
            }
        )
        yield url


def make_stack(outputs: dict[str, str]) -> None:
    template = {
        "Resources": {"Any": {"Type": "AWS::SNS::Topic"}},
        "Outputs": {name: {"Value": value} for name, value in outputs.items()},
    }
    boto3.client("cloudformation").create_stack(
        StackName="acme-test-Service", TemplateBody=json.dumps(template)
    )


def park(reason: str = "Sage refused ShipToZipCode.") -> None:
    clock = SystemClock()
    ledger = DynamoLedger(Table(dynamodb(), LEDGER), clock)
    claim = ledger.claim(ORDER, owner="test")
    assert claim
    parked = replace(
        claim.entry,
        state=State.PARKED,
        parked_at=clock.now() - timedelta(days=2, hours=3),
        reason=reason,
        next_action="Correct the ZIP code in the storefront.",
        sales_order_no=SalesOrderNo("W000250"),
    )
    ledger.release(claim, parked)


def run(*words: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, list(words), env=WIDE)
    return result.exit_code, result.output


def test_parked_orders_are_shown_with_age_reason_and_next_action():
    park()

    code, output = run("orders", "parked", DEPLOYMENT)

    assert code == 0
    for words in ("main#250", "2 d 3 h", "Sage refused ShipToZipCode.", "Correct the ZIP code"):
        assert words in output


def test_words_in_brackets_are_shown_as_they_are():
    park("The line “Tent [/b] [green]” has no SKU.")

    code, output = run("orders", "parked", DEPLOYMENT)

    assert code == 0
    assert "“Tent [/b] [green]”" in output


def test_nothing_is_cut_off_on_a_narrow_terminal():
    park("SO_SalesOrderDetail_Bus column ItemCode$: SANDBOX-NO-SUCH-ITEM-IN-SAGE is not on file.")

    result = CliRunner().invoke(app, ["orders", "parked", DEPLOYMENT], env={"COLUMNS": "40"})

    assert "…" not in result.output
    assert "SANDBOX-NO-SUCH-ITEM-IN-SAGE" in result.output.replace("\n", "").replace(" ", "")


def test_machines_get_parked_orders_as_json():
    park()

    code, output = run("orders", "parked", DEPLOYMENT, "--json")

    (row,) = json.loads(output)
    assert code == 0
    assert (row["key"], row["state"], row["sales_order_no"]) == ("main#250", "PARKED", "W000250")


def test_no_parked_order_is_good_news():
    code, output = run("orders", "parked", DEPLOYMENT)

    assert code == 0
    assert "No order waits for a person." in output


def test_one_order_can_be_shown():
    park()

    code, output = run("orders", "show", "main", "250", DEPLOYMENT)

    assert code == 0
    assert "W000250" in output


def test_an_order_that_the_ledger_does_not_have_is_said_to_be_absent():
    code, output = run("orders", "show", "main", "251", DEPLOYMENT)

    assert code == NOT_FOUND
    assert "The ledger has no order 251 of the store main." in output


def test_a_replay_queues_one_wake_up(queue: str):
    code, _ = run("replay", "main", "250", DEPLOYMENT)

    (message,) = boto3.client("sqs").receive_message(QueueUrl=queue).get("Messages", [])
    assert code == 0
    assert read_wakeup(message.get("Body", "")) == ORDER


def test_a_replay_for_a_store_that_is_not_ours_is_refused(queue: str):
    code, output = run("replay", "nowhere", "250", DEPLOYMENT)

    assert code == FAILED
    assert "main" in output
    assert "Messages" not in boto3.client("sqs").receive_message(QueueUrl=queue)


def run_main(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> tuple[int, str]:
    monkeypatch.setattr("sys.argv", ["tieout", "orders", "parked"])
    with pytest.raises(SystemExit) as ended:
        main()
    assert isinstance(ended.value.code, int)
    return ended.value.code, " ".join(capsys.readouterr().err.split())


def test_a_deployment_that_does_not_exist_is_said_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setenv("TIEOUT_DEPLOYMENT", "acme-nowhere")

    code, said = run_main(monkeypatch, capsys)

    assert code == FAILED
    assert "The stack acme-nowhere-Service can't be read" in said


def test_a_stack_of_something_else_is_not_taken_for_ours(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setenv("TIEOUT_DEPLOYMENT", "acme-test")
    boto3.client("cloudformation").delete_stack(StackName="acme-test-Service")
    make_stack({"Unrelated": "x"})

    code, said = run_main(monkeypatch, capsys)

    assert code == FAILED
    assert "deploy it anew" in said


def test_a_list_that_is_cut_off_says_so():
    table = boto3.resource("dynamodb").Table(LEDGER)
    with table.batch_writer() as writer:
        for number in range(MOST_PARKED + 1):
            row = {"key": f"main#{number}", "parked_store": "main", "parked_at": number}
            writer.put_item(Item=row | {"state": "PARKED"})

    code, output = run("orders", "parked", DEPLOYMENT, "--json")

    assert code == 0
    assert f"only its oldest {MOST_PARKED} are shown" in output


@pytest.mark.parametrize(
    ("deed", "state"), [("settle", State.SKIPPED), ("again", State.SEEN)], ids=["settle", "again"]
)
def test_a_persons_decision_is_carried_out_and_kept_in_the_audit(
    queue: str, deed: str, state: State
) -> None:
    park()

    done = CliRunner().invoke(
        app, ["orders", deed, "main", "250", "--reason", "Typed in by Ada.", DEPLOYMENT], env=WIDE
    )

    assert done.exit_code == 0, done.output
    entry = DynamoLedger(Table(dynamodb(), LEDGER), SystemClock()).read(ORDER)
    assert entry is not None
    assert (entry.state, entry.parked_at) == (state, None)
    items: list[dict[str, Any]] = dynamodb().scan(TableName=LEDGER)["Items"]  # pyright: ignore[reportAssignmentType]
    (audit,) = [item for item in items if item["key"]["S"].startswith("audit#main#250#")]
    assert audit["deed"]["S"] == deed
    assert audit["reason"]["S"] == "Typed in by Ada."
    assert audit["who"]["S"].startswith("arn:aws:")
    waiting = boto3.client("sqs").receive_message(QueueUrl=queue).get("Messages", [])
    assert len(waiting) == (deed == "again")


def test_what_is_not_parked_is_not_decided(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["tieout", "orders", "settle", "main", "250", "--reason", "So.", DEPLOYMENT]
    monkeypatch.setattr("sys.argv", arguments)

    with pytest.raises(SystemExit) as ended:
        main()

    assert ended.value.code == FAILED
    told = capsys.readouterr().err
    assert "not parked" in told
    assert "tieout orders show" in told
