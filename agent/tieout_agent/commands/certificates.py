"""Commands on the service's certificate, which callers pin: show it, make the next one, use that."""

import json

import typer

from tieout_agent.certificate import facts, prepare_next, switch_to_next
from tieout_agent.clock import SystemClock
from tieout_agent.commands.options import AsJson, SettingsFile, out
from tieout_agent.protection import load_protection
from tieout_agent.settings import read_settings

app = typer.Typer(no_args_is_help=True, help="Show the service's certificate, or replace it.")


@app.command("show")
def show(settings: SettingsFile, *, as_json: AsJson = False) -> None:
    """Say the certificate's fingerprint, its names, and how long it is still valid."""
    found = facts(read_settings(settings).certificate_file)
    days = found.days_left(SystemClock().now())
    if as_json:
        told = {"sha256": found.fingerprint, "names": found.names, "daysLeft": days}
        out.print_json(json.dumps(told | {"ends": found.ends.isoformat()}))
        return
    out.print(f"Certificate SHA-256: {found.fingerprint}")
    out.print(f"Names: {', '.join(found.names)}")
    out.print(f"Valid until {found.ends:%Y-%m-%d}, {days} days.")


@app.command("renew")
def renew(settings: SettingsFile) -> None:
    """Make the next certificate beside the present one; `switch` puts it to use."""
    read = read_settings(settings)
    fingerprint = prepare_next(read, SystemClock())
    protection = load_protection(read.protection, read.service_account)
    for made in (read.key_file, read.certificate_file):
        protection.close_off(made.with_name(f"{made.name}.next"))
    out.print(f"Next certificate SHA-256: {fingerprint}")
    out.print(
        "Add this fingerprint to the pins in the cloud's settings and deploy them. Then run "
        "`tieout-agent certificate switch` and restart the agent's service."
    )


@app.command("switch")
def switch(settings: SettingsFile) -> None:
    """Put the next certificate in the place of the present one."""
    fingerprint = switch_to_next(read_settings(settings))
    out.print(f"Certificate SHA-256: {fingerprint}")
    out.print(
        "Restart the agent's service. Then take the old fingerprint out of the cloud's settings."
    )
