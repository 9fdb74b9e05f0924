"""Stock by warehouse: pages along a key of two parts, warehouses, changes, what moves it."""

from pathlib import Path
from typing import Any

import pytest

from sandbox.sage100 import com, faults
from sandbox.sage100.tables_im import IM_ITEM_WAREHOUSE
from tests.agent.harness import FakeClock, RunningAgent, order, running_agent, sku
from tests.agent.staff import Staff
from tieout_agent.settings import Settings

STOCK = "/ABC/IM/ItemWarehouse"
LONG_AGO = "2020-01-01T00:00:00Z"
FAR_AHEAD = "2098-12-31T00:00:00Z"

Row = dict[str, Any]


def pages(agent: RunningAgent, **params: Any) -> list[Row]:
    found: list[Row] = []
    after: str | None = ""
    while after is not None:
        answer = agent.client.get(f"/v1{STOCK}", params={**params, "after": after})
        assert answer.status_code == 200, answer.text
        page = answer.json()
        found += page["rows"]
        after = page["next"]
    return found


def keys(rows: list[Row]) -> list[tuple[str, str]]:
    return [(row["ItemCode"], row["WarehouseCode"]) for row in rows]


def one(rows: list[Row], code: str, warehouse: str = "001") -> Row:
    return next(row for row in rows if (row["ItemCode"], row["WarehouseCode"]) == (code, warehouse))


def change(agent: RunningAgent, code: str, **values: str) -> None:
    store = agent.store()
    key = IM_ITEM_WAREHOUSE.join([code, "001"])
    store.put(IM_ITEM_WAREHOUSE, (store.get(IM_ITEM_WAREHOUSE, key) or {}) | values)
    store.close()


@pytest.mark.parametrize("limit", [97, 500, 2000])
def test_pages_together_are_all_stock_once_in_order(agent: RunningAgent, limit: int) -> None:
    found = keys(pages(agent, limit=limit))

    assert found == sorted(set(found))
    assert len(found) == 1380


def test_a_page_may_end_between_two_warehouses_of_an_item(agent: RunningAgent) -> None:
    whole = keys(pages(agent, limit=2000))

    first = agent.get(STOCK, limit="2").json()
    second = agent.get(STOCK, limit="2", after=first["next"]).json()

    assert keys(first["rows"] + second["rows"]) == whole[:4]
    assert whole[0][0] == whole[2][0]


def test_only_the_warehouses_asked_for_are_read(agent: RunningAgent) -> None:
    found = pages(agent, warehouse=["001", "003"], limit=100)

    assert {row["WarehouseCode"] for row in found} == {"001", "003"}
    assert len(found) == 920


def test_a_warehouse_that_does_not_exist_has_nothing(agent: RunningAgent) -> None:
    assert pages(agent, warehouse="777") == []


@pytest.mark.parametrize("warehouse", ['1" OR "1', "0001", "00é"])
def test_a_warehouse_of_a_wrong_form_is_a_bad_request(agent: RunningAgent, warehouse: str) -> None:
    answer = agent.get(STOCK, warehouse=warehouse)

    assert (answer.status_code, answer.json()["code"]) == (400, "BadRequest")


def test_quantities_are_decimals_as_text_under_sage_s_own_names(agent: RunningAgent) -> None:
    change(agent, sku(0), QuantityOnHand="12.5", QuantityOnBackOrder="-.25", AverageCost="3")

    row = one(pages(agent, limit=2000), sku(0))

    assert row["QuantityOnHand"] == "12.500000"
    assert row["QuantityOnBackOrder"] == "-0.250000"
    assert (row["AverageCost"], row["TotalWarehouseValue"]) == ("3.000000", "0.00")
    assert row["BinLocation"].endswith("-001")


def test_stock_tells_what_orders_and_shipments_do_to_it(
    agent: RunningAgent, settings: Settings
) -> None:
    staff = Staff(Path(settings.home))
    columns = ("QuantityOnHand", "QuantityOnSalesOrder", "QuantityInShipping")
    change(agent, sku(0), QuantityOnHand="10")

    told: list[tuple[str, ...]] = []
    for step in (
        lambda: agent.create_order("W000250", order()),
        lambda: staff.ship("W000250"),
        lambda: staff.post("0100001"),
    ):
        step()
        row = one(pages(agent, limit=2000), sku(0))
        told.append(tuple(row[name].removesuffix(".000000") for name in columns))

    assert told == [("10", "2", "0"), ("10", "2", "2"), ("8", "0", "0")]


