"""The chain of times: each link is shorter than the next, and what has to fit in does."""

from datetime import timedelta

from tieout.adapters.aws import ATTEMPTS, CONNECT_SECONDS, READ_SECONDS
from tieout.domain.ledger import (
    AGENT_DEADLINE,
    HTTP_READ,
    LEASE,
    LEASE_NEEDED_TO_CREATE,
    QUEUE_VISIBILITY,
    SETTLE,
    TIME_NEEDED_TO_CREATE,
    WORKER_TIME,
)
from tieout.flows.memory import MISSED

# infra/settings.py holds due_minutes to it.
SLOWEST_BEAT = timedelta(minutes=2)
# DynamoDB developer guide: the latest restorable time is usually five minutes ago.
LEAST_AGE_OF_A_RESTORED_COPY = timedelta(minutes=5)
# What AWS asks of a queue in front of a function (Lambda docs: using Lambda with SQS).
VISIBILITY_TIMES_FUNCTION = 6


def test_each_link_is_shorter_than_the_next() -> None:
    chain = [AGENT_DEADLINE, HTTP_READ, WORKER_TIME, LEASE, QUEUE_VISIBILITY]

    assert chain == sorted(set(chain))
    assert QUEUE_VISIBILITY >= VISIBILITY_TIMES_FUNCTION * WORKER_TIME


def test_a_heartbeat_may_be_missed_and_a_restored_ledger_is_told_all_the_same() -> None:
    assert 2 * SLOWEST_BEAT <= MISSED < LEAST_AGE_OF_A_RESTORED_COPY


def test_a_create_fits_into_the_time_it_is_only_begun_with() -> None:
    assert HTTP_READ < TIME_NEEDED_TO_CREATE < WORKER_TIME
    assert TIME_NEEDED_TO_CREATE < LEASE_NEEDED_TO_CREATE < LEASE


def test_a_create_is_settled_before_its_lease_ends() -> None:
    assert AGENT_DEADLINE + SETTLE < LEASE_NEEDED_TO_CREATE


def test_the_ledger_answers_or_fails_well_within_the_time_that_a_create_leaves() -> None:
    longest = timedelta(seconds=CONNECT_SECONDS + READ_SECONDS) * ATTEMPTS

    assert longest < AGENT_DEADLINE
    assert longest < WORKER_TIME - TIME_NEEDED_TO_CREATE
