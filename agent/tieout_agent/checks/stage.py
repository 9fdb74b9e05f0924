"""Where the test order is played through: a test company, by the very calls of the service."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TypeVar

from tieout_agent.clock import Clock
from tieout_agent.errors import SettingsError
from tieout_agent.journal import Action, Journal, Request
from tieout_agent.sage.attempt import Attempt
from tieout_agent.sage.books import Books, open_books
from tieout_agent.sage.columns import CUSTOMER, ITEM, Table
from tieout_agent.sage.com_object import ComObject
from tieout_agent.sage.deadline import Deadline
from tieout_agent.sage.families import CUSTOMER as CUSTOMER_FAMILY
from tieout_agent.sage.families import ITEM as ITEM_FAMILY
from tieout_agent.sage.owner import Owner
from tieout_agent.sage.sales_order_reading import browse, document_path
from tieout_agent.sage.sales_order_writing import OrderDocument
from tieout_agent.sage.session import Session
from tieout_agent.sage.sessions import Sessions

T = TypeVar("T")

WRITE_SECONDS = 20
"""The deadline that the cloud gives."""

TOO_LATE = -1
"""Seconds of a deadline that has passed before the call."""

RECORDS_TRIED = 200
"""Customers, and items, that are looked at to find one that can be sold to, or sold."""

NUMBERS_TRIED = 20
NUMBERS = 10_000
"""Test orders are called TIE0000 to TIE9999; those that history keeps are passed over."""

_CUSTOMER_WANTED = {"CustomerStatus": ("A", ""), "CreditHold": ("N", "")}
_ITEM_WANTED = {"ItemType": ("1",), "InactiveItem": ("N", ""), "ProductType": ("F",)}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the test order is to be made of; None takes the first that will do.

    Attributes:
        customer: Division and number, parted by a hyphen, such as `00-BUY0001`.
        item: The item's code.
    """

    customer: str | None = None
    item: str | None = None


@dataclass(frozen=True, slots=True)
class Stage:
    """One company, its Sage thread, and a journal that is thrown away afterwards."""

    company: str
    owner: Owner[Sessions]
    journal: Journal
    clock: Clock

    def run(self, task: Callable[[Books], T]) -> T:
        """Run a task on the company's books, as the service does.

        Raises:
            ProblemError: What a caller would hear.
        """
        return self.owner.run(
            lambda sessions: task(open_books(sessions, self.company)), barrier=True
        )

    def attempt(
        self, number: str, action: Action, rev: int, *, seconds: float = WRITE_SECONDS
    ) -> Attempt:
        """Begin a write request of the test order."""
        body = f"{number} {action} {rev}"
        request = Request(self.company, document_path(number), action, rev, body)
        deadline = Deadline(self.clock.now() + timedelta(seconds=seconds), self.clock)
        return Attempt(self.journal, request, deadline)


def prepare(books: Books, wanted: Wanted, clock: Clock) -> OrderDocument:
    """Put a small order together, under a number that nobody has used.

    Raises:
        SettingsError: There is no customer, item or number for it.
        ProblemError: 503.
    """
    division, _, customer = (wanted.customer or _some_customer(books.session)).partition("-")
    number = _free_number(books, clock)
    header = {
        "ARDivisionNo": division,
        "CustomerNo": customer,
        "OrderDate": clock.now().astimezone().strftime("%Y%m%d"),
        "CustomerPONo": f"TIEOUT-{number}",
    }
    line = {"ItemCode": wanted.item or _some_item(books.session), "QuantityOrdered": "1"}
    return OrderDocument(number, 1, header=header, lines=[line | {"UnitPrice": "1.00"}])


def later(order: OrderDocument, rev: int, *, quantity: str) -> OrderDocument:
    """Make a later revision of the test order: another quantity, and one more line."""
    line = {**order.lines[0], "QuantityOrdered": quantity}
    return replace(order, rev=rev, lines=[line, order.lines[0]])


def _free_number(books: Books, clock: Clock) -> str:
    # Begins with the time, so that test orders of other days need not be passed over one by one.
    first = int(clock.now().timestamp()) % NUMBERS
    for step in range(NUMBERS_TRIED):
        number = f"TIE{(first + step) % NUMBERS:04d}"
        if books.look_up(number) is None:
            return number
    raise SettingsError(
        f"{NUMBERS_TRIED} numbers for a test order are in use. Purge the test company's history."
    )


def _some_customer(session: Session) -> str:
    with session.fresh(CUSTOMER_FAMILY) as customers:
        if not _first(customers, CUSTOMER, _CUSTOMER_WANTED):
            raise _nothing("customer that is active and not on credit hold", "--test-customer")
        return "-".join(customers.get(CUSTOMER[name]) for name in ("ARDivisionNo", "CustomerNo"))


def _some_item(session: Session) -> str:
    with session.fresh(ITEM_FAMILY) as items:
        if not _first(items, ITEM, _ITEM_WANTED):
            raise _nothing("item that is a finished good and active", "--test-item")
        return items.get(ITEM["ItemCode"])


def _first(source: ComObject, table: Table, wanted: dict[str, tuple[str, ...]]) -> bool:
    known = {name: values for name, values in wanted.items() if name in source.layout()}
    return any(
        all(source.get(table[name]) in values for name, values in known.items())
        for _ in browse(source, limit=RECORDS_TRIED)
    )


def _nothing(what: str, option: str) -> SettingsError:
    return SettingsError(
        f"None of the first {RECORDS_TRIED} records is a {what}. Name one with {option}."
    )
