"""`tieout status`: one screen, and an exit code that tells whether a person is needed."""

import json
from collections.abc import Generator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import boto3
import pytest
from typer.testing import CliRunner

from tests.adapters.cloud import LEDGER, account, dynamodb, make_tables
from tieout.adapters.clock import SystemClock
from tieout.adapters.dynamodb import DynamoLedger, DynamoWatermarks, Table
from tieout.adapters.notes import DynamoNotes
from tieout.cli import UNHEALTHY, app
from tieout.domain.agents import WITHOUT, Capability
from tieout.domain.identity import OrderId, OrderKey, StoreKey
from tieout.domain.ledger import State
from tieout.domain.sweeps import Breaker, Flow, GapMark, Memory, Tally
from tieout.flows.breaker import BREAKER
from tieout.flows.note_promises import ASKED_AT, LACKS, PROMISES
from tieout.flows.report_status import (
    BACKFILL_LATE,
    DOWN_TOLERATED,
    DUE_LATE,
    GAPS_LATE,
    HOOKS_LATE,
    RECOUNT_LATE,
    SELF_TEST_LATE,
)

MAIN, OUTLET = StoreKey("main"), StoreKey("outlet")
WORDS = "barrier createOnly deadline history invoiceHistory replace"
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
REASON = "The Sage agent could not be reached."


@dataclass
class Place:
    """A deployment in which all is well; a test spoils one thing."""

    ledger: DynamoLedger
    marks: DynamoWatermarks
    notes: DynamoNotes
    dead: str
    now: datetime

    def breaker(self, flow: Flow, *, since: timedelta, seen: timedelta = MINUTE) -> None:
        found = Breaker(flow, self.now - since, "" if flow is Flow.FREE else REASON)
        self.notes.write(BREAKER, replace(found, seen_at=self.now - seen).note)

    def swept(self, store: StoreKey, *, ago: timedelta) -> None:
        mark = GapMark(OrderId(250), OrderId(300), self.now, swept_at=self.now - ago)
        self.notes.write(f"gaps#{store}", mark.note)

    def recounted(self, store: StoreKey, *, ago: timedelta, missing: int = 0) -> None:
        at = self.now - ago
        tally = Tally(at, OrderId(9), ended=at, compared=1200, missing=missing)
        self.notes.write(f"recount#{store}", tally.note)

    def idle(self, store: StoreKey, *, ago: timedelta) -> None:
        self.notes.write(f"gaps_idle#{store}", {"at": (self.now - ago).isoformat()})

    def looked_after(self, store: StoreKey, *, ago: timedelta, broken: str = "") -> None:
        note = {"at": (self.now - ago).isoformat(), "broken": broken}
        self.notes.write(f"hooks#{store}", note)

    def tested(self, store: StoreKey, *, ago: timedelta, failed: str = "") -> None:
        found = {"result": "failed" if failed else "passed", "words": failed or "It arrived."}
        note = {"at": (self.now - ago).isoformat(), **found}
        self.notes.write(f"selftest#{store}", note)

    def beats(self, *, since: timedelta) -> None:
        self.notes.write("memory", Memory(self.now, self.now - since).note)

    def forget(self, name: str) -> None:
        key = {"key": {"S": f"note#{name}"}}
        boto3.client("dynamodb").delete_item(TableName=LEDGER, Key=key)

    def park(self, order_id: int) -> None:
        claim = self.ledger.claim(OrderKey(MAIN, OrderId(order_id)), owner="test")
        assert claim
        parked = replace(
            claim.entry,
            state=State.PARKED,
            parked_at=self.now,
            next_at=self.now + timedelta(days=1),
            reason="No.",
            next_action="Look.",
        )
        self.ledger.release(claim, parked)


@pytest.fixture
def place(monkeypatch: pytest.MonkeyPatch) -> Generator[Place]:
    with account(monkeypatch):
        make_tables(dynamodb())
        queues = [boto3.client("sqs").create_queue(QueueName=n)["QueueUrl"] for n in ("o", "d")]
        make_stack(*queues)
        table, clock = Table(dynamodb(), LEDGER), SystemClock()
        made = Place(
            DynamoLedger(table, clock),
            DynamoWatermarks(table),
            DynamoNotes(table),
            queues[1],
            clock.now(),
        )
        made.breaker(Flow.FREE, since=timedelta(hours=5, seconds=10))
        made.notes.write(PROMISES, {"ABC": WORDS, ASKED_AT: made.now.isoformat()})
        for store in (MAIN, OUTLET):
            made.marks.advance(store, "backfill", made.now - 3 * MINUTE - SECOND)
            made.swept(store, ago=timedelta(minutes=20))
            made.recounted(store, ago=timedelta(hours=9))
            made.looked_after(store, ago=timedelta(minutes=9))
            made.tested(store, ago=timedelta(hours=25))
        yield made


