"""The command's options that choose what a load run does."""

from typing import Annotated

import typer

from sandbox.load.run import PARTS
from sandbox.load.sizes import FULL, QUICK, Sizes


def _sizes(wanted: list[str] | None) -> list[str]:
    try:
        FULL.changed(wanted or [])
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error
    return wanted or []


def _parts(wanted: list[str] | None) -> list[str]:
    if unknown := set(wanted or []) - PARTS.keys():
        raise typer.BadParameter(f"{', '.join(unknown)}: there are only {', '.join(PARTS)}.")
    return wanted or list(PARTS)


Quick = Annotated[bool, typer.Option("--quick", help="Small sizes, for some three minutes.")]
Wanted = Annotated[
    list[str] | None,
    typer.Option("--part", callback=_parts, help="Only this part: flood, burst or outage."),
]
Changes = Annotated[
    list[str] | None,
    typer.Option("--size", callback=_sizes, help="Another size, such as flood_seconds=60."),
]


def sizes(*, quick: bool, changes: list[str] | None) -> Sizes:
    """Return the sizes that were asked for."""
    return (QUICK if quick else FULL).changed(changes or [])
