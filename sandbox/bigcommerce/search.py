"""`GET /v2/orders`: filters, order and pages."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

from sandbox.bigcommerce.model import Json, OrderDocument
from sandbox.bigcommerce.reads import LARGEST_PAGE, check_include, shown
from sandbox.bigcommerce.statuses import INCOMPLETE
from sandbox.bigcommerce.wire import Call, RefusedError, Reply, page_of, some

if TYPE_CHECKING:
    from sandbox.bigcommerce.shop import Shop

Test = Callable[[Json, Any], bool]


def _whole(value: str) -> int:
    if not re.fullmatch(r"[0-9]{1,18}", value):
        raise ValueError(value)
    return int(value)


def _moment(value: str) -> int:
    """RFC-2822 or ISO-8601 (BigCommerce docs); without a zone it counts as UTC here."""
    try:
        found = datetime.fromisoformat(value)
    except ValueError:
        found = parsedate_to_datetime(value)
    aware = found if found.tzinfo else found.replace(tzinfo=UTC)
    return int(aware.timestamp())


def _when(header: Json, name: str) -> int:
    return int(parsedate_to_datetime(header[name]).timestamp())


def _same_text(header: Json, name: str, value: str) -> bool:
    return str(header[name]).casefold() == value.casefold()


# Each filter: how its value is read, and whether a header passes it.
FILTERS: dict[str, tuple[Callable[[str], Any], Test]] = {
    "min_id": (_whole, lambda h, v: h["id"] >= v),
    "max_id": (_whole, lambda h, v: h["id"] <= v),
    "min_total": (Decimal, lambda h, v: Decimal(h["total_inc_tax"]) >= v),
    "max_total": (Decimal, lambda h, v: Decimal(h["total_inc_tax"]) <= v),
    "customer_id": (_whole, lambda h, v: h["customer_id"] == v),
    "status_id": (_whole, lambda h, v: h["status_id"] == v),
    "channel_id": (_whole, lambda h, v: h["channel_id"] == v),
    "email": (str, lambda h, v: _same_text(h["billing_address"], "email", v)),
    "cart_id": (str, lambda h, v: _same_text(h, "cart_id", v)),
    "payment_method": (str, lambda h, v: _same_text(h, "payment_method", v)),
    "external_order_id": (str, lambda h, v: _same_text(h, "external_order_id", v)),
    "min_date_created": (_moment, lambda h, v: _when(h, "date_created") >= v),
    "max_date_created": (_moment, lambda h, v: _when(h, "date_created") <= v),
    "min_date_modified": (_moment, lambda h, v: _when(h, "date_modified") >= v),
    "max_date_modified": (_moment, lambda h, v: _when(h, "date_modified") <= v),
}
SORTS = frozenset(
    {
        "id",
        "customer_id",
        "date_created",
        "date_modified",
        "status_id",
        "channel_id",
        "external_id",
    }
)
QUERY = " ".join([*FILTERS, "page limit sort include consignment_structure"])


def list_orders(shop: "Shop", call: Call) -> Reply:
    """The orders that fit, by id ascending unless `sort` says otherwise; 204 for none."""
    check_include(call)
    wanted = [(FILTERS[name][1], _read(call, name)) for name in call.query if name in FILTERS]
    found = [
        one
        for one in shop.seen_orders(call.moment).values()
        if _listed(shop, one.header, call) and all(test(one.header, v) for test, v in wanted)
    ]
    found.sort(key=lambda one: one.id)
    name, _, direction = call.query.get("sort", "id:asc").partition(":")
    if name not in SORTS or direction not in {"", "asc", "desc"}:
        raise RefusedError(400, f"Orders cannot be sorted by {call.query['sort']!r}.")
    found.sort(key=lambda one: _sort_key(one.header, name), reverse=direction == "desc")
    page: list[OrderDocument] = page_of(found, call, most=LARGEST_PAGE)
    return some([shown(shop, one, call) for one in page])


def _listed(shop: "Shop", header: Json, call: Call) -> bool:
    if header["is_deleted"] and not shop.settings.list_archived:
        return False
    asked = "status_id" in call.query
    return asked or shop.settings.list_incomplete or header["status_id"] != INCOMPLETE


def _read(call: Call, name: str) -> object:
    try:
        return FILTERS[name][0](call.query[name])
    except (ValueError, InvalidOperation) as wrong:
        raise RefusedError(400, f"The query parameter {name} has an unusable value.") from wrong


def _sort_key(header: Json, name: str) -> int | str:
    if name.startswith("date_"):
        return _when(header, name)
    value = header[name]
    return value if isinstance(value, int) else str(value or "")
