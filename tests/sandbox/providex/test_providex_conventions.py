"""What all objects have in common: names, modules and tasks, references, separators, threads."""

import datetime as dt
from contextlib import closing

import pytest

from sandbox.sage100 import com, seed
from sandbox.sage100.catalogue import OBJECTS, TASKS, module_of
from sandbox.sage100.session import MAX_USERS
from sandbox.sage100.store import SYSTEM, Store, database
from sandbox.sage100.tables_sy import SY_COMPANY
from tests.sandbox.providex.client import CUSTOMER, ITEM, Sage, add_line, number, text


@pytest.mark.parametrize("name", ["ProvideX.Script", "ProvideX.Script.1"])
def test_both_names_of_the_program_make_a_script(sage: Sage, name: str) -> None:
    script = com.dispatch(name)

    script.Init(str(sage.home))

    assert script.NewObject("SY_Session")


def test_nothing_can_be_made_before_the_folder_is_named() -> None:
    script = com.dispatch("ProvideX.Script")

    with pytest.raises(com.error):
        script.NewObject("SY_Session")
    com.release()


def test_a_separate_logon_call_does_no_harm(sage: Sage) -> None:
    session = sage.dispatch().NewObject("SY_Session")

    assert session.nLogon() == 1
    assert session.nSetUser(seed.USER, seed.PASSWORD) == 1
    assert session.nLogon() == 1


def test_setting_a_module_gives_a_large_number(sage: Sage) -> None:
    session = sage.log_on()
    session.nSetDate("S/O", "20260302")

    assert session.nSetModule("S/O") > 10_000


def test_a_company_closed_to_other_programs_is_refused(sage: Sage) -> None:
    with closing(Store(database(sage.home, SYSTEM))) as system:
        record = system.get(SY_COMPANY, "ABC") or {}
        system.put(SY_COMPANY, record | {"AllowExternalAccess": "N"})
    session = sage.dispatch().NewObject("SY_Session")
    session.nSetUser(seed.USER, seed.PASSWORD)

    assert session.nSetCompany("ABC") == 0
    assert "external access" in session.sLastErrorMsg
    assert session.nSetCompany("CAN") == 1


@pytest.mark.parametrize("name", sorted(OBJECTS))
def test_each_object_is_made_under_its_module_and_task(sage: Sage, name: str) -> None:
    session, info = sage.log_on(), OBJECTS[name]
    if info.module:
        task = info.task or next(task for task in TASKS if module_of(task) == info.module)
        session.nSetDate(info.module, "20260302")
        session.nSetModule(info.module)
        assert session.nSetProgram(session.nLookupTask(task)) == 1

    assert sage.script.NewObject(name, session).sGetColumns("MAIN").endswith("Š")


def test_the_steps_for_one_family_do_not_serve_another(sage: Sage) -> None:
    sage.orders()

    with pytest.raises(com.error, match="Error 90"):
        sage.script.NewObject("CI_ItemCode_bus", sage.session)


def test_an_object_made_earlier_keeps_working_under_another_module(sage: Sage) -> None:
    orders = sage.orders()

    sage.object("AR_Customer_bus")

    assert orders.nSetKey("W000250") == 2


def test_dropping_the_session_gives_its_licence_back(sage: Sage) -> None:
    script = sage.dispatch()
    sessions = [script.NewObject("SY_Session") for _ in range(MAX_USERS)]
    for session in sessions:
        session.nSetUser(seed.USER, seed.PASSWORD)
    late = script.NewObject("SY_Session")
    assert late.nSetUser(seed.USER, seed.PASSWORD) == 0

    sessions[0].DropObject()

    assert late.nSetUser(seed.USER, seed.PASSWORD) == 1


def test_releasing_the_thread_gives_every_licence_back(sage: Sage) -> None:
    script = sage.dispatch()
    held = [script.NewObject("SY_Session") for _ in range(MAX_USERS)]
    for session in held:
        session.nSetUser(seed.USER, seed.PASSWORD)

    com.release()

    assert sage.log_on()


def test_the_separator_may_stand_in_the_data_too(sage: Sage) -> None:
    orders = sage.begin()
    orders.nSetValue("Comment$", "aŠb")
    record, columns = com.by_ref_string(), com.by_ref_string()

    orders.nGetRecord(record, columns)

    assert record.value.count("Š") == columns.value.count("Š") + 1


def test_the_original_record_is_without_unwritten_changes(sage: Sage) -> None:
    orders = sage.sell("W000250")
    orders.nSetKey("W000250")
    orders.nSetValue("Comment$", "not yet written")
    now, before = com.by_ref_string(), com.by_ref_string()

    assert (orders.nGetRecord(now), orders.nGetOrigRecord(before)) == (1, 1)

    assert "not yet written" in now.value
    assert "not yet written" not in before.value
    assert before.value.startswith("W000250Š")


