"""The people at the shop: customers who order, edit and cancel, and the clerk who ships and refunds."""

from dataclasses import dataclass, field, replace
from functools import partial

from tests.faults.goods import edited, new_order
from tests.faults.world import World
from tieout.domain.identity import OrderId
from tieout.domain.orders import Standing

FIRST_ID = 250
LAST_ORDER = 25.0
LAST_CHANGE = 58.0
SOON = 1 / 120


@dataclass
class Customers:
    """Draws what happens in the shop; times are minutes of the history."""

    world: World
    ids: list[OrderId] = field(default_factory=list[OrderId])

    def plan(self, orders: int) -> None:
        """Draw every order and every change of one."""
        dice, order_id, email, at = self.world.dice, FIRST_ID, "", 0.0
        for number in range(orders):
            together = bool(email) and dice.random() < 0.2
            if not together:
                email, at = f"buyer{number}@example.com", dice.random() * LAST_ORDER
            self._order(OrderId(order_id), email, at + dice.random() * SOON)
            order_id += 1 + (dice.random() < 0.15)

    def one_order(self) -> None:
        """One order, its webhook twice, and one edit three minutes later: what plans are made for."""
        world, order_id = self.world, OrderId(FIRST_ID)
        self.ids.append(order_id)
        world.at(1, partial(self._place, order_id, "buyer@example.com", unpaid=False))
        world.at(1.05, partial(world.hooks.tell, order_id))
        world.at(4, partial(self._edit, order_id))

    def untroubled(self, orders: int) -> None:
        """Orders that nobody changes; the shop tells of each one's making and of its payment."""
        world = self.world
        for order_id in map(OrderId, range(FIRST_ID, FIRST_ID + orders)):
            self.ids.append(order_id)
            at, email = 1 + world.dice.random() * LAST_ORDER, f"buyer{order_id}@example.com"
            world.at(at, partial(self._place, order_id, email, unpaid=False))
            world.at(at + 0.5, partial(world.hooks.tell, order_id))

    def _order(self, order_id: OrderId, email: str, at: float) -> None:
        dice = self.world.dice
        self.ids.append(order_id)
        unpaid = dice.random() < 0.15
        self.world.at(at, partial(self._place, order_id, email, unpaid=unpaid))
        if unpaid:
            self._stands(order_id, at + dice.random() * 8 + 0.1, Standing.IMPORTABLE)
        for _ in range(int(dice.random() * 3)):
            self._edits(order_id, at)
        self._ends(order_id, at)

    def _edits(self, order_id: OrderId, placed: float) -> None:
        dice = self.world.dice
        at = placed + dice.random() ** 2 * (LAST_CHANGE - placed)
        self.world.at(at, partial(self._edit, order_id))
        if dice.random() < 0.2:
            self.world.at(at + SOON, partial(self._edit, order_id))

    def _ends(self, order_id: OrderId, placed: float) -> None:
        """One order in five is cancelled, and some of those revived; some are shipped or refunded."""
        dice = self.world.dice
        kind, at = dice.random(), placed + dice.random() ** 2 * (LAST_CHANGE - 10 - placed)
        if kind < 0.2:
            self._stands(order_id, at, Standing.CANCELLED)
            if dice.random() < 0.35:
                self._stands(order_id, at + dice.random() * 10 + SOON, Standing.IMPORTABLE)
        elif kind < 0.27:
            self._stands(order_id, at, Standing.RETIRED)
        elif kind < 0.37:
            self._stands(order_id, at + 8, Standing.FINISHED)

    def _stands(self, order_id: OrderId, at: float, standing: Standing) -> None:
        self.world.at(at, partial(self.world.shop.set, order_id, standing))

    def _place(self, order_id: OrderId, email: str, *, unpaid: bool) -> None:
        world = self.world
        order = new_order(world.dice, order_id, email=email, placed_at=world.scheduler.moment())
        if unpaid:
            unpaid_yet = Standing.NOT_YET
            order = replace(order, standing=unpaid_yet, status_name=unpaid_yet.value)
        world.wire.note(f"order {order_id} of {email}")
        world.shop.put(order)

    def _edit(self, order_id: OrderId) -> None:
        world = self.world
        world.wire.note(f"edit of {order_id}")
        world.shop.put(edited(world.dice, world.shop.last(order_id)))
