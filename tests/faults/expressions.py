"""DynamoDB's update and condition expressions, as far as our adapter writes them."""

import operator
import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from functools import cache, reduce
from typing import Any

Attribute = dict[str, str]
Row = dict[str, Attribute]
Values = dict[str, Attribute]
Condition = Callable[[Row, Values], bool]
Update = Callable[[Row, Values], None]

_TOKEN = re.compile(r"\(|\)|,|<=|>=|=|<|>|[#:]?\w+")
_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "<": operator.lt,
    "<=": operator.le,
}


def number_or_text(attribute: Attribute) -> Decimal | str:
    """What an attribute says; texts and numbers are never compared with one another."""
    return attribute["S"] if "S" in attribute else Decimal(attribute["N"])


@cache
def condition(text: str) -> Condition:
    """The condition in an expression of comparisons, attribute_exists and its opposite, AND, OR.

    No expression at all is a condition that holds.
    """
    if not text:
        return lambda _row, _values: True
    tokens = _Tokens(text)
    found = _either(tokens)
    tokens.end()
    return found


@cache
def update(text: str) -> Update:
    """The change in an expression of SET, ADD and REMOVE clauses."""
    changes = list(_changes(_Tokens(text)))

    def change(row: Row, values: Values) -> None:
        # Every right-hand side sees the row as it was (DynamoDB API reference, UpdateExpression).
        before = dict(row)
        for one in changes:
            one(before, row, values)

    return change


class _Tokens:
    """A text, word by word."""

    def __init__(self, text: str) -> None:
        self._words = _TOKEN.findall(text)
        self._at = 0

    @property
    def next(self) -> str:
        return self._words[self._at] if self._at < len(self._words) else ""

    def take(self, *expected: str) -> str:
        word = self.next
        if expected and word not in expected:
            raise ValueError(f"{word!r} where one of {expected} belongs")
        self._at += 1
        return word

    def end(self) -> None:
        if self.next:
            raise ValueError(f"{self.next!r} after the end")


def _either(tokens: _Tokens) -> Condition:
    found = _both(tokens)
    while tokens.next == "OR":
        tokens.take()
        found = _or(found, _both(tokens))
    return found


def _both(tokens: _Tokens) -> Condition:
    found = _single(tokens)
    while tokens.next == "AND":
        tokens.take()
        found = _and(found, _single(tokens))
    return found


def _or(one: Condition, other: Condition) -> Condition:
    return lambda row, values: one(row, values) or other(row, values)


def _and(one: Condition, other: Condition) -> Condition:
    return lambda row, values: one(row, values) and other(row, values)


def _single(tokens: _Tokens) -> Condition:
    word = tokens.take()
    if word == "(":
        found = _either(tokens)
        tokens.take(")")
        return found
    if word in {"attribute_exists", "attribute_not_exists"}:
        name = _inside(tokens)
        wanted = word == "attribute_exists"
        return lambda row, _values: (name in row) is wanted
    return _comparison(word.removeprefix("#"), tokens)


def _comparison(name: str, tokens: _Tokens) -> Condition:
    compare, value = _COMPARE[tokens.take(*_COMPARE)], tokens.take()

    def holds(row: Row, values: Values) -> bool:
        # A comparison with an attribute that isn't there is false, whatever it is.
        return name in row and compare(number_or_text(row[name]), number_or_text(values[value]))

    return holds


def _inside(tokens: _Tokens) -> str:
    tokens.take("(")
    name = tokens.take()
    tokens.take(")")
    return name.removeprefix("#")


_Change = Callable[[Row, Row, Values], None]


def _changes(tokens: _Tokens) -> Iterator[_Change]:
    clauses: dict[str, Callable[[_Tokens], _Change]] = {"SET": _set, "ADD": _add, "REMOVE": _remove}
    while tokens.next:
        clause = clauses[tokens.take(*clauses)]
        yield clause(tokens)
        while tokens.next == ",":
            tokens.take()
            yield clause(tokens)


def _set(tokens: _Tokens) -> _Change:
    name = tokens.take().removeprefix("#")
    tokens.take("=")
    word = tokens.take()
    if word != "if_not_exists":
        return lambda _before, row, values: row.__setitem__(name, values[word])
    tokens.take("(")
    source = tokens.take().removeprefix("#")
    tokens.take(",")
    default = tokens.take()
    tokens.take(")")
    return lambda before, row, values: row.__setitem__(name, before.get(source, values[default]))


def _add(tokens: _Tokens) -> _Change:
    name, value = tokens.take().removeprefix("#"), tokens.take()

    def add(before: Row, row: Row, values: Values) -> None:
        parts = [before[name]] if name in before else []
        total = reduce(lambda s, part: s + int(part["N"]), [*parts, values[value]], 0)
        row[name] = {"N": str(total)}

    return add


def _remove(tokens: _Tokens) -> _Change:
    name = tokens.take().removeprefix("#")

    def remove(_before: Row, row: Row, _values: Values) -> None:
        row.pop(name, None)

    return remove
