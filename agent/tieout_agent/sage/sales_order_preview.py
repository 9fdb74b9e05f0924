"""What Sage 100 would make of a sales order: set in an object of its own, read, and never written."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from tieout_agent.problems import About, ProblemError, problem, refused
from tieout_agent.sage.columns import HEADER, LINE
from tieout_agent.sage.families import SALES_ORDER
from tieout_agent.sage.sales_order_changing import check_lines
from tieout_agent.sage.sales_order_reading import REV, Document, browse, in_open
from tieout_agent.sage.sales_order_writing import PREVIEW_NUMBER, OrderDocument, fill, open_new
from tieout_agent.sage.session import Session
from tieout_agent.sage.writing import Warned, Writer

FREIGHT = HEADER["FreightAmt"]


@dataclass(frozen=True, slots=True)
class Previewed:
    """A sales order as Sage would store it.

    Attributes:
        order: Its columns with its lines under `Lines`; it has no number and no revision.
        warnings: What Sage remarked.
    """

    order: Document
    warnings: list[Warned]


def preview(session: Session, order: OrderDocument) -> Previewed:
    """Let Sage complete, price and total an order, and drop it.

    No number is used up: asking Sage for the next one would burn it, so the order is worked out
    under a number that no order can have (Sage 100 reference: writing a sales order). Nothing is
    stored, since only the header's `nWrite` stores, and that is never called.

    Raises:
        ProblemError: 422 Sage refused a column; 409 there is an order of that number; 503.
        ComFailedError: A COM call raised; nothing was stored.
    """
    if in_open(session, PREVIEW_NUMBER):
        raise _in_the_way()
    with session.fresh(SALES_ORDER) as target:
        writer = Writer(target, HEADER, [])
        open_new(writer, PREVIEW_NUMBER)
        keys = fill(writer, order)
        # What is set on the header last is what makes Sage total the lines; it may be nothing new.
        writer.set(FREIGHT.name, target.get(FREIGHT))
        lines = target.child("oLines")
        check_lines(lines, keys)
        header = target.read(HEADER)
        rows = [lines.read(LINE) for _ in browse(lines)]
    _check_totals(header, rows)
    for ours in (HEADER["SalesOrderNo"].name, REV):
        header.pop(ours, None)
    return Previewed({**header, "Lines": rows}, writer.warnings)


def _check_totals(header: Mapping[str, str], rows: list[Document]) -> None:
    """Refuse to show an order whose lines Sage has not totalled: its amounts would be wrong."""
    goods = sum((Decimal(row["ExtensionAmt"]) for row in rows), Decimal(0))
    if goods != Decimal(header["TaxableAmt"]) + Decimal(header["NonTaxableAmt"]):
        raise refused(
            "Sage 100 does not total this order before it is stored, so a preview would be wrong. "
            "Do without previews, and tell Tieout which release of Sage 100 this is.",
            About(SALES_ORDER.name, "NonTaxableAmt"),
        )


def _in_the_way() -> ProblemError:
    return problem(
        409,
        "PreviewBlocked",
        f"Sage 100 has a sales order {PREVIEW_NUMBER}, which is the number that previews are worked "
        "out under. Nothing was stored. Delete that order in Sage 100, or do without previews.",
    )
