"""Commands of the day: run the agent, keep it off Sage for a while, let it come back."""

import typer

from tieout_agent import supervisor
from tieout_agent.commands.options import SettingsFile, out
from tieout_agent.settings import read_settings


def run(settings: SettingsFile) -> None:
    """Serve until stopped; a worker that hangs or dies is replaced."""
    raise typer.Exit(supervisor.run(settings))


def pause(settings: SettingsFile) -> None:
    """Let go of Sage 100 and take no calls, for maintenance; health goes on to answer."""
    read_settings(settings).pause_file.touch()
    out.print(
        "Paused. The agent lets go of Sage 100 within seconds. End it with `tieout-agent resume`."
    )


def resume(settings: SettingsFile) -> None:
    """Take calls again."""
    read_settings(settings).pause_file.unlink(missing_ok=True)
    out.print("The agent takes calls again.")
