"""eBusiness Web Services: looks sales orders up and creates them, one company per client.

What the service can't do is declared in `LACKS` of ebws_door; what it promises is create-only, and that
over open orders alone. So an order is never created twice by itself (`Mode.NEVER_TWICE`), and an order
that is in Sage is not changed: UpdateSalesOrder takes no condition, and one that was held up on its way
would overwrite what a person or a later write of ours has made of the order since.
"""

import hashlib
import json
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NoReturn, TypeVar

from tieout.adapters.credentials import Credentials, LogonSecret
from tieout.adapters.ebws_calls import Client, Reply, Service
from tieout.adapters.ebws_faults import Meaning, error_of
from tieout.adapters.ebws_members import (
    columns_of,
    lines_of,
    members_of,
    sales_order_members,
)
from tieout.adapters.http import Patience
from tieout.domain.customers import FoundCustomer
from tieout.domain.guarantees import Guarantees
from tieout.domain.identity import Company, CustomerKey, SalesOrderNo
from tieout.domain.ledger import HTTP_READ
from tieout.domain.sales_orders import FoundSalesOrder, Guard, LookUp, SalesOrder, Where
from tieout.errors import RejectedError
from tieout.ports import Changed, Clock, Created
from tieout.settings import Connection

PROMISED = Guarantees(create_only=True)
PATIENCE = Patience(read=HTTP_READ.total_seconds(), total=HTTP_READ.total_seconds())
# An answer has some 70 members for each line, 3 to 5 kB; one over 2 MB could never be read, and the
# order would be in Sage and for ever be looked for.
MOST_LINES = 300
# Where the agent wrote the order before: its revision, so that nothing older is taken for newer.
_REV = "UDF_TIEOUT_REV"
_REVISION = re.compile(r"([0-9]{1,9})(\.0*)?")
# What Sage itself moves by printing and in the audit block, and the statuses that count as one (new and
# open), must not look like somebody's change.
_BOOKKEEPING = re.compile(r"Print\w*|(SalesOrder|PickingSheet)Printed|User(Created|Updated)Key")
_OPEN_AS_NEW = {"O": "N"}
_STAMP_DIGITS = 32
_Read = TypeVar("_Read")


class EbwsSage:
    """The port `Sage` for one company, over eBusiness Web Services."""

    def __init__(
        self,
        connection: Connection,
        company: Company,
        credentials: Credentials[LogonSecret],
        *,
        clock: Clock,
        patience: Patience = PATIENCE,
    ) -> None:
        self._client = Client(Service(connection, patience=patience), company, credentials)
        self._clock = clock
        self._ahead = timedelta(0)

    def close(self) -> None:
        """Close all connections."""
        self._client.close()

    def look_up(self, number: SalesOrderNo, *, marker: str) -> LookUp:
        """The open sales order of this number, with the time on Sage's clock; no marker is searched for."""
        reply = self._client.ask("GetSalesOrder", salesOrderNo=number)
        at = reply.answer.date()
        self._ahead = at - self._clock.now()
        if reply.meaning is Meaning.NO_KEY:
            return LookUp(None, (), at, PROMISED)
        found = _sales_order(reply, number)
        return LookUp(found, (number,) if found.marker == marker else (), at, PROMISED)

    def create(
        self,
        number: SalesOrderNo,
        document: SalesOrder,
        *,
        customer: CustomerKey,
        not_after: datetime,
        rev: int,  # noqa: ARG002 - the service keeps none
    ) -> Created:
        """Create the sales order; see the port for what is raised.

        The service knows no deadline: it is looked at here, right before the request leaves.
        """
        _check_lines(document)
        # Written into the document, so that Sage gives it no number of its own.
        header = {"ARDivisionNo": customer.division, "CustomerNo": customer.number}
        header |= {**document.header, "SalesOrderNo": number}
        members = sales_order_members(header, document.lines)
        return self._create(
            "CreateSalesOrder",
            {"salesOrder": members},
            not_after=not_after,
            sent=[header, *document.lines],
        )

    def replace(self, number: SalesOrderNo, document: SalesOrder, *, guard: Guard) -> Changed:  # noqa: ARG002
        """Not offered; see the module's text."""
        _refuse_to_change(number)

    def hold(self, number: SalesOrderNo, *, on: bool, comment: str, guard: Guard) -> Changed:  # noqa: ARG002
        """Not offered; see the module's text."""
        _refuse_to_change(number)

    def delete(self, number: SalesOrderNo, *, guard: Guard) -> Changed:  # noqa: ARG002
        """Not offered; see the module's text."""
        _refuse_to_change(number)

    def read_customer(self, key: CustomerKey) -> Mapping[str, str] | None:
        """The AR customer's columns; those that are empty are left out."""
        reply = self._client.ask("GetCustomer", arDivisionNo=key.division, customerNo=key.number)
        if reply.meaning is Meaning.NO_KEY:
            return None
        columns = _read(reply, lambda result: columns_of(result, "Customer"))
        if (columns.get("ARDivisionNo"), columns.get("CustomerNo")) != (key.division, key.number):
            raise reply.answer.unusable("gave another customer than it was asked for")
        return columns

    def find_customers(self, email: str) -> tuple[FoundCustomer, ...]:  # noqa: ARG002 - see below
        """Nobody, ever: the service can't search. A buyer is found by the number that we give him."""
        return ()

    def create_customer(
        self, key: CustomerKey, columns: Mapping[str, str], *, not_after: datetime
    ) -> Created:
        """Create the AR customer; see the port for what is raised, and `create` for the deadline."""
        record = {**columns, "ARDivisionNo": key.division, "CustomerNo": key.number}
        members = members_of(record, "Customer")
        return self._create(
            "CreateCustomer", {"customer": members}, not_after=not_after, sent=[columns]
        )

    def _create(
        self,
        operation: str,
        parameters: Mapping[str, Any],
        *,
        not_after: datetime,
        sent: Sequence[Mapping[str, str]],
    ) -> Created:
        if self._clock.now() + self._ahead > not_after:
            return Created.TOO_LATE
        reply = self._client.tell(operation, **parameters)
        if reply.fault is None:
            return Created.YES
        if reply.meaning is Meaning.EXISTS:
            return Created.EXISTS
        raise error_of(reply.answer, reply.fault, sent=sent)


