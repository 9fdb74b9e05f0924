"""Mutants fit the code as it stands, are made while it is imported, and leave no trace on disk."""

import json
import subprocess
import sys

import pytest

from tests.faults.mutants import MUTANTS, Mutant
from tests.faults.mutation import ROOT, TIEOUT, Edit, apply
from tieout.domain.ledger import SETTLE

HALF = Edit(f"{TIEOUT}/tieout/domain/ledger.py", "SETTLE = timedelta(seconds=10)", "SETTLE = None")
LOOK = """
import json
from tests.faults.mutation import Edit, apply
apply([Edit(**json.loads({edit!r}))])
from tieout.domain import ledger
print(ledger.SETTLE)
"""


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_each_mutant_still_fits_the_code_just_once_and_compiles(mutant: Mutant) -> None:
    sources: dict[str, str] = {}

    for edit in mutant.edits:
        sources[edit.file] = edit.applied(sources.get(edit.file) or edit.source())

    for file, source in sources.items():
        compile(source, file, "exec")
        assert source != (ROOT / file).read_text(encoding="utf-8")


def test_mutants_have_names_of_their_own_and_there_are_enough_of_them() -> None:
    assert len({mutant.name for mutant in MUTANTS}) == len(MUTANTS)
    assert len(MUTANTS) >= 16


def test_a_text_that_occurs_twice_or_not_at_all_is_refused() -> None:
    with pytest.raises(ValueError, match="0 times"):
        Edit(HALF.file, "no such text", "").applied(HALF.source())
    with pytest.raises(ValueError, match="2 times"):
        Edit(HALF.file, "twice", "").applied("twice and twice")


def test_an_edit_is_seen_by_whoever_imports_the_module_and_never_on_disk() -> None:
    before = HALF.source()
    edit = json.dumps({"file": HALF.file, "old": HALF.old, "new": HALF.new})

    told = subprocess.run(
        [sys.executable, "-c", LOOK.format(edit=edit)],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )

    assert told.stdout.strip() == "None"
    assert HALF.source() == before


def test_what_is_imported_already_is_not_broken_any_more() -> None:
    with pytest.raises(RuntimeError, match="tieout"):
        apply([HALF])

    assert SETTLE is not None
