"""How tests run `tieout-agent check`, and look at what it leaves behind."""

import json
from pathlib import Path
from typing import Any

from typer.testing import CliRunner, Result

from sandbox.sage100.store import Store, database
from sandbox.sage100.tables_so import SO_SALES_ORDER_HEADER
from tieout_agent.commands.app import app

TEST = ("--test-company", "CAN", "--yes", "--even-if-served")


def run(path: Path, *options: str, typed: str | None = None) -> Result:
    return CliRunner().invoke(app, ["check", "--settings", str(path), *options], input=typed)


def check(path: Path, *options: str) -> dict[str, Any]:
    """What a check finds: its report, with the findings by what they are about."""
    done = run(path, "--json", *options)
    report = json.loads(done.stdout)
    assert done.exit_code == (0 if report["ok"] else 1)
    found = {(each["about"], each["what"]): each for each in report["findings"]}
    return report | {"found": found}


def state(report: dict[str, Any], about: str, what: str) -> str:
    return report["found"][about, what]["state"]


def orders_of(home: Path, company: str) -> dict[str, str]:
    store = Store(database(home, company))
    found = {key: record["OrderStatus"] for key, record in store.scan(SO_SALES_ORDER_HEADER)}
    store.close()
    return found
