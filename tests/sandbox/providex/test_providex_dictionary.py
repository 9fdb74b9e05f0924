"""The simulated files have the data dictionary's real columns, types, lengths, keys and indexes."""

import importlib
import pkgutil

import pytest

from sandbox import sage100
from sandbox.sage100.dictionary import Table
from tests.sandbox.providex.layouts import CHOICES, DEFAULTS, INDEXES, LAYOUTS, READ_ONLY

MODULES = [
    importlib.import_module(f"sandbox.sage100.{found.name}")
    for found in pkgutil.iter_modules(sage100.__path__)
    if found.name.startswith("tables_")
]
TABLES = {
    table.name: table
    for module in MODULES
    for table in vars(module).values()
    if isinstance(table, Table)
}


def columns(layout: str) -> dict[str, str]:
    words = layout.replace("|", " ").split()
    return dict(zip(words[::2], words[1::2], strict=True))


@pytest.mark.parametrize("name", LAYOUTS)
def test_a_file_has_the_columns_types_and_lengths_of_the_dictionary(name: str) -> None:
    found = {
        column.com_name: str(column.length) if column.text else f"{column.length}.{column.decimals}"
        for column in TABLES[name].columns.values()
    }

    wanted = columns(LAYOUTS[name])

    assert {column: found.get(column) for column in wanted} == wanted


@pytest.mark.parametrize("name", LAYOUTS)
def test_a_file_has_the_key_of_the_dictionary(name: str) -> None:
    key = columns(LAYOUTS[name].partition("|")[0])

    assert TABLES[name].key == tuple(column.removesuffix("$") for column in key)


@pytest.mark.parametrize("name", INDEXES)
def test_a_file_has_the_indexes_of_the_dictionary(name: str) -> None:
    found = TABLES[name].indexes

    assert {index: tuple(found[index]) for index in INDEXES[name]} == INDEXES[name]


@pytest.mark.parametrize(("place", "default"), DEFAULTS.items())
def test_a_column_has_the_default_of_the_dictionary(place: tuple[str, str], default: str) -> None:
    name, column = place

    assert TABLES[name].columns[column].default == default


@pytest.mark.parametrize(("place", "codes"), CHOICES.items())
def test_a_column_takes_the_codes_of_the_dictionary(place: tuple[str, str], codes: str) -> None:
    name, column = place

    assert set(TABLES[name].columns[column].choices) == set(codes)


@pytest.mark.parametrize("name", READ_ONLY)
def test_columns_that_sage_fills_are_read_only(name: str) -> None:
    found = TABLES[name].columns

    assert [column for column in READ_ONLY[name].split() if not found[column].read_only] == []


@pytest.mark.parametrize("name", ["SO_SalesOrderDetail", "SO_InvoiceTracking"])
def test_some_files_have_no_audit_block(name: str) -> None:
    assert "DateUpdated" not in TABLES[name].columns


def test_there_is_no_column_for_an_orders_total() -> None:
    names = TABLES["SO_SalesOrderHeader"].columns

    assert [name for name in names if "Total" in name] == []