def test_only_what_may_have_changed_since_is_read(agent: RunningAgent) -> None:
    change(agent, sku(3), DateUpdated="20990101", TimeUpdated="13.50833")
    change(agent, sku(7), DateUpdated="", TimeUpdated="")

    found = keys(pages(agent, changedSince=FAR_AHEAD))

    assert found == sorted([(sku(3), "001"), (sku(7), "001")])
    assert len(pages(agent, changedSince=LONG_AGO, limit=500)) == 1380


def test_as_of_is_the_agent_s_time_when_the_reading_began(settings: Settings) -> None:
    clock = FakeClock()

    with running_agent(settings, clock=clock) as agent:
        page = agent.get(STOCK, limit="1").json()

    assert page["asOf"] == "2026-11-20T12:00:00.000000+00:00"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("after", "x" * 61),
        ("after", "\u4e2d"),
        ("after", "A\x00B"),
        ("limit", "0"),
        ("limit", "2001"),
        ("changedSince", "20261120"),
        ("changedSince", "2026-11-20T12:00:00"),
        ("changedSince", "2026-11-20T12:00:00+01:00"),
        ("changedSince", "2026-02-30T12:00:00Z"),
    ],
)
def test_what_can_t_be_asked_for_is_a_bad_request_that_names_it(
    agent: RunningAgent, name: str, value: str
) -> None:
    answer = agent.get(STOCK, **{name: value})

    assert (answer.status_code, answer.json()["code"]) == (400, "BadRequest")
    assert name in answer.json()["detail"]


def test_stock_that_the_user_may_not_read_is_named(agent: RunningAgent) -> None:
    agent.fault(faults.Fault("no_right", object="IM_ItemWarehouse_svc"))

    answer = agent.get(STOCK)

    assert (answer.status_code, answer.json()["code"]) == (503, "SessionFailed")
    assert "IM_ItemWarehouse_svc" in answer.json()["detail"]


class NamelessTask:
    """The simulated ProvideX of a release that calls the task behind stock otherwise."""

    error = com.error
    by_ref_string = staticmethod(com.by_ref_string)
    by_ref_number = staticmethod(com.by_ref_number)
    release = staticmethod(com.release)

    @staticmethod
    def dispatch(prog_id: str) -> Any:
        return _Wrapped(com.dispatch(prog_id))


class _Wrapped:
    """A script or a session; other objects stay as they are."""

    def __init__(self, raw: Any) -> None:
        self.raw = raw

    def __getattr__(self, name: str) -> Any:
        return getattr(self.raw, name)

    def NewObject(self, name: str, *session: "_Wrapped") -> Any:  # noqa: N802 - ProvideX's own
        made = self.raw.NewObject(name, *(one.raw for one in session))
        return _Wrapped(made) if name == "SY_Session" else made

    def nLookupTask(self, name: str) -> int:  # noqa: N802 - ProvideX's own
        number = self.raw.nLookupTask(name)
        if name != "IM_ItemWarehouse_ui":
            return number
        self.raw.nSetProgram(number)  # as if any task of the module had been entered before
        return 0


def test_stock_is_read_where_its_task_has_another_name(settings: Settings) -> None:
    with running_agent(settings, module=NamelessTask()) as agent:
        assert len(agent.get(STOCK, limit="5").json()["rows"]) == 5


def test_capabilities_tell_the_columns_of_the_files_that_are_read(agent: RunningAgent) -> None:
    first = agent.get("/capabilities").json()["companies"][0]

    assert first["columns"]["IM_ItemWarehouse"]["WarehouseCode"] == 3
    assert first["columns"]["IM_PriceCode"]["PriceCode"] == 4
    assert first["columns"]["SO_InvoiceTracking"]["TrackingID"] == 30
    assert first["objects"]["SO_InvoiceTracking_svc"] is True
