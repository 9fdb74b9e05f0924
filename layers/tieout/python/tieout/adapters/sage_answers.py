"""The agent's answers, taken apart: problem documents, sales orders, customers."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, cast

from tieout.adapters.answers import Answer, is_unicode
from tieout.domain.customers import FoundCustomer
from tieout.domain.guarantees import Guarantees, promised
from tieout.domain.identity import CustomerKey, SalesOrderNo
from tieout.domain.sales_orders import FoundSalesOrder, LookUp, Where
from tieout.errors import NotSentError, RetryableError, SetupError

AGENT_HEADER = "X-Tieout-Agent"
STORED_HEADER = "X-Tieout-Stored-Rev"
GUARANTEES_HEADER = "X-Tieout-Guarantees"
_GATEWAY = frozenset({502, 503, 504})
_BUSY = frozenset({408, 429, 503})
# Where a sales order may be once it was deleted: its history is kept or it isn't.
_LEFT = ("history", "absent")
# What is reckoned with; a text in their place would break the comparison, and not the answer.
_AMOUNTS = frozenset(
    {"TaxableAmt", "NonTaxableAmt", "TaxableSalesAmt", "NonTaxableSalesAmt", "SalesTaxAmt",
     "FreightAmt", "DiscountAmt", "QuantityOrdered",
     "UnitPrice"}
)  # fmt: skip
_STAMP = re.compile(r"[0-9A-Za-z._-]{0,64}")
# Nine digits, what the agent takes and the column holds; the next one has to fit as well.
MOST_REVISIONS = 999_999_999
_REVISION = re.compile(r"[0-9]{1,9}")
_AMOUNT = re.compile(r"(-?[0-9]{1,15}(\.[0-9]{1,6})?)?")


@dataclass(frozen=True, slots=True)
class Problem:
    """The agent's own refusal (RFC 9457). `code` is the machine's word; both texts may be empty."""

    status: int
    code: str
    detail: str
    column: str


def check_agent(answer: Answer) -> None:
    """Make sure that the agent itself answered, and not something on the way to it.

    Raises:
        SetupError: something else answered a read.
        RetryableError: the same, with a passing fault; for a write always OutcomeUnknownError.
    """
    if AGENT_HEADER in answer.headers:
        return
    if answer.writing or answer.status in _GATEWAY:
        raise answer.unusable(f"did not answer itself; something before it said {answer.status}")
    raise SetupError(
        "Something other than the Sage agent answered: check the agent's url, and what is on the "
        "way to it."
    )


def problem_of(answer: Answer) -> Problem:
    """The problem document of an answer of the agent; raises as Answer.json does."""
    document = answer.json_object()
    texts = {name: document.get(name) for name in ("code", "detail", "column")}
    if not isinstance(texts["code"], str):
        raise answer.unusable("gave a problem without a code")
    code, detail, column = (text if isinstance(text, str) else "" for text in texts.values())
    return Problem(answer.status, code, detail, column)


def fault(answer: Answer, problem: Problem) -> Exception:
    """The error for a problem that no call has a meaning of its own for.

    A refusal with the agent's own 408, 429 or 503 is proof that a write was not begun.
    """
    if answer.status in _BUSY:
        kind = NotSentError if answer.writing else RetryableError
        return kind(f"The Sage agent is not ready ({problem.code}).", retry_after=answer.wait())
    if answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return answer.unusable(f"has a passing fault ({problem.code})", retry_after=answer.wait())
    if answer.status == HTTPStatus.UNAUTHORIZED:
        return SetupError("The Sage agent doesn't know our API key: put a valid one in the secret.")
    return SetupError(
        f"The Sage agent refused our call as such ({problem.code}): check the company code, and "
        "that the agent's version fits."
    )


def look_up_of(answer: Answer) -> LookUp:
    """What a look-up found; raises as Answer.json does."""
    document = answer.json_object()
    matches = document.get("markerMatches")
    if not isinstance(matches, list):
        raise answer.unusable("gave a sales order without markerMatches")
    numbers = tuple(SalesOrderNo(str(match)) for match in cast("list[Any]", matches))
    return LookUp(sales_order_of(answer, document), numbers, answer.date(), guarantees_of(answer))


def absent_of(answer: Answer) -> LookUp:
    """What a look-up that found nothing tells; raises as `unusable` does."""
    text = answer.headers.get(STORED_HEADER, "0")
    if not _REVISION.fullmatch(text):
        raise answer.unusable("gave a stored revision that is no number")
    return LookUp(None, (), answer.date(), guarantees_of(answer), int(text))


def guarantees_of(answer: Answer) -> Guarantees:
    """What the agent promises for this company."""
    return promised(answer.headers.get(GUARANTEES_HEADER, "").split())


def sales_order_of(answer: Answer, document: Mapping[str, Any]) -> FoundSalesOrder:
    """The sales order inside an answer; raises RetryableError, for a write OutcomeUnknownError."""
    order = document.get("salesOrder")
    rev = document.get("rev") or 0
    if not isinstance(order, dict) or type(rev) is not int or not 0 <= rev < MOST_REVISIONS:
        raise answer.unusable("gave no readable sales order")
    if not _STAMP.fullmatch(str(document.get("stamp", ""))):
        raise answer.unusable("gave a sales order with a stamp that is none")
    header = cast("dict[str, Any]", order)
    lines = header.get("Lines")
    if not isinstance(lines, list) or "SalesOrderNo" not in header:
        raise answer.unusable("gave a sales order without number or lines")
    try:
        where = Where(str(document.get("where")))
    except ValueError as error:
        raise answer.unusable("gave a sales order from a place that isn't known") from error
    return FoundSalesOrder(
        number=SalesOrderNo(str(header["SalesOrderNo"])),
        where=where,
        stamp=str(document.get("stamp", "")),
        rev=rev,
        header=columns_of(answer, {name: x for name, x in header.items() if name != "Lines"}),
        lines=tuple(columns_of(answer, line) for line in cast("list[Any]", lines)),
        written_stamp=_written_stamp(answer, document),
    )


def _written_stamp(answer: Answer, document: Mapping[str, Any]) -> str:
    """The stamp after our last write; "" when the agent does not know it, or is too old to tell."""
    stamp = document.get("writtenStamp")
    if stamp is None:
        return ""
    if not isinstance(stamp, str) or not is_unicode(stamp):
        raise answer.unusable("gave a stamp of our last write that is no text")
    return stamp


def check_deleted(answer: Answer, document: Mapping[str, Any]) -> None:
    """Make sure that an answer says where a deleted order was left; raises as `sales_order_of`."""
    if document.get("where") not in _LEFT:
        raise answer.unusable("does not say where it left a deleted sales order")


def customer_of(answer: Answer) -> dict[str, str]:
    """The customer inside an answer; raises as Answer.json does."""
    return columns_of(answer, answer.json_object().get("customer"))


def customers_of(answer: Answer) -> tuple[FoundCustomer, ...]:
    """The customers in an answer; raises as Answer.json does."""
    rows = answer.json_object().get("customers")
    if not isinstance(rows, list):
        raise answer.unusable("gave no list of customers")
    customers = [columns_of(answer, row) for row in cast("list[Any]", rows)]
    if not all(one.get("CustomerNo") and "ARDivisionNo" in one for one in customers):
        raise answer.unusable("gave a customer without a number")
    return tuple(
        # Data dictionary: CustomerStatus is A (active), I (inactive) or T (temporary).
        FoundCustomer(
            CustomerKey(one["ARDivisionNo"], one["CustomerNo"]), one.get("CustomerStatus") != "I"
        )
        for one in customers
    )


def columns_of(answer: Answer, row: object) -> dict[str, str]:
    """Columns and values, all text; raises as `unusable` does."""
    if not isinstance(row, dict):
        raise answer.unusable("gave a record that is no object")
    columns = cast("dict[str, Any]", row)
    if not all(isinstance(value, (str, int)) or value is None for value in columns.values()):
        raise answer.unusable("gave a column that is no text")
    texts = {name: "" if value is None else str(value) for name, value in columns.items()}
    if not all(is_unicode(text) for text in texts.values()):
        raise answer.unusable("gave a column that is no text")
    if not all(_AMOUNT.fullmatch(texts[name]) for name in _AMOUNTS & texts.keys()):
        raise answer.unusable("gave an amount that is no number")
    return texts
