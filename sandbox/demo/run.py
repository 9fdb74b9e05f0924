"""The demonstration itself: sell, wait until all of it has settled, read both sides."""

import time
from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal
from typing import Any

from sandbox.aws import Cloud
from sandbox.demo.books import Books
from sandbox.demo.checks import Found, Placed
from sandbox.demo.compare import Sold, compare
from sandbox.demo.ledger import CREATED, PARKED, WAITING_FOR_PAYMENT, Ledger
from sandbox.demo.sales import AWAITING_FULFILLMENT, Sale, sales
from sandbox.progress import Steps
from sandbox.shop import Account, Shop
from sandbox.stacks import depth, poll_now
from sandbox.start import Running

# All orders together take a fifth of this on a machine with two processors.
SETTLE_SECONDS = 120.0
PAUSE_SECONDS = 0.5
# Only what the ledger put off (a busy agent) is due later; then the next minute is not waited for.
NUDGE_SECONDS = 10.0
SETTLED = frozenset({CREATED, PARKED})
NEVER_TOLD = frozenset({"lost", "forged"})
CENT = Decimal("0.01")


class NotSettledError(Exception):
    """Orders are still under way after `SETTLE_SECONDS`."""


def demonstrate(running: Running, steps: Steps) -> Found:
    """Run the demonstration in a sandbox that is up and in which nothing was sold yet.

    Raises what `Demonstration.run` does.
    """
    told = running.description.bigcommerce
    account = Account(told.access_token, told.client_id, told.client_secret)
    with Shop(told.http, account) as shop:
        return Demonstration(running, steps, shop).run()


class Demonstration:
    """One run over a sandbox that is up and in which nothing was sold yet."""

    def __init__(self, running: Running, steps: Steps, shop: Shop) -> None:
        told = running.description
        self._told = told
        self._children = running.children
        self._steps = steps
        self._shop = shop
        self._cloud = Cloud(told.cloud.endpoint)
        self._ledger = Ledger(
            self._cloud, told.cloud.tables["ledger"], store=told.bigcommerce.store
        )
        self._books = Books(told.sage100.control, list(told.sage100.companies.values()))

    def run(self) -> Found:
        """Sell everything, wait, and return what both sides then have.

        Raises:
            NotSettledError: it took too long; the message names the orders and their state.
            ProcessError: a part of the sandbox has ended.
            ShopError: the simulated shop refused.
            StacksError: the poll function failed.
        """
        placed = self._place(sales())
        self._pay(placed)
        announced = [one.order_id for one in placed if one.sale.delivery not in NEVER_TOLD]
        self._steps.begin("Orders on their way into Sage 100", len(announced))
        self._until(announced, SETTLED)
        # The schedule would look within two minutes; an operator can look at once.
        everything = [one.order_id for one in placed]
        self._steps.begin("Looking for orders whose webhook never came", len(everything))
        self.poll("backfill")
        self._until(everything, SETTLED)
        self._steps.begin("Following a webhook of our own from the public door into the ledger")
        self.poll("selftest")
        return self._found(placed)

    def _place(self, wanted: Sequence[Sale]) -> list[Placed]:
        self._steps.begin("Selling in the storefront", len(wanted))
        placed: list[Placed] = []
        for sale in wanted:
            placed.append(Placed(self._shop.place(sale.wish), sale))
            self._steps.reached(len(placed))
        return placed

    def _pay(self, placed: Sequence[Placed]) -> None:
        """Pay what was placed unpaid, once the ledger shows that it waits for that."""
        self._steps.begin("Paying what was placed unpaid")
        unpaid = {one.order_id for one in placed if one.sale.paid_later}
        self._until(unpaid, {WAITING_FOR_PAYMENT})
        for order_id in unpaid:
            self._shop.set_status(order_id, AWAITING_FULFILLMENT)

    def _until(self, orders: Collection[int], wanted: Collection[str]) -> None:
        """Wait until the ledger has all these orders in one of the wanted states."""
        deadline = time.monotonic() + SETTLE_SECONDS
        nudge = time.monotonic() + NUDGE_SECONDS
        while left := self._left(orders, wanted):
            self._steps.reached(len(orders) - len(left))
            self._children.check()
            if time.monotonic() > deadline:
                raise NotSettledError(f"Still under way after {SETTLE_SECONDS:.0f} s: {left}")
            if time.monotonic() > nudge:
                self.poll("due")
                nudge = time.monotonic() + NUDGE_SECONDS
            time.sleep(PAUSE_SECONDS)
        self._steps.reached(len(orders))

    def _left(self, orders: Collection[int], wanted: Collection[str]) -> dict[int, str]:
        states = {order_id: entry.state for order_id, entry in self._ledger.entries().items()}
        found = {order_id: states.get(order_id, "not in the ledger") for order_id in orders}
        return {order_id: state for order_id, state in found.items() if state not in wanted}

    def poll(self, job: str) -> None:
        """Run a job of the poll function now, as an operator could, not when its schedule does."""
        poll_now(self._cloud, self._told.cloud.functions["poll"], job)

    def _found(self, placed: Sequence[Placed]) -> Found:
        headers = {int(header["id"]): header for header in self._shop.orders()}
        admitted = [one for one in placed if one.sale.fate == "sold"]
        sold = [_sold(one, headers[one.order_id]) for one in admitted]
        return Found(
            placed=placed,
            comparison=compare(sold, self._books.entered()),
            ledger=self._ledger.entries(),
            deliveries=self._shop.deliveries(),
            companies=self._told.sage100.companies,
            self_test=self._ledger.self_test(),
            dead_letters=depth(self._cloud, self._told.cloud.queues["dead_letters"]),
        )


def _sold(placed: Placed, header: Mapping[str, Any]) -> Sold:
    return Sold(
        order_id=placed.order_id,
        title=placed.sale.title,
        currency=header["default_currency_code"],
        units=Decimal(header["items_total"]),
        total=Decimal(header["total_inc_tax"]).quantize(CENT),
    )
