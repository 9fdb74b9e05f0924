"""`docs/faults.md` names a test for each row of the failure model, and each of them exists."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
PAGE = (TESTS.parent / "docs" / "faults.md").read_text(encoding="utf-8")
ROWS: dict[str, str] = dict(re.findall(r"^\| (F\d+) \|(.*)$", PAGE, re.MULTILINE))
FAILURES = [f"F{number}" for number in range(1, 41)]


@cache
def names_in(file: str) -> frozenset[str]:
    tree = ast.parse((TESTS / file).read_text(encoding="utf-8"))
    return frozenset(node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))


def test_every_row_of_the_failure_model_is_on_the_page_once() -> None:
    assert list(ROWS) == FAILURES


@pytest.mark.parametrize("row", FAILURES)
def test_each_row_names_tests_that_exist(row: str) -> None:
    named = re.findall(r"`([\w/]+\.py)::(test_\w+)`", ROWS[row])

    assert named
    for file, name in named:
        assert name in names_in(file), f"{file} has no {name}"


def test_every_make_target_that_the_page_names_exists() -> None:
    makefile = (TESTS.parent / "Makefile").read_text(encoding="utf-8")

    for target in set(re.findall(r"`make ([a-z-]+)", PAGE)):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target
