"""Puts the commands together, and says in one sentence what is wrong when one can't go on."""

import sys
from typing import Annotated

import typer

from tieout_agent import __version__
from tieout_agent.commands import certificates, check, keys, services, setup, work
from tieout_agent.commands.options import TO_CORRECT
from tieout_agent.errors import SettingsError

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Install the Tieout agent on the Sage 100 server, prove it, and look after it.",
)
app.command("setup")(setup.setup)
app.command("check")(check.check)
app.command("run")(work.run)
app.command("pause")(work.pause)
app.command("resume")(work.resume)
app.add_typer(services.app, name="service")
app.add_typer(keys.app, name="keys")
app.add_typer(certificates.app, name="certificate")


def _show_version(wanted: bool) -> None:  # noqa: FBT001 - a flag's callback
    if wanted:
        sys.stdout.write(f"{__version__}\n")
        raise typer.Exit


@app.callback()
def tieout_agent(
    *,
    _: Annotated[
        bool,
        typer.Option("--version", callback=_show_version, is_eager=True, help="Say the version."),
    ] = False,
) -> None:
    """Install the Tieout agent on the Sage 100 server, prove it, and look after it."""


def main(arguments: list[str] | None = None) -> int:
    """Run one command; say in one sentence what is wrong when it can't go on.

    Returns:
        0 when done, 1 when something has to be corrected first, 2 for a wrong use of the command.
    """
    try:
        app(args=arguments)
    except SystemExit as end:
        return int(end.code or 0)
    except (SettingsError, OSError) as error:
        sys.stderr.write(f"tieout-agent: {error}\n")
        return TO_CORRECT
    return 0
