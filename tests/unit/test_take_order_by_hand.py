"""Orders that a clerk entered in Sage by hand: adopted once they agree, else told to the clerk."""

from dataclasses import replace
from datetime import timedelta

from tests.unit.orders import order
from tests.unit.sage import Fate
from tests.unit.world import World
from tieout.domain.guarantees import ALL, Mode, settle_time
from tieout.domain.identity import OrderKey, SalesOrderNo
from tieout.domain.ledger import AGENT_DEADLINE
from tieout.domain.orders import Buyer
from tieout.domain.outcomes import AlreadyTaken, Parked, Taken, Waiting
from tieout.errors import RejectedError
from tieout.flows.leave_record import PARKED_RETRY

NUMBER = "W000250"


def refused_then_entered_by_hand(world: World, key: OrderKey, *, total: str = "0.00") -> None:
    """Sage refuses; a clerk types the order in, marked as asked; then the item is added to Sage."""
    world.sage.will_raise("create", RejectedError("No such item.", next_action="Add it."))
    world.take(key)
    document = {"CustomerPONo": "W-250-x7", "FreightAmt": "68.00", "DiscountAmt": total}
    world.sage.enter("0001234", **document)


def test_an_order_that_a_clerk_entered_by_hand_with_our_mark_is_not_entered_again(
    world: World, key: OrderKey
) -> None:
    refused_then_entered_by_hand(world, key)

    outcome = world.take(key)

    assert isinstance(outcome, Taken)
    assert world.entry(key).sales_order_no == "0001234"
    assert world.sage.document(SalesOrderNo(NUMBER)) is None
    assert isinstance(world.take(key), AlreadyTaken)


def test_an_order_entered_by_hand_is_not_adopted_while_a_create_of_ours_may_still_land(
    world: World, key: OrderKey
) -> None:
    world.sage.fates.append(Fate.LATE)
    world.take(key)
    world.sage.enter("0001234", CustomerPONo="W-250-x7", FreightAmt="68.00")

    waiting = world.take(key)
    world.run_until_quiet()

    # By the time it arrives Sage refuses it, since the marker is there.
    assert isinstance(waiting, Waiting)
    assert world.entry(key).sales_order_no == "0001234"
    assert [found.number for found in world.sage.documents()] == ["0001234"]


def test_it_is_waited_for_as_long_as_was_needed_when_our_create_was_sent(
    world: World, key: OrderKey
) -> None:
    world.sage.guarantees = replace(ALL, deadline=False)
    world.sage.fates.append(Fate.REQUEST_LOST)
    world.take(key)
    world.sage.guarantees = ALL
    world.sage.enter("0001234", CustomerPONo="W-250-x7", FreightAmt="68.00")
    world.clock.advance(AGENT_DEADLINE + settle_time(Mode.FULL))

    waiting = world.take(key)
    world.run_until_quiet()

    assert isinstance(waiting, Waiting)
    assert world.entry(key).sales_order_no == "0001234"


def test_an_order_entered_by_hand_with_another_total_goes_back_to_the_clerk(
    world: World, key: OrderKey
) -> None:
    refused_then_entered_by_hand(world, key, total="1.00")

    outcome = world.take(key)

    assert isinstance(outcome, Parked)
    assert "comes to 67.00; the storefront's order comes to 68.00" in outcome.reason


def test_an_order_entered_by_hand_and_edited_in_the_shop_goes_back_to_the_clerk(
    world: World, key: OrderKey
) -> None:
    refused_then_entered_by_hand(world, key)
    world.take(key)
    world.clock.advance(timedelta(minutes=1))
    world.storefront.put(replace(order(), buyer=Buyer("another@example.com")))

    outcome = world.take(key)

    assert isinstance(outcome, Parked)
    assert outcome.reason.endswith("and was changed.")


def test_an_order_entered_by_hand_and_cancelled_in_the_shop_goes_back_to_the_clerk(
    world: World, key: OrderKey
) -> None:
    refused_then_entered_by_hand(world, key)
    world.take(key)
    world.cancel()

    outcome = world.take(key)

    assert isinstance(outcome, Parked)
    assert "0001234" in outcome.next_action


def test_an_order_entered_by_hand_and_deleted_again_is_not_taken_for_done(
    world: World, key: OrderKey
) -> None:
    refused_then_entered_by_hand(world, key)
    world.sage.strike("0001234")

    outcome = world.take(key)

    assert isinstance(outcome, Parked)
    assert "is no longer there" in outcome.reason
    assert world.sage.document(SalesOrderNo(NUMBER)) is None


def test_an_edit_of_an_order_entered_by_hand_is_not_forgotten_on_the_next_look(
    world: World, key: OrderKey
) -> None:
    refused_then_entered_by_hand(world, key)
    world.take(key)
    world.clock.advance(timedelta(minutes=1))
    world.storefront.put(replace(order(), buyer=Buyer("another@example.com")))
    world.take(key)
    world.clock.advance(PARKED_RETRY)

    outcome = world.take(key)

    assert isinstance(outcome, Parked)
    assert outcome.reason.endswith("and was changed.")


def test_an_order_entered_by_hand_comes_loose_once_its_total_is_right(
    world: World, key: OrderKey
) -> None:
    refused_then_entered_by_hand(world, key, total="1.00")
    world.take(key)
    world.sage.correct("0001234", DiscountAmt="0.00")

    outcome = world.take(key)

    assert isinstance(outcome, Taken)


def test_an_order_entered_by_hand_beside_a_strangers_order_under_our_number_is_adopted(
    world: World, key: OrderKey
) -> None:
    world.sage.enter(NUMBER, CustomerPONo="ANOTHER")
    parked = world.take(key)
    world.sage.enter("0001234", CustomerPONo="W-250-x7", FreightAmt="68.00")

    outcome = world.take(key)

    assert isinstance(parked, Parked)
    assert isinstance(outcome, Taken)
    assert outcome.number == "0001234"


def test_a_parked_order_that_a_clerk_entered_and_the_shop_cancelled_goes_back_to_the_clerk(
    world: World, key: OrderKey
) -> None:
    refused_then_entered_by_hand(world, key)
    world.cancel()

    outcome = world.take(key)

    assert isinstance(outcome, Parked)
    assert outcome.next_action.startswith("Cancel 0001234 in Sage.")
