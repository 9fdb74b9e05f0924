"""One process, one broken system: runs its histories until one shows that it is broken."""

import json
import sys
from argparse import ArgumentParser
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from tests.faults.mutants import MUTANTS
from tests.faults.mutation import apply

if TYPE_CHECKING:
    from tests.faults.histories import Report


@dataclass(frozen=True)
class Result:
    """What the histories from `first` on came to: `seed` is the one that showed it, None if none did."""

    histories: int
    seed: int | None = None
    words: str = ""


def hunt(run: "Callable[[int], Report]", shows: tuple[str, ...], seeds: range) -> Result:
    """Run one history after the other until one comes to such a finding."""
    for count, seed in enumerate(seeds, 1):
        for found in run(seed).findings:
            if found.finding in shows:
                return Result(count, seed, str(found))
    return Result(len(seeds))


def main(arguments: list[str]) -> None:
    """Hunt, and print the result as JSON."""
    parser = ArgumentParser(prog="python -m tests.faults.saboteur")
    parser.add_argument("kind", choices=("mutant", "variant", "system"))
    parser.add_argument("name")
    parser.add_argument("first", type=int)
    parser.add_argument("count", type=int)
    parser.add_argument("--shows", default="")
    asked = parser.parse_args(arguments)
    run, shows = _broken(asked.kind, asked.name)
    shows = tuple(asked.shows.split(",")) if asked.shows else shows
    result = hunt(run, shows, range(asked.first, asked.first + asked.count))
    sys.stdout.write(json.dumps(asdict(result)))


def _broken(kind: str, name: str) -> "tuple[Callable[[int], Report], tuple[str, ...]]":
    """A broken system and what shows it. What is broken is broken before anything of it is imported."""
    under = name
    shows: tuple[str, ...] = ()
    if kind == "mutant":
        mutant = next(one for one in MUTANTS if one.name == name)
        apply(mutant.edits)
        under, shows = mutant.under, mutant.shows
    from tests.faults.systems import SYSTEMS  # noqa: PLC0415 - only now
    from tests.faults.variants import VARIANTS  # noqa: PLC0415 - only now

    if kind == "variant":
        variant = next(one for one in VARIANTS if one.name == name)
        return variant.run, variant.shows
    return SYSTEMS[under], shows


if __name__ == "__main__":
    main(sys.argv[1:])
