"""A notice of our own: signed as BigCommerce signs, taken by what checks, sent to the door alone."""

import base64
import json
from collections.abc import Callable, Generator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from standardwebhooks.webhooks import Webhook

from sandbox.bigcommerce import events
from tests.adapters.conftest import Serve
from tests.adapters.servers import Server, answer, no_handshake, replying, silent
from tests.unit.ports import FakeClock, FakeWakeups
from tieout.adapters.bigcommerce_notices import KEY_HEADER, order_of_notice
from tieout.adapters.bigcommerce_signing import SCOPE, notice_of, signed_headers
from tieout.adapters.http import Patience
from tieout.adapters.public_door import PublicDoor
from tieout.domain.identity import OrderId, OrderKey, StoreKey
from tieout.domain.webhooks import Delivery
from tieout.errors import NotSentError, OutcomeUnknownError, SetupError
from tieout.flows.accept_webhook import Gatekeeper, Verdict, accept_webhook
from tieout.settings import Connection

ADDRESS = "https://door.example.test/prod/webhooks/main"
QUICK = Patience(read=0.3, total=0.6, connect=0.3)
# BigCommerce docs, HTTPS webhooks: the body of its sample; the signature was made with the reference
# library of Standard Webhooks.
SECRET = "4c1ient5ecret0f1he5t0re4pi4cc0unt"
BODY = (
    b'{"producer":"stores/abc123","hash":"dd70c0976e06b67aaf671e73f49dcb79230ebf9d",'
    b'"created_at":1561479335,"store_id":"1025646","scope":"store/order/created",'
    b'"data":{"type":"order","id":250}}'
)
SIGNATURE = "v1,ePo6akyzH3m/DlaRneHzJCUOIr7zNx49kmkkA1RSY0s="

Open = Callable[..., PublicDoor]


@dataclass(frozen=True)
class Secret:
    client_secret: str = SECRET
    webhook_key: str = "the-key-of-today"


@dataclass
class Credentials:
    secret: Secret

    def current(self) -> Secret:
        return self.secret

    def refresh(self) -> Secret:
        return self.secret


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def door_at(clock: FakeClock) -> Generator[Open]:
    """Open a door; it is closed with the test."""
    with ExitStack() as stack:

        def make(way: Connection, secret: Secret | None = None) -> PublicDoor:
            door = PublicDoor(
                ADDRESS,
                way=way,
                store_hash="abc123",
                credentials=Credentials(secret or Secret()),
                clock=clock,
                patience=QUICK,
            )
            stack.callback(door.close)
            return door

        yield make


def delivered(server: Server) -> Delivery:
    """The one request that a server got, as a function sees it."""
    server.settle()
    (request,) = server.received
    head, _, body = request.partition(b"\r\n\r\n")
    rows = [row.partition(": ") for row in head.decode().split("\r\n")[1:]]
    return Delivery({name.lower(): value for name, _, value in rows}, body)


def test_a_signature_comes_out_as_in_bigcommerces_sample() -> None:
    sent_at = datetime.fromtimestamp(1561479336, UTC)

    made = signed_headers(BODY, client_secret=SECRET, message_id="msg_0001", sent_at=sent_at)

    assert made == {
        "webhook-id": "msg_0001",
        "webhook-timestamp": "1561479336",
        "webhook-signature": SIGNATURE,
    }


def test_the_reference_library_takes_our_signature() -> None:
    now = datetime.now(UTC)  # noqa: TID251 - the library reads the real clock
    body = notice_of(OrderId(250), store_hash="abc123", sent_at=now)

    made = signed_headers(body, client_secret=SECRET, message_id="msg_1", sent_at=now)

    secret = base64.b64encode(SECRET.encode()).decode()
    assert Webhook(secret).verify(body, made)["data"] == {"type": "order", "id": 250}


