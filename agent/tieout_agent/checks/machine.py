"""Checks on this server: files and who may read them, keys, certificate, port, disk and clock."""

import os
import shutil
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from tieout_agent import service
from tieout_agent.certificate import facts
from tieout_agent.checks.findings import HERE, Finding, State, good
from tieout_agent.clock import Clock
from tieout_agent.errors import SettingsError
from tieout_agent.journal import Journal
from tieout_agent.port import who_listens
from tieout_agent.protection import Protection, load_protection
from tieout_agent.settings import Settings
from tieout_agent.settings_file import read_values

DAYS_TO_RENEW = 60
"""Days before the certificate's end when a person should begin: both sides need a change."""

FREE_WANTED = 2 * 1024**3
FREE_NEEDED = 300 * 1024**2
"""Bytes: the journal grows to about 150 MB, the log files to 200; without room nothing is written."""

_MEGABYTE = 1024**2


def check_machine(path: Path, settings: Settings, clock: Clock) -> Iterator[Finding]:
    """Look at everything that needs no Sage.

    Args:
        path: The settings file.
        settings: What it says.
        clock: The clock.
    """
    protection = load_protection(settings.protection, settings.service_account)
    yield from _check_files(path, settings, protection)
    yield _check_password(path, protection)
    yield _check_keys(settings)
    yield _check_certificate(settings, clock.now())
    yield _check_port(settings)
    yield from _check_service()
    yield _check_journal(settings, clock)
    yield check_disk(shutil.disk_usage(settings.journal.parent).free)
    yield _check_clock(clock.now())


def _check_files(path: Path, settings: Settings, protection: Protection) -> Iterator[Finding]:
    files = [("Settings file", path), ("Private key", settings.key_file)]
    if protection.seals:  # there, whoever may write into a folder may put another file in its place
        files.append(("Settings folder", path.resolve().parent))
    for what, file in files:
        if not file.exists():
            todo = "Run `tieout-agent setup`: it makes what is missing."
            yield Finding(HERE, what, State.WRONG, f"{file} is not there.", todo)
        elif protection.is_closed_off(file):
            yield good(HERE, what, f"{file} is for the service alone.")
        else:
            says = f"Others may read {file}."
            yield Finding(
                HERE, what, State.WRONG, says, "Run `tieout-agent setup` to close it off."
            )


def _check_password(path: Path, protection: Protection) -> Finding:
    what, typed = "Sage user's password", isinstance(read_values(path).get("password"), str)
    if not protection.seals:
        return good(
            HERE, what, "It stands there as typed; who may read the settings file is told above."
        )
    if typed:
        todo = "Run `tieout-agent setup`: it seals the password."
        return Finding(HERE, what, State.WARNING, "It is in the settings file as typed.", todo)
    return good(HERE, what, "Windows has sealed it.")


def _check_keys(settings: Settings) -> Finding:
    what, count = "API keys", Counter(key.scope for key in settings.keys)
    says = f"{count['write']} may write, {count['read']} may read."
    if not count["write"]:
        todo = "Run `tieout-agent keys add --scope write`."
        return Finding(HERE, what, State.WRONG, f"{says} No web order can come in.", todo)
    if not count["read"]:
        todo = "Run `tieout-agent keys add --scope read`, for the cloud's poller."
        return Finding(HERE, what, State.WARNING, says, todo)
    if max(count.values()) > 1:
        todo = "When the old key is used no more, `tieout-agent keys remove` it."
        return Finding(HERE, what, State.WARNING, f"{says} A key is being replaced.", todo)
    return good(HERE, what, says)


def _check_certificate(settings: Settings, now: datetime) -> Finding:
    what = "Certificate"
    try:
        found = facts(settings.certificate_file)
    except SettingsError as error:
        return Finding(HERE, what, State.WRONG, str(error), "Run `tieout-agent setup`.")
    days = found.days_left(now)
    says = f"{days} days left; SHA-256 {found.fingerprint}; for {', '.join(found.names)}."
    if days < 0:
        todo = "Run `tieout-agent certificate renew` and do as it says."
        return Finding(HERE, what, State.WRONG, f"It has ended: {says}", todo)
    missing = [name for name in settings.certificate_names if name not in found.names]
    if days < DAYS_TO_RENEW or missing:
        lacks = f" It lacks {', '.join(missing)}." if missing else ""
        todo = "Run `tieout-agent certificate renew` and do as it says."
        return Finding(HERE, what, State.WARNING, says + lacks, todo)
    return good(HERE, what, says)


def _check_port(settings: Settings) -> Finding:
    what = "Port"
    try:
        listener = who_listens(settings)
    except SettingsError as error:
        return Finding(HERE, what, State.WRONG, str(error), "Then check again.")
    if listener == "agent":
        return good(HERE, what, f"The agent listens at port {settings.port}.")
    return good(HERE, what, f"Port {settings.port} is free; the agent does not run at the moment.")


def _check_service() -> Iterator[Finding]:
    try:
        yield check_service(service.status())
    except SettingsError:  # no Windows: whatever starts the agent there is not known to it
        return


def check_service(state: str) -> Finding:
    """Judge how Windows says that the service is."""
    what, says = "Windows service", f"It is {state}."
    if state == service.NOT_INSTALLED:
        return Finding(HERE, what, State.WARNING, says, "Run `tieout-agent service install`.")
    if state != "running":
        todo = f"Start the service {service.TITLE}; if it stops again, read its log."
        return Finding(HERE, what, State.WRONG, says, todo)
    return good(HERE, what, says)


def _check_journal(settings: Settings, clock: Clock) -> Finding:
    what, folder = "Journal", settings.journal.parent
    usable = os.access(folder, os.W_OK)
    if usable and settings.journal.exists():
        usable = not Journal(settings.journal, clock).broken
    if usable:
        return good(HERE, what, f"{settings.journal} can be written.")
    return Finding(
        HERE,
        what,
        State.WRONG,
        f"{settings.journal} can't be written, so nothing would be written to Sage 100.",
        "Give the service's account the right to its folder, or move the damaged file away.",
    )


def check_disk(free: int) -> Finding:
    """Judge how many bytes the journal's disk has left."""
    what = "Disk"
    says = f"{free // _MEGABYTE} MB free for journal and logs."
    if free >= FREE_WANTED:
        return good(HERE, what, says)
    state = State.WARNING if free >= FREE_NEEDED else State.WRONG
    return Finding(HERE, what, state, says, f"Make room: {FREE_WANTED // _MEGABYTE} MB are wanted.")


def _check_clock(now: datetime) -> Finding:
    local = now.astimezone()
    says = (
        f"{now.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC; here {local:%H:%M:%S} ({local:%Z, UTC%z})."
    )
    todo = "Compare it with a clock that is right: an order's deadline is seconds away."
    return Finding(HERE, "Clock", State.OK, says, todo)
