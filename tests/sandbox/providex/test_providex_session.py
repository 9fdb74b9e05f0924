"""Opening a session: the order of the calls, rights, licences, threads and broken sessions."""

import gc
import subprocess
import sys
import threading
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from sandbox.sage100 import com, seed
from sandbox.sage100.errors import E_DISCONNECTED, E_WRONG_THREAD
from sandbox.sage100.faults import Fault
from sandbox.sage100.session import MAX_USERS
from sandbox.sage100.store import SYSTEM, Store, database
from tests.sandbox.providex.client import CUSTOMER, Sage


def test_the_calls_in_the_right_order_open_a_session(sage: Sage) -> None:
    orders = sage.orders()

    assert orders.nSetKey("W000250") == 2
    assert sage.session.sCompanyCode == "ABC"
    assert sage.session.sCompanyList == "ABCŠCANŠ"


def test_a_wrong_password_gives_0_and_a_text(sage: Sage) -> None:
    session = sage.dispatch().NewObject("SY_Session")

    assert session.nSetUser(seed.USER, "wrong") == 0
    assert "password" in session.sLastErrorMsg


def test_the_company_cannot_come_before_the_user(sage: Sage) -> None:
    session = sage.dispatch().NewObject("SY_Session")

    assert session.nSetCompany("ABC") == 0


def test_an_unknown_company_is_refused(sage: Sage) -> None:
    session = sage.log_on()

    assert session.nSetCompany("XYZ") == 0


def test_the_module_cannot_come_before_its_date(sage: Sage) -> None:
    session = sage.log_on()

    assert session.nSetDate("A/R", "20260302") == 1
    assert session.nSetModule("S/O") == 0
    assert session.nSetModule("A/R") > 1


@pytest.mark.parametrize("date", ["03022026", "20260230", "2026-03-02", ""])
def test_a_date_that_is_not_year_month_day_is_refused(sage: Sage, date: str) -> None:
    session = sage.log_on()

    assert session.nSetDate("S/O", date) == 0


def test_an_unknown_task_is_0_and_cannot_be_entered(sage: Sage) -> None:
    session = sage.log_on()
    session.nSetDate("S/O", "20260302")
    session.nSetModule("S/O")

    assert session.nLookupTask("SO_Nothing_ui") == 0
    assert session.nSetProgram(0) == 0


def test_a_task_of_another_module_cannot_be_entered(sage: Sage) -> None:
    session = sage.log_on()
    session.nSetDate("A/R", "20260302")
    session.nSetModule("A/R")

    assert session.nSetProgram(session.nLookupTask("SO_SalesOrder_ui")) == 0


@pytest.mark.parametrize("name", ["SO_SalesOrder_bus", "AR_Customer_bus", "SO_Nothing_bus"])
def test_an_object_without_its_program_is_error_90(sage: Sage, name: str) -> None:
    session = sage.log_on()

    with pytest.raises(com.error) as raised:
        sage.script.NewObject(name, session)

    assert "Error 90" in raised.value.args[2][2]


def test_an_object_of_another_module_is_error_90(sage: Sage) -> None:
    sage.log_on()
    sage.enter("AR_Customer_bus")

    with pytest.raises(com.error, match="Error 90"):
        sage.script.NewObject("SO_SalesOrder_bus", sage.session)


def test_an_object_under_another_task_of_its_module_is_error_90(sage: Sage) -> None:
    sage.log_on()
    sage.enter("SO_SalesOrderHistoryInquiry_bus")

    with pytest.raises(com.error, match="Error 90"):
        sage.script.NewObject("SO_SalesOrder_bus", sage.session)


def test_a_refused_object_spoils_the_session_too(sage: Sage) -> None:
    session = sage.log_on()
    with pytest.raises(com.error, match="Error 90"):
        sage.script.NewObject("SO_SalesOrder_bus", session)

    with pytest.raises(com.error):
        session.nSetCompany("ABC")


def test_an_object_that_the_user_may_not_have_is_error_90(sage: Sage) -> None:
    sage.log_on()
    sage.enter("SO_SalesOrder_bus")
    sage.tell(Fault(kind="no_right", object="SO_SalesOrder_bus"))

    with pytest.raises(com.error, match="Error 90"):
        sage.script.NewObject("SO_SalesOrder_bus", sage.session)


