"""What crosses the COM boundary: texts and doubles in, texts and doubles out, checked by column."""

from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

from .dictionary import Column
from .errors import RefusedError, type_mismatch

CODE_PAGE = "cp1252"
SEPARATOR = b"\x8a".decode(CODE_PAGE)
"""What parts values inside one returned text: byte 8A, which is `Š` in this code page."""


class ByRef:
    """A variant handed in by reference: the call writes its answer into `value`.

    Args:
        kind: The type it holds, `str` or `float`; any other answer is a type mismatch.
    """

    def __init__(self, kind: type[str] | type[float]) -> None:
        self.kind = kind
        self.value: Any = kind()


def answer(target: object, value: str | float, *, argument: int) -> None:
    """Write `value` into a by-reference argument.

    Args:
        target: What the caller handed in.
        value: A text or a double.
        argument: Position of the argument, counted from 1, for the error.

    Raises:
        ComError: It is no reference, or one of the other type.
    """
    if not isinstance(target, ByRef) or not isinstance(value, target.kind):
        raise type_mismatch(argument)
    target.value = value


def text_argument(value: object, *, argument: int) -> str:
    """Return a text argument as it is.

    Raises:
        ComError: It is no text.
    """
    if not isinstance(value, str):
        raise type_mismatch(argument)
    return value


def stored(owner: str, column: Column, value: object) -> str:
    """Return what is stored when `value` is set, after every check that needs only the column.

    Args:
        owner: The object as messages name it, such as `SO_SalesOrder_Bus`.
        column: The column that is set.
        value: A text for a text column, a number for a numeric one.

    Raises:
        ComError: The value is neither text nor number.
        RefusedError: The column does not take it.
    """
    where = f"{owner} column {column.com_name}"
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise type_mismatch(2)
    if column.read_only:
        raise RefusedError(f"{where} is read only.")
    if column.text != isinstance(value, str):
        wanted = "a string" if column.text else "numeric"
        raise RefusedError(f"Error 26: Variable type invalid. {where} is {wanted}.")
    if isinstance(value, str):
        return _stored_text(where, column, value)
    return _stored_number(where, column, Decimal(repr(value)))


def stored_from_json(owner: str, column: Column, text: str) -> str:
    """Return what is stored when a person at a screen types `text`, a decimal for a number.

    Raises:
        RefusedError: The column does not take it.
    """
    where = f"{owner} column {column.com_name}"
    if column.read_only:
        raise RefusedError(f"{where} is read only.")
    if column.text:
        return _stored_text(where, column, text)
    try:
        return _stored_number(where, column, Decimal(text))
    except InvalidOperation:
        raise RefusedError(f"{where} is numeric.") from None


def _stored_text(where: str, column: Column, value: str) -> str:
    try:
        value.encode(CODE_PAGE)
    except UnicodeEncodeError as error:
        lost = value[error.start]
        raise RefusedError(f"{where} contains a character that is not allowed ({lost}).") from None
    if len(value) > column.length:
        raise RefusedError(f"{where} is greater than {column.length} character(s).")
    if column.choices and value not in column.choices:
        raise RefusedError(f"{where} failed validation on {','.join(column.choices)}.")
    return value


def _stored_number(where: str, column: Column, number: Decimal) -> str:
    whole_digits = column.length - column.decimals
    if not number.is_finite() or abs(number) >= 10**whole_digits:
        raise RefusedError(f"{where} is greater than {whole_digits} digit(s).")
    return text_of(rounded(number, column.decimals))


def rounded(number: Decimal, places: int) -> Decimal:
    """Return the number rounded half up (away from zero), as Sage 100 rounds amounts."""
    return number.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


def text_of(number: Decimal) -> str:
    """Return a number as it is stored: plain digits, no exponent, no negative zero."""
    return f"{number:f}" if number else "0"


def number_of(text: str | None) -> Decimal:
    """Return a stored number; blank is zero."""
    return Decimal(text) if text else Decimal(0)


def com_value(column: Column, text: str) -> str | float:
    """Return what COM hands out for a stored value: a text, or a double for a number."""
    return text if column.text else float(number_of(text))


def provided_text(column: Column, text: str) -> str:
    """Return a value inside a joined text, as `STR` shows numbers: no needless zeros."""
    return text if column.text else str_function(number_of(text))


def str_function(number: Decimal) -> str:
    """Return ProvideX's `STR(number)`: no trailing zeros, no zero before the point."""
    plain = f"{number.normalize():f}"
    return plain.replace("0.", ".", 1) if abs(number) < 1 and number else plain
