"""The shop's whole state behind one lock, and everything that can happen to it."""

import copy
import math
import random
import threading
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import replace

from sandbox.bigcommerce.catalog.grow import Grower, catalog_of
from sandbox.bigcommerce.catalog.shelf import Shelf
from sandbox.bigcommerce.clock import Clock, SystemClock, rfc2822
from sandbox.bigcommerce.courier import FORGER_SECRET, Courier, Delivery
from sandbox.bigcommerce.deals import amend, laid_over, strike_deal
from sandbox.bigcommerce.documents import Composer
from sandbox.bigcommerce.events import (
    DELIVERY_EXCEPTION,
    Event,
    order_event,
    payload,
    status_event,
)
from sandbox.bigcommerce.faults import Faults
from sandbox.bigcommerce.goods import Goods, goods_from_seed
from sandbox.bigcommerce.inventory.events import events_of, place_data
from sandbox.bigcommerce.inventory.model import Change, Inventory
from sandbox.bigcommerce.inventory.orders import move_stock, refuse_unsellable
from sandbox.bigcommerce.inventory.places import Place
from sandbox.bigcommerce.limiter import RateWindow
from sandbox.bigcommerce.model import (
    Account,
    Address,
    Customer,
    Hook,
    Json,
    Order,
    OrderDocument,
    Settings,
)
from sandbox.bigcommerce.pricelists.model import PriceLists
from sandbox.bigcommerce.spec import EditSpec, OrderSpec, WebhookSpec
from sandbox.bigcommerce.statuses import INCOMPLETE, status_fields
from sandbox.bigcommerce.troubles import Troubles

FIRST_ORDER_ID = 100
REMEMBERED_REQUESTS = 20_000  # a bench sends thousands; older ones are forgotten
EXCEPTION_PAUSE_SECONDS = 600  # BigCommerce docs: 90001 at most once in 10 minutes per destination

# Header fields that an edit of lines or addresses does not touch.
LIVED = (
    "date_created",
    "date_shipped",
    "items_shipped",
    "is_deleted",
    "external_order_id",
    "staff_notes",
)


