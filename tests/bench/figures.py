"""A table of measured figures, for people and for machines."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table


@dataclass(frozen=True)
class Figure:
    """One measured value; `target` is the most it may be, None where there is no target.

    What `failed` has no value worth keeping, however quick it was.
    """

    name: str
    value: float
    unit: str
    target: float | None = None
    failed: bool = False

    @property
    def met(self) -> bool | None:
        if self.failed:
            return False
        return None if self.target is None else self.value <= self.target


def show(figures: Iterable[Figure]) -> None:
    """Print the table."""
    grid = Table("Figure")
    for name in ("Value", "Target", "Met"):
        grid.add_column(name, justify="right")
    for one in figures:
        target = "" if one.target is None else f"≤ {one.target:g} {one.unit}"
        met = {None: "", True: "[green]yes[/green]", False: "[red]no[/red]"}[one.met]
        value = "failed" if one.failed else f"{one.value:.3g} {one.unit}"
        grid.add_row(one.name, value, target, met)
    Console().print(grid)


def write(figures: Iterable[Figure], file: Path) -> None:
    """Write the same as JSON."""
    file.parent.mkdir(parents=True, exist_ok=True)
    rows = [asdict(one) | {"met": one.met} for one in figures]
    file.write_text(json.dumps(rows, indent=2) + "\n", encoding="utf-8")