def test_a_folder_without_an_installation_fails(tmp_path: Path) -> None:
    script = com.dispatch("ProvideX.Script")

    with pytest.raises(com.error):
        script.Init(str(tmp_path))


def test_another_program_is_not_registered() -> None:
    with pytest.raises(com.error):
        com.dispatch("Excel.Application")


def test_another_thread_may_not_touch_an_object(sage: Sage) -> None:
    orders = sage.orders()
    raised: list[com.error] = []

    def touch() -> None:
        try:
            orders.nSetKey("W000250")
        except com.error as error:
            raised.append(error)

    thread = threading.Thread(target=touch)
    thread.start()
    thread.join()

    assert [error.args[0] for error in raised] == [E_WRONG_THREAD]
    assert orders.nSetKey("W000250") == 2


def test_a_com_error_spoils_every_object_until_a_new_dispatch(sage: Sage) -> None:
    orders = sage.orders()
    session = sage.session
    sage.tell(Fault(kind="poison"))

    for call in (orders.nClear, orders.nMoveFirst, lambda: session.sLastErrorMsg):
        with pytest.raises(com.error):
            call()

    sage.log_on()
    assert sage.begin(customer=CUSTOMER)


def test_a_plain_value_where_a_reference_is_due_is_a_type_mismatch(sage: Sage) -> None:
    orders = sage.orders()

    with pytest.raises(com.error, match="Type mismatch"):
        orders.nGetValue("CustomerNo$", "")


def test_a_text_reference_for_a_number_is_a_type_mismatch(sage: Sage) -> None:
    orders = sage.orders()

    with pytest.raises(com.error, match="Type mismatch"):
        orders.nGetValue("FreightAmt", com.by_ref_string())


def test_after_release_everything_of_the_thread_is_gone(sage: Sage) -> None:
    orders = sage.orders()

    com.release()

    with pytest.raises(com.error) as raised:
        orders.nClear()
    assert raised.value.args[0] == E_DISCONNECTED


def test_objects_of_an_ended_session_are_dead(sage: Sage) -> None:
    orders = sage.orders()

    assert sage.session.nCleanup() == 1

    with pytest.raises(com.error):
        orders.nSetKey("W000250")


def test_sessions_beyond_the_licences_are_refused_until_one_ends(sage: Sage) -> None:
    sessions = [open_session(sage) for _ in range(MAX_USERS)]
    late = sage.script.NewObject("SY_Session")

    assert late.nSetUser(seed.USER, seed.PASSWORD) == 0
    assert "maximum number of users" in late.sLastErrorMsg

    sessions[0].nCleanup()
    assert late.nSetUser(seed.USER, seed.PASSWORD) == 1


def test_a_process_that_ended_without_a_word_gives_its_licences_back(sage: Sage) -> None:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    with closing(Store(database(sage.home, SYSTEM))) as system:
        for _ in range(MAX_USERS):
            sql = "INSERT INTO console (process, user) VALUES (?, 'lost')"
            system.execute(sql, ended.pid)

    assert open_session(sage)


def test_a_session_that_nobody_holds_gives_its_licence_back(sage: Sage) -> None:
    for _ in range(MAX_USERS):
        open_session(sage)
    gc.collect()

    assert open_session(sage)


@pytest.mark.parametrize("kind", ["no_licence", "exclusive_lock"])
def test_a_session_can_be_refused_once(sage: Sage, kind: Any) -> None:
    sage.tell(Fault(kind=kind))
    session = sage.dispatch().NewObject("SY_Session")

    refused = [session.nSetUser(seed.USER, seed.PASSWORD) * session.nSetCompany("ABC")]

    assert refused == [0]
    assert session.nSetUser(seed.USER, seed.PASSWORD) * session.nSetCompany("ABC") == 1


def open_session(sage: Sage) -> Any:
    session = sage.dispatch().NewObject("SY_Session")
    assert session.nSetUser(seed.USER, seed.PASSWORD) == 1, session.sLastErrorMsg
    return session
