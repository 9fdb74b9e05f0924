"""Changing and deleting an open sales order: only as the caller saw it, and only forwards."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from tieout_agent.problems import About, ProblemError, problem, refused, unavailable
from tieout_agent.sage.attempt import Attempt
from tieout_agent.sage.books import Books
from tieout_agent.sage.columns import HEADER, LINE
from tieout_agent.sage.com_object import NEW, ComObject
from tieout_agent.sage.families import SALES_ORDER
from tieout_agent.sage.sales_order_columns import (
    AFTER_LINES,
    CUSTOMER_FIRST,
    add_lines,
    before_lines,
    set_changed,
    set_ours,
)
from tieout_agent.sage.sales_order_reading import (
    LINES_READ,
    Document,
    Found,
    browse,
    revision,
)
from tieout_agent.sage.sales_order_writing import OrderDocument, read_back, set_key
from tieout_agent.sage.worker import ComFailedError
from tieout_agent.sage.writing import Warned, Writer

CHANGED = 200

Left = Literal["history", "absent"]
"""Where a deleted order may be."""

HOLDING = frozenset({"OrderStatus", "Comment"})
"""Columns that may still be set on an order that is being picked: to stop it, and to say why."""

ADDRESS, ADDRESS_REST = "ShipToAddress1", ("ShipToAddress2", "ShipToAddress3")
"""A typed street is the whole street: lines that the new document lacks must not be left over."""

_WATCHED = (
    "CustomerNo",
    "DateUpdated",
    "TimeUpdated",
    "OrderStatus",
    "CurrentInvoiceNo",
    "PickingSheetPrinted",
)
"""What tells, once the record is locked, that nobody stored it since it was read."""


@dataclass(frozen=True, slots=True)
class Terms:
    """On what conditions an order may be changed.

    Attributes:
        number: Which order.
        stamp: What the caller saw of it.
        rev: The caller's revision; it has to be higher than the one stored.
        attempt: The request.
    """

    number: str
    stamp: str
    rev: int
    attempt: Attempt


def replace(books: Books, order: OrderDocument, terms: Terms) -> tuple[Found, list[Warned]]:
    """Make an open order what the document says: its header columns, and exactly its lines.

    Every old line is deleted and every line added anew, by the way that a create takes. Before the
    commit the lines are walked through: if they are not the given ones in the given order, nothing
    is stored.

    Raises:
        ProblemError: 404, 409, 412, 422 or 503; nothing was stored.
        ComFailedError: A COM call raised; after the commit had begun the outcome is unknown.
    """
    document = _check(books, terms, order.header)

    def edit(writer: Writer) -> None:
        header = _with_street(order.header)
        lines = writer.target.child("oLines")
        _clear(Writer(lines, LINE, writer.warnings))
        set_changed(writer, before_lines(header), header)
        set_ours(writer, order.rev, header)
        keys = add_lines(lines, order.lines, writer.warnings)
        set_changed(writer, AFTER_LINES, _with_amounts(writer, header))
        check_lines(lines, keys)

    return _store(books, terms, document, edit=edit)


def patch(books: Books, header: Mapping[str, str], terms: Terms) -> tuple[Found, list[Warned]]:
    """Set just these header columns of an open order.

    Raises:
        ProblemError: 404, 409, 412, 422 or 503; nothing was stored.
        ComFailedError: A COM call raised; after the commit had begun the outcome is unknown.
    """
    document = _check(books, terms, header, holding=HOLDING.issuperset(header))

    def edit(writer: Writer) -> None:
        set_changed(writer, before_lines(header), header)
        set_ours(writer, terms.rev, header)
        set_changed(writer, AFTER_LINES, header)

    return _store(books, terms, document, edit=edit)


def delete(books: Books, terms: Terms) -> tuple[Left, list[Warned]]:
    """Delete an open order; say where it is now, `history` or `absent`, and what Sage remarked.

    Raises:
        ProblemError: 404, 409, 412, 422 or 503; nothing was deleted.
        ComFailedError: A COM call raised; after the commit had begun the outcome is unknown.
    """
    document = _check(books, terms, {})
    writer = Writer(books.session.use(SALES_ORDER), HEADER, [])
    with terms.attempt.editing(books.session, SALES_ORDER):
        _open(writer, terms.number, document)
        terms.attempt.before_commit()
        writer.accept(writer.target.delete(terms.number))
    try:
        place = place_of_deleted(books, terms.number)
    except ProblemError as error:
        raise ComFailedError("the order can't be looked up right after its deletion") from error
    if place is None:
        raise ComFailedError("the order is still there right after its deletion")
    terms.attempt.done(CHANGED, place)
    return place, writer.warnings


def place_of_deleted(books: Books, number: str) -> Left | None:
    """Say where a deleted order has been left; None when it was not deleted."""
    left = books.look_up(number)
    if left is None:
        return "absent"
    if left.where == "open" or (left.where, left.order["OrderStatus"]) == ("history", "C"):
        return None
    return "history" if left.where == "history" else "absent"


def _check(
    books: Books, terms: Terms, header: Mapping[str, str], *, holding: bool = False
) -> Document:
    """Find the order, and every reason not to touch it; hand it back as the caller saw it."""
    found = books.look_up(terms.number)
    if found is None:
        raise _absent(terms.number)
    reason = _why_closed(found, holding=holding)
    if reason:
        raise problem(409, "SalesOrderClosed", f"{reason} Nothing was stored. Change it by hand.")
    if found.stamp != terms.stamp:
        raise _changed(terms.number)
    stored = revision(books.company, found, terms.attempt.journal)
    if stored is not None and terms.rev <= stored:
        raise problem(
            412,
            "RevisionNotNewer",
            f"The sales order has revision {stored} already, so revision {terms.rev} comes too "
            "late. Nothing was stored. Look the order up.",
        )
    _check_customer(header, found.order)
    terms.attempt.deadline.check()
    return found.order


def _why_closed(found: Found, *, holding: bool) -> str:
    order, number = found.order, found.order.get("SalesOrderNo")
    if found.where != "open" or order.get("OrderStatus") == "C":
        return f"The sales order {number} is closed."
    if order.get("CurrentInvoiceNo"):
        return f"The sales order {number} is on invoice {order['CurrentInvoiceNo']}."
    if holding:
        return ""
    if order.get("PickingSheetPrinted") == "Y":
        return f"The picking sheet of sales order {number} has been printed."
    if any(Decimal(line.get("QuantityShipped", "0")) > 0 for line in order["Lines"]):
        return f"Part of sales order {number} has shipped."
    return ""


def _check_customer(header: Mapping[str, str], order: Document) -> None:
    for name in CUSTOMER_FIRST:
        if header.get(name, order[name]) != order[name]:
            raise problem(
                409,
                "CustomerDiffers",
                "The sales order belongs to another customer, and Sage 100 does not move it. "
                "Nothing was stored. Delete the order and enter it for the right customer.",
            )


def _store(
    books: Books, terms: Terms, document: Document, *, edit: Callable[[Writer], None]
) -> tuple[Found, list[Warned]]:
    writer = Writer(books.session.use(SALES_ORDER), HEADER, [])
    with terms.attempt.editing(books.session, SALES_ORDER):
        _open(writer, terms.number, document)
        edit(writer)
        terms.attempt.before_commit()
        writer.accept(writer.target.commit())
    terms.attempt.done(CHANGED)
    return read_back(books, terms.number, terms.attempt), writer.warnings


def _open(writer: Writer, number: str, document: Document) -> None:
    """Open the record, which locks it, and see that nobody stored it since it was read.

    A -1 is passed on as a warning. It does not tell whether the record exists, but what is watched
    does: a new one has neither customer nor dates.
    """
    code = set_key(writer, number)
    if code == NEW:
        raise unavailable("Busy", "The order is being moved inside Sage 100. Look it up again.")
    writer.accept(code)
    watched = [name for name in _WATCHED if name in document]
    if any(writer.target.get(HEADER[name]) != document[name] for name in watched):
        raise _changed(number)


def _clear(writer: Writer) -> None:
    """Delete the first line until there is none; a kit's components go with it or after it."""
    before = None
    for _ in range(LINES_READ):
        first = next((writer.target.get(LINE["LineKey"]) for _ in browse(writer.target)), None)
        if first is None:
            return
        if first == before:
            break
        writer.accept(writer.target.call("nDeleteLine", first))
        before = first
    raise _not_the_lines(writer.target, "did not delete the old lines")


