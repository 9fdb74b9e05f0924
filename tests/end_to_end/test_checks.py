"""The demonstration fails when anything that it claims is untrue."""

import dataclasses
import json
from decimal import Decimal

import pytest

from sandbox.demo.checks import Check, Found, Placed, checks
from sandbox.demo.compare import Entered, Sold, compare
from sandbox.demo.ledger import Entry
from sandbox.demo.report import document
from sandbox.demo.sales import Sale, sales

NORMAL = Placed(100, Sale("guest, one line", {}))
EURO = Placed(101, Sale("a currency without company", {}, "parked", "EUR"))
TWICE = Placed(102, Sale("webhook comes twice", {"webhook": "duplicate"}))
LOST = Placed(103, Sale("webhook is lost", {"webhook": "lost"}))
FORGED = Placed(104, Sale("webhook is forged", {"webhook": "forged"}))
PLACED = (NORMAL, EURO, TWICE, LOST, FORGED)
TEN, ONE = Decimal("10.00"), Decimal(1)


def delivery(order_id: int, *statuses: int) -> dict[str, object]:
    body = json.dumps({"data": {"type": "order", "id": order_id}})
    return {"body": body, "attempts": [{"status": status} for status in statuses]}


def entered(order_id: int, company: str = "ABC", units: Decimal = ONE) -> Entered:
    marker = f"W-{order_id}-x7"
    return Entered(f"W{order_id:06d}", company, "00-W1", marker, units, TEN)


def found(**changes: object) -> Found:
    sold = [Sold(p.order_id, p.sale.title, "USD", ONE, TEN) for p in PLACED if p != EURO]
    good = Found(
        placed=PLACED,
        comparison=compare(sold, [entered(one.order_id) for one in sold]),
        ledger={101: Entry(101, "PARKED", "The order is in EUR.", "Enter it by hand.")},
        deliveries=[
            *(delivery(100, 200), delivery(102, 200), delivery(102, 200)),
            *(delivery(103), delivery(104, 401)),
        ],
        companies={"USD": "ABC"},
        self_test={"result": "passed", "words": "It reached the ledger."},
        dead_letters=0,
    )
    return dataclasses.replace(good, **changes)


def untrue(evidence: Found) -> list[Check]:
    return [check for check in checks(evidence) if not check.true]


def test_nothing_is_untrue_when_all_is_as_claimed() -> None:
    assert untrue(found()) == []


@pytest.mark.parametrize(
    ("entry", "told"),
    [
        (None, "None"),
        (Entry(101, "CREATED", "", ""), "CREATED"),
        (Entry(101, "PARKED", "Something is wrong.", "Enter it by hand."), "Something"),
        (Entry(101, "PARKED", "The order is in EUR.", ""), "EUR"),
    ],
)
def test_an_order_must_be_parked_with_a_plain_reason_and_an_action(
    entry: Entry | None, told: str
) -> None:
    ledger = {101: entry} if entry else {}

    wrong = untrue(found(ledger=ledger))

    assert len(wrong) == 1
    assert told in wrong[0].told


def test_a_missing_order_is_named_with_what_the_ledger_says_of_it() -> None:
    sold = [Sold(NORMAL.order_id, NORMAL.sale.title, "USD", ONE, TEN)]
    ledger = dict(found().ledger) | {100: Entry(100, "PARKED", "The customer is inactive.", "")}

    wrong = untrue(found(comparison=compare(sold, []), ledger=ledger))

    assert "100 (PARKED: The customer is inactive.)" in wrong[0].told


@pytest.mark.parametrize(
    ("order_id", "statuses"),
    [(102, [200]), (102, [200, 401]), (103, [200]), (104, [200]), (104, [401, 200]), (104, [])],
)
def test_unruly_webhooks_must_have_been_answered_as_they_deserve(
    order_id: int, statuses: list[int]
) -> None:
    others = [one for one in found().deliveries if str(order_id) not in one["body"]]

    wrong = untrue(found(deliveries=[*others, delivery(order_id, *statuses)]))

    assert [str(order_id) in check.told for check in wrong] == [True]


def test_a_sales_order_in_another_currencys_company_is_untrue() -> None:
    sold = [Sold(100, "guest, one line", "USD", ONE, TEN)]

    wrong = untrue(found(comparison=compare(sold, [entered(100, company="CAN")])))

    assert [check.told for check in wrong] == ["W000100 (USD) is in CAN"]


def test_a_line_that_did_not_reach_sage_is_untrue_even_if_the_money_agrees() -> None:
    sold = [Sold(100, "sixty lines", "USD", Decimal(60), TEN)]

    wrong = untrue(found(comparison=compare(sold, [entered(100, units=Decimal(59))])))

    assert [check.told for check in wrong] == ["W000100 has 59 of 60"]


@pytest.mark.parametrize(
    ("note", "told"),
    [
        ({"result": "failed", "words": "Answered with 401."}, "Answered with 401."),
        ({"result": "nothing to test with", "words": "No order yet."}, "No order yet."),
        ({}, "no self-test was made"),
    ],
)
def test_a_webhook_of_our_own_must_have_come_through(note: dict[str, str], told: str) -> None:
    assert [check.told for check in untrue(found(self_test=note))] == [told]


def test_a_dead_letter_is_untrue() -> None:
    assert [check.told for check in untrue(found(dead_letters=1))] == ["1 dead letters"]


def test_machines_are_told_the_same_as_people() -> None:
    evidence = found()

    told = json.loads(document(evidence, checks(evidence)))

    assert told["line"] == "demo: 4 sold, 4 in Sage, 0 missing, 0 doubled, 0.00 apart"
    assert told["parked"][0]["next_action"] == "Enter it by hand."
    assert all(check["true"] for check in told["checks"])


def test_at_least_25_orders_are_sold_that_must_arrive() -> None:
    assert sum(1 for sale in sales() if sale.fate == "sold") >= 25


def test_every_kind_of_webhook_is_among_the_sales() -> None:
    kinds = {sale.delivery for sale in sales()}

    assert kinds == {"normal", "duplicate", "late", "lost", "forged"}
