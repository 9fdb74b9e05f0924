"""The demonstration's result: tables for people, one document for machines."""

import json
from collections.abc import Sequence

from rich import box
from rich.console import Console
from rich.table import Table

from sandbox.demo.checks import Check, Found
from sandbox.demo.compare import Entered, Row, closing_line

BAD, QUIET = "bold red", "dim"
FILE_WIDTH = 140
BY_HAND = (
    "The backfill that finds orders without a webhook was run at once, as an operator can; "
    "its schedule would have run it within two minutes."
)


def wide_console() -> Console:
    """Return standard output; in a file, with no terminal to fit, lines may be long."""
    console = Console()
    return console if console.is_terminal else Console(width=FILE_WIDTH)


def show(console: Console, found: Found, checks: Sequence[Check]) -> None:
    """Print both sides, what was parked and why, what is untrue, and the closing line."""
    console.print(_both_sides(found))
    console.print(_parked(found))
    console.print(BY_HAND, style=QUIET, highlight=False)
    for check in checks:
        if not check.true:
            console.print(f"untrue: {check.name}", style=BAD, markup=False, highlight=False)
            console.print(f"        {check.told}", markup=False, highlight=False)
    console.print(closing_line(found.comparison), markup=False, highlight=False, soft_wrap=True)


def _both_sides(found: Found) -> Table:
    table = Table(title="Sold in the storefront, and entered in Sage 100", box=box.SIMPLE_HEAD)
    table.add_column("order", no_wrap=True)
    table.add_column("sold", ratio=1)
    for name in ("Sage", "company", "customer"):
        table.add_column(name, no_wrap=True)
    for name in ("storefront", "Sage 100", "apart"):
        table.add_column(name, justify="right", no_wrap=True)
    for row in found.comparison.rows:
        table.add_row(*_cells(row), style="green" if _good(row) else BAD)
    for stranger in found.comparison.strangers:
        table.add_row("", "nobody sold this", *_sage_cells([stranger]), "", "", style=BAD)
    return table


def _good(row: Row) -> bool:
    return len(row.entered) == 1 and not row.apart


def _cells(row: Row) -> list[str]:
    sold = row.sold
    in_sage = ", ".join(f"{one.total:.2f}" for one in row.entered) or "missing"
    money = [f"{sold.total:.2f} {sold.currency}", in_sage, f"{row.apart:.2f}"]
    return [str(sold.order_id), sold.title, *_sage_cells(row.entered), *money]


def _sage_cells(entered: Sequence[Entered]) -> list[str]:
    columns = ((one.number, one.company, one.customer) for one in entered)
    return [", ".join(column) for column in zip(*columns, strict=True)] or ["", "", ""]


def _parked(found: Found) -> Table:
    table = Table(title="Parked for a person, not lost", box=box.SIMPLE_HEAD)
    for name in ("order", "sold", "why", "what to do"):
        table.add_column(name)
    for one in found.placed:
        entry = found.ledger.get(one.order_id)
        if one.sale.fate == "parked" and entry:
            table.add_row(str(one.order_id), one.sale.title, entry.reason, entry.next_action)
    return table


def document(found: Found, checks: Sequence[Check]) -> str:
    """Return the same as JSON; amounts are text, as everywhere."""
    both = found.comparison
    return json.dumps(
        {
            "sold": len(both.rows),
            "in_sage": both.in_sage,
            "missing": len(both.missing),
            "doubled": both.doubled,
            "apart": f"{both.apart:.2f}",
            "orders": [_row_document(row) for row in both.rows],
            "parked": [
                {"order": order_id, "why": entry.reason, "next_action": entry.next_action}
                for order_id, entry in sorted(found.ledger.items())
                if entry.state == "PARKED"
            ],
            "checks": [{"name": c.name, "true": c.true, "told": c.told} for c in checks],
            "line": closing_line(both),
        },
        indent=2,
    )


def _row_document(row: Row) -> dict[str, object]:
    return {
        "order": row.sold.order_id,
        "sold": row.sold.title,
        "currency": row.sold.currency,
        "storefront": str(row.sold.total),
        "sales_orders": [
            {
                "number": one.number,
                "company": one.company,
                "customer": one.customer,
                "total": f"{one.total:.2f}",
            }
            for one in row.entered
        ],
        "difference": f"{row.apart:.2f}",
    }
