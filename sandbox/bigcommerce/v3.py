"""V3 reads: transactions and customers, in their `data` and `meta` envelope."""

from typing import TYPE_CHECKING, Any

from sandbox.bigcommerce.clock import iso8601
from sandbox.bigcommerce.model import Customer, Json
from sandbox.bigcommerce.reads import document_of
from sandbox.bigcommerce.wire import Call, RefusedError, Reply, page_of

if TYPE_CHECKING:
    from sandbox.bigcommerce.shop import Shop

LARGEST_PAGE = 250


def pagination(total: int, count: int, *, page: int, limit: int) -> Json:
    """The `meta` of a V3 list."""
    return {
        "pagination": {
            "total": total,
            "count": count,
            "per_page": limit,
            "current_page": page,
            "total_pages": max(1, -(-total // limit)),
            "links": {"current": f"?page={page}&limit={limit}"},
        }
    }


def listed(items: list[Any], call: Call) -> Reply:
    """One page of a V3 list: 200 with an empty list where V2 has a 204."""
    page = page_of(items, call, most=LARGEST_PAGE)
    limit, number = call.number("limit") or 50, call.number("page") or 1
    meta = pagination(len(items), len(page), page=number, limit=limit)
    return Reply(body={"data": page, "meta": meta})


def get_transactions(shop: "Shop", call: Call) -> Reply:
    """What was paid; 204 when nothing was (BigCommerce docs: V3's exception)."""
    rows = document_of(shop, call).transactions
    meta = pagination(len(rows), len(rows), page=1, limit=LARGEST_PAGE)
    return Reply(body={"data": rows, "meta": meta}) if rows else Reply(204)


def get_refunds(shop: "Shop", call: Call) -> Reply:
    """The refunds of one order; the header's `refunded_amount` never tells of them."""
    return Reply(body={"data": document_of(shop, call).refunds, "meta": {}})


def get_customers(shop: "Shop", call: Call) -> Reply:
    """Registered buyers; guests are never among them."""
    found = list(shop.customers.values())
    if "id:in" in call.query:
        wanted = _numbers(call.query["id:in"])
        found = [one for one in found if one.id in wanted]
    if "email:in" in call.query:
        emails = set(call.query["email:in"].casefold().split(","))
        found = [one for one in found if one.address.email.casefold() in emails]
    return listed([_customer(one) for one in found], call)


def _numbers(value: str) -> set[int]:
    parts = value.split(",")
    if not all(part.isascii() and part.isdigit() for part in parts):
        raise RefusedError(422, "id:in must be whole numbers, separated by commas")
    return {int(part) for part in parts}


def _customer(customer: Customer) -> Json:
    address = customer.address
    return {
        "id": customer.id,
        "email": address.email,
        "first_name": address.first_name,
        "last_name": address.last_name,
        "company": address.company,
        "phone": address.phone,
        "notes": "",
        "tax_exempt_category": "",
        "customer_group_id": 0,
        "address_count": 1,
        "attribute_count": 0,
        "date_created": iso8601(0),
        "date_modified": iso8601(0),
        "registration_ip_address": "",
        "authentication": {"force_password_reset": False},
        "accepts_product_review_abandoned_cart_emails": False,
        "origin_channel_id": 1,
        "channel_ids": [1],
    }
