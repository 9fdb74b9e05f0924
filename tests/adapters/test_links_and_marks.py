"""The ports CustomerLinks and Watermarks: one suite for fakes, fault harness and DynamoDB."""

from datetime import timedelta

from tests.adapters.table_worlds import Tables
from tests.unit.orders import PLACED, STORE
from tests.unit.ports import FakeClock
from tieout.domain.identity import CustomerKey, StoreKey
from tieout.domain.ledger import LEASE

OUTLET = StoreKey("outlet")
SECOND = timedelta(seconds=1)


def test_a_mark_moves_forward_only(tables: Tables) -> None:
    marks = tables.marks
    before = marks.read(STORE, "backfill")

    marks.advance(STORE, "backfill", PLACED)
    marks.advance(STORE, "backfill", PLACED - SECOND)
    marks.advance(STORE, "backfill", PLACED)

    assert before is None
    assert marks.read(STORE, "backfill") == PLACED
    marks.advance(STORE, "backfill", PLACED + SECOND)
    assert marks.read(STORE, "backfill") == PLACED + SECOND


def test_each_store_and_each_scan_has_a_mark_of_its_own(tables: Tables) -> None:
    tables.marks.advance(STORE, "backfill", PLACED)

    assert tables.marks.read(OUTLET, "backfill") is None
    assert tables.marks.read(STORE, "gap") is None


def test_the_first_link_of_a_buyer_stands(tables: Tables) -> None:
    first, second = CustomerKey("00", "W123456"), CustomerKey("01", "W654321")

    before = tables.links.find("ABC", "f1")
    made = tables.links.remember("ABC", "f1", first)
    again = tables.links.remember("ABC", "f1", second)

    assert before is None
    assert made == again == first
    assert tables.links.find("ABC", "f1") == first


def test_a_buyer_is_claimed_by_one_run_at_a_time(tables: Tables, clock: FakeClock) -> None:
    assert tables.links.claim("ABC", "f1", owner="me", lease=LEASE)

    assert not tables.links.claim("ABC", "f1", owner="you", lease=LEASE)
    assert tables.links.claim("ABC", "f1", owner="me", lease=LEASE)
    assert tables.links.claim("ABC", "f2", owner="you", lease=LEASE)
    assert tables.links.claim("CAN", "f1", owner="you", lease=LEASE)
    clock.advance(LEASE)
    assert not tables.links.claim("ABC", "f1", owner="you", lease=LEASE)


def test_a_claim_of_a_buyer_ends_with_its_time(tables: Tables, clock: FakeClock) -> None:
    assert tables.links.claim("ABC", "f1", owner="me", lease=LEASE)
    clock.advance(LEASE + SECOND)

    assert tables.links.claim("ABC", "f1", owner="you", lease=LEASE)


def test_a_claim_of_a_buyer_ends_with_the_link(tables: Tables) -> None:
    tables.links.claim("ABC", "f1", owner="me", lease=LEASE)
    assert tables.links.find("ABC", "f1") is None

    tables.links.remember("ABC", "f1", CustomerKey("00", "W123456"))

    assert tables.links.claim("ABC", "f1", owner="you", lease=LEASE)
    assert tables.links.find("ABC", "f1") == CustomerKey("00", "W123456")


def test_a_buyer_is_linked_in_each_company_apart(tables: Tables) -> None:
    tables.links.remember("ABC", "f1", CustomerKey("00", "W123456"))

    assert tables.links.find("CAN", "f1") is None
    assert tables.links.find("ABC", "f2") is None