def check_lines(lines: ComObject, keys: list[str]) -> None:
    """See that the lines are the ones added, in their order; components of their kits apart.

    Raises:
        ProblemError: 422, they are not.
    """
    has_kits = "SalesKitLineKey" in lines.layout()
    held: list[str] = []
    for _ in browse(lines):
        key = lines.get(LINE["LineKey"])
        kit = lines.get(LINE["SalesKitLineKey"]) if has_kits else ""
        if kit == key or kit not in keys:
            held.append(key)
    if held != keys:
        raise _not_the_lines(lines, "does not hold exactly the new lines")


def _with_street(header: Mapping[str, str]) -> Mapping[str, str]:
    street = ADDRESS_REST if ADDRESS in header else ()
    return {**dict.fromkeys(street, ""), **header}


def _with_amounts(writer: Writer, header: Mapping[str, str]) -> Mapping[str, str]:
    """Add the amounts that have become nothing.

    A discount that Sage reckons by a rate is left alone: setting its amount would undo the rate.
    """
    rate = header.get("DiscountRate") or writer.target.get(HEADER["DiscountRate"])
    dropped = ("FreightAmt",) if Decimal(rate) else ("FreightAmt", "DiscountAmt")
    return {**dict.fromkeys(dropped, "0"), **header}


def _absent(number: str) -> Exception:
    return problem(404, "SalesOrderAbsent", f"Sage 100 has no sales order {number}.")


def _changed(number: str) -> Exception:
    return problem(
        412,
        "SalesOrderChanged",
        f"The sales order {number} was changed since you saw it. Nothing was stored. Look it up.",
    )


def _not_the_lines(lines: ComObject, happened: str) -> Exception:
    return refused(
        f"Sage 100 {happened} of the sales order. Nothing was stored. Change the order by hand, "
        "and tell Tieout which release of Sage 100 this is.",
        About(lines.name),
    )
