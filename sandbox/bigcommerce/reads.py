"""V2 reads of one order, its parts, the statuses, the store and its clock."""

import copy
from typing import TYPE_CHECKING

from sandbox.bigcommerce.consignments import consignments
from sandbox.bigcommerce.model import Json, OrderDocument
from sandbox.bigcommerce.statuses import STATUSES, status_documents
from sandbox.bigcommerce.wire import Call, RefusedError, Reply, page_of, some

if TYPE_CHECKING:
    from sandbox.bigcommerce.shop import Shop

LARGEST_PAGE = 250  # BigCommerce docs leave V2 open; 250 is what working clients use
INCLUDES = frozenset({"consignments", "consignments.line_items", "fees"})


def document_of(shop: "Shop", call: Call) -> OrderDocument:
    """The order that the path names.

    Raises:
        RefusedError: 404, there is none (yet, for a replica that lags).
    """
    order = shop.orders.get(call.numbers["id"])
    document = order.as_of(call.moment) if order else None
    if document is None:
        raise RefusedError(404, "The requested resource was not found.")
    return document


def get_order(shop: "Shop", call: Call) -> Reply:
    """One order; archived ones too."""
    return Reply(body=shown(shop, document_of(shop, call), call))


def check_include(call: Call) -> set[str]:
    """What the answer shall include.

    Raises:
        RefusedError: 400 for an unknown `include` or `consignment_structure`.
    """
    wanted = set(filter(None, call.query.get("include", "").split(",")))
    structure = call.query.get("consignment_structure", "object")
    if not wanted <= INCLUDES or structure != "object":
        raise RefusedError(400, "include or consignment_structure has an unknown value.")
    return wanted


def shown(shop: "Shop", document: OrderDocument, call: Call) -> Json:
    """The header, with what `include` asks for in place of its links.

    Raises:
        RefusedError: 400 for an unknown `include` or `consignment_structure`.
    """
    wanted = check_include(call)
    header = copy.deepcopy(document.header)
    if "fees" in wanted:
        header["fees"] = document.fees
    if wanted & {"consignments", "consignments.line_items"}:
        found = consignments(
            document, link=shop.composer.link, embed="consignments.line_items" in wanted
        )
        asked_as_object = "consignment_structure" in call.query
        header["consignments"] = found if asked_as_object else [found]
    return header


def get_consignments(shop: "Shop", call: Call) -> Reply:
    """The consignments of an order, as their own resource."""
    document = document_of(shop, call)
    embed = call.query.get("include") == "line_items"
    return Reply(body=consignments(document, link=shop.composer.link, embed=embed))


def get_products(shop: "Shop", call: Call) -> Reply:
    """The lines: 50 unless `limit` says more; 204 past the last page."""
    return some(page_of(document_of(shop, call).lines, call, most=LARGEST_PAGE))


def get_shipping_addresses(shop: "Shop", call: Call) -> Reply:
    """The addresses; 204 for digital goods and pickups."""
    return some(page_of(document_of(shop, call).addresses, call, most=LARGEST_PAGE))


def get_coupons(shop: "Shop", call: Call) -> Reply:
    """The coupons; 204 when there were none."""
    return some(page_of(document_of(shop, call).coupons, call, most=LARGEST_PAGE))


def get_taxes(shop: "Shop", call: Call) -> Reply:
    """The taxes; which line each is for only shows with `details=true`."""
    details = call.query.get("details", "false")
    if details not in {"true", "false"}:
        raise RefusedError(400, "details must be true or false.")
    rows = document_of(shop, call).taxes
    if details == "false":
        hidden = {"order_product_id", "line_item_type"}
        rows = [{k: v for k, v in row.items() if k not in hidden} for row in rows]
    return some(page_of(rows, call, most=LARGEST_PAGE))


def get_fees(shop: "Shop", call: Call) -> Reply:
    """The fees, in an object as the sample has them; 204 when there are none."""
    fees = document_of(shop, call).fees
    return Reply(body={"fees": fees}) if fees else Reply(204)


def get_statuses(_shop: "Shop", _call: Call) -> Reply:
    """The fifteen statuses."""
    return Reply(body=status_documents())


def get_count(shop: "Shop", call: Call) -> Reply:
    """How many orders there are, in all and by status."""
    statuses = [one.header["status_id"] for one in shop.seen_orders(call.moment).values()]
    rows = [
        {
            "id": row["id"],
            "name": row["name"],
            "system_label": row["system_label"],
            "custom_label": row["custom_label"],
            "system_description": row["system_description"],
            "count": statuses.count(row["id"]),
            "sort_order": row["order"],
        }
        for row in sorted(status_documents(), key=lambda row: STATUSES[row["id"]][1])
    ]
    return Reply(body={"statuses": rows, "count": len(statuses)})


def get_time(shop: "Shop", _call: Call) -> Reply:
    """The store's clock."""
    return Reply(body={"time": int(shop.clock.now())})


def get_store(shop: "Shop", _call: Call) -> Reply:
    """The store's particulars; `id` is its hash, `store_id` a number."""
    settings = shop.settings
    return Reply(
        body={
            "id": settings.store_hash,
            "account_uuid": "8d4d492f-17a1-4d95-b396-e1c5720815a5",
            "store_id": 1025646,
            "domain": "summit-outdoor.example.com",
            "secure_url": "https://summit-outdoor.example.com",
            "control_panel_base_url": f"https://store-{settings.store_hash}.mybigcommerce.com",
            "status": "live",
            "name": "Summit Outdoor Supply",
            "first_name": "Sam",
            "last_name": "Summit",
            "address": "1 Summit Road",
            "country": "United States",
            "country_code": "US",
            "phone": "303-555-0100",
            "admin_email": "admin@example.com",
            "order_email": "orders@example.com",
            "infrastructure_region": "us-central1",
            "timezone": _timezone(),
            "language": "en",
            "currency": settings.currency,
            "currency_symbol": "$",
            "currency_symbol_location": "left",
            "decimal_places": 2,
            "decimal_separator": ".",
            "thousands_separator": ",",
            "weight_units": "Ounces",
            "dimension_units": "Inches",
            "is_price_entered_with_tax": settings.tax_inclusive,
            "plan_name": "Plus",
            "plan_level": "Plus",
            "plan_is_trial": False,
            "default_channel_id": 1,
            "default_site_id": 1000,
            "features": {"stencil_enabled": True, "multi_storefront_enabled": False},
        }
    )


def _timezone() -> Json:
    return {
        "name": "America/Denver",
        "raw_offset": -25200,
        "dst_offset": -21600,
        "dst_correction": True,
        "date_format": {
            "display": "M jS Y",
            "export": "M jS Y",
            "extended_display": "M jS Y @ g:i A",
        },
    }
