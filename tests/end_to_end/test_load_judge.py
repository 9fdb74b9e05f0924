"""The load run's judge: it must see what is lost, doubled, apart, short, or not told."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from sandbox.demo.compare import Entered
from sandbox.demo.ledger import Entry
from sandbox.load.figures import Promise
from sandbox.load.goods import Ordered
from sandbox.load.judge import Evidence, closing_line, nothing_strange, promises

ORDERS = (Ordered(100, refused=False), Ordered(101, refused=False), Ordered(102, refused=True))
HEADER = {"default_currency_code": "USD", "items_total": 2, "total_inc_tax": "10.0000"}
PARKED = Entry(102, "PARKED", "Sage has no such item.", "Make it in Sage.")
TAKEN = Entry(101, "CREATED", "", "", created_at=1.0)


def entered(order_id: int, *, total: str = "10.00", units: int = 2, number: str = "") -> Entered:
    marker = f"W-{order_id}-x7"
    number = number or f"W{order_id:06d}"
    return Entered(number, "ABC", "00-W1", marker, Decimal(units), Decimal(total))


def evidence(sage: Iterable[Entered], *ledger: Entry) -> Evidence:
    headers: dict[int, dict[str, Any]] = {one.order_id: HEADER for one in ORDERS}
    return Evidence(ORDERS, headers, list(sage), {one.order_id: one for one in ledger})


def broken(found: Evidence) -> list[Promise]:
    return [one for one in promises(found) if not one.kept]


def test_all_is_kept_when_each_order_is_in_sage_once_or_parked() -> None:
    assert broken(evidence([entered(100), entered(101)], TAKEN, PARKED)) == []


def test_orders_of_other_parts_and_of_hand_are_not_judged() -> None:
    others = [entered(99), Entered("0000012", "ABC", "01-ABF", "", Decimal(1), Decimal(5))]

    assert broken(evidence([entered(100), entered(101), *others], TAKEN, PARKED)) == []


def test_an_order_that_sage_lacks_is_lost_and_named_with_its_state() -> None:
    waiting = Entry(101, "WAITING_AGENT", "The agent is off.", "")

    (lost,) = broken(evidence([entered(100)], waiting, PARKED))

    assert lost == Promise(
        "none lost", kept=False, told="1: 101 (WAITING_AGENT: The agent is off.)"
    )


def test_an_order_that_nobody_knows_is_lost_too() -> None:
    (lost,) = broken(evidence([entered(100)], PARKED))

    assert lost.told == "1: 101 (unknown)"


def test_a_second_sales_order_is_seen_also_under_another_number() -> None:
    again = entered(101, number="W900000", total="0.00")

    found = broken(evidence([entered(100), entered(101), again], TAKEN, PARKED))

    assert "none doubled" in [one.name for one in found]


def test_an_order_that_had_to_be_refused_and_is_in_sage_is_one_too_many() -> None:
    sage = [entered(100), entered(101), entered(102)]

    (doubled,) = broken(evidence(sage, TAKEN, PARKED))

    assert doubled.told == "1 too many among 2"


def test_a_cent_and_a_unit_are_seen() -> None:
    cent = broken(evidence([entered(100, total="9.99"), entered(101)], TAKEN, PARKED))
    unit = broken(evidence([entered(100, units=1), entered(101)], TAKEN, PARKED))

    assert [one.told for one in cent + unit] == ["1: 100", "1: 100"]


def test_a_refused_order_must_be_parked_with_reason_and_action() -> None:
    for entry in (TAKEN, Entry(102, "PARKED", "", "Do."), Entry(102, "PARKED", "Why.", "")):
        (untold,) = broken(evidence([entered(100), entered(101)], entry))

        assert untold.told == "0 of 1 parked with a reason and a next action"


def test_a_web_order_in_sage_that_nobody_sold_is_strange() -> None:
    by_hand = Entered("0000012", "ABC", "01-ABF", "", Decimal(1), Decimal(5))

    assert nothing_strange([entered(100), by_hand], {100}).kept
    assert nothing_strange([entered(100), entered(999)], {100}).told == "1: 999"


def test_the_last_line_is_counted_from_what_was_found() -> None:
    found = evidence([entered(100), entered(100, number="W000200")], PARKED)

    line = closing_line(found.comparison, parked=1, broken=2)

    assert line == (
        "load: 2 sold, 1 in Sage, 1 missing, 1 doubled, 10.00 apart; 1 parked; 2 promises broken"
    )
