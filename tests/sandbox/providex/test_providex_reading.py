"""Finding, browsing, whole records and result sets, with the traps that the reference names."""

import pytest

from sandbox.sage100 import com
from tests.sandbox.providex.client import ITEM, Sage, number, text


def test_a_full_key_is_found(sage: Sage) -> None:
    items = sage.object("CI_ItemCode_svc")

    assert items.nSetKeyValue("ItemCode$", ITEM) == 1
    assert items.nFind() == 1
    assert text(items, "ItemCodeDesc$") == "Ridge Tent 1P"


def test_a_partial_key_finds_another_record_with_1(sage: Sage) -> None:
    items = sage.object("CI_ItemCode_svc")

    assert items.nFind("TNT-RDG-1") == 1
    assert text(items, "ItemCode$") == ITEM


def test_an_absent_key_gives_0_and_stands_on_the_next_record(sage: Sage) -> None:
    items = sage.object("CI_ItemCode_svc")

    assert items.nFind("TNT-RDG-0P") == 0
    assert text(items, "ItemCode$") == ITEM


def test_the_last_key_part_can_be_given_to_find(sage: Sage) -> None:
    customers = sage.object("AR_Customer_svc")
    customers.nSetKeyValue("ARDivisionNo$", "00")

    assert customers.nFind("BUY0001") == 1
    assert text(customers, "CustomerName$") == "Cedar Outfitters"


def test_a_service_does_not_take_a_key_or_a_value(sage: Sage) -> None:
    customers = sage.object("AR_Customer_svc")

    assert customers.nSetKey("00BUY0001") == 0
    with pytest.raises(AttributeError):
        customers.nSetValue("CustomerName$", "x")


def test_a_browse_goes_through_the_filter_and_ends(sage: Sage) -> None:
    stock = sage.object("IM_ItemWarehouse_svc")
    stock.nSetBrowseFilter(ITEM)
    warehouses: list[str] = []

    found = stock.nMoveFirst()
    while not stock.nEOF:
        warehouses.append(text(stock, "WarehouseCode$"))
        stock.nMoveNext()

    assert found == 1
    assert warehouses == ["001", "002", "003"]
    assert stock.nMoveNext() == 0


def test_the_end_may_be_read_and_called(sage: Sage) -> None:
    items = sage.object("CI_ItemCode_svc")

    items.nMoveFirst()

    assert (int(items.nEOF), items.nEOF()) == (0, 0)


def test_an_empty_browse_gives_0_and_is_at_its_end(sage: Sage) -> None:
    orders = sage.orders()

    assert orders.nMoveFirst() == 0
    assert orders.nEOF == 1


def test_another_index_finds_orders_by_customer_po_number(sage: Sage) -> None:
    sage.sell("W000250", marker="W-250-x7")
    sage.sell("W000251", marker="W-251-x7")
    orders = sage.orders()

    assert orders.nSetIndex("KCUSTOMERPO") == 1
    assert orders.nFind("W-251-x7") == 1
    assert text(orders, "SalesOrderNo$") == "W000251"
    assert orders.nSetIndex("KNOTHING") == 0


def test_columns_end_with_the_separator(sage: Sage) -> None:
    stock = sage.object("IM_ItemWarehouse_svc")

    listed = stock.sGetColumns("MAIN")

    assert listed.startswith("ItemCode$ŠWarehouseCode$Š")
    assert listed.endswith("Š")
    assert stock.sGetKeyColumns("MAIN") == "ItemCode$ŠWarehouseCode$Š"
    assert stock.sGetDataSources() == "MAINŠ"
    assert stock.sGetColumns("OTHER") == ""
    assert stock.nGetRecordCount("MAIN") == 1380


def test_a_whole_record_comes_in_the_order_of_the_columns(sage: Sage) -> None:
    warehouses = sage.object("IM_ItemWarehouse_svc")
    warehouses.nFind(ITEM)
    record, columns = com.by_ref_string(), com.by_ref_string()

    assert warehouses.nGetRecord(record, columns) == 1

    names, values = columns.value.split("Š"), record.value.split("Š")
    assert len(names) == len(values)
    assert dict(zip(names, values, strict=True))["ItemCode$"] == ITEM


def test_without_a_record_values_are_blank_and_the_whole_fails(sage: Sage) -> None:
    items = sage.object("CI_ItemCode_svc")

    assert text(items, "ItemCode$") == ""
    assert number(items, "StandardUnitPrice") == 0.0
    assert items.nGetRecord(com.by_ref_string()) == 0


