"""Members of documents and columns of files: which belongs to which, and how values cross."""

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal, InvalidOperation
from typing import Any

from sandbox.sage100.com import by_ref_number, by_ref_string
from sandbox.sage100.dictionary import Column, Table

from .contract import Member, Shape
from .desk import done
from .documents import Document, Value
from .refusals import MasFaultError, refusal

NULL_DATE_TIME = "1753-01-01T00:00:00"
"""What `GetContractInformation` tells as `NullDateTime`: it stands for a blank date both ways."""

UDF = "UDF_"
_MERGED = {"DateTimeCreated": "Created", "DateTimeUpdated": "Updated"}
_SECONDS_PER_HOUR = 3600


def column_name(member: str) -> str:
    """Return the column's name; customers have five sales people, four of them with a capital P."""
    return member.replace("SalesPerson", "Salesperson")


def read_members(source: Any, table: Table, shape: Shape) -> Document:
    """Return every simple member that the file has a column for, and the fields of one's own."""
    found: Document = {}
    for member in shape.members:
        if member.name in _MERGED:
            found[member.name] = _moment(source, table, _MERGED[member.name])
        elif member.name == "OtherFields":
            found[member.name] = _other_fields(source, table)
        elif member.is_simple and column_name(member.name) in table.columns:
            column = table.columns[column_name(member.name)]
            found[member.name] = _outward(member, current(source, column))
    return found


def set_members(
    target: Any, owner: str, table: Table, *, values: Iterable[tuple[Member, str]]
) -> None:
    """Set members one after the other; a value that is there already is not set again.

    Raises:
        MasFaultError: One of them is refused.
    """
    for member, value in values:
        if member.name in _MERGED:
            raise refusal(f"{owner} column {member.name} is read only.")
        column = table.columns.get(column_name(member.name))
        if column is None:
            mark = "" if member.type == "decimal" else "$"
            raise refusal(f"{owner} column {member.name}{mark} is not a valid column.")
        _set(target, column, _inward(owner, member, value))


def set_other_fields(target: Any, owner: str, table: Table, *, fields: Value) -> None:
    """Set user-defined fields, named without or with the `$` of text columns.

    Raises:
        MasFaultError: There is no such field, or it is refused.
    """
    for field in fields if isinstance(fields, list) else []:
        name = str(field.get("MasFieldName") or "").removesuffix("$")
        column = table.columns.get(name) if name.startswith(UDF) else None
        if column is None:
            raise refusal(f"{owner} column {name} is not a valid column.")
        value = str(field.get("Value") or "")
        _set(target, column, value if column.text else _decimal(owner, name, value or "0"))


def given(
    document: Document, shape: Shape, *, first: tuple[str, ...] = (), skip: tuple[str, ...]
) -> list[tuple[Member, str]]:
    """Return the simple members that have a value: some first, then in the contract's order.

    Args:
        document: What the caller sent; members that are nil or left out are not set.
        shape: Its type.
        first: Members that others depend on.
        skip: Members that are no values to set, such as the key.
    """
    early = [member for name in first for member in shape.members if member.name == name]
    late = [member for member in shape.members if member.name not in (*first, *skip)]
    return [
        (member, value)
        for member in (*early, *late)
        if member.is_simple and isinstance(value := document.get(member.name), str)
    ]


def text_member(document: Document, name: str) -> str:
    """Return a text, blank when it is nil or left out."""
    value = document.get(name)
    return value if isinstance(value, str) else ""


def current(source: Any, column: Column) -> str:
    """Return what a column holds: a text, or a number in plain digits."""
    target = by_ref_string() if column.text else by_ref_number()
    source.nGetValue(column.com_name, target)
    if column.text:
        return target.value
    return f"{Decimal(repr(target.value)).normalize():f}"


def _set(target: Any, column: Column, value: str) -> None:
    if not column.read_only and _same(column, value, current(target, column)):
        return
    done(target, target.nSetValue(column.com_name, value if column.text else float(value)))


def _same(column: Column, new: str, old: str) -> bool:
    return new == old if column.text else Decimal(new) == Decimal(old)


def _outward(member: Member, text: str) -> str:
    if member.type != "dateTime":
        return text
    return dt.datetime.strptime(text, "%Y%m%d").isoformat() if text else NULL_DATE_TIME  # noqa: DTZ007


def _inward(owner: str, member: Member, value: str) -> str:
    if member.type == "decimal":
        return _decimal(owner, member.name, value)
    if member.type != "dateTime":
        return value
    if value.strip() == NULL_DATE_TIME:
        return ""
    try:
        moment = dt.datetime.fromisoformat(value.strip())
        # A moment with a zone becomes the server's local time, as in .NET: it may be another day.
        return (moment.astimezone() if moment.tzinfo else moment).strftime("%Y%m%d")
    except (ValueError, OverflowError):
        where = f"{owner} column {member.name}$"
        raise MasFaultError("CI_Validation", f"{where} is not a valid date.") from None


def _decimal(owner: str, name: str, value: str) -> str:
    try:
        return f"{Decimal(value.strip()):f}"
    except InvalidOperation:
        raise MasFaultError("CI_Validation", f"{owner} column {name} is numeric.") from None


def _moment(source: Any, table: Table, verb: str) -> str:
    if f"Date{verb}" not in table.columns:
        return NULL_DATE_TIME
    date = current(source, table.columns[f"Date{verb}"])
    hours = current(source, table.columns[f"Time{verb}"])
    if not date:
        return NULL_DATE_TIME
    seconds = round(Decimal(hours or "0") * _SECONDS_PER_HOUR)
    midnight = dt.datetime.strptime(date, "%Y%m%d")  # noqa: DTZ007  Sage 100 keeps no zone
    return (midnight + dt.timedelta(seconds=seconds)).isoformat()


def _other_fields(source: Any, table: Table) -> list[Document]:
    return [
        {"MasFieldName": name, "Value": current(source, column)}
        for name, column in table.columns.items()
        if name.startswith(UDF)
    ]
