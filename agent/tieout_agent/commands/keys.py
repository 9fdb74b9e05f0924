"""Commands on API keys: two of a scope are valid at once, so that one replaces the other in peace."""

from typing import Annotated

import typer
from rich.table import Table

from tieout_agent.clock import SystemClock
from tieout_agent.commands.options import SettingsFile, err, out
from tieout_agent.keys import NewKey, keys_of, name_of, with_new_key, without_key
from tieout_agent.settings import Scope
from tieout_agent.settings_file import read_values, write_values

app = typer.Typer(no_args_is_help=True, help="Make, list and remove the keys of callers.")

RESTART = "Restart the agent's service, so that it counts."

KeyScope = Annotated[
    Scope,
    typer.Option("--scope", help="`write` may do everything, `read` may look and have previews."),
]
KeyName = Annotated[str, typer.Argument(help="The key's name as `keys list` tells it.")]


@app.command("add")
def add(settings: SettingsFile, *, scope: KeyScope) -> None:
    """Make a key and show it this once; the one it replaces stays valid until it is removed."""
    values, made = with_new_key(read_values(settings), scope, SystemClock().now().date())
    write_values(settings, values)
    show_key(made)
    err.print(RESTART)


@app.command("list")
def list_(settings: SettingsFile) -> None:
    """List the keys: how they are called, what they open, when they were made."""
    grid = Table("Key", "May", "Made on")
    for key in keys_of(read_values(settings)):
        grid.add_row(name_of(key), key.scope, str(key.made or "not known"))
    out.print(grid)


@app.command("remove")
def remove(key: KeyName, settings: SettingsFile) -> None:
    """Remove a key: calls that come with it are refused."""
    values, removed = without_key(read_values(settings), key)
    write_values(settings, values)
    err.print(f"The key {name_of(removed)}, which may {removed.scope}, is removed. {RESTART}")


def show_key(made: NewKey) -> None:
    """Show a key to the person who made it."""
    out.print(f"API key ({made.scope}), shown this once: {made.key}")
