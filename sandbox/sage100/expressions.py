"""The ProvideX string expressions that result sets understand; anything else is a syntax error.

text      := term ("+" term)*
term      := Column$ | "literal" | UCS(text) | STR(number)
number    := NumericColumn | 12.5
condition := all ("OR" all)*
all       := one ("AND" one)*
one       := "(" condition ")" | text op text | number op number
op        := = | <> | < | > | <= | >=
"""

import operator
import re
from collections.abc import Callable
from decimal import Decimal

from .dictionary import Record, Table
from .errors import RefusedError
from .values import number_of, str_function

Text = Callable[[Record], str]
Number = Callable[[Record], Decimal]
Condition = Callable[[Record], bool]

MAX_LENGTH = 32_000
"""ProvideX limits the length of a text; a longer expression cannot be handed over."""

MAX_DEPTH = 50
"""Parentheses within parentheses; far more than any real filter has."""

_TOKEN = re.compile(
    r"""\s*(?:(?P<literal>"(?:[^"]|"")*")|(?P<number>\d+(?:\.\d+)?|\.\d+)"""
    r"""|(?P<word>[A-Za-z_][A-Za-z0-9_]*\$?)|(?P<sign><>|<=|>=|[=<>+()]))"""
)
_COMPARE: dict[str, Callable[[str | Decimal, str | Decimal], bool]] = {
    "=": operator.eq,
    "<>": operator.ne,
    "<": operator.lt,
    ">": operator.gt,
    "<=": operator.le,
    ">=": operator.ge,
}


def compile_text(source: str, table: Table) -> Text:
    """Return a function from a record to the value of a text expression.

    Raises:
        RefusedError: It is no text expression over the columns of this table.
    """
    parser = _Parser(source, table)
    text = parser.text()
    parser.expect_end()
    return text


def compile_filter(source: str, table: Table) -> Condition:
    """Return a function that tells whether a record meets a condition.

    Raises:
        RefusedError: It is no condition over the columns of this table.
    """
    parser = _Parser(source, table)
    condition = parser.condition()
    parser.expect_end()
    return condition


def _syntax(detail: str) -> RefusedError:
    return RefusedError(f"Error 20: Syntax error ({detail})")


class _Parser:
    def __init__(self, source: str, table: Table) -> None:
        if len(source) > MAX_LENGTH:
            raise _syntax("the expression is too long")
        self._tokens = _tokens(source)
        self._table = table
        self._depth = 0

    def text(self) -> Text:
        terms = [self._term()]
        while self._take("+"):
            terms.append(self._term())
        return terms[0] if len(terms) == 1 else lambda record: "".join(t(record) for t in terms)

    def condition(self) -> Condition:
        options = [self._all()]
        while self._take("OR"):
            options.append(self._all())
        return options[0] if len(options) == 1 else lambda record: any(o(record) for o in options)

    def expect_end(self) -> None:
        if self._tokens:
            raise _syntax(f"unexpected {self._tokens[0]}")

    def _all(self) -> Condition:
        parts = [self._one()]
        while self._take("AND"):
            parts.append(self._one())
        return parts[0] if len(parts) == 1 else lambda record: all(p(record) for p in parts)

    def _one(self) -> Condition:
        if not self._take("("):
            return self._comparison()
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise _syntax("too many parentheses")
        inside = self.condition()
        self._expect(")")
        self._depth -= 1
        return inside

    def _comparison(self) -> Condition:
        is_number = self._at_number()
        left = self._number() if is_number else self.text()
        compare = _COMPARE.get(self._next())
        if compare is None:
            raise _syntax("a comparison is missing")
        right = self._number() if is_number else self.text()
        return lambda record: compare(left(record), right(record))

    def _term(self) -> Text:
        token = self._next()
        if token.startswith('"'):
            literal = token[1:-1].replace('""', '"')
            return lambda _: literal
        function = {"UCS": self._upper, "STR": self._number_text}.get(token.upper())
        if function is not None and self._take("("):
            result = function()
            self._expect(")")
            return result
        return self._text_column(token)

    def _upper(self) -> Text:
        inside = self.text()
        return lambda record: inside(record).upper()

    def _number_text(self) -> Text:
        number = self._number()
        return lambda record: str_function(number(record))

    def _text_column(self, token: str) -> Text:
        column = self._table.by_com_name(token)
        if column is None or not column.text:
            raise _syntax(f"{token} is no text column of {self._table.name}")
        return lambda record: record.get(column.name, "")

    def _number(self) -> Number:
        token = self._next()
        if token[0].isdigit() or token[0] == ".":
            value = Decimal(token)
            return lambda _: value
        column = self._table.by_com_name(token)
        if column is None or column.text:
            raise _syntax(f"{token} is no numeric column of {self._table.name}")
        return lambda record: number_of(record.get(column.name))

    def _at_number(self) -> bool:
        token = self._tokens[0] if self._tokens else ""
        column = self._table.by_com_name(token)
        return token[:1].isdigit() or token[:1] == "." or (column is not None and not column.text)

    def _next(self) -> str:
        if not self._tokens:
            raise _syntax("it ends too early")
        return self._tokens.pop(0)

    def _take(self, wanted: str) -> bool:
        found = bool(self._tokens) and self._tokens[0].upper() == wanted
        if found:
            self._tokens.pop(0)
        return found

    def _expect(self, wanted: str) -> None:
        if not self._take(wanted):
            raise _syntax(f"{wanted} is missing")


def _tokens(source: str) -> list[str]:
    tokens: list[str] = []
    place = 0
    source = source.rstrip()
    while place < len(source):
        match = _TOKEN.match(source, place)
        if match is None:
            raise _syntax(f"at {source[place : place + 10]}")
        tokens.append(match.group(0).strip())
        place = match.end()
    return tokens
