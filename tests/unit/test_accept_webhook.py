"""A delivery at the door: queued, ignored or refused, and the answer that each gets."""

import pytest

from tests.unit.ports import FakeClock, FakeWakeups
from tests.unit.test_webhooks import BODY, NOW, SECRET, delivery, signed
from tieout.adapters.bigcommerce_notices import KEY_HEADER, order_of_notice
from tieout.domain.identity import OrderId, OrderKey, StoreKey
from tieout.domain.webhooks import MOST_BODY_BYTES, TOLERANCE, Delivery
from tieout.errors import RetryableError
from tieout.flows.accept_webhook import Gatekeeper, Verdict, accept_webhook, status_of

GATEKEEPER = Gatekeeper(
    store=StoreKey("main"),
    client_secrets=(SECRET, ""),
    key_header=KEY_HEADER,
    keys=("hook key", ""),
    order_of=lambda body: order_of_notice(body, store_hash="abc123"),
)


def with_key(found: Delivery, key: str = "hook key") -> Delivery:
    return Delivery({**found.headers, KEY_HEADER: key}, found.body)


def accept(found: Delivery, wakeups: FakeWakeups, clock: FakeClock | None = None) -> Verdict:
    return accept_webhook(
        found, gatekeeper=GATEKEEPER, wakeups=wakeups, clock=clock or FakeClock(NOW)
    )


@pytest.fixture
def wakeups() -> FakeWakeups:
    return FakeWakeups()


def test_a_genuine_delivery_queues_its_order(wakeups: FakeWakeups) -> None:
    assert accept(with_key(delivery()), wakeups) is Verdict.QUEUED
    assert wakeups.queued == [OrderKey(StoreKey("main"), OrderId(250))]


def test_a_late_but_signed_delivery_is_a_hint_like_any_other(wakeups: FakeWakeups) -> None:
    late = FakeClock(NOW + TOLERANCE * 100)

    assert accept(with_key(delivery()), wakeups, late) is Verdict.QUEUED_STALE
    assert len(wakeups.queued) == 1


def test_the_same_delivery_twice_is_queued_twice(wakeups: FakeWakeups) -> None:
    accept(with_key(delivery()), wakeups)

    assert accept(with_key(delivery()), wakeups) is Verdict.QUEUED
    assert len(wakeups.queued) == 2


@pytest.mark.parametrize(
    ("found", "verdict"),
    [
        (delivery(), Verdict.WRONG_KEY),
        (with_key(delivery(), "another"), Verdict.WRONG_KEY),
        (with_key(delivery(BODY + b" ")), Verdict.WRONG_SIGNATURE),
        (with_key(delivery(timestamp="soon")), Verdict.MALFORMED),
        (with_key(signed(b"not JSON")), Verdict.MALFORMED),
        (with_key(signed(BODY.replace(b"abc123", b"abc124"))), Verdict.MALFORMED),
        (with_key(signed(b" " * (MOST_BODY_BYTES + 1))), Verdict.TOO_LARGE),
        (with_key(signed(BODY.replace(b"order", b"product"))), Verdict.IGNORED),
        (with_key(signed(BODY.replace(b'"id":250', b'"id":0'))), Verdict.MALFORMED),
    ],
)
def test_what_is_not_a_genuine_order_notice_queues_nothing(
    wakeups: FakeWakeups, found: Delivery, verdict: Verdict
) -> None:
    assert accept(found, wakeups) is verdict
    assert wakeups.queued == []


def test_a_body_of_the_largest_size_is_still_read(wakeups: FakeWakeups) -> None:
    padded = BODY + b" " * (MOST_BODY_BYTES - len(BODY))

    assert accept(with_key(signed(padded)), wakeups) is Verdict.QUEUED


def test_what_could_not_be_queued_is_not_accepted(wakeups: FakeWakeups) -> None:
    wakeups.broken = True

    with pytest.raises(RetryableError):
        accept(with_key(delivery()), wakeups)


def test_only_genuine_deliveries_are_answered_with_200() -> None:
    answers = {verdict: status_of(verdict) for verdict in Verdict}

    assert {v for v, status in answers.items() if status == 200} == {
        Verdict.QUEUED,
        Verdict.QUEUED_STALE,
        Verdict.IGNORED,
    }
    assert answers[Verdict.TOO_LARGE] == 413
    assert set(answers.values()) == {200, 401, 413}