def make_stack(orders: str, dead: str) -> None:
    outputs = {
        "LedgerTableName": LEDGER,
        "OrderQueueUrl": orders,
        "DeadLetterQueueUrl": dead,
        "StoreKeys": "main,outlet",
    }
    template = {
        "Resources": {"Any": {"Type": "AWS::SNS::Topic"}},
        "Outputs": {name: {"Value": value} for name, value in outputs.items()},
    }
    boto3.client("cloudformation").create_stack(
        StackName="acme-test-Service", TemplateBody=json.dumps(template)
    )


def run(*words: str, columns: int = 250) -> tuple[int, str]:
    """The exit code, and what was printed, however the terminal broke its lines."""
    command = ["status", "--deployment=acme-test", *words]
    result = CliRunner().invoke(app, command, env={"COLUMNS": str(columns)})
    return result.exit_code, " ".join(result.output.split())


def machines() -> dict[str, Any]:
    return json.loads(run("--json")[1])


@pytest.mark.usefixtures("place")
def test_a_deployment_that_needs_nobody_says_so_and_ends_well():
    code, output = run()

    assert code == 0
    assert "Nothing needs a person." in output
    for words in (
        "takes orders for 5 h 0 min",
        f"full ({WORDS})",
        "0 due, 0 later, 0 parked; backfill 0 h 3 min ago; ids below 250 checked",
        "recount: 1200 compared, 0 missing, 0 extra, 0 doubled",
        "about 0 messages, 0 dead letters",
    ):
        assert words in output


def test_waiting_orders_are_counted_by_whether_their_time_has_come(place: Place):
    place.ledger.expect(OrderKey(MAIN, OrderId(1)))
    place.ledger.claim(OrderKey(MAIN, OrderId(2)), owner="at it")
    place.ledger.expect(OrderKey(OUTLET, OrderId(1)))
    place.ledger.expect(OrderKey(OUTLET, OrderId(2)))

    code, output = run()

    assert code == 0
    assert "1 due, 1 later, 0 parked" in output
    assert "2 due, 0 later, 0 parked" in output


def test_a_parked_order_needs_a_person(place: Place):
    place.park(250)

    code, output = run()

    assert code == UNHEALTHY
    assert "main: orders that wait for a person: 1; see tieout orders parked." in output
    assert "Nothing needs a person." not in output


@pytest.mark.parametrize("flow", [Flow.DOWN, Flow.STUCK])
def test_an_agent_that_is_down_for_long_needs_a_person(place: Place, flow: Flow):
    place.breaker(flow, since=DOWN_TOLERATED - MINUTE)
    soon = run()[0]
    place.breaker(flow, since=DOWN_TOLERATED + MINUTE)

    code, output = run()

    assert (soon, code) == (0, UNHEALTHY)
    assert f"Orders do not get through to Sage: {REASON}" in output


@pytest.mark.parametrize(
    ("late", "words"),
    [
        (DUE_LATE, "Nobody looks after due orders"),
        (GAPS_LATE, "outlet: gaps between order ids are no longer looked for"),
        (RECOUNT_LATE, "outlet: nothing was recounted for days"),
        (HOOKS_LATE, "outlet: the storefront's hooks are no longer looked after"),
        (SELF_TEST_LATE, "outlet: no self-test came to an end for a day"),
    ],
)
def test_a_sweep_that_no_longer_runs_needs_a_person(place: Place, late: timedelta, words: str):
    before = run()[0]
    if late == DUE_LATE:
        place.breaker(Flow.FREE, since=late * 2, seen=late + SECOND)
    elif late == GAPS_LATE:
        place.swept(OUTLET, ago=late + SECOND)
    elif late == HOOKS_LATE:
        place.looked_after(OUTLET, ago=late + SECOND)
    elif late == SELF_TEST_LATE:
        place.tested(OUTLET, ago=late + SECOND)
    else:
        place.recounted(OUTLET, ago=late + SECOND)

    code, output = run()

    assert (before, code) == (0, UNHEALTHY)
    assert words in output


def test_a_deployment_whose_sweeps_never_ran_needs_a_person(place: Place):
    boto3.client("dynamodb").delete_table(TableName=LEDGER)
    boto3.client("dynamodb").delete_table(TableName="customers")
    make_tables(dynamodb())

    code, output = run()

    assert place
    assert code == UNHEALTHY
    for words in (
        "Nobody looks after due orders",
        "main: changed orders are no longer looked for",
        "never asked",
        "backfill never",
        "ids never checked",
    ):
        assert words in output