def test_our_notice_has_the_fields_that_the_shop_sends() -> None:
    now = datetime(2026, 3, 2, 15, 4, 5, tzinfo=UTC)
    event = events.order_event("updated", 250)
    theirs = events.payload(event, store_hash="abc123", created_at=int(now.timestamp()))

    ours = notice_of(OrderId(250), store_hash="abc123", sent_at=now)

    assert event.scope == SCOPE
    assert fields(ours) == fields(theirs)
    assert order_of_notice(ours, store_hash="abc123") == 250


def fields(body: bytes) -> dict[str, str]:
    return {name: type(value).__name__ for name, value in json.loads(body).items()}


def test_what_is_sent_is_genuine_for_the_function_that_receives(
    serve: Serve, door_at: Open, clock: FakeClock
) -> None:
    server = serve(replying(answer(200, b"")))
    wakeups = FakeWakeups()

    status = door_at(server.pinned()).tell(OrderId(250))

    gatekeeper = Gatekeeper(
        store=StoreKey("main"),
        client_secrets=[SECRET],
        key_header=KEY_HEADER,
        keys=["the-key-of-today"],
        order_of=lambda body: order_of_notice(body, store_hash="abc123"),
    )
    verdict = accept_webhook(delivered(server), gatekeeper=gatekeeper, wakeups=wakeups, clock=clock)
    assert (status, verdict) == (200, Verdict.QUEUED)
    assert wakeups.queued == [OrderKey(StoreKey("main"), OrderId(250))]


def test_it_is_posted_to_the_stores_own_path(serve: Serve, door_at: Open) -> None:
    server = serve(replying(answer(200, b"")))

    door_at(server.pinned()).tell(OrderId(250))

    server.settle()
    assert server.received[0].startswith(b"POST /prod/webhooks/main HTTP/1.1\r\n")


def test_no_two_notices_have_the_same_id(serve: Serve, door_at: Open) -> None:
    server = serve(replying(answer(200, b"")))
    door = door_at(server.pinned())

    door.tell(OrderId(250))
    door.tell(OrderId(250))

    server.settle()
    ids = {row for text in server.received for row in text.split(b"\r\n") if b"webhook-id" in row}
    assert len(ids) == 2


@pytest.mark.parametrize("status", [200, 401, 403, 429, 503])
def test_the_answers_status_is_told_whatever_it_is(
    serve: Serve, door_at: Open, status: int
) -> None:
    server = serve(replying(answer(status, b'{"message":"Forbidden"}')))

    assert door_at(server.pinned()).tell(OrderId(250)) == status


def test_a_door_that_never_answers_is_not_waited_for(serve: Serve, door_at: Open) -> None:
    server = serve(silent)

    with pytest.raises(OutcomeUnknownError):
        door_at(server.pinned()).tell(OrderId(250))


def test_a_door_that_is_out_of_reach_hears_nothing(serve: Serve, door_at: Open) -> None:
    server = serve(no_handshake)

    with pytest.raises(NotSentError):
        door_at(server.pinned()).tell(OrderId(250))


def test_without_another_way_only_public_addresses_and_certificates_will_do(
    serve: Serve, door_at: Open
) -> None:
    server = serve(replying(answer(200, b"")))

    with pytest.raises(SetupError, match="not a public one"):
        door_at(Connection(server.url)).tell(OrderId(250))

    server.settle()
    assert server.received == []


@pytest.mark.parametrize("missing", [Secret(client_secret=""), Secret(webhook_key="")])
def test_a_secret_that_is_not_filled_is_named_and_nothing_sent(
    serve: Serve, door_at: Open, missing: Secret
) -> None:
    server = serve(replying(answer(200, b"")))

    with pytest.raises(SetupError, match=r"client_secret|webhook_key"):
        door_at(server.pinned(), missing).tell(OrderId(250))

    server.settle()
    assert server.received == []


def test_a_notice_is_fresh_when_it_is_sent(serve: Serve, door_at: Open, clock: FakeClock) -> None:
    server = serve(replying(answer(200, b"")))
    clock.advance(timedelta(days=3))

    door_at(server.pinned()).tell(OrderId(250))

    assert delivered(server).headers["webhook-timestamp"] == str(int(clock.now().timestamp()))
