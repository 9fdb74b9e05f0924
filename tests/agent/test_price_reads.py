"""Price codes: a key of six parts, most of them blank, page by page."""

from typing import Any

import pytest

from sandbox.sage100.tables_im import IM_PRICE_CODE
from tests.agent.harness import RunningAgent, sku

PRICES = "/ABC/IM/PriceCode"
KEY = (
    "PriceCodeRecord",
    "PriceCode",
    "ItemCode",
    "CustomerPriceLevel",
    "ARDivisionNo",
    "CustomerNo",
)


def pages(agent: RunningAgent, **params: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    after: str | None = ""
    while after is not None:
        answer = agent.client.get(f"/v1{PRICES}", params={**params, "after": after})
        assert answer.status_code == 200, answer.text
        page = answer.json()
        found += page["rows"]
        after = page["next"]
    return found


@pytest.fixture
def priced(agent: RunningAgent) -> RunningAgent:
    """Prices by item, and by item and customer, beside the seed's price codes."""
    store = agent.store()
    with store.transaction():
        for place in range(40):
            by_item = {"PriceCodeRecord": "1", "ItemCode": sku(place), "PricingMethod": "O"}
            for level in ("", "1", "2"):
                store.put(IM_PRICE_CODE, by_item | {"CustomerPriceLevel": level})
            buyer = {"ARDivisionNo": "00", "CustomerNo": f"BUY{place:04d}"}
            contract = {"PriceCodeRecord": "2", "ItemCode": sku(place), "BreakQuantity1": "99"}
            store.put(IM_PRICE_CODE, contract | buyer | {"DiscountMarkup1": "9.95"})
    store.close()
    return agent


@pytest.mark.parametrize("limit", [1, 7, 50, 2000])
def test_pages_together_are_all_prices_once_in_order(priced: RunningAgent, limit: int) -> None:
    found = [tuple(row[name] for name in KEY) for row in pages(priced, limit=limit)]

    assert found == sorted(set(found))
    assert len(found) == 2 + 160
    assert {key[0] for key in found} == {"0", "1", "2"}


def test_a_price_has_its_breaks_and_discounts_as_text(priced: RunningAgent) -> None:
    rows = pages(priced, limit=2000)

    contract = next(row for row in rows if row["CustomerNo"] == "BUY0003")
    assert (contract["BreakQuantity1"], contract["DiscountMarkup1"]) == ("99", "9.950000")
    assert (contract["ItemCode"], contract["PriceCode"]) == (sku(3), "")
    code = rows[0]
    assert (code["PriceCode"], code["PricingMethod"], code["DiscountMarkup2"]) == (
        "BULK",
        "D",
        "5.000000",
    )


def test_prices_without_a_stamp_are_told_whenever_one_asks(priced: RunningAgent) -> None:
    found = pages(priced, changedSince="2098-12-31T00:00:00Z")

    assert len(found) == 160
