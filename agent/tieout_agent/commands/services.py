"""Commands on the Windows service that keeps the agent running."""

import json
from typing import Annotated

import typer

from tieout_agent import service
from tieout_agent.commands.options import AsJson, SettingsFile, out
from tieout_agent.installing import hand_over
from tieout_agent.settings import read_settings

app = typer.Typer(no_args_is_help=True, help="Install the agent as a Windows service.")

Account = Annotated[
    str | None,
    typer.Option(
        help="Whom it runs as, DOMAIN\\name; without it the one that setup was told, else the "
        "local system, which reaches a Sage 100 on this machine."
    ),
]
PasswordFile = Annotated[
    typer.FileText | None,
    typer.Option(help="A file whose first line is that account's password; - is standard input."),
]
Addresses = Annotated[
    list[str] | None,
    typer.Option(
        "--address",
        help="Whom the firewall lets in: an address or a network; repeated. Without it, everybody.",
    ),
]


@app.command("install")
def install(
    settings: SettingsFile,
    *,
    account: Account = None,
    password_file: PasswordFile = None,
    address: Addresses = None,
) -> None:
    """Install the service and start it, with a firewall rule; or bring the one there up to date."""
    whom = account or read_settings(settings).service_account or None
    password = password_file.readline().rstrip("\r\n") if password_file else None
    if whom and password is None and not whom.endswith("$"):  # Windows keeps the latter's
        password = typer.prompt(f"Password of {whom}", hide_input=True)
    hand_over(settings, whom or "")
    service.install(settings, whom, address or (), password=password)
    out.print("The service is installed and starts with the machine. Next: tieout-agent check")


@app.command("remove")
def remove() -> None:
    """Stop the service and remove it and its firewall rule; settings, journal and logs stay."""
    service.remove()
    out.print("The service is removed. Settings, journal and logs are where they were.")


@app.command("status")
def status(*, as_json: AsJson = False) -> None:
    """Say how the service is: running, stopped, starting, stopping, not installed."""
    found = service.status()
    out.print_json(json.dumps({"service": found})) if as_json else out.print(found)
