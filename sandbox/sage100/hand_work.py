"""What a person at a Sage 100 screen does to orders: makes and edits them, under the same rules."""

from collections.abc import Mapping

from .company import Company
from .dictionary import Column, Record, Table
from .editing import NEW
from .errors import RefusedError
from .order_lines import OrderLines
from .orders import OWNER, OrderEditor
from .tables_so import SO_SALES_ORDER_DETAIL, SO_SALES_ORDER_HEADER
from .values import stored_from_json

Fields = Mapping[str, str]
"""Column name, without `$`, to what is typed."""


def make_order(company: Company, number: str, *, header: Fields, lines: list[Fields]) -> str:
    """Write a new order under a number of one's own.

    Args:
        company: Whose order.
        number: Seven upper-case letters and digits.
        header: Columns in the order in which they are typed; division and customer first.
        lines: Columns per line; the item first.

    Returns:
        A warning, or nothing.

    Raises:
        RefusedError: The number is taken, or Sage 100 refuses something.
    """
    editor = OrderEditor(company)
    if editor.open(number) != NEW:
        raise RefusedError(f"Sales order {number} already exists.")
    _type(editor, header)
    _add(editor, lines)
    return editor.write()


def edit_order(
    company: Company,
    number: str,
    *,
    header: Fields,
    add: list[Fields],
    change: Mapping[str, Fields],
    remove: list[str],
) -> str:
    """Change an open order.

    Args:
        company: Whose order.
        number: Its number.
        header: Header columns to change.
        add: Lines to add.
        change: Line key to the columns to change on that line.
        remove: Keys of lines to remove.

    Returns:
        A warning, or nothing.

    Raises:
        RefusedError: There is no such open order, or Sage 100 refuses something.
    """
    editor = OrderEditor(company)
    if editor.open(number) == NEW:
        raise RefusedError(f"Sales order {number} is not on file.")
    _type(editor, header)
    rules = OrderLines(company, lambda: editor.document)
    for key in remove:
        rules.remove(key)
    for key, fields in change.items():
        line = _line(editor, key)
        _fill(rules, line, fields)
        rules.finish(line)
    _add(editor, add)
    return editor.write()


def _type(editor: OrderEditor, header: Fields) -> None:
    for name, text in header.items():
        column = _column(SO_SALES_ORDER_HEADER, name)
        editor.change(column, stored_from_json(OWNER, column, text))


def _add(editor: OrderEditor, lines: list[Fields]) -> None:
    rules = OrderLines(editor.company, lambda: editor.document)
    for fields in lines:
        line = rules.start()
        _fill(rules, line, fields)
        rules.finish(line)


def _fill(rules: OrderLines, line: Record, fields: Fields) -> None:
    for name, text in fields.items():
        column = _column(SO_SALES_ORDER_DETAIL, name)
        rules.change(line, column, stored_from_json(OWNER, column, text))


def _line(editor: OrderEditor, key: str) -> Record:
    lines = editor.document.lines if editor.document else []
    found = next((line for line in lines if line["LineKey"] == key), None)
    if found is None:
        raise RefusedError(f"Line {key} does not exist.")
    return dict(found)


def _column(table: Table, name: str) -> Column:
    column = table.columns.get(name)
    if column is None or name in table.key:
        raise RefusedError(f"{name} is not a column of {table.name} that can be set.")
    return column