def test_the_time_of_a_change_is_decimal_hours(sage: Sage) -> None:
    orders = sage.sell()
    orders.nFind("W000250")

    hours, _, fraction = text(orders, "TimeUpdated$").partition(".")

    assert 0 <= int(hours) < 24
    assert len(fraction) == 5
    assert len(text(orders, "DateUpdated$")) == 8


def result_set(sage: Sage, columns: str, *, filter_: str = "", **keys: str) -> list[str]:
    items = sage.object("CI_ItemCode_svc")
    values, found = com.by_ref_string(), com.by_ref_string()
    bounds = (keys.get("begin", ""), keys.get("end", ""))
    code = items.nGetResultSets(columns, "ItemCode$", values, found, filter_, *bounds)
    assert code == 1, items.sLastErrorMsg
    assert values.value.count("Š") == found.value.count("Š")
    return values.value.split("Š")[:-1]


def test_a_result_set_joins_columns_and_literals(sage: Sage) -> None:
    expression = 'ItemCode$+"_,_"+ItemCodeDesc$+"|"+STR(StandardUnitPrice)'

    rows = result_set(sage, expression, begin=ITEM, end=ITEM)

    assert rows == ["TNT-RDG-1P_,_Ridge Tent 1P|177.66"]


def test_a_result_set_comes_in_key_order_between_two_keys(sage: Sage) -> None:
    rows = result_set(sage, "ItemCode$", begin="BAG", end="TNT-RDG-1P")

    assert rows == sorted(rows)
    assert (rows[0][:3], rows[-1]) == ("BAG", "TNT-RDG-1P")


def test_a_number_below_one_has_no_zero_before_its_point(sage: Sage) -> None:
    rows = result_set(sage, "STR(StandardUnitPrice)", begin="CRD-RDG-3MM", end="CRD-RDG-3MM")

    assert rows == [".385"]


@pytest.mark.parametrize(
    ("filter_", "count"),
    [
        ("", 509),
        ('ItemType$="1"', 500),
        ('ItemType$<>"1"', 9),
        ('ItemType$="3" OR ItemType$="4"', 2),
        ('InactiveItem$="Y" AND TaxClass$="TX"', 5),
        ('UCS(ItemCodeDesc$)="RIDGE TENT 1P"', 1),
        ("StandardUnitPrice>400", 2),
        ("StandardUnitPrice<=0", 9),
        ('(ItemType$="3" OR ItemType$="1") AND StandardUnitPrice<1 AND StandardUnitPrice>.5', 7),
        ('ItemCode$>="TRL" AND ItemCode$<"TRM"', 0),
        ('ItemCodeDesc$="He said ""hi"""', 0),
    ],
)
def test_a_filter_chooses_records(sage: Sage, filter_: str, count: int) -> None:
    rows = result_set(sage, "ItemCode$", filter_=filter_)

    assert len(rows) == count


@pytest.mark.parametrize(
    "expression",
    [
        "",
        "StandardUnitPrice",
        "STR(ItemCode$)",
        "Nothing$",
        'ItemCode$+"x',
        "ItemCode$;",
        "MID(a$)",
    ],
)
def test_an_expression_that_is_no_text_gives_0(sage: Sage, expression: str) -> None:
    items = sage.object("CI_ItemCode_svc")

    code = items.nGetResultSets(expression, "ItemCode$", com.by_ref_string(), com.by_ref_string())

    assert code == 0
    assert "Error 20" in items.sLastErrorMsg


@pytest.mark.parametrize(
    "filter_",
    ["ItemCode$=1", 'StandardUnitPrice="1"', "ItemCode$", '(ItemCode$="a"', 'ItemCode$ LIKE "a"'],
)
def test_a_filter_that_is_no_condition_gives_0(sage: Sage, filter_: str) -> None:
    items = sage.object("CI_ItemCode_svc")
    lists = com.by_ref_string(), com.by_ref_string()

    assert items.nGetResultSets("ItemCode$", "ItemCode$", *lists, filter_) == 0


def test_companies_can_be_read_without_a_module(sage: Sage) -> None:
    session = sage.log_on()
    companies = sage.script.NewObject("SY_Company_svc", session)

    assert companies.nFind("CAN") == 1
    assert text(companies, "CompanyName$") == "Summit Outdoor Canada"
