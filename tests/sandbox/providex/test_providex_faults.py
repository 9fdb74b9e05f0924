"""Told to fail: lost answers, refused writes, locks, delays; and two processes at once."""

import time
from typing import Any

import pytest

from sandbox.sage100 import com
from sandbox.sage100.faults import Fault
from tests.sandbox.providex.client import CUSTOMER, ITEM, Sage, add_line


def ready(sage: Sage, number: str = "W000250") -> Any:
    orders = sage.begin(number)
    add_line(orders, ITEM, quantity=1.0, price=10.0)
    return orders


def test_a_lost_answer_leaves_the_order_stored(sage: Sage) -> None:
    orders = ready(sage)
    sage.tell(Fault(kind="lost_answer"))

    with pytest.raises(com.error):
        orders.nWrite()

    sage.log_on()
    assert sage.orders().nFind("W000250") == 1


@pytest.mark.parametrize("kind", ["refuse_write", "exclusive_lock"])
def test_a_refused_write_gives_0_once_and_stores_nothing(sage: Sage, kind: Any) -> None:
    orders = ready(sage)
    sage.tell(Fault(kind=kind, text="No more space"))

    assert orders.nWrite() == 0
    assert orders.sLastErrorMsg
    assert orders.nWrite() == 1


def test_a_locked_record_cannot_be_opened(sage: Sage) -> None:
    orders = sage.sell("W000250")
    sage.tell(Fault(kind="record_lock", object="W000250"))

    assert orders.nSetKey("W000250") == 0
    assert "locked" in orders.sLastErrorMsg
    assert orders.nSetKey("W000250") == 1


@pytest.mark.parametrize("on", ["call", "write", "commit"])
def test_a_hang_waits_where_it_is_told_to(sage: Sage, on: str) -> None:
    orders = ready(sage)
    sage.tell(Fault(kind="hang", seconds=0.05, on=on))
    begun = time.monotonic()

    code = orders.nWrite()

    assert code == 1
    assert time.monotonic() - begun >= 0.05


def test_slowness_stays_until_it_is_taken_away(sage: Sage) -> None:
    orders = sage.orders()
    sage.tell(Fault(kind="slow", seconds=0.02, count=None))
    begun = time.monotonic()

    for _ in range(3):
        orders.nClear()

    assert time.monotonic() - begun >= 0.06


def test_no_licence_for_an_object_is_error_90(sage: Sage) -> None:
    sage.log_on()
    sage.enter("SO_SalesOrder_bus")
    sage.tell(Fault(kind="no_object_licence"))

    with pytest.raises(com.error, match="Error 90"):
        sage.script.NewObject("SO_SalesOrder_bus", sage.session)


def test_of_two_sessions_with_the_same_new_number_one_is_refused(sage: Sage) -> None:
    first = ready(sage)
    other = Sage(sage.home)
    second = ready(other)

    assert first.nWrite() == 1
    assert second.nWrite() == 0
    assert "already exists" in second.sLastErrorMsg


def test_another_session_sees_what_was_written(sage: Sage) -> None:
    other = Sage(sage.home)
    orders = other.orders()
    assert orders.nFind("W000250") == 0

    sage.sell("W000250")

    assert orders.nFind("W000250") == 1


def test_an_edit_of_an_order_that_went_meanwhile_is_refused(sage: Sage) -> None:
    orders = sage.sell("W000250")
    orders.nSetKey("W000250")
    Sage(sage.home).orders().nDelete("W000250")

    assert orders.nWrite() == 0
    assert "no longer on file" in orders.sLastErrorMsg


def test_objects_of_one_dispatch_do_not_work_with_another(sage: Sage) -> None:
    session = sage.log_on()
    stranger = sage.dispatch()

    with pytest.raises(com.error, match="Type mismatch"):
        stranger.NewObject("SY_Company_svc", session)


def test_a_dropped_object_is_dead(sage: Sage) -> None:
    orders = sage.orders()

    orders.DropObject()

    with pytest.raises(com.error):
        orders.nSetKeyValue("SalesOrderNo$", CUSTOMER[:7])