def test_a_new_record_has_no_original(sage: Sage) -> None:
    assert sage.begin().nGetOrigRecord(com.by_ref_string()) == 0


def test_line_keys_are_filled_with_zeros_and_asked_for_in_full(sage: Sage) -> None:
    orders = sage.sell("W000250")
    orders.nSetKey("W000250")
    orders.oLines.nMoveFirst()

    assert text(orders.oLines, "LineKey$") == "000001"
    assert orders.oLines.nEditLine("1") == 0
    assert orders.oLines.nEditLine("000001") == 1


def test_blanks_around_an_item_code_belong_to_it(sage: Sage) -> None:
    items = sage.object("CI_ItemCode_bus")
    assert items.nSetKey(" ODD ") == 2
    items.nSetValue("ItemCodeDesc$", "Odd one")
    items.nWrite()
    lines = sage.begin().oLines
    lines.nAddLine()

    assert lines.nSetValue("ItemCode$", "ODD") == 0
    assert lines.nSetValue("ItemCode$", " ODD ") == 1


def test_a_price_can_be_read_back_before_the_line_is_written(sage: Sage) -> None:
    orders = sage.begin()
    lines = orders.oLines
    lines.nAddLine()
    lines.nSetValue("ItemCode$", ITEM)
    lines.nSetValue("QuantityOrdered", 2.0)
    lines.nSetValue("UnitPrice", 19.99)

    assert (number(lines, "UnitPrice"), number(lines, "ExtensionAmt")) == (19.99, 39.98)


def test_an_address_set_before_the_customer_is_replaced_by_his(sage: Sage) -> None:
    orders = sage.orders()
    orders.nSetKey("W000250")
    orders.nSetValue("ShipToName$", "Jane Doe")

    orders.nSetValue("ARDivisionNo$", "00")
    orders.nSetValue("CustomerNo$", CUSTOMER)

    assert text(orders, "ShipToName$") == "Cedar Outfitters"


def test_a_number_that_was_given_out_stays_burnt_when_its_order_is_abandoned(sage: Sage) -> None:
    orders = sage.orders()
    first, second = com.by_ref_string(), com.by_ref_string()
    orders.nGetNextSalesOrderNo(first)
    orders.nSetKey(first.value)
    orders.DropObject()

    sage.orders().nGetNextSalesOrderNo(second)

    assert int(second.value) == int(first.value) + 1


def test_a_written_order_is_stamped_with_user_and_local_time(sage: Sage) -> None:
    before = local_time()
    orders = sage.sell("W000250")
    after = local_time()
    orders.nFind("W000250")

    midnight = dt.datetime.fromisoformat(text(orders, "DateUpdated$"))
    stamped = midnight + dt.timedelta(hours=float(text(orders, "TimeUpdated$")))

    assert before - dt.timedelta(seconds=2) <= stamped <= after + dt.timedelta(seconds=2)
    assert text(orders, "UserUpdatedKey$") == seed.USER_KEY
    assert text(orders, "TimeCreated$") == text(orders, "TimeUpdated$")


def local_time() -> dt.datetime:
    return dt.datetime.now().astimezone().replace(tzinfo=None)  # noqa: TID251


def test_an_update_moves_only_the_second_half_of_the_audit_block(sage: Sage) -> None:
    orders = sage.sell("W000250")
    with closing(Store(database(sage.home, "ABC"))) as store:
        table = OBJECTS["SO_SalesOrder_bus"].table
        record = store.get(table, "W000250") or {}
        old = {"TimeCreated": "1.00000", "TimeUpdated": "1.00000"}
        store.put(table, record | old)

    orders.nSetKey("W000250")
    orders.nSetValue("Comment$", "later")
    orders.nWrite()

    orders.nFind("W000250")
    assert text(orders, "TimeCreated$") == "1.00000"
    assert text(orders, "TimeUpdated$") != "1.00000"


def test_stock_that_orders_commit_keeps_the_stamp_of_its_row(sage: Sage) -> None:
    stock = sage.object("IM_ItemWarehouse_svc")
    stock.nFind(ITEM)
    before = (text(stock, "DateUpdated$"), text(stock, "TimeUpdated$"))
    committed = number(stock, "QuantityOnSalesOrder")

    sage.sell("W000250")

    stock.nFind(ITEM)
    assert number(stock, "QuantityOnSalesOrder") == committed + 2.0
    assert (text(stock, "DateUpdated$"), text(stock, "TimeUpdated$")) == before


def test_lines_have_no_stamps(sage: Sage) -> None:
    orders = sage.begin()
    add_line(orders, ITEM, quantity=1.0, price=1.0)

    assert "DateUpdated$" not in orders.oLines.sGetColumns("MAIN")
