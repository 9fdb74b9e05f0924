"""What a function loads before its first event: a SOAP library is for those who use it."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
HEAVY = {"zeep", "lxml", "requests"}


@pytest.mark.parametrize("name", ["receive_webhook", "take_orders", "poll"])
def test_a_function_loads_no_soap_library_by_itself(name: str) -> None:
    code = f"import functions.{name}, sys; print(*({HEAVY} & set(sys.modules)))"
    paths = f"{ROOT}:{ROOT / 'layers' / 'tieout' / 'python'}"
    environment = {"PYTHONPATH": paths, "POWERTOOLS_SERVICE_NAME": "test"}

    loaded = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
    )

    assert loaded.stdout.split() == []