class Shop:
    """One store. Take `lock` around anything that reads and then acts.

    Args:
        goods: What it sells and to whom; the sandbox's seed data when left out.
        clock: The shop's time.
        account: Its first API account.
        settings: Changeable while it runs.
        seed: Same seed and same wishes give the same orders.
    """

    def __init__(
        self,
        *,
        goods: Goods | None = None,
        clock: Clock | None = None,
        account: Account | None = None,
        settings: Settings | None = None,
        seed: int = 1,
    ) -> None:
        self.lock = threading.RLock()
        self.goods = goods or goods_from_seed()
        self.clock = clock or SystemClock()
        self.settings = settings or Settings()
        first = account or Account()
        self.accounts: dict[str, Account] = {first.access_token: first}
        self.account = first
        self.faults = Faults()
        self.troubles = Troubles()
        self.requests: deque[Json] = deque(maxlen=REMEMBERED_REQUESTS)
        self.courier = Courier(
            self.clock, self.settings, active=self._is_active, trouble=self._delivery_trouble
        )
        self._seed = seed
        self._start()

    def _start(self) -> None:
        self.dice = random.Random(self._seed)
        self.catalog = catalog_of(self.goods, now=self.clock.now())
        self.grower = Grower()
        self.inventory = Inventory(self.settings, seed=self._seed)
        self.shelf = Shelf(self.goods, self.catalog, self.inventory)
        self.prices = PriceLists()
        self.composer = Composer(self.shelf, self.settings)
        self.orders: dict[int, Order] = {}
        self.customers = {one.id: one for one in self.goods.customers}
        self.hooks: dict[int, Hook] = {}
        self.window = RateWindow()
        self._last_exception: dict[str, float] = {}

    def reset(self) -> None:
        """Back to the first day: no orders, hooks, faults, deliveries; accounts and routes stay."""
        with self.lock:
            self.faults.clear()
            self.troubles.clear()
            self.requests.clear()
            self.courier.forget()
            self._start()

    def close(self) -> None:
        """End the background threads."""
        self.courier.close()

    def place(self, spec: OrderSpec) -> OrderDocument:
        """A buyer orders; created, and statusUpdated and updated unless it stays incomplete.

        Raises:
            WishError: The wish cannot be met.
        """
        with self.lock:
            self.settle()
            buyer = self._buyer(spec)
            shelf = self.shelf_for(buyer.group_id, spec.currency or self.settings.currency)
            deal = strike_deal(spec, buyer, goods=shelf, settings=self.settings, dice=self.dice)
            if not spec.by_hand:
                refuse_unsellable(self, deal)
            now = self.clock.now()
            placed = now if spec.date_created is None else spec.date_created.timestamp()
            number = max(self.orders, default=FIRST_ORDER_ID - 1) + 1
            document = self.composer.compose(deal, number, placed=placed)
            self.orders[number] = Order(deal, [(now, document)], placed)
            self._tell_stock(move_stock(self, self.orders[number]))
            events = [order_event("created", number)]
            if deal.status_id != INCOMPLETE:
                events.append(status_event(number, INCOMPLETE, deal.status_id))
                events.append(order_event("updated", number))
            self.announce(events, spec)
            return document

    def edit(self, number: int, edit: EditSpec) -> OrderDocument:
        """Staff change an order in the control panel; fires updated.

        Raises:
            KeyError: No such order.
            WishError: The change is impossible.
        """
        with self.lock:
            order = self.orders[number]
            buyer = self.customers.get(order.deal.customer_id)
            shelf = self.shelf_for(buyer.group_id if buyer else 0, order.deal.currency)
            deal = amend(order.deal, edit, goods=shelf, dice=self.dice)
            deal = replace(deal, status_id=order.current.header["status_id"])
            composed = self.composer.compose(
                deal, number, placed=order.versions[0][0], before=order.current
            )
            order.deal = deal

            self.revise(number, lambda document: _take_over(document, composed, edit))
            self.announce([order_event("updated", number)], edit)
            return order.current

    def set_status(self, number: int, status_id: int, webhook: WebhookSpec) -> OrderDocument:
        """Move an order to another status; fires statusUpdated and updated.

        Raises:
            KeyError: No such order.
        """
        with self.lock:
            before = self.orders[number].current.header["status_id"]
            self.revise(number, lambda d: d.header.update(status_fields(status_id)))
            events = [order_event("updated", number)]
            if before != status_id:
                events.insert(0, status_event(number, before, status_id))
            self.announce(events, webhook)
            return self.orders[number].current

    def revise(self, number: int, change: Callable[[OrderDocument], None]) -> None:
        """Change a copy of an order, keep its past, and move its date_modified.

        Raises:
            KeyError: No such order.
        """
        self.settle()
        order = self.orders[number]
        document = copy.deepcopy(order.current)
        change(document)
        order.modified = self.clock.now()
        document.header["date_modified"] = rfc2822(order.modified)
        order.versions.append((order.modified, document))
        self._tell_stock(move_stock(self, order))

    def settle(self) -> None:
        """Let the stock adjustments that are due happen."""
        self._tell_stock(self.inventory.settle(self.clock.now()))

    def shelf_for(self, group_id: int, currency: str) -> Shelf:
        """The goods as a buyer of this group sees them, at the prices of its list."""
        return replace(self.shelf, list_price=self.prices.price_for(group_id, currency))

    def count_by_hand(self, place: Place, onhand: int) -> None:
        """Staff count a place in the control panel; the level is there at once."""
        self._tell_stock(self.inventory.count(place, onhand, self.clock.now()))

    def about(self, place: Place) -> Json:
        """How webhooks name an item at a location."""
        return place_data(place, self.catalog)

    def _tell_stock(self, changes: Sequence[Change]) -> None:
        for change in changes if self.hooks else ():
            self.announce(events_of(change, self.catalog, self.inventory), WebhookSpec())

    def seen_orders(self, moment: float = math.inf) -> dict[int, OrderDocument]:
        """Every order that a replica of this age knows, by number."""
        found = {number: order.as_of(moment) for number, order in self.orders.items()}
        return {number: document for number, document in found.items() if document is not None}

    def announce(self, events: Sequence[Event], webhook: WebhookSpec) -> None:
        """Send events to every active hook that wants them, or not, as the tester wishes."""
        for event in events:
            for hook in list(self.hooks.values()):
                if hook.is_active and event.concerns(hook.scope):
                    self._post(event, hook, webhook)

    def _post(self, event: Event, hook: Hook, webhook: WebhookSpec) -> None:
        now = self.clock.now()
        forged = webhook.webhook == "forged"
        body = payload(event, store_hash=self.settings.store_hash, created_at=int(now))
        message_id = f"msg_{self.composer.numbers.next('message'):06d}"
        for _ in range(2 if webhook.webhook == "duplicate" else 1):
            self.courier.add(
                Delivery(
                    id=self.composer.numbers.next("delivery"),
                    hook_id=hook.id,
                    destination=hook.destination,
                    scope=event.scope,
                    body=body,
                    message_id=message_id,
                    secret=FORGER_SECRET if forged else self._secret(hook),
                    due=now + (webhook.late_seconds if webhook.webhook == "late" else 0),
                    headers={} if forged else dict(hook.headers),
                    forged=forged,
                    state="lost" if webhook.webhook == "lost" else "pending",
                )
            )

    def _secret(self, hook: Hook) -> str:
        owners = (a for a in self.accounts.values() if a.client_id == hook.client_id)
        return next(owners, self.account).client_secret

    def _is_active(self, hook_id: int) -> bool:
        hook = self.hooks.get(hook_id)
        return hook is not None and hook.is_active

    def _delivery_trouble(self, delivery: Delivery, code: int) -> None:
        with self.lock:
            hook = self.hooks.get(delivery.hook_id or 0)
            if hook is None or hook.scope == DELIVERY_EXCEPTION:
                return
            if code == 90002:  # noqa: PLR2004 - BigCommerce's own code, named where it is made
                hook.is_active, hook.deactivated = False, True
            if code == 90001 and self._told_lately(hook.destination):  # noqa: PLR2004 - as above
                return
            data: Json = {"type": "webhook", "id": hook.id, "error_code": code}
            data["message"] = f"Delivery to {hook.destination} failed."
            self.announce([Event(DELIVERY_EXCEPTION, data)], WebhookSpec())

    def _told_lately(self, destination: str) -> bool:
        now = self.clock.now()
        pause = EXCEPTION_PAUSE_SECONDS * self.settings.retry_factor
        if now - self._last_exception.get(destination, -math.inf) < pause:
            return True
        self._last_exception[destination] = now
        return False

    def _buyer(self, spec: OrderSpec) -> Customer:
        country = "CA" if spec.currency == "CAD" else "US"
        wish = spec.customer
        if wish is not None and wish.id in self.customers:
            return self.customers[wish.id]
        someone = self.goods.draw_customer(self.dice, country=country)
        if spec.guest:
            name = f"{someone.address.first_name}.{someone.address.last_name}".lower()
            return Customer(0, replace(someone.address, email=f"{name}@guest.example.com"))
        if wish is None:
            return self.customers.get(someone.id, someone)
        return self._register(laid_over(someone.address, wish), wish.id)

    def _register(self, address: Address, wanted: int | None) -> Customer:
        known = (c for c in self.customers.values() if c.address.email == address.email)
        found = next(known, None) if wanted is None else None
        if found is not None:
            return found
        number = wanted or max(self.customers, default=0) + 1
        self.customers[number] = Customer(number, address)
        return self.customers[number]


def _take_over(document: OrderDocument, composed: OrderDocument, edit: EditSpec) -> None:
    """Put the edited order in place of the old one, but keep what happened to it meanwhile."""
    kept = {name: document.header[name] for name in LIVED if name not in edit.model_fields_set}
    shipped = {line["id"]: line["quantity_shipped"] for line in document.lines}
    document.header |= composed.header | kept
    for name in ("lines", "addresses", "pickups", "coupons", "taxes", "fees"):
        setattr(document, name, getattr(composed, name))
    for line in document.lines:
        line["quantity_shipped"] = shipped.get(line["id"], 0)
