"""Virtual time: ordinary code runs as greenlets, one at a time; a heap says what happens when."""

from collections.abc import Callable
from datetime import datetime, timedelta
from enum import Enum
from functools import partial
from heapq import heappop, heappush
from itertools import count
from random import Random
from typing import Any

from greenlet import GreenletExit, getcurrent, greenlet

Action = Callable[[], None]
MILLISECOND = timedelta(milliseconds=1)


class End(Enum):
    """How a process came to its end."""

    RETURNED = "returned"
    RAISED = "raised"
    DIED = "died"
    CUT_OFF = "cut off"


class Silence(Enum):
    """What a waiting process gets in the place of an answer."""

    TIMED_OUT = "no answer in time"
    RESET = "the connection broke"
    BUSY = "too many requests wait"


class Process:
    """One run of one function. What is `dead` is never resumed: no `finally` of it runs.

    `zombie` marks one that was frozen: its time limit no longer stops it. `told` is set once its
    end was reported, whatever it does afterwards.
    """

    __slots__ = ("dead", "ended", "fiber", "name", "stop_at", "told", "turn", "zombie")

    def __init__(self, name: str, stop_at: int, ended: "Callable[[End, Any], None]") -> None:
        self.name = name
        self.stop_at = stop_at
        self.ended = ended
        self.turn = 0
        self.dead = self.zombie = self.told = False
        self.fiber: greenlet

    def tell(self, end: End, value: object = None) -> None:
        """Report the end, once."""
        if not self.told:
            self.told = True
            self.ended(end, value)


class Ticket:
    """The place where a waiting process is answered; an answer that comes too late is lost."""

    __slots__ = ("_process", "_scheduler", "_turn")

    def __init__(self, scheduler: "Scheduler", process: Process) -> None:
        self._scheduler = scheduler
        self._process = process
        self._turn = process.turn + 1

    def answer(self, value: object) -> None:
        self._scheduler.resume(self._process, self._turn, value)


class Scheduler:
    """All time there is, in milliseconds since `start`."""

    def __init__(self, seed: int, start: datetime) -> None:
        self.dice = Random(seed)
        self.start = start
        self.now = 0
        self.running: Process | None = None
        self.closed = False
        self._heap: list[tuple[int, int, Action]] = []
        self._order = count()
        self._hub = getcurrent()
        self._processes: list[Process] = []

    def moment(self) -> datetime:
        """The present as a date."""
        return self.start + self.now * MILLISECOND

    def after(self, delay: float, action: Action) -> None:
        """Do something `delay` milliseconds from now."""
        heappush(self._heap, (self.now + int(delay), next(self._order), action))

    def run(self, until: int) -> None:
        """Let time pass up to `until`."""
        heap = self._heap
        while heap and heap[0][0] <= until:
            self.now, _, action = heappop(heap)
            action()
        self.now = max(self.now, until)

    def spawn(
        self, name: str, work: Callable[[], Any], *, limit: int, ended: Callable[[End, Any], None]
    ) -> Process:
        """Start a process now; after `limit` milliseconds it is cut off wherever it stands."""
        process = Process(name, self.now + limit, ended)
        process.fiber = greenlet(partial(self._work, process, work), parent=self._hub)
        self._processes.append(process)
        self.after(limit, partial(self._cut_off, process))
        self.after(0, partial(self._switch, process, None))
        return process

    def pause(self, delay: float) -> None:
        """Let the running process sleep."""
        process = self._me()
        process.turn += 1
        self.after(delay, partial(self.resume, process, process.turn, None))
        self._hub.switch()

    def ticket(self) -> Ticket:
        """Where the running process is answered in its next `wait`."""
        return Ticket(self, self._me())

    def wait(self, limit: float) -> object:
        """Let the running process wait for its ticket; Silence.TIMED_OUT after `limit` milliseconds."""
        process = self._me()
        process.turn += 1
        self.after(limit, partial(self.resume, process, process.turn, Silence.TIMED_OUT))
        return self._hub.switch()

    def die(self) -> None:
        """The running process dies here and now."""
        process = self._me()
        process.dead = True
        self.after(0, partial(process.tell, End.DIED))
        self._hub.switch()

    def resume(self, process: Process, turn: int, value: object) -> None:
        """Let a waiting process go on, unless it went on already."""
        if process.turn == turn and not process.dead:
            process.turn += 1
            self._switch(process, value)

    def close(self) -> None:
        """End the history: what is left of its processes is thrown away without another effect."""
        self.closed = True
        for process in self._processes:
            if not process.fiber.dead:
                process.dead = True
                process.fiber.throw(GreenletExit)

    def _me(self) -> Process:
        if self.closed or self.running is None:
            raise GreenletExit
        return self.running

    def _switch(self, process: Process, value: object) -> None:
        self.running = process
        process.fiber.switch(value)
        self.running = None

    def _work(self, process: Process, work: Callable[[], Any], _value: object) -> None:
        try:
            value, end = work(), End.RETURNED
        except Exception as error:  # noqa: BLE001 - the runtime: it reports what it was
            value, end = error, End.RAISED
        process.tell(end, value)

    def _cut_off(self, process: Process) -> None:
        if process.fiber.dead or process.dead:
            return
        process.dead = not process.zombie
        process.tell(End.CUT_OFF)
