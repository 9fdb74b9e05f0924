"""The port Ledger: one suite for the fake, the fault harness' tables and DynamoDB."""

from dataclasses import fields, replace
from datetime import timedelta

import pytest

from tests.unit.orders import PLACED, STORE, key_of
from tests.unit.ports import FakeClock
from tieout.domain.identity import OrderKey, SalesOrderNo, StoreKey
from tieout.domain.ledger import LEASE, Claim, Entry, State
from tieout.errors import LeaseLostError
from tieout.ports import Ledger

KEY, OUTLET = key_of(250), StoreKey("outlet")
SECOND = timedelta(seconds=1)
FULL = Entry(
    KEY,
    state=State.PARKED,
    sales_order_no=SalesOrderNo("W000250"),
    company="ABC",
    content_hash="ab" * 32,
    intent_hash="cd" * 32,
    seen_hash="ef" * 32,
    waived_hash="01" * 32,
    standing="importable",
    sage_stamp="23" * 16,
    sage_rev=2,
    mode="full",
    rev=3,
    absent_rev=2,
    map_version=4,
    waits=2,
    first_seen=PLACED,
    not_after=PLACED + timedelta(milliseconds=1),
    created_at=PLACED + timedelta(milliseconds=2),
    checked_at=PLACED + timedelta(milliseconds=8),
    absent_at=PLACED + timedelta(milliseconds=9),
    modified_at=PLACED + timedelta(milliseconds=3),
    read_at=PLACED + timedelta(milliseconds=4),
    missing_since=PLACED + timedelta(milliseconds=5),
    parked_at=PLACED + timedelta(milliseconds=6),
    next_at=PLACED + timedelta(milliseconds=7),
    reason="It does not add up.",
    next_action="Look.",
    total_cents=6_800,
    currency="USD",
)


def claimed(ledger: Ledger, owner: str = "me", key: OrderKey = KEY) -> Claim:
    claim = ledger.claim(key, owner=owner)
    assert claim is not None
    return claim


def stored(ledger: Ledger, key: OrderKey = KEY) -> Entry:
    entry = ledger.read(key)
    assert entry is not None
    return entry


def test_a_first_claim_makes_the_record_and_is_due_at_the_leases_end(
    ledger: Ledger, clock: FakeClock
) -> None:
    claim = claimed(ledger)

    until = clock.now() + LEASE
    assert claim == Claim(claim.entry, "me", epoch=1, lease_until=until)
    assert claim.entry == Entry(
        KEY, epoch=1, attempts=1, first_seen=clock.now(), next_at=until, state=State.SEEN
    )
    assert stored(ledger) == claim.entry


def test_an_order_is_held_to_the_very_end_of_its_lease(ledger: Ledger, clock: FakeClock) -> None:
    claimed(ledger)
    clock.advance(LEASE)

    assert ledger.claim(KEY, owner="you") is None
    assert stored(ledger).attempts == 1


def test_an_order_whose_lease_has_ended_is_taken_over(ledger: Ledger, clock: FakeClock) -> None:
    first_seen = clock.now()
    claimed(ledger)
    clock.advance(LEASE + SECOND)

    claim = claimed(ledger, "you")

    assert (claim.epoch, claim.entry.attempts, claim.entry.first_seen) == (2, 2, first_seen)
    assert claim.lease_until == clock.now() + LEASE


def test_a_holder_who_claims_again_is_let_through(ledger: Ledger) -> None:
    claimed(ledger)

    assert claimed(ledger).epoch == 2


def test_a_released_order_is_free_for_anybody_and_counts_attempts_anew(ledger: Ledger) -> None:
    first = claimed(ledger)
    ledger.release(first, replace(first.entry, state=State.CREATED, next_at=None))

    second = claimed(ledger, "you")

    assert (second.entry.state, second.entry.attempts) == (State.CREATED, 1)


