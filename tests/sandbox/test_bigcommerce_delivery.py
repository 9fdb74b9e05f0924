"""Deliveries over real sockets: what arrives is signed, complete, and at the mapped address."""

import http.server
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest
from standardwebhooks import Webhook
from starlette.testclient import TestClient

from sandbox.bigcommerce import Shop, create_app

PATIENCE_SECONDS = 5.0


@dataclass
class Receiver:
    """A local web server that keeps what it was sent; it answers `statuses`, then 200."""

    url: str = ""
    statuses: list[int] = field(default_factory=list[int])
    got: list[tuple[str, dict[str, str], bytes]] = field(
        default_factory=list[tuple[str, dict[str, str], bytes]]
    )


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    received = Receiver()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            received.got.append((self.path, headers, body))
            self.send_response(received.statuses.pop(0) if received.statuses else 200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its own name
            """Be quiet."""

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        received.url = f"http://127.0.0.1:{server.server_port}/stage"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield received
        server.shutdown()
        thread.join()


@pytest.fixture
def live(receiver: Receiver) -> Iterator[tuple[Shop, TestClient]]:
    shop = Shop()
    shop.settings.retry_factor = 0.0001
    with TestClient(create_app(shop)) as client:
        route = {"https://hooks.example.test": receiver.url, "host": "edge.localhost"}
        client.post("/_control/routes", json=route)
        hook = {
            "scope": "store/order/created",
            "destination": "https://hooks.example.test/webhooks/main?a=b",
            "headers": {"X-Tieout-Key": "a second secret"},
        }
        headers = {"X-Auth-Token": shop.account.access_token, "Accept": "application/json"}
        client.post("/stores/sandbox1/v3/hooks", json=hook, headers=headers)
        yield shop, client
    shop.close()


def wait_until(true: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE_SECONDS
    while not true():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.005)


def test_a_delivery_arrives_signed_with_the_hooks_header_and_host(
    live: tuple[Shop, TestClient], receiver: Receiver
) -> None:
    shop, client = live

    client.post("/_control/orders", json={})
    wait_until(lambda: shop.courier.deliveries[0].state == "delivered")

    path, headers, body = receiver.got[0]
    verifier = Webhook(shop.account.client_secret.encode())
    assert path == "/stage/webhooks/main?a=b"
    assert headers["host"] == "edge.localhost"
    assert headers["x-tieout-key"] == "a second secret"
    assert verifier.verify(body.decode(), headers)["data"]["id"] == 100


def test_a_refused_delivery_is_tried_again_until_it_is_taken(
    live: tuple[Shop, TestClient], receiver: Receiver
) -> None:
    shop, client = live
    receiver.statuses = [500, 302, 503]

    client.post("/_control/orders", json={})
    wait_until(lambda: shop.courier.deliveries[0].state == "delivered")

    (delivery,) = client.get("/_control/deliveries").json()["deliveries"]
    assert [one["status"] for one in delivery["attempts"]] == [500, 302, 503, 200]
    assert len({headers["webhook-id"] for _, headers, _ in receiver.got}) == 1


def test_a_forged_delivery_is_not_tried_again(
    live: tuple[Shop, TestClient], receiver: Receiver
) -> None:
    shop, client = live
    receiver.statuses = [401]

    client.post("/_control/orders", json={"webhook": "forged"})
    wait_until(lambda: shop.courier.deliveries[0].state == "failed")

    assert len(receiver.got) == 1
    assert "x-tieout-key" not in receiver.got[0][1]


@pytest.mark.parametrize(
    ("kind", "signed", "size"),
    [
        ("forged", True, 0),
        ("unsigned", False, 0),
        ("oversized", True, 300_000),
        ("not_utf8", True, 0),
        ("not_json", True, 0),
        ("wrong_store", True, 0),
        ("stale", True, 0),
        ("genuine", True, 0),
    ],
)
def test_odd_webhooks_can_be_sent_to_order(
    live: tuple[Shop, TestClient], receiver: Receiver, kind: str, *, size: int, signed: bool
) -> None:
    _, client = live
    receiver.statuses = [401]
    wish = {"destination": "https://hooks.example.test/x", "kind": kind, "headers": {"X-Key": "k"}}

    told = client.post("/_control/deliveries/forge", json=wish).json()

    _, headers, body = receiver.got[0]
    assert told["status"] == 401
    assert headers["x-key"] == "k"
    assert ("webhook-signature" in headers) is signed
    assert len(body) >= size


def test_a_host_without_a_route_is_never_contacted(live: tuple[Shop, TestClient]) -> None:
    _, client = live
    wish = {"destination": "https://elsewhere.example.test/x"}

    told = client.post("/_control/deliveries/forge", json=wish).json()

    assert told["status"] is None
    assert "no route" in told["error"]
