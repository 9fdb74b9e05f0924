"""Sends requests at a given pace, whether or not those before were answered, and notes each answer."""

import http.client
import itertools
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Self
from urllib.parse import urlsplit

from sandbox.load.letters import Letter, Maker

# Undocumented at BigCommerce, as in the simulated shop: who needs longer has lost the delivery.
ANSWER_SECONDS = 10.0
# A server may close a connection that idles; one that was left so long is opened anew.
IDLE_SECONDS = 1.0
# Until the threads stand ready.
START_SECONDS = 0.2
NO_ANSWER = 0


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of one letter.

    Attributes:
        order_id: What it was about.
        status: The HTTP status; `NO_ANSWER` when there was none.
        sent_at: When it was due to be sent, Unix seconds.
        seconds: From then until the answer was there. What waits for a free connection counts too,
            else a slow receiver would look quick.
    """

    order_id: int
    status: int
    sent_at: float
    seconds: float

    @property
    def accepted(self) -> bool:
        """BigCommerce docs: any 2xx acknowledges."""
        return 200 <= self.status < 300  # noqa: PLR2004 - HTTP's own


@dataclass(frozen=True)
class Sent:
    """All answers, and how long the sending took, in seconds."""

    answers: list[Answer]
    seconds: float

    @property
    def rate(self) -> float:
        """Requests a second that were truly sent and answered."""
        return len(self.answers) / self.seconds


class Post:
    """Sends to one address over at most so many connections, until `stopped` is set."""

    def __init__(
        self, url: str, connections: int, *, stopped: threading.Event | None = None
    ) -> None:
        self._address = urlsplit(url)
        self._connections = connections
        self._stopped = stopped or threading.Event()

    def send(
        self, make: Maker, count: int, *, rate: float, done: Callable[[int], None] | None = None
    ) -> Sent:
        """Send `count` letters, `rate` a second; `done` is told now and then how many are answered."""
        return self.begin(make, count, rate=rate, done=done).result()

    def begin(
        self, make: Maker, count: int, *, rate: float, done: Callable[[int], None] | None = None
    ) -> "Sending":
        """Begin to send, and go on with something else meanwhile."""
        sending = Sending(make, count, rate, done=done, stopped=self._stopped)
        for _ in range(self._connections):
            address = self._address.hostname or "", self._address.port or 80
            sending.start(_Connection(*address, self._address.path))
        return sending


class Sending:
    """Letters on their way; its threads end with the process, so that Ctrl-C need not wait for them."""

    def __init__(
        self,
        make: Maker,
        count: int,
        rate: float,
        *,
        done: Callable[[int], None] | None,
        stopped: threading.Event,
    ) -> None:
        self._make, self._count, self._rate, self._done = make, count, rate, done
        self._stopped = stopped
        self._begun, self._numbers = time.time() + START_SECONDS, itertools.count()
        self._answers: list[Answer] = []
        self._threads: list[threading.Thread] = []

    def start(self, connection: "_Connection") -> None:
        """Send over one more connection."""
        thread = threading.Thread(target=self._work, args=(connection,), daemon=True)
        self._threads.append(thread)
        thread.start()

    def result(self) -> Sent:
        """Wait for the last answer.

        Raises:
            RuntimeError: it was stopped, or a letter could not be made and standard error says why.
        """
        for thread in self._threads:
            thread.join()
        if len(self._answers) < self._count:
            raise RuntimeError(f"only {len(self._answers)} of {self._count} letters were sent")
        return Sent(self._answers, time.time() - self._begun)

    def _work(self, connection: "_Connection") -> None:
        with connection:
            while (position := next(self._numbers)) < self._count:
                due = self._begun + position / self._rate
                if self._stopped.wait(max(0.0, due - time.time())):
                    return
                letter = self._make(position)
                status = connection.post(letter)
                self._answers.append(Answer(letter.order_id, status, due, time.time() - due))
                if self._done:
                    self._done(len(self._answers))


class _Connection:
    """One connection that is kept as long as it is used."""

    def __init__(self, host: str, port: int, path: str) -> None:
        self._http = http.client.HTTPConnection(host, port, timeout=ANSWER_SECONDS)
        self._path = path
        self._used = 0.0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def post(self, letter: Letter) -> int:
        """Return the status of the answer; `NO_ANSWER` when none came."""
        if time.monotonic() - self._used > IDLE_SECONDS:
            self._http.close()
        try:
            self._http.request("POST", self._path, letter.body, dict(letter.headers))
            answer = self._http.getresponse()
            answer.read()
        except (OSError, http.client.HTTPException):
            self._http.close()
            return NO_ANSWER
        self._used = time.monotonic()
        return answer.status
