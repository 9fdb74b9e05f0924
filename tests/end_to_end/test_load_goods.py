"""What a load run sells: each order once, when it is asked for, and one in a hundred for the clerk."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from sandbox.load.goods import REFUSED, UNKNOWN_ITEM, Till, sell


class Stall:
    """Notes what was sold."""

    def __init__(self) -> None:
        self.wishes: list[Mapping[str, Any]] = []

    def place(self, wish: Mapping[str, Any]) -> int:
        self.wishes.append(wish)
        return 99 + len(self.wishes)


def test_nothing_is_sold_before_somebody_asks() -> None:
    stall = Stall()
    till = Till(stall)

    assert stall.wishes == []
    assert [till.order(0), till.order(0), till.order(1)] == [100, 100, 101]
    assert [one.order_id for one in till.sold] == [100, 101]


def test_an_order_is_sold_once_however_many_ask_at_once() -> None:
    stall = Stall()
    till = Till(stall)

    asked = [n // 4 for n in range(400)]

    with ThreadPoolExecutor(8) as pool:
        ids = list(pool.map(till.order, asked))

    assert len(stall.wishes) == 100
    assert ids == [100 + position for position in asked]


def test_the_shop_tells_nobody_by_itself() -> None:
    stall = Stall()

    sell(stall, REFUSED)

    assert {wish["webhook"] for wish in stall.wishes} == {"lost"}


def test_one_order_in_a_hundred_holds_what_sage_must_refuse() -> None:
    stall = Stall()

    sold = sell(stall, 2 * REFUSED)

    unknown = [
        one.order_id
        for one, wish in zip(sold, stall.wishes, strict=True)
        if wish.get("lines", [{}])[0].get("sku") == UNKNOWN_ITEM["sku"]
    ]
    assert unknown == [one.order_id for one in sold if one.refused]
    assert len(unknown) == 2