def _check_lines(document: SalesOrder) -> None:
    if len(document.lines) > MOST_LINES:
        raise RejectedError(
            f"The sales order has {len(document.lines)} lines; eBusiness Web Services could not show "
            f"more than {MOST_LINES} again.",
            next_action="Enter this order by hand, or split it in the storefront.",
            code="TooLarge",
        )


def _sales_order(reply: Reply, number: SalesOrderNo) -> FoundSalesOrder:
    header = _read(reply, lambda result: columns_of(result, "SalesOrder"))
    lines = _read(reply, lines_of)
    if header.get("SalesOrderNo") != number:
        raise reply.answer.unusable("gave another sales order than it was asked for")
    rev = _REVISION.fullmatch(header.get(_REV, ""))
    return FoundSalesOrder(
        number=number,
        where=Where.OPEN,
        stamp=_stamp(header, lines),
        rev=int(rev[1]) if rev else 0,
        header=header,
        lines=lines,
    )


def _read(reply: Reply, taken_from: Callable[[Any], _Read]) -> _Read:
    """What is taken from the answer's record; raises the fault that came in its place."""
    if reply.fault is not None:
        raise error_of(reply.answer, reply.fault)
    if reply.result is None:
        raise reply.answer.unusable("gave nothing where it was asked for a record")
    try:
        return taken_from(reply.result)
    except ValueError as error:
        raise reply.answer.unusable("gave a number that is out of all proportion") from error


def _stamp(header: Mapping[str, str], lines: Sequence[Mapping[str, str]]) -> str:
    """A fingerprint of all that a person may change, so that a change by hand is noticed."""
    kept = {name: value for name, value in header.items() if not _BOOKKEEPING.fullmatch(name)}
    status = kept.get("OrderStatus", "")
    kept["OrderStatus"] = _OPEN_AS_NEW.get(status, status)
    canonical = json.dumps([kept, list(lines)], sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()[:_STAMP_DIGITS]


def _refuse_to_change(number: SalesOrderNo) -> NoReturn:
    raise RejectedError(
        "eBusiness Web Services can't change a sales order under a condition, so Tieout doesn't.",
        next_action=f"Change sales order {number} in Sage 100.",
        code="NotOffered",
    )
