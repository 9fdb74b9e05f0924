"""How far it is: a bar on a terminal, plain lines in a log."""

import time
from collections.abc import Generator
from contextlib import contextmanager
from typing import Protocol

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn


class Steps(Protocol):
    """What long work tells while it goes on."""

    def begin(self, text: str, total: int | None = None) -> None:
        """Say what is done now; ``total`` units of it, or an unknown number."""
        ...

    def reached(self, done: int) -> None:
        """Say how many units are done."""
        ...


class Bar:
    """Steps as one live bar, or as a line each where nobody looks."""

    def __init__(self, console: Console, progress: Progress) -> None:
        self._console = console
        self._progress = progress
        self._task = progress.add_task("", total=None)
        self._started = time.monotonic()

    def begin(self, text: str, total: int | None = None) -> None:
        """Start the bar anew for another piece of work."""
        if not self._console.is_terminal:
            elapsed = time.monotonic() - self._started
            self._console.print(f"{elapsed:5.1f} s  {text}", highlight=False)
        self._progress.reset(self._task, total=total, description=text)

    def reached(self, done: int) -> None:
        """Move the bar."""
        self._progress.update(self._task, completed=done)


@contextmanager
def bar(console: Console) -> Generator[Steps]:
    """Show steps on this console for as long as the block runs; nothing is left on the screen."""
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    visible = console.is_terminal
    with Progress(*columns, console=console, transient=True, disable=not visible) as progress:
        yield Bar(console, progress)
