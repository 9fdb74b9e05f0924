"""Who gets which price list: assignments to groups and channels, and the V2 customer groups."""

from typing import TYPE_CHECKING, Any

from sandbox.bigcommerce.catalog.fields import whole
from sandbox.bigcommerce.events import Event
from sandbox.bigcommerce.model import Json
from sandbox.bigcommerce.pricelists.lists import list_of
from sandbox.bigcommerce.pricelists.model import ONLY_CHANNEL, Assignment, CustomerGroup
from sandbox.bigcommerce.pricelists.pages import QUERY, paged
from sandbox.bigcommerce.spec import WebhookSpec
from sandbox.bigcommerce.wire import (
    STATUS_CODES,
    Call,
    RefusedError,
    Reply,
    as_object,
    page_of,
    some,
)

if TYPE_CHECKING:
    from sandbox.bigcommerce.shop import Shop

MOST_ASSIGNED = 25  # BigCommerce docs: price list assignments, batch limit
LARGEST_PAGE = 250
# Each filter, and the field that it looks at.
FILTERS = {
    "id": "id",
    "id:in": "id",
    "price_list_id": "list_id",
    "price_list_id:in": "list_id",
    "customer_group_id": "group_id",
    "customer_group_id:in": "group_id",
    "channel_id": "channel_id",
    "channel_id:in": "channel_id",
}
READ_QUERY = " ".join([*FILTERS, QUERY])
DELETE_QUERY = "id price_list_id customer_group_id channel_id channel_id:in"


def list_assignments(shop: "Shop", call: Call) -> Reply:
    """The assignments that fit."""
    return paged(_fitting(shop, call), call, show=shown)


def post_assignments(shop: "Shop", call: Call) -> Reply:
    """Make up to 25 assignments; the good ones of a refused batch stay made."""
    bodies = call.batch(most=MOST_ASSIGNED)
    wrong: dict[str, str] = {}
    for n, body in enumerate(bodies):
        try:
            list_id = whole(body.get("price_list_id"), least=1)
            _assign(shop, list_id, body, replace=False)
        except (ValueError, RefusedError) as complaint:
            wrong[str(n)] = str(complaint)
    if not wrong:
        return Reply(body={"data": {}, "meta": {}})
    refusal = {
        "status": 422,
        "title": "Some assignments could not be made.",
        "type": STATUS_CODES,
        "errors": wrong,
        "meta": {"saved_records": len(bodies) - len(wrong)},
    }
    return Reply(422, refusal)


def put_assignment(shop: "Shop", call: Call) -> Reply:
    """Give a list to a group in a channel, whoever had it before."""
    found = list_of(shop, call)
    body = as_object(call.exact())
    if set(body) != {"customer_group_id", "channel_id"}:
        errors = {"customer_group_id": "needed, with channel_id"}
        raise RefusedError(422, "The assignment is not valid.", errors=errors)
    made = _assign(shop, found.id, body, replace=True)
    return Reply(body={"data": shown(made), "meta": {}})


def delete_assignments(shop: "Shop", call: Call) -> Reply:
    """Delete the assignments that fit; at least one filter is needed."""
    if not call.query:
        raise RefusedError(422, "Name the assignments by at least one query parameter.")
    for one in _fitting(shop, call):
        del shop.prices.assignments[one.id]
        _tell(shop, "deleted", one)
    return Reply(204)


def list_groups(shop: "Shop", call: Call) -> Reply:
    """The customer groups; 204 when there are none."""
    groups = list(shop.prices.groups.values())
    return some([_group(one) for one in page_of(groups, call, most=LARGEST_PAGE)])


def shown(one: Assignment) -> Json:
    """An assignment as the API shows it."""
    claims = {"customer_group_id": one.group_id, "channel_id": one.channel_id}
    return {"id": one.id, "price_list_id": one.list_id} | {
        name: value for name, value in claims.items() if value is not None
    }


def _fitting(shop: "Shop", call: Call) -> list[Assignment]:
    wanted = {FILTERS[name]: call.numbers_in(name) for name in call.query if name in FILTERS}
    return [
        one
        for one in shop.prices.assignments.values()
        if all(getattr(one, name) in (values or ()) for name, values in wanted.items())
    ]


def _assign(shop: "Shop", list_id: int, body: Json, *, replace: bool) -> Assignment:
    group, channel = body.get("customer_group_id"), body.get("channel_id")
    if set(body) - {"price_list_id", "customer_group_id", "channel_id"}:
        raise RefusedError(422, "An assignment has a list, a group and a channel.")
    if any(isinstance(one, bool) or not isinstance(one, int | None) for one in (group, channel)):
        raise RefusedError(422, "Groups and channels are named by their ids.")
    if group is None and channel is None:
        raise RefusedError(422, "A group or a channel is needed.")
    if not _known(shop, list_id, group, channel=channel):
        raise RefusedError(404, "The list, the group or the channel was not found.")
    rival = next(
        (
            one
            for one in shop.prices.assignments.values()
            if (one.group_id, one.channel_id) == (group, channel)
        ),
        None,
    )
    if rival is not None and not replace:
        raise RefusedError(422, "This group and channel have a price list already.")
    number = rival.id if rival else shop.composer.numbers.next("assignment")
    made = Assignment(number, list_id, group, channel)
    shop.prices.assignments[number] = made
    _tell(shop, "updated", made)
    return made


def _known(shop: "Shop", list_id: int, group: Any, *, channel: Any) -> bool:
    if list_id not in shop.prices.lists:
        return False
    return (group is None or group in shop.prices.groups) and channel in (None, ONLY_CHANNEL)


def _tell(shop: "Shop", kind: str, one: Assignment) -> None:
    event = Event(f"store/priceList/assignment/{kind}", shown(one))
    shop.announce([event], WebhookSpec())


def _group(one: CustomerGroup) -> Json:
    rules = list(one.discounts)
    if one.list_id is not None:
        rules = [{"type": "price_list", "price_list_id": one.list_id}]
    return {
        "id": one.id,
        "name": one.name,
        "is_default": False,
        "is_group_for_guests": False,
        "category_access": {"type": "all"},
        "discount_rules": rules,
    }
