"""Sends requests at a given pace, whether or not those before were answered, and notes each answer."""

import http.client
import itertools
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
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
    """Sends to one address over at most so many connections."""

    def __init__(self, url: str, connections: int) -> None:
        self._address = urlsplit(url)
        self._connections = connections

    def send(
        self, make: Maker, count: int, *, rate: float, done: Callable[[int], None] | None = None
    ) -> Sent:
        """Send `count` letters, `rate` a second; `done` is told now and then how many are answered."""
        begun, numbers = time.time() + START_SECONDS, itertools.count()
        answers: list[Answer] = []

        def work() -> None:
            with _Connection(self._address.hostname or "", self._address.port or 80) as connection:
                while (position := next(numbers)) < count:
                    due = begun + position / rate
                    time.sleep(max(0.0, due - time.time()))
                    letter = make(position)
                    status = connection.post(self._address.path, letter)
                    answers.append(Answer(letter.order_id, status, due, time.time() - due))
                    if done:
                        done(len(answers))

        with ThreadPoolExecutor(self._connections, "post") as pool:
            workers = [pool.submit(work) for _ in range(self._connections)]
        for worker in workers:
            worker.result()
        return Sent(answers, time.time() - begun)


class _Connection:
    """One connection that is kept as long as it is used."""

    def __init__(self, host: str, port: int) -> None:
        self._http = http.client.HTTPConnection(host, port, timeout=ANSWER_SECONDS)
        self._used = 0.0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def post(self, path: str, letter: Letter) -> int:
        """Return the status of the answer; `NO_ANSWER` when none came."""
        if time.monotonic() - self._used > IDLE_SECONDS:
            self._http.close()
        try:
            self._http.request("POST", path, letter.body, dict(letter.headers))
            answer = self._http.getresponse()
            answer.read()
        except (OSError, http.client.HTTPException):
            self._http.close()
            return NO_ANSWER
        self._used = time.monotonic()
        return answer.status