def test_a_save_that_was_held_up_changes_nothing_after_the_release(ledger: Ledger) -> None:
    claim = claimed(ledger)
    ledger.release(claim, replace(FULL, state=State.CREATED, next_at=None))
    before = stored(ledger)

    with pytest.raises(LeaseLostError):
        ledger.save(claim, replace(FULL, state=State.INTENT))

    assert stored(ledger) == before


def test_no_field_of_an_entry_is_forgotten_here() -> None:
    bare = Entry(KEY)

    same = {
        field.name
        for field in fields(Entry)
        if getattr(FULL, field.name) == getattr(bare, field.name)
    }

    # The ledger counts these itself.
    assert same == {"key", "attempts", "wanted", "epoch"}


def test_every_field_comes_back_as_it_was_written(ledger: Ledger) -> None:
    claim = claimed(ledger)

    ledger.release(claim, FULL)

    assert stored(ledger) == replace(FULL, epoch=2)


def test_what_an_entry_no_longer_has_is_gone(ledger: Ledger, clock: FakeClock) -> None:
    ledger.release(claimed(ledger), FULL)
    bare = Entry(KEY, first_seen=PLACED)

    ledger.release(claimed(ledger), bare)

    assert stored(ledger) == replace(bare, epoch=4)
    assert list(ledger.parked(STORE)) == []
    assert ledger.due(STORE, now=clock.now() + LEASE * 2, limit=9) == ()


def test_saving_keeps_the_claim_and_what_belongs_to_it(ledger: Ledger, clock: FakeClock) -> None:
    claim = claimed(ledger)
    ledger.want(KEY)

    ledger.save(claim, replace(FULL, state=State.INTENT))

    entry = stored(ledger)
    assert (entry.state, entry.rev, entry.not_after) == (State.INTENT, 3, FULL.not_after)
    assert (entry.attempts, entry.epoch, entry.wanted) == (1, 1, 1)
    assert entry.next_at == clock.now()
    assert ledger.claim(KEY, owner="you") is None


def test_a_claim_that_was_taken_over_saves_nothing(ledger: Ledger, clock: FakeClock) -> None:
    old = claimed(ledger)
    clock.advance(LEASE + SECOND)
    claimed(ledger, "you")
    before = stored(ledger)

    with pytest.raises(LeaseLostError):
        ledger.save(old, replace(FULL, state=State.CREATED))

    assert stored(ledger) == before


@pytest.mark.parametrize("wanted", [False, True])
def test_a_claim_that_was_taken_over_releases_nothing(
    ledger: Ledger, clock: FakeClock, *, wanted: bool
) -> None:
    old = claimed(ledger)
    clock.advance(LEASE + SECOND)
    claimed(ledger, "you")
    if wanted:
        ledger.want(KEY)
    before = stored(ledger)

    with pytest.raises(LeaseLostError):
        ledger.release(old, replace(FULL, state=State.CREATED))

    assert stored(ledger) == before
    assert ledger.claim(KEY, owner="third") is None


def test_an_order_that_was_wanted_while_it_was_held_is_due_at_its_release(
    ledger: Ledger, clock: FakeClock
) -> None:
    claim = claimed(ledger)
    ledger.want(KEY)
    clock.advance(SECOND)

    ledger.release(claim, replace(FULL, next_at=None, parked_at=None))

    assert stored(ledger).next_at == clock.now()
    assert ledger.due(STORE, now=clock.now(), limit=9) == (KEY,)
    assert ledger.claim(KEY, owner="you") is not None


def test_a_wish_from_before_the_claim_does_not_count_again(ledger: Ledger) -> None:
    ledger.release(claimed(ledger), FULL)
    ledger.want(KEY)
    claim = claimed(ledger)

    ledger.release(claim, replace(FULL, next_at=None))

    assert claim.entry.wanted == 1
    assert stored(ledger).next_at is None


