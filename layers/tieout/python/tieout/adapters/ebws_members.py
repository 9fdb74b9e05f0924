"""Sage's columns as members of the service's types, and back: text on our side, typed in between."""

import re
from collections.abc import Iterable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from tieout.adapters.ebws_messages import NAMESPACE, messages
from tieout.errors import SetupError

UDF = "UDF_"
# Members that hold other records, and no column.
_NESTED = frozenset({"Lines", "Payments", "OtherFields"})
# Date and time of the audit block are two columns in Sage and one member here; we read neither.
_MERGED = frozenset({"DateTimeCreated", "DateTimeUpdated", "AuthorizationDateTime"})
# Where a column holds no date, the service gives its NullDateTime: .NET's first day, or some other one
# from before there was Sage.
FIRST_YEAR = "1900"
# No column is wider than 15 digits with 6 decimals (data dictionary); what is reckoned with must fit.
LARGEST_NUMBER = Decimal(10) ** 15
MOST_DECIMALS = 10
_TYPED_DATE = re.compile(r"(-?[0-9]{4,})-([0-9]{2})-([0-9]{2})T.*")
_SAGE_DATE = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})")
_PREFIX = len(NAMESPACE) + 2


def members_of(columns: Mapping[str, str], type_name: str) -> dict[str, Any]:
    """A record's columns as members of this type; user-defined ones (`UDF_…`) go into OtherFields.

    Raises:
        SetupError: the type has no such member, or the value is no date or no number.
    """
    types = messages().members(type_name)
    own = {name: value for name, value in columns.items() if not name.startswith(UDF)}
    fields = [
        {"MasFieldName": name, "Value": value} for name, value in columns.items() if name not in own
    ]
    made: dict[str, Any] = {name: _typed(types, name, value) for name, value in own.items()}
    return made | ({"OtherFields": {"Field": fields}} if fields else {})


def sales_order_members(
    header: Mapping[str, str], lines: Iterable[Mapping[str, str]]
) -> dict[str, Any]:
    """A sales order with its lines, in their order; raises as `members_of` does."""
    rows = [members_of(line, "SalesOrderLine") for line in lines]
    return members_of(header, "SalesOrder") | {"Lines": {"SalesOrderLine": rows}}


def columns_of(element: Any, type_name: str) -> dict[str, str]:
    """The columns of a record that the schema has let pass; what is empty is left out.

    Decimals are written plainly, dates as YYYYMMDD. One element or many make no difference.

    Raises:
        ValueError: a number is out of all proportion.
    """
    types = messages().members(type_name)
    columns: dict[str, str] = {}
    for child in element:
        name, text = child.tag[_PREFIX:], child.text
        if text and name not in _NESTED and name not in _MERGED:
            columns[name] = _plain(types[name], text)
    return {name: value for name, value in columns.items() if value} | _other_fields(element)


def lines_of(element: Any) -> tuple[dict[str, str], ...]:
    """The lines of a sales order, in their order; raises as `columns_of` does."""
    rows = element.findall(f"{{{NAMESPACE}}}Lines/{{{NAMESPACE}}}SalesOrderLine")
    return tuple(columns_of(row, "SalesOrderLine") for row in rows)


def _other_fields(element: Any) -> dict[str, str]:
    fields = element.findall(f"{{{NAMESPACE}}}OtherFields/{{{NAMESPACE}}}Field")
    texts = {
        field.findtext(f"{{{NAMESPACE}}}MasFieldName"): field.findtext(f"{{{NAMESPACE}}}Value")
        for field in fields
    }
    # Business objects end the names of text columns with a $.
    return {name.removesuffix("$"): value for name, value in texts.items() if name and value}


def _typed(types: Mapping[str, str], name: str, value: str) -> object:
    try:
        kind = types[name]
    except KeyError:
        raise SetupError(f"eBusiness Web Services has no member for the column {name}.") from None
    if kind == "decimal":
        return _decimal(name, value)
    return _date(name, value) if kind == "dateTime" else value


def _decimal(name: str, value: str) -> Decimal:
    try:
        number = Decimal(value)
    except InvalidOperation:
        raise SetupError(f"The column {name} was given something that is no number.") from None
    return number


def _date(name: str, value: str) -> str:
    date = _SAGE_DATE.fullmatch(value)
    if not date:
        raise SetupError(f"The column {name} was given something that is no date.")
    return f"{date[1]}-{date[2]}-{date[3]}T00:00:00"


def _plain(kind: str, text: str) -> str:
    if kind == "decimal":
        return _number(text)
    if kind != "dateTime":
        return text
    date = _TYPED_DATE.fullmatch(text.strip())
    return f"{date[1]}{date[2]}{date[3]}" if date and date[1] >= FIRST_YEAR else ""


def _number(text: str) -> str:
    """A number as we write it: 007.50 and 7.50 are one."""
    number = Decimal(text.strip())
    decimals = -int(number.as_tuple().exponent)
    if abs(number) >= LARGEST_NUMBER or decimals > MOST_DECIMALS:
        raise ValueError("out of all proportion")
    return f"{number:f}"
