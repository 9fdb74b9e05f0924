"""`GET /v2/orders`: filters, order and pages."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from sandbox.bigcommerce.model import Json, OrderDocument
from sandbox.bigcommerce.reads import LARGEST_PAGE, shown
from sandbox.bigcommerce.statuses import INCOMPLETE
from sandbox.bigcommerce.wire import Call, RefusedError, Reply, page_of, some

if TYPE_CHECKING:
    from sandbox.bigcommerce.shop import Shop

Test = Callable[[Json, str], bool]


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


FILTERS: dict[str, Test] = {
    "min_id": lambda h, v: h["id"] >= _whole(v),
    "max_id": lambda h, v: h["id"] <= _whole(v),
    "min_total": lambda h, v: Decimal(h["total_inc_tax"]) >= Decimal(v),
    "max_total": lambda h, v: Decimal(h["total_inc_tax"]) <= Decimal(v),
    "customer_id": lambda h, v: h["customer_id"] == _whole(v),
    "status_id": lambda h, v: h["status_id"] == _whole(v),
    "channel_id": lambda h, v: h["channel_id"] == _whole(v),
    "email": lambda h, v: _same_text(h["billing_address"], "email", v),
    "cart_id": lambda h, v: _same_text(h, "cart_id", v),
    "payment_method": lambda h, v: _same_text(h, "payment_method", v),
    "external_order_id": lambda h, v: _same_text(h, "external_order_id", v),
    "min_date_created": lambda h, v: _when(h, "date_created") >= _moment(v),
    "max_date_created": lambda h, v: _when(h, "date_created") <= _moment(v),
    "min_date_modified": lambda h, v: _when(h, "date_modified") >= _moment(v),
    "max_date_modified": lambda h, v: _when(h, "date_modified") <= _moment(v),
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
    found = [one for one in shop.seen_orders(call.moment).values() if _fits(shop, one, call)]
    found.sort(key=lambda one: one.id)
    name, _, direction = call.query.get("sort", "id:asc").partition(":")
    if name not in SORTS or direction not in {"", "asc", "desc"}:
        raise RefusedError(400, f"Orders cannot be sorted by {call.query['sort']!r}.")
    found.sort(key=lambda one: _sort_key(one.header, name), reverse=direction == "desc")
    page: list[OrderDocument] = page_of(found, call, most=LARGEST_PAGE)
    return some([shown(shop, one, call) for one in page])


def _fits(shop: "Shop", document: OrderDocument, call: Call) -> bool:
    header = document.header
    if header["is_deleted"] and not shop.settings.list_archived:
        return False
    incomplete = header["status_id"] == INCOMPLETE and "status_id" not in call.query
    if incomplete and not shop.settings.list_incomplete:
        return False
    return all(_passes(header, name, value) for name, value in call.query.items())


def _passes(header: Json, name: str, value: str) -> bool:
    test = FILTERS.get(name)
    if test is None:
        return True
    try:
        return test(header, value)
    except (ValueError, InvalidOperation) as wrong:
        raise RefusedError(400, f"The query parameter {name} has an unusable value.") from wrong


def _sort_key(header: Json, name: str) -> int | str:
    if name.startswith("date_"):
        return _when(header, name)
    value = header[name]
    return value if isinstance(value, int) else str(value or "")
