"""What else must be true of the demonstration, beside both sides being the same."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sandbox.demo.compare import Comparison
from sandbox.demo.ledger import PARKED, Entry
from sandbox.demo.sales import Sale

ACCEPTED, REFUSED = 200, 401
PASSED = "passed"
# One event sent twice; an order that is placed makes several events.
DUPLICATES = 2


@dataclass(frozen=True)
class Placed:
    """A sale and the order that the shop made of it."""

    order_id: int
    sale: Sale


@dataclass(frozen=True)
class Check:
    """One thing that must be true; `told` says what was found."""

    name: str
    true: bool
    told: str


@dataclass(frozen=True)
class Found:
    """Everything that was read when the demonstration was over."""

    placed: Sequence[Placed]
    comparison: Comparison
    ledger: Mapping[int, Entry]
    deliveries: Sequence[Mapping[str, Any]]
    companies: Mapping[str, str]
    self_test: Mapping[str, str]
    dead_letters: int

    def answers(self, order_id: int) -> list[int | None]:
        """Return the answers to all webhooks of one order; None where there was no answer."""
        return [
            attempt["status"]
            for delivery in self.deliveries
            if json.loads(delivery["body"])["data"].get("id") == order_id
            for attempt in delivery["attempts"]
        ]


def checks(found: Found) -> list[Check]:
    """Return every check, each with what was found."""
    return [
        _tied_out(found),
        *(_parked(found, one) for one in found.placed if one.sale.fate == "parked"),
        *(_delivered(found, one) for one in found.placed if one.sale.delivery != "normal"),
        _companies(found),
        _every_unit(found),
        _self_test(found),
        _no_dead_letter(found),
    ]


def _tied_out(found: Found) -> Check:
    both = found.comparison
    missing = ", ".join(_missing(found, row.sold.order_id) for row in both.missing) or "none"
    told = f"missing: {missing}; {both.doubled} doubled; {both.apart} apart"
    return Check("both sides are the same", both.tied_out, told)


def _missing(found: Found, order_id: int) -> str:
    entry = found.ledger.get(order_id)
    return f"{order_id} ({entry.state}: {entry.reason})" if entry else str(order_id)


def _parked(found: Found, placed: Placed) -> Check:
    entry = found.ledger.get(placed.order_id)
    name = f"parked, with a reason and what to do: {placed.sale.title}"
    if entry is None or entry.state != PARKED:
        return Check(name, true=False, told=f"order {placed.order_id} in the ledger: {entry}")
    plain = placed.sale.said.lower() in entry.reason.lower() and bool(entry.next_action)
    return Check(name, plain, f"{entry.reason} {entry.next_action}")


def _delivered(found: Found, placed: Placed) -> Check:
    answers = found.answers(placed.order_id)
    match placed.sale.delivery:
        case "lost":
            true, wanted = not answers, "nothing sent"
        case "forged":
            true, wanted = set(answers) == {REFUSED}, f"only {REFUSED}"
        case "duplicate":
            twice = len(answers) >= DUPLICATES and len(answers) % 2 == 0
            true, wanted = twice and set(answers) == {ACCEPTED}, f"{ACCEPTED}, each twice"
        case _:
            true, wanted = set(answers) == {ACCEPTED}, f"only {ACCEPTED}"
    told = f"answers to order {placed.order_id}: {answers}; expected: {wanted}"
    return Check(placed.sale.title, true, told)


def _companies(found: Found) -> Check:
    wrong = [
        f"{entered.number} ({row.sold.currency}) is in {entered.company}"
        for row in found.comparison.rows
        for entered in row.entered
        if found.companies.get(row.sold.currency) != entered.company
    ]
    return Check("each currency went to its company", not wrong, "; ".join(wrong) or "all did")


def _every_unit(found: Found) -> Check:
    wrong = [
        f"{entered.number} has {entered.units} of {row.sold.units}"
        for row in found.comparison.rows
        for entered in row.entered
        if entered.units != row.sold.units
    ]
    return Check("every unit of every line was ordered", not wrong, "; ".join(wrong) or "all were")


def _self_test(found: Found) -> Check:
    told = found.self_test.get("words", "no self-test was made")
    return Check(
        "a webhook of our own came through the public door",
        found.self_test.get("result") == PASSED,
        told,
    )


def _no_dead_letter(found: Found) -> Check:
    return Check(
        "no message was given up", not found.dead_letters, f"{found.dead_letters} dead letters"
    )