def test_a_wish_that_comes_just_after_the_release_makes_it_due(
    ledger: Ledger, clock: FakeClock
) -> None:
    ledger.release(claimed(ledger), replace(FULL, next_at=None))

    ledger.want(KEY)

    assert ledger.due(STORE, now=clock.now(), limit=9) == (KEY,)
    assert stored(ledger).state is FULL.state


def test_a_worker_that_died_is_due_at_its_leases_end_and_not_before(
    ledger: Ledger, clock: FakeClock
) -> None:
    claim = claimed(ledger)

    assert ledger.due(STORE, now=clock.now(), limit=9) == ()
    assert ledger.due(STORE, now=claim.lease_until, limit=9) == (KEY,)


def test_due_orders_come_longest_waiting_first_from_one_store_up_to_the_limit(
    ledger: Ledger, clock: FakeClock
) -> None:
    for order_id in (3, 1, 2):
        claimed(ledger, key=key_of(order_id))
        clock.advance(SECOND)
    claimed(ledger, key=OrderKey(OUTLET, key_of(9).order_id))
    end = clock.now() + LEASE

    assert ledger.due(STORE, now=end, limit=9) == (key_of(3), key_of(1), key_of(2))
    assert ledger.due(STORE, now=end, limit=2) == (key_of(3), key_of(1))


def test_parked_orders_come_oldest_first_with_reason_and_next_action(ledger: Ledger) -> None:
    for order_id, age in ((1, 5), (2, 9), (3, 7)):
        key = key_of(order_id)
        parked = replace(FULL, key=key, parked_at=PLACED - timedelta(hours=age))
        ledger.release(claimed(ledger, key=key), parked)

    found = list(ledger.parked(STORE))

    assert [entry.key.order_id for entry in found] == [2, 3, 1]
    assert {(entry.reason, entry.next_action) for entry in found} == {
        (FULL.reason, FULL.next_action)
    }
    assert list(ledger.parked(OUTLET)) == []


def test_a_parked_order_stays_listed_while_a_worker_looks_at_it_again(ledger: Ledger) -> None:
    ledger.release(claimed(ledger), FULL)

    claimed(ledger)

    assert [entry.key for entry in ledger.parked(STORE)] == [KEY]


def test_an_order_that_nobody_saw_has_no_record(ledger: Ledger) -> None:
    assert ledger.read(KEY) is None
    assert ledger.read_many([KEY]) == {}
    assert ledger.read_many([]) == {}


def test_a_whole_page_of_orders_is_read_at_once(ledger: Ledger) -> None:
    seen = [key_of(n) for n in range(1, 250, 2)]
    for key in seen:
        claimed(ledger, key=key)

    found = ledger.read_many(key_of(n) for n in range(250))

    assert set(found) == set(seen)
    assert all(entry.key == key for key, entry in found.items())


def test_a_due_order_that_is_put_off_is_due_later(ledger: Ledger, clock: FakeClock) -> None:
    ledger.claim(KEY, owner="first")
    clock.advance(LEASE)
    now = clock.now()

    ledger.put_off(KEY, now=now, until=now + SECOND)

    assert ledger.due(STORE, now=now, limit=9) == ()
    assert ledger.due(STORE, now=now + SECOND, limit=9) == (KEY,)


def test_an_order_that_a_worker_has_taken_meanwhile_is_not_put_off(
    ledger: Ledger, clock: FakeClock
) -> None:
    ledger.claim(KEY, owner="first")
    now = clock.now()

    ledger.put_off(KEY, now=now, until=now + LEASE * 9)

    assert ledger.due(STORE, now=now + LEASE, limit=9) == (KEY,)


def test_an_order_that_is_done_meanwhile_is_not_put_off(ledger: Ledger, clock: FakeClock) -> None:
    claim = ledger.claim(KEY, owner="first")
    assert claim
    ledger.release(claim, replace(claim.entry, next_at=None))

    ledger.put_off(KEY, now=clock.now() + LEASE, until=clock.now() + LEASE * 9)

    assert ledger.due(STORE, now=clock.now() + LEASE * 99, limit=9) == ()
