"""The load run's result: tables for people, one document for machines."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from sandbox.load.figures import Part
from sandbox.load.sizes import Sizes

NOT_AWS = (
    "All of it ran on this one machine: times and rates are those of the local cloud, the simulators "
    "and the load run itself, side by side, and not of AWS. What was lost or doubled would be there too."
)


@dataclass(frozen=True)
class Machine:
    """What the figures depend on: processors, and how many programs wanted them before it began."""

    processors: int
    load_before: float


@dataclass(frozen=True)
class Result:
    """Everything that is told of a run."""

    machine: Machine
    sizes: Sizes
    parts: Sequence[Part]
    line: str

    @property
    def broken(self) -> int:
        """How many promises were not kept."""
        return sum(not one.kept for part in self.parts for one in part.promises)


def show(console: Console, result: Result) -> None:
    """Print each part's figures and promises, what they are worth, and the closing line."""
    for part in result.parts:
        table = Table(title=part.name, box=box.SIMPLE_HEAD, title_justify="left")
        table.add_column("figure or promise", no_wrap=True, min_width=44)
        table.add_column("found", justify="right")
        for one in part.figures:
            table.add_row(one.name, f"{one.value:,.1f}".removesuffix(".0") + f" {one.unit}")
        for one in part.promises:
            style = "green" if one.kept else "bold red"
            word = "kept" if one.kept else "BROKEN"
            table.add_row(one.name, escape(f"{word} ({one.told})"), style=style)
        console.print(table)
    machine = result.machine
    told = f"{machine.processors} processors, load {machine.load_before:.1f} before it began."
    console.print(f"{NOT_AWS} {told}", style="dim", highlight=False)
    console.print(result.line, markup=False, highlight=False, soft_wrap=True)


def document(result: Result) -> str:
    """Return the same as JSON."""
    return json.dumps(asdict(result) | {"worth": NOT_AWS, "broken": result.broken}, indent=2) + "\n"