@pytest.mark.parametrize(
    ("name", "late", "words"),
    [
        ("hooks#main", HOOKS_LATE, "main: the storefront's hooks are no longer looked after"),
        ("gaps#main", GAPS_LATE, "main: gaps between order ids are no longer looked for"),
        ("recount#main", RECOUNT_LATE, "main: nothing was recounted for days"),
        ("selftest#main", SELF_TEST_LATE, "main: no self-test came to an end for a day"),
    ],
)
def test_what_has_never_come_to_its_end_needs_a_person_once_there_was_time(
    place: Place, name: str, *, late: timedelta, words: str
):
    place.forget(name)
    place.beats(since=late - MINUTE)
    new = run()[0]
    place.beats(since=late + MINUTE)

    code, output = run()

    assert (new, code) == (0, UNHEALTHY)
    assert words in output


def test_a_shop_that_sold_nothing_yet_needs_nobody_as_long_as_it_is_looked_at(place: Place):
    place.forget("gaps#main")
    place.beats(since=timedelta(days=40))
    place.idle(MAIN, ago=timedelta(minutes=20))
    looked = run()[0]
    place.idle(MAIN, ago=GAPS_LATE + SECOND)

    assert (looked, run()[0]) == (0, UNHEALTHY)


def test_a_hook_that_stays_broken_needs_a_person(place: Place):
    place.looked_after(MAIN, ago=MINUTE, broken="store/order/created: No.")

    code, output = run()

    assert code == UNHEALTHY
    assert (
        "main: the storefront no longer tells of every change (store/order/created: No.)" in output
    )
    assert machines()["stores"]["main"]["hooks_broken"] == "store/order/created: No."


def test_a_self_test_that_failed_needs_a_person(place: Place):
    place.tested(MAIN, ago=MINUTE, failed="Our own webhook was answered with 403.")

    code, output = run()

    assert code == UNHEALTHY
    assert "main: the self-test failed. Our own webhook was answered with 403." in output
    assert machines()["stores"]["outlet"]["self_test_failed"] == ""


def test_a_backfill_that_lags_needs_a_person(place: Place):
    boto3.client("dynamodb").delete_item(TableName=LEDGER, Key={"key": {"S": "scan#main#backfill"}})
    place.marks.advance(MAIN, "backfill", place.now - BACKFILL_LATE - SECOND)

    code, output = run()

    assert code == UNHEALTHY
    assert "main: changed orders are no longer looked for" in output
    assert "outlet: changed" not in output


def test_a_dead_letter_needs_a_person(place: Place):
    boto3.client("sqs").send_message(QueueUrl=place.dead, MessageBody="x")

    code, output = run()

    assert code == UNHEALTHY
    assert "Dead letters: 1; see" in output


def test_a_weaker_mode_is_told_by_its_name(place: Place):
    place.notes.write(PROMISES, {"ABC": "createOnly", "CAN": WORDS, ASKED_AT: "2026"})

    output = run()[1]

    assert "never_twice (createOnly)" in output
    assert f"full ({WORDS})" in output


def test_a_recount_that_is_under_way_says_so(place: Place):
    place.notes.write("recount#main", Tally(place.now, OrderId(9), compared=500).note)

    code, output = run()

    assert code == 0
    assert "recount under way: 500 compared" in output


def test_machines_are_told_the_same_as_json(place: Place):
    place.park(250)
    place.breaker(Flow.DOWN, since=timedelta(hours=2))
    place.recounted(MAIN, ago=MINUTE, missing=2)

    told = machines()

    main = told["stores"]["main"]
    assert (main["parked"], main["due"], main["later"], main["gap_mark"]) == (1, 0, 1, 250)
    assert 180 <= main["backfill_age_seconds"] < 240
    assert main["recount"]["missing"] == "2"
    assert (told["agent"]["flow"], told["agent"]["reason"]) == ("down", REASON)
    assert told["companies"]["ABC"] == {"mode": "full", "guarantees": WORDS.split()}
    assert told["queue"] == {"messages": 0, "dead_letters": 0}
    assert len(told["concerns"]) == 2
    assert run("--json")[0] == UNHEALTHY


def test_nothing_is_cut_off_on_a_narrow_terminal(place: Place):
    place.breaker(Flow.DOWN, since=timedelta(hours=2))

    output = run(columns=40)[1]

    assert "…" not in output
    assert REASON.replace(" ", "") in "".join(output.split())


def test_what_the_connection_can_not_do_is_said_plainly_and_is_no_alarm(place: Place) -> None:
    lacking = "history lists a_word_of_a_later_version"
    place.notes.write(PROMISES, {"ABC": "createOnly", LACKS: lacking, ASKED_AT: "2026"})

    code, output = run()

    assert code == 0
    assert WITHOUT[Capability.LISTS] in output
    assert WITHOUT[Capability.HISTORY] in output
    assert WITHOUT[Capability.STOCK] not in output
    assert machines()["lacks"] == ["history", "lists"]


def test_each_thing_that_a_connection_may_lack_has_its_sentence() -> None:
    assert set(WITHOUT) == set(Capability)
