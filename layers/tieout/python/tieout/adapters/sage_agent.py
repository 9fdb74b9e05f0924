"""The Sage agent: looks sales orders up and creates them, one company per client."""

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any, NoReturn
from urllib.parse import quote, urlencode

from tieout.adapters.answers import Answer
from tieout.adapters.credentials import AgentSecret, Credentials
from tieout.adapters.http import Https, Patience
from tieout.adapters.sage_answers import (
    MOST_REVISIONS,
    Problem,
    absent_of,
    check_deleted,
    customer_of,
    customers_of,
    fault,
    look_up_of,
    problem_of,
    sales_order_of,
)
from tieout.adapters.sage_calls import called
from tieout.adapters.sage_refusals import refusal
from tieout.domain.customers import FoundCustomer
from tieout.domain.identity import Company, CustomerKey, SalesOrderNo
from tieout.domain.ledger import HTTP_READ
from tieout.domain.sales_orders import ON_HOLD, WORKED_ON, Guard, LookUp, SalesOrder
from tieout.errors import RejectedError
from tieout.ports import Changed, Created
from tieout.settings import Connection

PATIENCE = Patience(read=HTTP_READ.total_seconds(), total=HTTP_READ.total_seconds())
# What the agent takes in one sales order, and about what it can write before its deadline.
MOST_LINES = 1000
# The agent takes 2 MB. It answers with all that Sage made of the lines, about 700 bytes more for each,
# and an answer over 2 MB could never be read: the order would be in Sage and for ever be looked for.
LARGEST_REQUEST = 1_000_000
_EXISTS = frozenset({"SalesOrderExists", "CustomerExists"})
# The answer to a create that the agent remembers having carried out, and Sage doesn't show.
_GONE = frozenset({"SalesOrderAbsent", "CustomerAbsent"})
_CREATE = {"If-None-Match": "*"}
_CHANGED: dict[tuple[int, str], Changed] = {
    (HTTPStatus.PRECONDITION_FAILED, "SalesOrderChanged"): Changed.MOVED_ON,
    (HTTPStatus.PRECONDITION_FAILED, "RevisionNotNewer"): Changed.MOVED_ON,
    (HTTPStatus.PRECONDITION_FAILED, "DeadlinePassed"): Changed.TOO_LATE,
    (HTTPStatus.NOT_FOUND, "SalesOrderAbsent"): Changed.MOVED_ON,
    (HTTPStatus.CONFLICT, "SalesOrderClosed"): Changed.CLOSED,
    (HTTPStatus.CONFLICT, "CustomerDiffers"): Changed.CLOSED,
}


