"""The worker process: serves until it is told to stop, loses its supervisor, or a call hangs."""

import argparse
import os
import socket
import sys
import threading
from collections.abc import Callable
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from datetime import datetime
from math import ceil
from pathlib import Path

import uvicorn

from tieout_agent import __version__
from tieout_agent.certificate import ensure_certificate
from tieout_agent.clock import SteadyClock, SystemClock
from tieout_agent.journal import Journal
from tieout_agent.leftovers import Leftovers
from tieout_agent.life import HUNG, NEVER, ORPHANED, SET_BACK, SETUP, STOP_WORD, Restarts
from tieout_agent.logs import log_event, logging_to, say
from tieout_agent.running import RunningFile
from tieout_agent.sage.owner import STOP_SECONDS, Owner
from tieout_agent.sage.servers import Servers
from tieout_agent.sage.sessions import Sessions
from tieout_agent.seam import load_com, outside_of
from tieout_agent.server import create_app, listen, make_owner, make_server
from tieout_agent.settings import Settings, SettingsError, read_settings
from tieout_agent.watchdog import CertificateWatch, ClockWatch, Watchdog

LOG_NAME = "tieout-agent.log"


def main(arguments: list[str] | None = None) -> int:
    """Serve; say in one line what is wrong when it can't.

    Returns:
        0 when told to stop, `HUNG` after a call that hung, `SETUP` when something has to be
        corrected first.
    """
    options = _parser().parse_args(arguments)
    clock = SteadyClock(SystemClock())
    try:
        settings = read_settings(options.settings)
        with logging_to(settings.logs, LOG_NAME):
            log_event("starting", at=clock.now(), version=__version__, restarts=options.restarts)
            try:
                restarts = Restarts(options.restarts, options.last_restart)
                return serve(settings, clock, restarts=restarts, lifeline=sys.stdin.fileno())
            except (SettingsError, OSError) as error:
                log_event("cannot_start", at=clock.now(), reason=str(error))
                raise
    except (SettingsError, OSError) as error:
        sys.stderr.write(f"tieout-agent: {error}\n")
        return SETUP


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--settings", type=Path, required=True)
    parser.add_argument("--restarts", type=int, default=0)
    parser.add_argument("--last-restart", type=datetime.fromisoformat, default=None)
    return parser


def serve(
    settings: Settings, clock: SteadyClock, *, lifeline: int, restarts: Restarts = NEVER
) -> int:
    """Serve until told to stop; print one line when listening.

    Nobody else serves with these settings, and what an earlier process left in Sage has been ended,
    or is waited out, before the first call is taken.

    Args:
        settings: The agent's settings.
        clock: The agent's clock.
        lifeline: The pipe from the supervisor.
        restarts: How often that had to start a worker anew.

    Returns:
        The code to exit with.

    Raises:
        SettingsError: Certificate, COM module, port or running file can't be used.
    """
    with ExitStack() as stack:
        com = load_com(settings.com)
        running = RunningFile(settings.running_file)
        journal = Journal(settings.journal, clock)
        Leftovers(outside_of(com), running, clock).settle(journal)
        owner = make_owner(settings, com, clock, servers=Servers(outside_of(com), running))
        stack.callback(owner.stop)
        fingerprint = ensure_certificate(settings, clock)
        app = create_app(settings, owner, clock=clock, journal=journal, restarts=restarts)
        server = make_server(settings, app)
        listener = stack.enter_context(_listen(settings))
        ending = Ending(server, owner, seconds=ceil(settings.call_seconds) + STOP_SECONDS + 1)
        _watch(settings, owner, ending, clock=clock)
        Lifeline(lifeline, lambda: ending.begin(0)).start()
        port = listener.getsockname()[1]
        say(
            f"tieout-agent {__version__} listening on https://{settings.host}:{port}, "
            f"certificate SHA-256 {fingerprint}"
        )
        server.run(sockets=[listener])
    ending.done()
    return ending.code


def _listen(settings: Settings) -> socket.socket:
    try:
        return listen(settings)
    except OSError as error:
        raise SettingsError(
            f"Port {settings.port} of {settings.host} can't be opened ({error.strerror}). End the "
            "program that has it, or set another `host` or `port` in the settings file."
        ) from error


@dataclass(slots=True)
class Ending:
    """How this process ends: once, in order, and in time.

    Attributes:
        server: The HTTP server, which takes no new connection any more and answers what runs.
        owner: The way to the Sage thread, which begins no further call.
        seconds: When the process ends the hard way, should the orderly one take longer.
        leave: That hard way.
        code: What it exits with.
    """

    server: uvicorn.Server
    owner: Owner[Sessions]
    seconds: float
    leave: Callable[[int], object] = os._exit
    code: int = 0
    _late: threading.Timer | None = None

    def begin(self, code: int) -> None:
        """Begin to end; the first reason counts. Does not wait."""
        self.code = self.code or code
        self.owner.drain()
        self.server.should_exit = True
        if self._late is None:
            self._late = threading.Timer(self.seconds, self._leave)
            self._late.daemon = True
            self._late.start()

    def done(self) -> None:
        """Note that it ended in order."""
        if self._late is not None:
            self._late.cancel()

    def _leave(self) -> None:
        self.leave(self.code)


def _watch(
    settings: Settings, owner: Owner[Sessions], ending: Ending, *, clock: SteadyClock
) -> None:
    def on_hung(seconds: float) -> None:
        log_event("call_hung", at=clock.now(), seconds=round(seconds))
        ending.begin(HUNG)

    certificate = CertificateWatch(settings.certificate_file, clock)
    set_back = ClockWatch(clock, lambda: ending.begin(SET_BACK))
    Watchdog(
        lambda: owner.busy_seconds,
        settings.hang_seconds,
        on_hung=on_hung,
        others=[certificate.look, set_back.look],
    ).start()


class Lifeline(threading.Thread):
    """Listens to the supervisor; a daemon, since it mostly hangs in a read.

    Args:
        descriptor: The reading end of the pipe whose writing end the supervisor alone holds.
        on_stop: Begins the orderly end.
        on_death: Ends the process at once: a supervisor that died starts nobody else, and one that
            is started anew must not find the port and Sage taken.
    """

    def __init__(
        self,
        descriptor: int,
        on_stop: Callable[[], None],
        on_death: Callable[[], None] = lambda: os._exit(ORPHANED),
    ) -> None:
        super().__init__(name="lifeline", daemon=True)
        self._descriptor = descriptor
        self._on_stop = on_stop
        self._on_death = on_death

    def run(self) -> None:
        """Listen until the pipe closes."""
        said = b""
        # Not a buffered read, whose lock a daemon would take along into the end of the interpreter.
        with suppress(OSError):
            while STOP_WORD not in said and (word := os.read(self._descriptor, 64)):
                said += word
        if STOP_WORD in said:
            self._on_stop()
        else:
            self._on_death()


if __name__ == "__main__":
    # Not sys.exit: what hangs in COM must not keep the interpreter from ending.
    os._exit(main())
