"""Bring the whole of it up, say where everything is, and take all of it down again."""

import datetime as dt
import signal
import time
from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

import httpx
from botocore.exceptions import BotoCoreError, ClientError

from sandbox.assembly import Assembly
from sandbox.certificates import make_identity
from sandbox.customer import new_key
from sandbox.description import Description
from sandbox.parts import Addresses, Parts
from sandbox.places import Places
from sandbox.processes import Children, alone, end_holder, stop_leftovers
from sandbox.progress import Steps
from sandbox.shop import Account

# Stopping takes the programs five seconds at most; a starter that needs longer is stuck.
STOP_SECONDS = 15.0
SIGNALS = (signal.SIGINT, signal.SIGTERM)


class AlreadyRunningError(Exception):
    """Another sandbox of this repository is up."""


@dataclass(frozen=True)
class Running:
    """A sandbox that is up."""

    description: Description
    children: Children

    def wait(self) -> None:
        """Wait for ever.

        Raises:
            ProcessError: a part has ended by itself.
        """
        while True:
            self.children.check()
            time.sleep(1)


@contextmanager
def sandbox(places: Places, steps: Steps) -> Generator[Running]:
    """Have a sandbox for as long as the block runs; nothing that it started outlives it.

    Only the main thread may ask for one, since signals are its business.

    Raises:
        SetupMissingError: `make setup` was not run.
        AlreadyRunningError: another one is up in this repository.
        ProcessError: a part could not be started, or has ended.
        NotReadyError: a part did not answer in time.
        StacksError: the stacks came out otherwise than they should.
    """
    places.demand_setup()
    with _only_one(places):
        stop_leftovers(places.run)
        places.empty()
        children = Children(places.logs, places.run)
        try:
            yield Running(_bring_up(places, children, steps), children)
        except (httpx.HTTPError, BotoCoreError, ClientError):
            # A part that has ended is the better explanation of an unanswered call.
            children.check()
            raise
        finally:
            with _undisturbed():
                places.unlist()
                children.stop()
                places.tidy()


def stop(places: Places) -> bool:
    """Stop the sandbox of this repository, and what a killed one has left; say if there was any."""
    found = end_holder(places.starter_lock, seconds=STOP_SECONDS)
    left = stop_leftovers(places.run)
    places.tidy()
    return found or bool(left)


@contextmanager
def _only_one(places: Places) -> Generator[None]:
    with ExitStack() as stack:
        try:
            stack.enter_context(alone(places.starter_lock))
        except BlockingIOError as error:
            raise AlreadyRunningError(
                f"This sandbox is up already. Use it (see {places.description}), or end it with "
                "`.venv/bin/python -m sandbox stop`."
            ) from error
        yield


@contextmanager
def _undisturbed() -> Generator[None]:
    """Let no second Ctrl-C break off the cleaning up."""
    before = {number: signal.signal(number, signal.SIG_IGN) for number in SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _bring_up(places: Places, children: Children, steps: Steps) -> Description:
    now = dt.datetime.fromtimestamp(time.time(), dt.UTC)
    parts = Parts(
        places=places,
        addresses=Addresses.free(),
        shop_identity=make_identity(places.home / "bigcommerce", "bigcommerce", now=now),
        shop_account=Account(new_key(), "sandbox", new_key()),
        door_identity=make_identity(places.home / "door", "door", now=now),
        agent_api_key=new_key(),
        agent_read_key=new_key(),
    )
    description = Assembly(parts, children, steps).bring_up()
    description.write_environment(places.environment)
    description.write(places.description)
    return description
