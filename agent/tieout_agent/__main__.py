"""The command `tieout-agent`: set the service up, run it, keep it off Sage for a while."""

import argparse
import json
import sys
from pathlib import Path

from tieout_agent import __version__
from tieout_agent.certificate import ensure_certificate
from tieout_agent.clock import SystemClock
from tieout_agent.security import key_hash, new_api_key
from tieout_agent.settings import SettingsError, check_settings, read_settings
from tieout_agent.settings_file import write_private
from tieout_agent.supervisor import run


def main(arguments: list[str] | None = None) -> int:
    """Run one command; say in one line what is wrong when it can't.

    Returns:
        0 when done, 1 when something has to be corrected first.
    """
    options = _parser().parse_args(arguments)
    try:
        done: int | None = options.command(options)
    except (SettingsError, OSError) as error:
        sys.stderr.write(f"tieout-agent: {error}\n")
        return 1
    return done or 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="tieout-agent", description=__doc__)
    parser.add_argument("--version", action="version", version=__version__)
    commands = parser.add_subparsers(required=True)
    for name, command, text in (
        ("init", _init, "write settings, API key and certificate"),
        ("run", _run, "serve until stopped"),
        ("pause", _pause, "let go of Sage 100 and take no calls"),
        ("resume", _resume, "take calls again"),
    ):
        sub = commands.add_parser(name, help=text, description=text)
        sub.add_argument("--settings", type=Path, required=True, help="the settings file, JSON")
        sub.set_defaults(command=command)
        if name == "init":
            _add_init_options(sub)
    return parser


def _add_init_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--home", required=True, help="Sage 100's folder MAS90\\Home")
    parser.add_argument("--user", required=True, help="the agent's Sage user")
    parser.add_argument("--company", action="append", required=True, help="may be repeated")
    parser.add_argument("--name", action="append", help="name or address of this server, repeated")


def _init(options: argparse.Namespace) -> None:
    path: Path = options.settings
    key = new_api_key()
    values = {
        "home": options.home,
        "user": options.user,
        "password": "",
        "companies": options.company,
        "certificate_names": options.name or ["localhost"],
        "api_key_hashes": [key_hash(key.encode())],
    }
    check_settings(values, path)
    write_private(path, (json.dumps(values, indent=2) + "\n").encode())
    fingerprint = ensure_certificate(read_settings(path), SystemClock())
    sys.stdout.write(
        f"Settings: {path}. Write the Sage user's password into it.\n"
        f"Certificate SHA-256: {fingerprint}\n"
        f"API key, shown this once: {key}\n"
    )


def _run(options: argparse.Namespace) -> int:
    return run(options.settings)


def _pause(options: argparse.Namespace) -> None:
    read_settings(options.settings).pause_file.touch()


def _resume(options: argparse.Namespace) -> None:
    read_settings(options.settings).pause_file.unlink(missing_ok=True)


if __name__ == "__main__":
    sys.exit(main())
