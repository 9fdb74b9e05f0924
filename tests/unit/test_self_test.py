"""Our own webhook is followed from the door to the ledger, and each way to fail has its own words."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from tests.unit.orders import STORE, key_of, order, standing
from tests.unit.ports import FakeNotes
from tests.unit.watching import FakeWebhookDoor
from tests.unit.world import World
from tieout.domain.identity import OrderId, OrderKey
from tieout.domain.ledger import State
from tieout.domain.orders import Standing
from tieout.errors import NotSentError, OutcomeUnknownError, RetryableError, SetupError, TieoutError
from tieout.flows.self_test import PATIENCE, Bench, Finding, Result, self_test

MINUTE = timedelta(minutes=1)


class Examiner:
    """A world with workers behind the door; `delay` is how long a wake-up takes to be worked on."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.door = FakeWebhookDoor(behind=self.queue)
        self.notes = FakeNotes()
        self.delay = timedelta(seconds=3)
        self.queued: list[OrderKey] = []

    def queue(self, order_id: OrderId) -> None:
        self.queued.append(key_of(order_id))

    def pause(self, length: timedelta) -> None:
        self.world.clock.advance(length)
        self.delay -= length
        if self.delay <= timedelta(0):
            for key in self.queued:
                self.world.take(key)
            self.queued.clear()

    def test(self) -> Finding:
        bench = Bench(
            storefront=self.world.storefront,
            ledger=self.world.ledger,
            door=self.door,
            notes=self.notes,
            clock=self.world.clock,
            pause=self.pause,
        )
        return self_test(STORE, bench=bench)


@pytest.fixture
def examiner(world: World) -> Examiner:
    return Examiner(world)


def sold(world: World, *ids: int) -> None:
    """Orders that Sage has by now."""
    for number in ids:
        world.take(world.storefront.put(order(number)))
    world.clock.advance(MINUTE)


def test_a_webhook_that_reaches_the_ledger_has_passed(world: World, examiner: Examiner) -> None:
    sold(world, 250)

    found = examiner.test()

    assert (found.result, found.order, found.status) == (Result.PASSED, key_of(250), 200)
    assert examiner.door.told == [250]


def test_the_finding_is_left_as_a_note(world: World, examiner: Examiner) -> None:
    sold(world, 250)

    found = examiner.test()

    assert examiner.notes.read("selftest#main") == {
        "at": world.clock.now().isoformat(timespec="seconds"),
        "result": "passed",
        "words": found.words,
        "order": "main#250",
        "http_status": "200",
    }


def test_a_self_test_changes_no_order(world: World, examiner: Examiner) -> None:
    sold(world, 250)
    before = world.entry(key_of(250))

    examiner.test()

    after = world.entry(key_of(250))
    assert (after.state, after.rev, after.content_hash) == (
        State.CREATED,
        before.rev,
        before.content_hash,
    )


def test_the_newest_order_at_rest_is_chosen(world: World, examiner: Examiner) -> None:
    sold(world, 1, 2)
    world.ledger.claim(key_of(3), owner="a worker")
    world.storefront.put(order(3))

    assert examiner.test().order == key_of(2)


@pytest.mark.parametrize("of", [Standing.NOT_YET, Standing.CANCELLED])
def test_an_order_that_waits_or_was_left_out_will_do(
    world: World, examiner: Examiner, of: Standing
) -> None:
    key = world.storefront.put(standing(order(), of))
    world.take(key)

    assert examiner.test().result is Result.PASSED


def test_in_a_quiet_shop_an_order_of_the_last_month_will_do(
    world: World, examiner: Examiner
) -> None:
    sold(world, 250)
    world.clock.advance(timedelta(days=20))

    assert examiner.test().order == key_of(250)


def test_a_store_without_any_order_has_nothing_to_test_with(examiner: Examiner) -> None:
    found = examiner.test()

    assert (found.result, found.order) == (Result.NOTHING, None)
    assert examiner.door.told == []
    assert examiner.notes.read("selftest#main")["result"] == "nothing to test with"


def test_an_order_from_before_our_time_is_never_read_and_so_no_test(
    world: World, examiner: Examiner
) -> None:
    world.first_order_id = 1000
    world.take(world.storefront.put(order(250)))

    assert examiner.test().result is Result.NOTHING


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (401, "401: the function refused its key or its signature"),
        (403, "403: the firewall or API Gateway turned it away"),
        (429, "429: it was throttled"),
        (500, "500: the function failed, or could not queue it"),
        (503, "503: the function failed, or could not queue it"),
        (599, "599: the function failed"),
        (404, "404: that is no answer of ours"),
        (302, "302: that is no answer of ours"),
    ],
)
def test_a_refusal_names_who_refused(
    world: World, examiner: Examiner, *, status: int, words: str
) -> None:
    sold(world, 250)
    examiner.door.status = status

    found = examiner.test()

    assert (found.result, found.status) == (Result.FAILED, status)
    assert words in found.words
    assert examiner.notes.read("selftest#main")["http_status"] == str(status)


@pytest.mark.parametrize(
    ("trouble", "words"),
    [
        (NotSentError("x"), "could not be reached"),
        (OutcomeUnknownError("x"), "gave no answer in time"),
        (SetupError("The certificate has run out."), "not sent: The certificate has run out."),
    ],
)
def test_a_door_without_an_answer_is_told_apart(
    world: World, examiner: Examiner, *, trouble: TieoutError, words: str
) -> None:
    sold(world, 250)
    examiner.door.trouble = trouble

    found = examiner.test()

    assert (found.result, found.status) == (Result.FAILED, None)
    assert words in found.words


def test_a_webhook_that_nobody_works_on_has_failed(world: World, examiner: Examiner) -> None:
    sold(world, 250)
    examiner.door.behind = lambda _order_id: None
    began = world.clock.now()

    found = examiner.test()

    assert found.result is Result.FAILED
    assert "nobody looked at its order" in found.words
    assert world.clock.now() - began == PATIENCE


def test_a_worker_that_takes_the_order_and_dies_is_no_success(
    world: World, examiner: Examiner
) -> None:
    sold(world, 250)

    def die(order_id: OrderId) -> None:
        world.ledger.claim(key_of(order_id), owner="dies")

    examiner.door.behind = die

    assert examiner.test().result is Result.FAILED


def break_the_shop(world: World) -> None:
    world.storefront.pages_until_break = 0


def break_the_ledger(world: World) -> None:
    def fail(_number: int, name: str) -> None:
        if name == "read_many":
            raise RetryableError("The ledger did not answer.")

    world.wire.before = fail


@pytest.mark.parametrize("damage", [break_the_shop, break_the_ledger])
def test_a_part_that_fails_beforehand_is_no_finding(
    world: World, examiner: Examiner, damage: Callable[[World], None]
) -> None:
    sold(world, 250)
    damage(world)

    with pytest.raises(RetryableError):
        examiner.test()

    assert examiner.door.told == []
    assert examiner.notes.notes == {}
