"""The judge finds each kind of defect that is planted, and nothing in a world that is right."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

import pytest

from tests.faults.checker import Checker, Found
from tests.faults.company import HISTORY, OFFICE, OPEN, US, WAREHOUSE, Document
from tests.faults.customers import Customers
from tests.faults.fates import ByPlan
from tests.faults.goods import edited
from tests.faults.kinds import Finding
from tests.faults.options import MINUTE, Options
from tests.faults.sqs import Message
from tests.faults.world import World
from tests.unit.orders import STORE
from tieout.domain.identity import OrderId
from tieout.domain.orders import Standing

ID, NUMBER = OrderId(250), "W000250"
CALM = 30 * MINUTE


def world_with_one_order() -> World:
    """One order, sold and edited, and in Sage as it is in the shop."""
    world = World(1, Options(), ByPlan({}))
    Customers(world).one_order()
    world.scheduler.run(CALM)
    world.shop.told = lambda _order_id: None
    return world


def judged(world: World) -> list[Found]:
    found = Checker(world, CALM, Counter[str]()).findings()
    world.scheduler.close()
    return found


def ours(world: World) -> Document:
    return world.company.tables[OPEN][NUMBER]


def row(world: World) -> dict[str, dict[str, str]]:
    return world.dynamo.tables["ledger"][f"{STORE}#{ID}"]


def lose(world: World) -> None:
    del world.company.tables[OPEN][NUMBER]


def never_hear_of(world: World) -> None:
    del world.dynamo.tables["ledger"][f"{STORE}#{ID}"]


def double(world: World) -> None:
    found = ours(world)
    world.company.enter("0000777", found.header, found.lines, who=US)


def enter_again(world: World) -> None:
    found = ours(world)
    world.company.move(found, HISTORY, who=WAREHOUSE, OrderStatus="C")
    world.company.enter(NUMBER, found.header, found.lines, who=US)


def double_beside_a_hand_entry(world: World) -> None:
    found = ours(world)
    lose(world)
    world.company.enter("0000777", found.header, found.lines, who=OFFICE)
    world.scheduler.run(CALM + MINUTE)
    world.company.enter(NUMBER, found.header, found.lines, who=US)


def double_lines(world: World) -> None:
    world.company.add_lines(ours(world), ours(world).lines, rev=9)


def write_another_amount(world: World) -> None:
    first = {**ours(world).lines[0], "UnitPrice": "0.01"}
    world.company.change(ours(world), who=US, lines=(first, *ours(world).lines[1:]))


def edit_unheard(world: World) -> None:
    world.shop.put(edited(world.dice, world.shop.last(ID)))


def edit_after_invoice(world: World) -> None:
    world.company.move(ours(world), HISTORY, who=WAREHOUSE, OrderStatus="C")
    edit_unheard(world)


def cancel_unheard(world: World) -> None:
    world.shop.set(ID, Standing.CANCELLED)


def cancel_after_invoice(world: World) -> None:
    world.company.move(ours(world), HISTORY, who=WAREHOUSE, OrderStatus="C")
    cancel_unheard(world)


def leave_on_hold(world: World) -> None:
    world.company.change(ours(world), who=US, header={"OrderStatus": "H"})


def resurrect(world: World) -> None:
    found = ours(world)
    world.company.delete(found, who=OFFICE)
    world.company.tables[HISTORY].clear()
    world.company.enter(NUMBER, found.header, found.lines, who=US)


def overwrite_a_foreign_order(world: World) -> None:
    lose(world)
    line = {"ItemCode": "CRANE", "QuantityOrdered": "1", "UnitPrice": "1.00"}
    world.company.enter(NUMBER, {"CustomerPONo": "4711"}, (line,), who=OFFICE)
    world.company.change(ours(world), who=US, header={"CustomerPONo": "W-250-x7"})


def overwrite_a_persons_change(world: World) -> None:
    right = ours(world).lines
    first = {**right[0], "QuantityOrdered": "9"}
    world.company.change(ours(world), who=OFFICE, lines=(first, *right[1:]))
    world.company.change(ours(world), who=US, lines=right)


def double_the_customer(world: World) -> None:
    (columns,) = world.company.customers.values()
    world.company.customers["00", "WOTHER1"] = columns


def leave_undone(world: World) -> None:
    row(world)["state"] = {"S": "INTENT"}


def leave_due(world: World) -> None:
    row(world)["next_at"] = {"N": "1"}


def bury(world: World) -> None:
    world.queue.buried.append((CALM + 36 * MINUTE, Message(1, "{}", "worker")))


def park_for_nothing(world: World) -> None:
    row(world).update(state={"S": "PARKED"}, reason={"S": "It is late."}, next_action={"S": "Go."})


def park_without_a_word(world: World) -> None:
    world.company.move(ours(world), HISTORY, who=WAREHOUSE, OrderStatus="C")
    row(world).update(state={"S": "PARKED"}, reason={"S": "It is late."})


def break_down(world: World) -> None:
    world.cloud.broken.append(KeyError("x"))


@pytest.mark.parametrize(
    ("plant", "finding"),
    [
        (lose, Finding.LOST),
        (never_hear_of, Finding.LOST),
        (double, Finding.DOUBLED_ORDER),
        (enter_again, Finding.DOUBLED_ORDER),
        (double_beside_a_hand_entry, Finding.DOUBLED_ORDER),
        (double_lines, Finding.DOUBLED_LINES),
        (write_another_amount, Finding.AMOUNT_DIFFERS),
        (edit_unheard, Finding.EDIT_MISSED),
        (leave_on_hold, Finding.EDIT_MISSED),
        (edit_after_invoice, Finding.SILENT_LATE_CHANGE),
        (cancel_unheard, Finding.CANCEL_MISSED),
        (cancel_after_invoice, Finding.CANCEL_MISSED),
        (resurrect, Finding.RESURRECTED),
        (overwrite_a_foreign_order, Finding.OVERWROTE_FOREIGN),
        (overwrite_a_persons_change, Finding.OVERWROTE_FOREIGN),
        (double_the_customer, Finding.DOUBLED_CUSTOMER),
        (leave_undone, Finding.STUCK),
        (leave_due, Finding.STUCK),
        (bury, Finding.DEAD_LETTERS),
        (park_for_nothing, Finding.PARKED_WITHOUT_CAUSE),
        (park_without_a_word, Finding.PARKED_WITHOUT_CAUSE),
        (break_down, Finding.BROKE),
    ],
)
def test_a_planted_defect_is_found(plant: Callable[[World], None], finding: Finding) -> None:
    world = world_with_one_order()
    plant(world)

    found = judged(world)

    assert finding in {one.finding for one in found}


def test_every_kind_of_finding_is_planted_above() -> None:
    (mark,) = [m for m in test_a_planted_defect_is_found.pytestmark if m.name == "parametrize"]  # type: ignore[attr-defined]

    assert {finding for _, finding in mark.args[1]} == set(Finding)


def test_a_world_in_which_all_is_right_has_no_finding() -> None:
    assert judged(world_with_one_order()) == []


def park_after_invoice(world: World, *, looked_at: int) -> None:
    world.company.move(ours(world), HISTORY, who=WAREHOUSE, OrderStatus="C")
    edit_unheard(world)
    seconds = world.scheduler.start.timestamp() + looked_at / 1000
    row(world).update(state={"S": "PARKED"}, reason={"S": "Late."}, next_action={"S": "Credit."})
    row(world)["read_at"] = {"N": str(seconds)}


def test_a_parked_order_with_a_cause_is_no_finding_and_is_counted_by_it() -> None:
    world = world_with_one_order()
    park_after_invoice(world, looked_at=CALM)
    parked = Counter[str]()

    found = Checker(world, CALM, parked).findings()

    assert found == []
    assert parked == {"changed after Sage had begun with it": 1}
    world.scheduler.close()


def test_what_the_warehouse_did_after_we_looked_explains_no_parking() -> None:
    world = world_with_one_order()
    park_after_invoice(world, looked_at=CALM - 2 * MINUTE)

    found = judged(world)

    assert [one.finding for one in found] == [Finding.PARKED_WITHOUT_CAUSE]


def test_a_cancelled_order_on_hold_is_right() -> None:
    world = world_with_one_order()
    cancel_unheard(world)
    leave_on_hold(world)

    assert judged(world) == []


def test_what_a_person_changed_after_us_is_nobodys_mistake() -> None:
    world = world_with_one_order()
    first = {**ours(world).lines[0], "UnitPrice": str(Decimal("1.00"))}
    world.company.change(ours(world), who=OFFICE, lines=(first, *ours(world).lines[1:]))

    assert judged(world) == []


def test_a_dead_letter_from_the_time_of_the_faults_is_none() -> None:
    world = world_with_one_order()
    world.queue.buried.append((CALM, replace(Message(1, "{}", "worker"))))

    assert judged(world) == []
