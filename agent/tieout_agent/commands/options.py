"""What every command has in common: where the settings are, and where words for a person go."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from tieout_agent.settings import default_file

# Paths and Sage's own words are printed, and brackets or colons in them are no markup.
out = Console(highlight=False, soft_wrap=True, markup=False, emoji=False)
err = Console(stderr=True, highlight=False, soft_wrap=True, markup=False, emoji=False)

TO_CORRECT = 1
"""Exit code when a person has something to correct; a wrong use of a command ends with 2."""

SettingsFile = Annotated[
    Path,
    typer.Option(
        "--settings",
        "-s",
        default_factory=default_file,
        show_default="%ProgramData%\\Tieout\\agent.json, elsewhere ./tieout-agent.json",
        help="The agent's settings file.",
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for machines.")]
