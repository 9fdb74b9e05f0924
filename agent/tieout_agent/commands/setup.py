"""The command `setup`: asks what the agent has to know, tries each answer on Sage, writes it down."""

from pathlib import Path
from typing import Annotated

import typer

from tieout_agent.clock import SystemClock
from tieout_agent.commands.asking import Asker
from tieout_agent.commands.interview import Given, Interview
from tieout_agent.commands.keys import show_key
from tieout_agent.commands.options import SettingsFile, out
from tieout_agent.installing import Installed, install
from tieout_agent.protection import DEFAULT
from tieout_agent.settings_file import read_values, refuse_planted

Home = Annotated[str | None, typer.Option(help="Sage 100's folder MAS90\\Home.")]
User = Annotated[str | None, typer.Option(help="The Sage user that the agent logs on as.")]
PasswordFile = Annotated[
    typer.FileText | None,
    typer.Option(help="A file whose first line is that user's password; - is standard input."),
]
Companies = Annotated[
    list[str] | None, typer.Option("--company", help="A company code; may be repeated.")
]
Host = Annotated[str | None, typer.Option(help="Address to listen at; 0.0.0.0 is all.")]
Port = Annotated[int | None, typer.Option(help="Port to listen at.", min=1, max=65535)]
Names = Annotated[
    list[str] | None,
    typer.Option("--name", help="A name or address of this server as callers use it; repeated."),
]
Account = Annotated[
    str | None,
    typer.Option("--service-account", help="Windows account of the service, DOMAIN\\name."),
]
Unattended = Annotated[
    bool, typer.Option("--unattended", help="Ask nothing: take the options, then what is there.")
]
Com = Annotated[str | None, typer.Option(help="The module that speaks to ProvideX.", hidden=True)]
Sealer = Annotated[
    str | None, typer.Option("--protection", help="The module that seals secrets.", hidden=True)
]


def setup(  # noqa: PLR0913 - an option is a parameter: that is how typer is told of it
    settings: SettingsFile,
    *,
    home: Home = None,
    user: User = None,
    password_file: PasswordFile = None,
    company: Companies = None,
    host: Host = None,
    port: Port = None,
    name: Names = None,
    service_account: Account = None,
    unattended: Unattended = False,
    com: Com = None,
    protection: Sealer = None,
) -> None:
    """Set the agent up, or change what it was set up with: settings, certificate and API keys.

    Each answer is tried on the live Sage 100 before the next question. Run again, it offers what
    is there, and keeps keys, certificate and journal.
    """
    keeper = DEFAULT if protection is None else protection
    refuse_planted(settings, keeper, account=None if settings.exists() else service_account or "")
    values = read_values(settings, keeper) if settings.exists() else {}
    fixed = {
        "com": com,
        "protection": protection,
        "service_account": service_account,
        "host": host,
    }
    values |= {key: value for key, value in fixed.items() if value is not None}
    given = Given(
        home=home,
        user=user,
        password=password_file.readline().rstrip("\r\n") if password_file else None,
        companies=_joined(company),
        port=None if port is None else str(port),
        names=_joined(name),
    )
    clock = SystemClock()
    answers = Interview(Asker(unattended), given, path=settings, values=values, clock=clock).hold()
    _show(settings, install(settings, values | answers, clock))


def _joined(given: list[str] | None) -> str | None:
    return " ".join(given) if given else None


def _show(path: Path, installed: Installed) -> None:
    out.print(f"Settings: {path}")
    out.print(f"Certificate SHA-256: {installed.fingerprint}")
    for made in installed.new_keys:
        show_key(made)
    if not installed.new_keys:
        out.print(
            "The API keys are the ones that were there. `tieout-agent keys add` makes another one."
        )
    out.print("Next: tieout-agent check")
