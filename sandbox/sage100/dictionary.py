"""The form of the data dictionary: tables, typed columns, keys and indexes.

The tables themselves are in `tables_so`, `tables_ar`, `tables_ci` and `tables_sy`.
"""

from collections.abc import Mapping
from dataclasses import dataclass

Record = dict[str, str]
"""Column name (without `$`) to stored text; numbers are decimal text; an absent column is blank."""

AUDIT_BLOCK = """
DateCreated$ 8 ro
TimeCreated$ 8 ro
UserCreatedKey$ 10 ro
DateUpdated$ 8 ro
TimeUpdated$ 8 ro
UserUpdatedKey$ 10 ro
"""


@dataclass(frozen=True)
class Column:
    """One column.

    Attributes:
        name: Without the `$` of text columns.
        text: Whether it is a text column.
        length: Characters of a text, or digits in all of a number.
        decimals: Places after the point of a number.
        read_only: Sage 100 fills it; setting it fails.
        choices: The only texts allowed, or empty when anything goes.
        default: Stored when a record is new.
    """

    name: str
    text: bool
    length: int
    decimals: int = 0
    read_only: bool = False
    choices: tuple[str, ...] = ()
    default: str = ""

    @property
    def com_name(self) -> str:
        """The name as COM callers write it: text columns end in `$`."""
        return f"{self.name}$" if self.text else self.name


@dataclass(frozen=True)
class Table:
    """One file: its key columns in order, its columns and its other indexes."""

    name: str
    key: tuple[str, ...]
    columns: Mapping[str, Column]
    indexes: Mapping[str, tuple[str, ...]]

    def key_of(self, record: Mapping[str, str]) -> str:
        """Return the key: every part but the last padded to its length, as ProvideX joins them."""
        return self.join([record.get(name, "") for name in self.key])

    def join(self, parts: list[str]) -> str:
        """Return leading key parts as one text; a full key's last part is not padded."""
        padded = [part.ljust(self.columns[name].length) for name, part in self._pairs(parts)]
        if len(parts) == len(self.key):
            padded[-1] = parts[-1]
        return "".join(padded)

    def index_key(self, index: str, record: Mapping[str, str]) -> str:
        """Return the text that `record` is sorted by in `index`, ending with its own key."""
        parts = self.indexes[index]
        text = "".join(record.get(name, "").ljust(self.columns[name].length) for name in parts)
        return text + self.key_of(record)

    def by_com_name(self, com_name: str) -> Column | None:
        """Return the column that a COM caller means, or None (a wrong `$` is unknown too)."""
        column = self.columns.get(com_name.removesuffix("$"))
        return column if column is not None and column.com_name == com_name else None

    def blank(self) -> Record:
        """Return a new record with every column's default."""
        return {name: column.default for name, column in self.columns.items() if column.default}

    def _pairs(self, parts: list[str]) -> list[tuple[str, str]]:
        return list(zip(self.key, parts, strict=False))


def table(name: str, key: str, columns: str, *, indexes: Mapping[str, str] | None = None) -> Table:
    """Build a table from its layout.

    Args:
        name: The physical file's name.
        key: Key columns, parted by blanks.
        columns: One line per column: name (with `$` for text), length (`11.2` for a number of
            11 digits, 2 of them decimals), then any of `ro`, `in=Y,N`, `default=N`.
        indexes: Other indexes: name to columns parted by blanks.
    """
    parsed = [_column(line) for line in columns.split("\n") if line.strip()]
    return Table(
        name=name,
        key=tuple(key.split()),
        columns={column.name: column for column in parsed},
        indexes={index: tuple(parts.split()) for index, parts in (indexes or {}).items()},
    )


def _column(line: str) -> Column:
    com_name, size, *options = line.split()
    length, _, decimals = size.partition(".")
    settings = {name: value for name, _, value in (option.partition("=") for option in options)}
    choices = settings.get("in", "")
    return Column(
        name=com_name.removesuffix("$"),
        text=com_name.endswith("$"),
        length=int(length),
        decimals=int(decimals or 0),
        read_only="ro" in settings,
        choices=tuple(choices.split(",")) if choices else (),
        default=settings.get("default", ""),
    )
