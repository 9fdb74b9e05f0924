"""`/v3/pricelists`: make, list, change and delete price lists."""

from typing import TYPE_CHECKING

from sandbox.bigcommerce.catalog.fields import Rule, check, flag, words
from sandbox.bigcommerce.clock import iso8601
from sandbox.bigcommerce.events import Event
from sandbox.bigcommerce.model import Json
from sandbox.bigcommerce.pricelists.model import PriceList
from sandbox.bigcommerce.pricelists.pages import QUERY, paged
from sandbox.bigcommerce.spec import WebhookSpec
from sandbox.bigcommerce.wire import Call, RefusedError, Reply, as_object

if TYPE_CHECKING:
    from sandbox.bigcommerce.shop import Shop

LIST_QUERY = f"{QUERY} id:in name name:like"
RULES: dict[str, Rule] = {"name": words(255, shortest=1), "active": flag}


def list_lists(shop: "Shop", call: Call) -> Reply:
    """The price lists, by id."""
    found = list(shop.prices.lists.values())
    if (wanted := call.numbers_in("id:in")) is not None:
        found = [one for one in found if one.id in wanted]
    if "name" in call.query:
        found = [one for one in found if one.name.casefold() == call.query["name"].casefold()]
    if "name:like" in call.query:
        found = [one for one in found if call.query["name:like"].casefold() in one.name.casefold()]
    return paged(found, call, show=shown)


def get_list(shop: "Shop", call: Call) -> Reply:
    """One price list, without its records."""
    return Reply(body={"data": shown(list_of(shop, call)), "meta": {}})


def post_list(shop: "Shop", call: Call) -> Reply:
    """Make a price list; its name must be new."""
    values = _values(shop, call, mine=None)
    now = shop.clock.now()
    made = PriceList(
        id=shop.composer.numbers.next("price list"),
        name=values["name"],
        active=values.get("active", True),
        created=now,
        modified=now,
    )
    shop.prices.lists[made.id] = made
    _tell(shop, "created", made)
    return Reply(body={"data": shown(made), "meta": {}})


def put_list(shop: "Shop", call: Call) -> Reply:
    """Rename a price list, or switch it on and off."""
    found = list_of(shop, call)
    values = _values(shop, call, mine=found)
    before = found.active
    found.name, found.active = values["name"], values.get("active", before)
    found.modified = shop.clock.now()
    _tell(shop, "updated", found)
    if found.active != before:
        _tell(shop, "activated" if found.active else "deactivated", found)
    return Reply(body={"data": shown(found), "meta": {}})


def delete_list(shop: "Shop", call: Call) -> Reply:
    """Delete a price list with its records and assignments."""
    found = list_of(shop, call)
    shop.prices.remove(found.id)
    _tell(shop, "deleted", found)
    return Reply(204)


def list_of(shop: "Shop", call: Call) -> PriceList:
    """The price list of the path.

    Raises:
        RefusedError: 404, there is none.
    """
    number = call.numbers["id"]
    found = shop.prices.lists.get(number)
    if found is None:
        raise RefusedError(404, f"A price list was not found with an id of {number}.")
    return found


def shown(one: PriceList) -> Json:
    """A price list as the API shows it."""
    return {
        "id": one.id,
        "name": one.name,
        "active": one.active,
        "date_created": iso8601(one.created),
        "date_modified": iso8601(one.modified),
    }


def _values(shop: "Shop", call: Call, *, mine: PriceList | None) -> Json:
    values, wrong = check(as_object(call.exact()), RULES)
    if "name" not in values and "name" not in wrong:
        wrong["name"] = "error.path.missing"
    if wrong:
        raise RefusedError(422, "The price list is not valid.", errors=wrong)
    if shop.prices.named(values["name"]) not in (None, mine):
        title = "A price list of this name exists already."
        raise RefusedError(409, title, errors={"name": title})
    return values


def _tell(shop: "Shop", kind: str, one: PriceList) -> None:
    event = Event(f"store/priceList/{kind}", {"price_list_id": one.id})
    shop.announce([event], WebhookSpec())
