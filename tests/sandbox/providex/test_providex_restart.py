"""A company is kept in files: another process, earlier, later or at the same time, sees the same."""

import subprocess
import sys
from contextlib import closing
from pathlib import Path

from sandbox.sage100 import faults
from sandbox.sage100.store import SYSTEM, Store, database
from tests.sandbox.providex.client import Sage, text

REPOSITORY = Path(__file__).parents[3]
SELL = """
import sys
from pathlib import Path
from tests.sandbox.providex.client import Sage
orders = Sage(Path(sys.argv[1])).sell(sys.argv[2], marker=sys.argv[3])
orders.nGetNextSalesOrderNo(__import__("sandbox.sage100.com", fromlist=["com"]).by_ref_string())
"""
DIE_IN_THE_WRITE = """
import os, sys
from pathlib import Path
from tests.sandbox.providex.client import ITEM, Sage, add_line
orders = Sage(Path(sys.argv[1])).begin(sys.argv[2])
add_line(orders, ITEM, quantity=1.0, price=1.0)
os._exit(9)
"""


def run(script: str, *arguments: str) -> int:
    command = [sys.executable, "-c", script, *arguments]
    return subprocess.run(command, cwd=REPOSITORY, check=False, timeout=60).returncode


def test_what_one_process_wrote_the_next_one_reads(sage: Sage) -> None:
    assert run(SELL, str(sage.home), "W000250", "W-250-x7") == 0

    orders = sage.orders()

    assert orders.nFind("W000250") == 1
    assert text(orders, "CustomerPONo$") == "W-250-x7"


def test_numbers_go_on_where_the_last_process_stopped(sage: Sage) -> None:
    assert run(SELL, str(sage.home), "W000250", "W-250-x7") == 0
    assert run(SELL, str(sage.home), "W000251", "W-251-x7") == 0

    with closing(sage.books()) as books:
        assert books.next_number("SO_SalesOrderHeader", 1) == 3


def test_a_process_that_dies_before_the_commit_leaves_nothing(sage: Sage) -> None:
    assert run(DIE_IN_THE_WRITE, str(sage.home), "W000250") == 9

    assert sage.orders().nFind("W000250") == 0


def test_a_process_that_dies_gives_its_licence_back(sage: Sage) -> None:
    for _ in range(2):
        run(DIE_IN_THE_WRITE, str(sage.home), "W000250")

    assert sage.log_on()
    with closing(Store(database(sage.home, SYSTEM))) as system:
        assert system.execute("SELECT count(*) FROM console").fetchone()[0] == 1


def test_what_is_told_to_go_wrong_outlives_the_process_that_told_it(sage: Sage) -> None:
    with closing(Store(database(sage.home, SYSTEM))) as system:
        faults.add(system, faults.Fault(kind="exclusive_lock", count=None))

    assert run(SELL, str(sage.home), "W000250", "W-250-x7") != 0
