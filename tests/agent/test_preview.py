"""A preview shows what Sage would make of an order, and leaves nothing behind in Sage."""

from typing import Any

import pytest

from sandbox.sage100.tables_so import (
    SO_SALES_ORDER_DETAIL,
    SO_SALES_ORDER_HEADER,
    SO_SALES_ORDER_HISTORY_HEADER,
)
from tests.agent.harness import RunningAgent, order, running_agent, sku
from tests.agent.tampering import Rules, TamperedCom, always, ignoring, remarking
from tieout_agent.settings import Settings

PATH = "/v1/ABC/SO/SalesOrder/preview"
ORDER = "SO_SalesOrder_bus"
LINES = "SO_SalesOrder_bus.oLines"
NUMBER = "ZZZZZZZ"
FILES = (SO_SALES_ORDER_HEADER, SO_SALES_ORDER_DETAIL, SO_SALES_ORDER_HISTORY_HEADER)
OURS = ("SalesOrderNo", "UDF_TIEOUT_REV")
WHEN = ("DateCreated", "TimeCreated", "DateUpdated", "TimeUpdated")


def preview(agent: RunningAgent, document: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    answer = agent.client.post(PATH, json=document)
    return answer.status_code, answer.json()


def kept(agent: RunningAgent) -> tuple[Any, ...]:
    """All that Sage holds of sales orders, and the next number that it would give."""
    store = agent.store()
    rows = tuple(tuple(store.scan(table, begin="", end="~")) for table in FILES)
    store.close()
    return rows


def test_a_preview_is_the_order_that_would_be_stored(agent: RunningAgent) -> None:
    wanted = order(header={"FreightAmt": "7.50", "DiscountAmt": "4.00"})

    status, previewed = preview(agent, wanted)

    stored = agent.create_order("W000250", wanted).json()["salesOrder"]
    shown = previewed["salesOrder"]
    assert status == 200
    assert {name: value for name, value in stored.items() if name not in (*OURS, *WHEN)} == {
        name: value for name, value in shown.items() if name not in WHEN
    }


def test_a_preview_stores_nothing_and_uses_up_no_number(agent: RunningAgent) -> None:
    agent.create_order("W000249", order(header={"CustomerPONo": "W-249-x7"}))
    before, number = kept(agent), next_number(agent)

    preview(agent, order())

    assert kept(agent) == before
    assert next_number(agent) == number + 1, "asking once burns one, and the preview did not ask"
    assert agent.get(f"/ABC/SO/SalesOrder/{NUMBER}").status_code == 404


def next_number(agent: RunningAgent) -> int:
    store = agent.store()
    number = store.next_number(SO_SALES_ORDER_HEADER.name, 1)
    store.close()
    return number


def test_sages_own_price_is_shown_where_none_is_asked(agent: RunningAgent) -> None:
    line = {"ItemCode": sku(0), "QuantityOrdered": "3"}

    _, previewed = preview(agent, order(lines=[line]))

    shown = previewed["salesOrder"]["Lines"][0]
    assert float(shown["UnitPrice"]) > 0
    assert float(shown["ExtensionAmt"]) == pytest.approx(3 * float(shown["UnitPrice"]))
    assert previewed["salesOrder"]["NonTaxableAmt"] == shown["ExtensionAmt"]


def test_tax_is_reckoned(agent: RunningAgent) -> None:
    _, previewed = preview(agent, order(header={"TaxSchedule": "CO"}))

    assert previewed["salesOrder"]["SalesTaxAmt"] != "0.00"


def test_a_preview_between_two_orders_leaves_no_trace_in_them(agent: RunningAgent) -> None:
    agent.create_order("W000250", order())
    preview(agent, order(lines=[{"ItemCode": sku(5), "QuantityOrdered": "9"}]))

    second = agent.create_order("W000251", order(header={"CustomerPONo": "W-251-x7"}))

    assert [line["ItemCode"] for line in second.json()["salesOrder"]["Lines"]] == [sku(0), sku(1)]


def test_what_sage_remarks_comes_back(agent: RunningAgent) -> None:
    agent.create_order("W000250", order())

    status, previewed = preview(agent, order())

    assert status == 200
    assert [warned["column"] for warned in previewed["warnings"]] == ["CustomerPONo"]


@pytest.mark.parametrize(
    ("changes", "column"),
    [
        ({"header": {"ShipToZipCode": "99999"}}, "ShipToZipCode"),
        ({"header": {"CustomerNo": ""}}, "CustomerNo"),
        ({"lines": [{"ItemCode": "NO-SUCH-ITEM"}]}, "ItemCode"),
        ({"header": {"SalesTaxAmt": "1"}}, "SalesTaxAmt"),
    ],
)
def test_what_sage_would_refuse_is_refused(
    agent: RunningAgent, changes: dict[str, Any], column: str
) -> None:
    status, document = preview(agent, order(**changes))

    assert (status, document["code"], document["column"]) == (422, "Refused", column)
    assert preview(agent, order())[0] == 200


def test_a_preview_gives_way_to_an_order_that_has_its_number(agent: RunningAgent) -> None:
    store = agent.store()
    store.put(SO_SALES_ORDER_HEADER, {"SalesOrderNo": NUMBER, "CustomerNo": "BUY0001"})
    store.close()

    status, document = preview(agent, order())

    assert (status, document["code"]) == (409, "PreviewBlocked")


def test_no_order_is_created_under_the_number_of_previews(agent: RunningAgent) -> None:
    answer = agent.create_order(NUMBER, order())

    assert (answer.status_code, answer.json()["code"]) == (400, "BadRequest")


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        ({(ORDER, "nSetKey"): always(1)}, (412, "SalesOrderExists")),
        ({(ORDER, "nSetKey"): always(0)}, (422, "Refused")),
        ({(LINES, "nMoveFirst"): always(0)}, (422, "Refused")),
        ({(LINES, "nSetValue"): ignoring("UnitPrice")}, (422, "Refused")),
        ({(ORDER, "nSetValue"): ignoring("FreightAmt")}, (422, "Refused")),
    ],
)
def test_a_preview_that_would_show_another_order_is_refused(
    settings: Settings, rules: Rules, expected: tuple[int, str]
) -> None:
    with running_agent(settings, module=TamperedCom(rules)) as agent:
        status, document = preview(agent, order())

    assert (status, document["code"]) == expected


def test_a_preview_never_writes_the_header(settings: Settings) -> None:
    with running_agent(settings, module=TamperedCom({(ORDER, "nWrite"): always(0)})) as agent:
        status, _ = preview(agent, order())

    assert status == 200


def test_a_remark_on_the_key_does_not_stop_a_preview(settings: Settings) -> None:
    with running_agent(settings, module=TamperedCom({(ORDER, "nSetKey"): remarking})) as agent:
        status, previewed = preview(agent, order())

    assert (status, len(previewed["warnings"])) == (200, 1)