class SageAgent:
    """The port `Sage` for one company, over the agent beside Sage 100."""

    def __init__(
        self,
        connection: Connection,
        company: Company,
        credentials: Credentials[AgentSecret],
        *,
        patience: Patience = PATIENCE,
    ) -> None:
        self._root = f"/v1/{quote(company, safe='')}"
        self._credentials = credentials
        self._https = Https(connection, peer="The Sage agent", patience=patience)

    def close(self) -> None:
        """Close all connections."""
        self._https.close()

    def look_up(self, number: SalesOrderNo, *, marker: str) -> LookUp:
        """Where the sales order is, by number and by marker, with the time on Sage's clock."""
        answer = self._read(_order_path(number), {"marker": marker})
        if answer.status == HTTPStatus.OK:
            return look_up_of(answer)
        problem = problem_of(answer)
        if (answer.status, problem.code) == (HTTPStatus.NOT_FOUND, "SalesOrderAbsent"):
            return absent_of(answer)
        raise fault(answer, problem)

    def create(
        self,
        number: SalesOrderNo,
        document: SalesOrder,
        *,
        customer: CustomerKey,
        not_after: datetime,
        rev: int,
    ) -> Created:
        """Create the sales order; see the port for what is raised."""
        _check_lines(document)
        # Sage loads the customer's defaults first, and later columns overwrite them.
        header = {"ARDivisionNo": customer.division, "CustomerNo": customer.number}
        header |= document.header
        headers = {"X-Not-After": _iso(not_after), "X-Rev": str(rev)}
        body = {"header": header, "lines": [dict(line) for line in document.lines]}
        # A person may have entered the order under another number since it was looked for.
        marker = urlencode({"marker": document.header.get("CustomerPONo", "")})
        path = f"{_order_path(number)}?{marker}"
        answer = self._write("PUT", path, body, headers=_CREATE | headers)
        if answer.status == HTTPStatus.CREATED:
            sales_order_of(answer, answer.json_object())
            return Created.YES
        return _not_created(answer, sent=[header, *document.lines])

    def replace(self, number: SalesOrderNo, document: SalesOrder, *, guard: Guard) -> Changed:
        """Replace header columns and all lines; see the port for what is raised."""
        _check_lines(document)
        body = {"header": dict(document.header), "lines": [dict(line) for line in document.lines]}
        answer = self._write("PUT", _order_path(number), body, headers=_guarded(guard))
        return _changed(answer, sent=[document.header, *document.lines])

    def hold(self, number: SalesOrderNo, *, on: bool, comment: str, guard: Guard) -> Changed:
        """Put the sales order on hold, or take it off; see the port for what is raised."""
        columns = {"OrderStatus": ON_HOLD if on else WORKED_ON, "Comment": comment}
        answer = self._write(
            "PATCH", _order_path(number), {"header": columns}, headers=_guarded(guard)
        )
        return _changed(answer, sent=[columns])

    def delete(self, number: SalesOrderNo, *, guard: Guard) -> Changed:
        """Delete the open sales order; see the port for what is raised."""
        answer = self._write("DELETE", _order_path(number), None, headers=_guarded(guard))
        return _changed(answer, sent=[], shown=check_deleted)

    def read_customer(self, key: CustomerKey) -> Mapping[str, str] | None:
        """The AR customer's columns; None when there is none."""
        answer = self._read(_customer_path(key), {})
        if answer.status == HTTPStatus.OK:
            return customer_of(answer)
        problem = problem_of(answer)
        if (answer.status, problem.code) == (HTTPStatus.NOT_FOUND, "CustomerAbsent"):
            return None
        raise fault(answer, problem)

    def find_customers(self, email: str) -> tuple[FoundCustomer, ...]:
        """The AR customers with exactly this e-mail address.

        Raises:
            RejectedError: it is no e-mail address that Sage could be asked for.
        """
        answer = self._read("/AR/Customer", {"email": email})
        if answer.status == HTTPStatus.OK:
            return customers_of(answer)
        problem = problem_of(answer)
        if answer.status == HTTPStatus.BAD_REQUEST:
            raise RejectedError(
                "The buyer's e-mail address is not one that Sage can be searched for.",
                next_action="Correct the e-mail address in the storefront.",
                code="EmailAddress",
            )
        raise fault(answer, problem)

    def create_customer(
        self, key: CustomerKey, columns: Mapping[str, str], *, not_after: datetime
    ) -> Created:
        """Create the AR customer; see the port for what is raised."""
        # The agent answers a repeat of the very same request from its journal. A customer has no revision,
        # so the deadline tells one attempt from the next: a customer that Sage has lost can be made again.
        attempt = int(not_after.timestamp()) % MOST_REVISIONS
        headers = _CREATE | {"X-Not-After": _iso(not_after), "X-Rev": str(attempt)}
        answer = self._write(
            "PUT", _customer_path(key), {"customer": dict(columns)}, headers=headers
        )
        if answer.status == HTTPStatus.CREATED:
            customer_of(answer)
            return Created.YES
        return _not_created(answer, sent=[columns])

    def _read(self, path: str, params: Mapping[str, str]) -> Answer:
        url = self._root + path
        return called(
            lambda key: self._https.read(url, headers=key, params=params), self._credentials
        )

    def _write(
        self, method: str, path: str, body: Mapping[str, Any] | None, *, headers: Mapping[str, str]
    ) -> Answer:
        url, content = self._root + path, b""
        if body is not None:
            content = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
        if len(content) > LARGEST_REQUEST:
            raise _too_large("is larger than could be read back from Sage")
        return called(
            lambda key: self._https.write(
                url, method=method, headers={**headers, **key}, body=content
            ),
            self._credentials,
        )


def _check_lines(document: SalesOrder) -> None:
    if len(document.lines) > MOST_LINES:
        raise _too_large(f"has {len(document.lines)} lines, the agent takes {MOST_LINES}")


def _guarded(guard: Guard) -> dict[str, str]:
    return {
        "If-Match": f'"{guard.stamp}"',
        "X-Not-After": _iso(guard.not_after),
        "X-Rev": str(guard.rev),
    }


def _changed(
    answer: Answer,
    *,
    sent: "list[Mapping[str, str]]",
    shown: Callable[[Answer, Mapping[str, Any]], object] = sales_order_of,
) -> Changed:
    """How a change ended; a yes counts only with what it has to show, which `shown` looks at."""
    if answer.status == HTTPStatus.OK:
        shown(answer, answer.json_object())
        return Changed.YES
    problem = problem_of(answer)
    known = _CHANGED.get((answer.status, problem.code))
    return known or _refused(answer, problem, sent=sent)


def _not_created(answer: Answer, *, sent: "list[Mapping[str, str]]") -> Created:
    problem = problem_of(answer)
    if answer.status == HTTPStatus.PRECONDITION_FAILED:
        if problem.code in _EXISTS:
            return Created.EXISTS
        if problem.code == "DeadlinePassed":
            return Created.TOO_LATE
    if answer.status == HTTPStatus.NOT_FOUND and problem.code in _GONE:
        return Created.GONE
    return _refused(answer, problem, sent=sent)


def _refused(answer: Answer, problem: Problem, *, sent: "list[Mapping[str, str]]") -> NoReturn:
    if answer.status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
        raise _too_large("is larger than the agent takes")
    # A 400 that names a column is about what the buyer typed; one that doesn't is our mistake.
    about_a_column = answer.status == HTTPStatus.BAD_REQUEST and problem.column
    if answer.status == HTTPStatus.UNPROCESSABLE_ENTITY or about_a_column:
        raise refusal(problem.detail, problem.column, sent=sent)
    raise fault(answer, problem)


def _too_large(what: str) -> RejectedError:
    return RejectedError(
        f"The sales order {what}.",
        next_action="Enter this order by hand, or split it in the storefront.",
        code="TooLarge",
    )


def _order_path(number: SalesOrderNo) -> str:
    return f"/SO/SalesOrder/{quote(number, safe='')}"


def _customer_path(key: CustomerKey) -> str:
    return f"/AR/Customer/{quote(key.division, safe='')}-{quote(key.number, safe='')}"


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
