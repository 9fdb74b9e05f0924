"""Any history ends well; and a history that doesn't is shrunk to its few essential events."""

import json
import subprocess
import sys

import pytest
from hypothesis import settings

from tests.faults.mutation import ROOT
from tests.faults.stateful import Histories

TestHistories = Histories.TestCase
TestHistories.settings = settings(max_examples=120, stateful_step_count=25, deadline=None)

# Besides these, an example has the setting up and what holds at any time.
MOST_EVENTS = 6


@pytest.mark.parametrize(
    "mutant",
    [
        "an edit is known by its time of change alone",
        "only the number of lines is compared",
    ],
)
def test_a_defect_is_shrunk_to_a_few_events(mutant: str) -> None:
    told = subprocess.run(
        [sys.executable, "-m", "tests.faults.shrink", mutant],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )

    events = json.loads(told.stdout)
    assert 2 <= len(events) <= MOST_EVENTS, events
