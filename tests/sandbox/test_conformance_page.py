"""`docs/providex-conformance.md` names a test for each of its rows, and each of them exists."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

TESTS = Path(__file__).parent
PAGE = (TESTS.parents[1] / "docs" / "providex-conformance.md").read_text(encoding="utf-8")
ROWS: list[tuple[str, str]] = re.findall(r"^\| ([A-Z]\d+) \|(.*)$", PAGE, re.MULTILINE)
CHAPTERS = {"A": 15, "B": 5, "C": 14, "D": 14, "E": 15, "F": 10, "G": 8, "H": 23, "S": 22}


@cache
def names_in(file: str) -> frozenset[str]:
    folder = TESTS if "/" in file else TESTS / "providex"
    tree = ast.parse((folder / file).read_text(encoding="utf-8"))
    return frozenset(node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))


def test_every_row_is_there_once_and_in_order() -> None:
    wanted = [f"{letter}{n}" for letter, last in CHAPTERS.items() for n in range(1, last + 1)]

    assert [name for name, _ in ROWS] == wanted


@pytest.mark.parametrize(("row", "text"), ROWS, ids=[name for name, _ in ROWS])
def test_each_row_names_tests_that_exist(row: str, text: str) -> None:
    named = re.findall(r"`([\w/]+\.py)::(test_\w+)`", text)

    assert named, row
    for file, name in named:
        assert name in names_in(file), f"{file} has no {name}"


def test_nothing_that_looks_like_a_test_is_written_in_another_form() -> None:
    assert len(re.findall(r"::test_", PAGE)) == len(re.findall(r"`[\w/]+\.py::test_\w+`", PAGE))
