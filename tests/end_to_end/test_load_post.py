"""The load run's sender: it keeps its pace, notes each answer, and lets nobody look quicker than he is."""

import datetime as dt
import threading
import time
from collections.abc import Generator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from sandbox.bigcommerce.courier import FORGER_SECRET
from sandbox.description import ShopPart
from sandbox.load.letters import EVENTS, STRANGERS_FROM, Letter, Sender, strangers
from sandbox.load.measures import by_status, waits
from sandbox.load.post import NO_ANSWER, Answer, Post
from tieout.domain.webhooks import Delivery, Signature, knows_key, verify

SHOP = ShopPart(
    *["x"] * 10, webhook_header="X-Tieout-Key", webhook_key="k" * 32, hook_destination="x"
)
SLOW = 0.05


class Door(BaseHTTPRequestHandler):
    """Answers what the path's end says; slowly to whom it is told."""

    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        time.sleep(SLOW if body == b"slow" else 0)
        self.send_response(int(self.headers["X-Wanted"]))
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
        """Say nothing."""


@pytest.fixture
def door() -> Generator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/hooks"
    server.shutdown()
    thread.join()
    server.server_close()


def letter(order_id: int, *, wanted: int = 200, body: bytes = b"") -> Letter:
    return Letter(order_id, body, {"X-Wanted": str(wanted)})


def test_every_letter_is_sent_once_and_its_answer_noted(door: str) -> None:
    sent = Post(door, 4).send(
        lambda n: letter(n, wanted=200 if n % 2 else 401), count=40, rate=2000
    )

    assert sorted(one.order_id for one in sent.answers) == list(range(40))
    assert all(one.accepted == bool(one.order_id % 2) for one in sent.answers)
    assert by_status(sent.answers) == "200: 20, 401: 20"


def test_letters_are_not_sent_before_their_time(door: str) -> None:
    sent = Post(door, 4).send(letter, count=11, rate=100)

    assert sent.seconds >= 0.1
    assert sent.rate <= 110


def test_waiting_for_a_busy_connection_counts_as_waiting_for_the_answer(door: str) -> None:
    sent = Post(door, 1).send(lambda n: letter(n, body=b"slow"), count=4, rate=1000)

    slowest = max(one.seconds for one in sent.answers)
    assert slowest >= 3 * SLOW


def test_no_answer_is_no_acceptance_and_the_others_are_sent_all_the_same() -> None:
    nobody = ThreadingHTTPServer(("127.0.0.1", 0), Door)
    nobody.server_close()

    sent = Post(f"http://127.0.0.1:{nobody.server_port}/hooks", 2).send(letter, count=3, rate=1000)

    assert [one.status for one in sent.answers] == [NO_ANSWER] * 3
    assert by_status(sent.answers) == "no answer: 3"


def test_sending_goes_on_while_something_else_is_done(door: str) -> None:
    sending = Post(door, 2).begin(letter, count=20, rate=100)

    Post(door, 1).send(letter, count=1, rate=1000)

    assert len(sending.result().answers) == 20


def test_nothing_is_sent_any_more_once_it_is_stopped(door: str) -> None:
    stopped = threading.Event()
    sending = Post(door, 2, stopped=stopped).begin(letter, count=1000, rate=1)

    stopped.set()

    with pytest.raises(RuntimeError, match="of 1000 letters were sent"):
        sending.result()


def test_progress_is_told(door: str) -> None:
    told: list[int] = []

    Post(door, 1).send(letter, count=3, rate=1000, done=told.append)

    assert told == [1, 2, 3]


def test_an_order_waits_from_its_first_webhook_on() -> None:
    answers = [Answer(100, 200, 12.0, 0.1), Answer(100, 200, 10.0, 0.1), Answer(101, 200, 11.0, 0)]

    assert waits(answers, {100: 15.0, 999: 20.0}) == [5.0]


def checked(one: Letter) -> tuple[bool, Signature]:
    delivery = Delivery({name.lower(): text for name, text in one.headers.items()}, one.body)
    now = dt.datetime.fromtimestamp(time.time(), dt.UTC)
    known = knows_key(delivery, header=SHOP.webhook_header.lower(), keys=[SHOP.webhook_key])
    return known, verify(delivery, secrets=[SHOP.client_secret], now=now)


def test_genuine_letters_pass_the_real_check_and_never_repeat_an_id() -> None:
    make = Sender(SHOP).lives([100, 101].__getitem__)

    letters = [make(position) for position in range(2 * EVENTS)]

    assert [checked(one) for one in letters] == [(True, Signature.FRESH)] * 6
    assert [one.order_id for one in letters] == [100] * 3 + [101] * 3
    assert len({one.headers["webhook-id"] for one in letters}) == 6


def test_no_stranger_passes_and_none_names_an_order_of_the_shop() -> None:
    make = strangers(SHOP)

    letters = [make(position) for position in range(6)]

    assert SHOP.client_secret != FORGER_SECRET
    assert not any(known for known, _ in map(checked, letters))
    assert not {s for _, s in map(checked, letters)} & {Signature.FRESH, Signature.STALE}
    assert min(one.order_id for one in letters) >= STRANGERS_FROM
