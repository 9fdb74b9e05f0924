import pytest

from tests.agent.harness import KEY, READ_KEY, SECOND_KEY, FakeClock, RunningAgent, kept
from tieout_agent.problems import ProblemError
from tieout_agent.security import (
    FAILURES_ALLOWED,
    PEERS_REMEMBERED,
    Gatekeeper,
    check_scope,
    key_hash,
    new_api_key,
)


@pytest.fixture
def gate(clock: FakeClock) -> Gatekeeper:
    return Gatekeeper((kept(KEY), kept(SECOND_KEY), kept(READ_KEY, "read")), clock)


def bearer(key: str) -> bytes:
    return f"Bearer {key}".encode()


def status(gate: Gatekeeper, authorization: bytes | None, peer: str = "10.0.0.1") -> int:
    try:
        gate.admit(peer, authorization)
    except ProblemError as refused:
        return refused.problem.status
    return 200


def fail(gate: Gatekeeper, times: int, peer: str = "10.0.0.1") -> None:
    for _ in range(times):
        assert status(gate, bearer("wrong"), peer) == 401


def test_both_keys_open(gate: Gatekeeper) -> None:
    assert status(gate, bearer(KEY)) == 200
    assert status(gate, bearer(SECOND_KEY)) == 200


@pytest.mark.parametrize(
    "header",
    [None, b"", b"Bearer", b"Bearer ", b"Bearer \xc3\xa9", b"Basic " + KEY.encode(), KEY.encode()],
)
def test_anything_but_a_right_key_is_unauthorized(gate: Gatekeeper, header: bytes | None) -> None:
    assert status(gate, header) == 401


def test_a_key_opens_its_own_scope(gate: Gatekeeper) -> None:
    assert gate.admit("10.0.0.1", bearer(SECOND_KEY)) == "write"
    assert gate.admit("10.0.0.1", bearer(READ_KEY)) == "read"


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("PUT", "/v1/ABC/SO/SalesOrder/W000250"),
        ("PATCH", "/v1/ABC/AR/Customer/00-BUY0001"),
        ("DELETE", "/v1/ABC/SO/SalesOrder/W000250"),
        ("POST", "/v1/ABC/SO/SalesOrder"),
        ("PUT", "/v1/ABC/SO/SalesOrder/preview"),
    ],
)
def test_a_key_that_reads_may_not_store(method: str, path: str) -> None:
    check_scope("write", method, path)
    with pytest.raises(ProblemError) as refused:
        check_scope("read", method, path)

    assert (refused.value.problem.status, refused.value.problem.code) == (403, "ScopeMissing")


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_key_that_reads_may_look(method: str) -> None:
    check_scope("read", method, "/v1/ABC/SO/SalesOrder/W000250")


def test_a_key_that_reads_may_have_a_preview_reckoned() -> None:
    check_scope("read", "POST", "/v1/ABC/SO/SalesOrder/preview")


def test_the_stored_hash_itself_is_no_key(gate: Gatekeeper) -> None:
    assert status(gate, bearer(key_hash(KEY.encode()))) == 401


def test_twenty_failures_lock_an_address_out_even_with_the_right_key(gate: Gatekeeper) -> None:
    fail(gate, FAILURES_ALLOWED)

    assert status(gate, bearer(KEY)) == 429


def test_nineteen_failures_do_not_lock_out(gate: Gatekeeper) -> None:
    fail(gate, FAILURES_ALLOWED - 1)

    assert status(gate, bearer(KEY)) == 200


def test_other_addresses_are_not_locked_out(gate: Gatekeeper) -> None:
    fail(gate, FAILURES_ALLOWED)

    assert status(gate, bearer(KEY), peer="10.0.0.2") == 200


def test_the_lock_ends_a_minute_after_the_failures(gate: Gatekeeper, clock: FakeClock) -> None:
    fail(gate, FAILURES_ALLOWED)

    clock.move(60)

    assert status(gate, bearer(KEY)) == 200


def test_the_answer_says_how_long_to_wait(gate: Gatekeeper, clock: FakeClock) -> None:
    fail(gate, FAILURES_ALLOWED)
    clock.move(20.5)

    with pytest.raises(ProblemError) as locked:
        gate.admit("10.0.0.1", bearer(KEY))

    assert locked.value.retry_after == 40


def test_only_so_many_addresses_are_remembered(gate: Gatekeeper) -> None:
    fail(gate, FAILURES_ALLOWED)

    for number in range(PEERS_REMEMBERED):
        fail(gate, 1, peer=f"peer {number}")

    assert status(gate, bearer(KEY)) == 200


def test_new_keys_are_long_and_never_the_same() -> None:
    keys = {new_api_key() for _ in range(50)}

    assert len(keys) == 50
    assert min(len(key) for key in keys) >= 43 + len("tieout_")


def test_a_call_without_a_key_learns_nothing(agent: RunningAgent) -> None:
    answer = agent.client.get("/v1/health", headers={"Authorization": ""})

    assert (answer.status_code, answer.json()["code"]) == (401, "Unauthorized")
    assert answer.headers["X-Tieout-Agent"]


def test_even_the_description_needs_a_key(agent: RunningAgent) -> None:
    answer = agent.client.get("/v1/openapi.json", headers={"Authorization": "Bearer no"})

    assert answer.status_code == 401


def test_a_caller_who_guesses_is_told_to_wait(agent: RunningAgent) -> None:
    for _ in range(FAILURES_ALLOWED):
        agent.client.get("/v1/health", headers={"Authorization": "Bearer no"})

    answer = agent.get("/health")

    assert (answer.status_code, answer.json()["code"]) == (429, "LockedOut")
    assert 0 < int(answer.headers["Retry-After"]) <= 60


def test_a_write_with_a_key_that_reads_is_refused_and_does_not_lock_out(
    agent: RunningAgent,
) -> None:
    reading = {"Authorization": f"Bearer {READ_KEY}"}
    path = "/v1/ABC/SO/SalesOrder/W000250"

    answers = [
        agent.client.put(path, json={}, headers=reading) for _ in range(FAILURES_ALLOWED + 1)
    ]
    looked = agent.client.get(path, headers=reading)

    assert {(refused.status_code, refused.json()["code"]) for refused in answers} == {
        (403, "ScopeMissing")
    }
    assert (looked.status_code, looked.json()["code"]) == (404, "SalesOrderAbsent")
