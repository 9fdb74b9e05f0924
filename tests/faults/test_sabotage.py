"""What is broken on purpose is caught; the whole set is `make faults-sabotage`."""

import pytest

from tests.faults.sabotage import TARGETS, catch_all, main
from tests.faults.systems import SYSTEMS
from tests.faults.variants import VARIANTS

# Each is caught within a few histories; the rarer ones are left to the whole set.
QUICK = (
    "A: ask",
    "C: an idempotency",
    "E: D beside",
    "K: ours",
    "the backfill reads",
    "an order is created without looking",
    "unpaid orders",
    "deadlines are reckoned",
)
ENOUGH = 60


def test_eight_broken_systems_are_caught_each_by_a_finding_that_it_deserves() -> None:
    targets = [one for one in TARGETS if one.name.startswith(QUICK)]

    caught = list(catch_all(targets, most=ENOUGH))

    assert len(caught) == len(QUICK)
    for one in caught:
        assert one.seed is not None, one
        assert one.words.startswith(one.target.shows), one


def test_what_is_not_caught_is_told_and_fails(capsys: pytest.CaptureFixture[str]) -> None:
    code = main(["--only", "a person's change in Sage is overwritten", "--histories", "0"])

    assert code == 1
    assert "1 mutants, missed: a person's change" in capsys.readouterr().out


def test_all_variants_of_the_protocol_are_there() -> None:
    letters = [variant.name[0] for variant in VARIANTS]

    assert letters == list("ABCDEFGHIJKLMPS")


def test_each_target_names_a_system_and_what_shows_it() -> None:
    for target in TARGETS:
        assert target.under in SYSTEMS
        assert target.shows


@pytest.mark.parametrize("name", SYSTEMS)
def test_the_systems_themselves_are_sound(name: str) -> None:
    assert SYSTEMS[name](3).findings == ()
