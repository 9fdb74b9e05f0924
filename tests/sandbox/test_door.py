"""The sandbox's edge hands on what it gets, whole, to the one API that it was given."""

import threading
from collections.abc import Generator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from starlette.testclient import TestClient

from sandbox.door import WELL, create_app


class Api(HTTPServer):
    """An API that writes down what it hears, and gives one answer."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answering)
        self.heard: list[tuple[str, dict[str, str], bytes]] = []
        self.status = 200


class Answering(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        api = self.server
        assert isinstance(api, Api)
        body = self.rfile.read(int(self.headers["Content-Length"]))
        headers = {name.lower(): value for name, value in self.headers.items()}
        api.heard.append((self.path, headers, body))
        self.send_response(api.status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:  # pyright: ignore[reportIncompatibleMethodOverride] - it shall be silent
        pass


@pytest.fixture
def api() -> Generator[Api]:
    server = Api()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def door(api: Api) -> TestClient:
    app = create_app(f"http://127.0.0.1:{api.server_port}", host="abc.execute-api.localhost")
    return TestClient(app)


def test_a_post_arrives_with_its_headers_and_its_exact_body(door: TestClient, api: Api) -> None:
    answer = door.post(
        "/sandbox/webhooks/main", content=b'{"a":  1}', headers={"X-Tieout-Key": "k"}
    )

    ((path, headers, body),) = api.heard
    assert (answer.status_code, path, body) == (200, "/sandbox/webhooks/main", b'{"a":  1}')
    assert (headers["x-tieout-key"], headers["host"]) == ("k", "abc.execute-api.localhost")


@pytest.mark.parametrize("status", [401, 403, 503])
def test_the_apis_own_answer_is_given_back(door: TestClient, api: Api, status: int) -> None:
    api.status = status

    assert door.post("/sandbox/webhooks/main", content=b"{}").status_code == status


def test_an_api_that_is_gone_is_a_bad_gateway() -> None:
    door = TestClient(create_app("http://127.0.0.1:9", host="abc"))

    assert door.post("/sandbox/webhooks/main", content=b"{}").status_code == 502


def test_only_webhooks_are_handed_on(door: TestClient, api: Api) -> None:
    answers = [door.get("/sandbox/webhooks/main").status_code, door.get(WELL).status_code]

    assert answers == [405, 200]
    assert api.heard == []
