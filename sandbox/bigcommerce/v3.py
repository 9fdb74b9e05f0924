"""V3 reads: transactions and customers, in their `data` and `meta` envelope."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from sandbox.bigcommerce.clock import iso8601
from sandbox.bigcommerce.model import Customer, Json
from sandbox.bigcommerce.reads import document_of
from sandbox.bigcommerce.wire import Call, Reply, page_of

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
            "links": _links(page, limit, last=max(1, -(-total // limit))),
        }
    }


def _links(page: int, limit: int, *, last: int) -> Json:
    links = {"current": f"?page={page}&limit={limit}"}
    if page > 1:
        links["previous"] = f"?page={page - 1}&limit={limit}"
    if page < last:
        links["next"] = f"?page={page + 1}&limit={limit}"
    return links


def listed(
    items: list[Any],
    call: Call,
    *,
    show: Callable[[Any], Json] | None = None,
    most: int = LARGEST_PAGE,
    cut: bool = False,
) -> Reply:
    """One page of a V3 list: 200 with an empty list where V2 has a 204.

    `show` makes the document of an item of the page; `cut` answers a larger limit with the largest
    page, where others refuse it.
    """
    limit, number = call.number("limit"), call.number("page") or 1
    if cut:
        limit = min(50 if limit is None else limit, most)
    page = page_of(items, call, most=most, limit=limit)
    per_page = 50 if limit is None else limit
    meta = pagination(len(items), len(page), page=number, limit=per_page)
    data = page if show is None else [show(one) for one in page]
    return Reply(body={"data": data, "meta": meta})


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
    if (wanted := call.numbers_in("id:in")) is not None:
        found = [one for one in found if one.id in wanted]
    if "email:in" in call.query:
        emails = set(call.query["email:in"].casefold().split(","))
        found = [one for one in found if one.address.email.casefold() in emails]
    return listed([_customer(one) for one in found], call)


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
        "customer_group_id": customer.group_id,
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
