"""How tests run `tieout-agent setup`: over the simulated Sage, with a person's answers or without."""

import socket
from pathlib import Path

from typer.testing import CliRunner, Result

from sandbox.sage100 import seed
from tieout_agent.commands.app import app

SIMULATED = ("--com", "sandbox.sage100.com", "--protection", "")


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def answers(home: Path, port: int, /, **changes: str) -> str:
    """What a person types, in the order in which setup asks."""
    usual = {
        "home": str(home),
        "user": seed.USER,
        "password": seed.PASSWORD,
        "companies": "ABC CAN",
        "names": "sage.lan 127.0.0.1",
        "port": str(port),
    }
    return "\n".join((usual | changes).values()) + "\n"


def options(home: Path, password_file: Path, *, port: int) -> list[str]:
    """The same answers on the command line."""
    password_file.write_text(f"{seed.PASSWORD}\n")
    return [
        *("--home", str(home), "--user", seed.USER, "--password-file", str(password_file)),
        *("--company", "ABC", "--company", "CAN", "--name", "sage.lan", "--name", "127.0.0.1"),
        *("--port", str(port), "--host", "127.0.0.1", "--unattended"),
    ]


def setup(path: Path, *given: str, typed: str | None = None) -> Result:
    arguments = ["setup", "--settings", str(path), *SIMULATED, *given]
    return CliRunner().invoke(app, arguments, input=typed)


def installed(folder: Path, home: Path) -> Path:
    """An installation as `setup` leaves it."""
    path = folder / "agent.json"
    done = setup(path, *options(home, folder / "password", port=free_port()))
    assert done.exit_code == 0, done.output
    return path
