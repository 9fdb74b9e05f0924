"""Order lines as `/v2/orders/{id}/products` shows them."""

from collections.abc import Callable, Sequence
from itertools import count

from sandbox.bigcommerce.arithmetic import NOTHING, Amount, LineMoney
from sandbox.bigcommerce.catalog.shelf import Shelf
from sandbox.bigcommerce.deals import DealLine
from sandbox.bigcommerce.goods import Product
from sandbox.bigcommerce.model import Json
from sandbox.bigcommerce.money import ZERO, text
from sandbox.bigcommerce.spec import CouponSpec, LineSpec, OptionSpec

PICKUP_METHOD_ID = 1
WRAPPING_ID = 7


class Numbers:
    """The shop's counters: every resource of an order has an id of its own kind."""

    def __init__(self) -> None:
        self._counters: dict[str, count[int]] = {}

    def next(self, kind: str) -> int:
        """The next free id of this kind, from 1."""
        return next(self._counters.setdefault(kind, count(1)))


def line_documents(
    order_id: int,
    pairs: Sequence[tuple[DealLine, LineMoney]],
    *,
    address_ids: Sequence[int],
    goods: Shelf,
    coupon: CouponSpec | None,
    new_id: Callable[[str], int],
) -> list[Json]:
    """Every line, a pick list's bundled child straight after its parent."""
    documents: list[Json] = []
    for line, money in pairs:
        ship_to = address_ids[line.wish.address] if address_ids and line.kind == "physical" else 0
        place: Json = {"order_id": order_id, "order_address_id": ship_to}
        parent = _line(new_id("line"), line, money) | place
        parent["applied_discounts"] = _discounts(money, coupon)
        parent["product_options"] = [
            _option(new_id("option"), parent["id"], option) for option in line.wish.options
        ]
        documents.append(parent)
        picked = goods.by_sku(line.wish.picked) if line.wish.picked else None
        if picked is not None:
            child = _child(new_id("line"), picked, quantity=line.wish.quantity, parent=parent)
            documents.append(child | place)
    return documents


def _line(number: int, line: DealLine, money: LineMoney) -> Json:
    return (
        {"id": number}
        | _identity(line.product, line.kind)
        | _amounts(money.unit, money.total)
        | {
            "quantity": line.wish.quantity,
            "parent_order_product_id": None,
            "is_bundled_product": False,
            "discounted_total_inc_tax": text(money.discounted),
        }
        | _wrapping(line.wish, money.wrapping)
        | _constants()
    )


def _child(number: int, product: Product, *, quantity: int, parent: Json) -> Json:
    """BigCommerce docs: the picked product is a line of its own, at price 0, under its parent."""
    return (
        {"id": number}
        | _identity(product, "physical")
        | _amounts(NOTHING, NOTHING)
        | {
            "quantity": quantity,
            "parent_order_product_id": parent["id"],
            "is_bundled_product": True,
            "discounted_total_inc_tax": text(ZERO),
        }
        | _wrapping(LineSpec(), NOTHING)
        | _constants()
    )


def _identity(product: Product, kind: str) -> Json:
    return {
        "product_id": product.id,
        "variant_id": product.variant_id if product.id else 0,
        "name": product.name,
        "name_customer": product.name,
        "name_merchant": product.name,
        "sku": product.sku,
        "upc": "",
        "type": kind,
        "brand": "",
        "bin_picking_number": "",
        "option_set_id": None,
        "gift_certificate_id": None,
    }


def _amounts(unit: Amount, total: Amount) -> Json:
    return {
        "base_price": text(unit.base),
        "price_ex_tax": text(unit.ex),
        "price_inc_tax": text(unit.inc),
        "price_tax": text(unit.tax),
        "base_total": text(total.base),
        "total_ex_tax": text(total.ex),
        "total_inc_tax": text(total.inc),
        "total_tax": text(total.tax),
    }


def _wrapping(wish: LineSpec, cost: Amount) -> Json:
    wrapped = bool(wish.wrapping)
    return {
        "wrapping_id": WRAPPING_ID if wrapped else 0,
        "wrapping_name": "Gift wrap" if wrapped else "",
        "wrapping_message": wish.wrapping_message,
        "base_wrapping_cost": text(cost.base),
        "wrapping_cost_ex_tax": text(cost.ex),
        "wrapping_cost_inc_tax": text(cost.inc),
        "wrapping_cost_tax": text(cost.tax),
    }


def _constants() -> Json:
    """Fields that this shop never fills, with the values that BigCommerce's samples have."""
    measures = dict.fromkeys(("weight", "width", "height", "depth"), "1.0000")
    lists: dict[str, list[Json]] = {
        "applied_discounts": [],
        "product_options": [],
        "configurable_fields": [],
    }
    costs = {
        name: text(ZERO)
        for name in (
            "base_cost_price",
            "cost_price_inc_tax",
            "cost_price_ex_tax",
            "cost_price_tax",
            "refund_amount",
            "fixed_shipping_cost",
        )
    }
    return (
        lists
        | measures
        | costs
        | {
            "quantity_shipped": 0,
            "quantity_refunded": 0,
            "is_refunded": False,
            "return_id": 0,
            "event_name": None,
            "event_date": None,
            "ebay_item_id": "",
            "ebay_transaction_id": "",
            "external_id": None,
        }
    )


def _discounts(money: LineMoney, coupon: CouponSpec | None) -> list[Json]:
    found: list[Json] = []
    if money.coupon and coupon:
        found.append(
            {
                "id": "coupon",
                "amount": text(money.coupon),
                "name": coupon.code,
                "code": coupon.code,
                "target": "order",
            }
        )
    if money.manual:
        found.append(
            {
                "id": "manual-discount",
                "amount": text(money.manual),
                "name": "Manual Discount",
                "code": None,
                "target": "order",
            }
        )
    return found


def _option(number: int, line_id: int, option: OptionSpec) -> Json:
    names = dict.fromkeys(
        ("name", "display_name", "display_name_customer", "display_name_merchant"), option.name
    )
    values = dict.fromkeys(
        ("value", "display_value", "display_value_customer", "display_value_merchant"),
        option.value,
    )
    return (
        names
        | values
        | {
            "id": number,
            "option_id": number,
            "order_product_id": line_id,
            "product_option_id": number,
            "type": option.type,
            "display_style": "",
        }
    )
