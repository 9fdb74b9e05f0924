"""One process, one mutant: prints the fewest events that show it, as Hypothesis finds them."""

import json
import sys

from tests.faults.mutants import MUTANTS
from tests.faults.mutation import apply

EXAMPLES = 400
STEPS = 12


def main(name: str) -> None:
    """Print the events as a JSON list; empty when no example showed the mutant."""
    apply(next(one for one in MUTANTS if one.name == name).edits)
    from tests.faults.stateful import fewest_events  # noqa: PLC0415 - only now

    sys.stdout.write(json.dumps(fewest_events(examples=EXAMPLES, steps=STEPS)))


if __name__ == "__main__":
    main(sys.argv[1])
