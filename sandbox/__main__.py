"""`python -m sandbox`: start, status, stop, demo, load."""

import signal
import sys
from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import FrameType
from typing import Annotated, NoReturn

import httpx
import typer
from botocore.exceptions import BotoCoreError, ClientError
from rich.console import Console
from rich.text import Text

from sandbox.demo.books import BooksError
from sandbox.demo.checks import checks
from sandbox.demo.report import document, show, wide_console
from sandbox.demo.run import NotSettledError, demonstrate
from sandbox.description import Description, read_description
from sandbox.health import NotReadyError
from sandbox.load import report as load_report
from sandbox.load.options import Changes, Quick, Wanted, sizes
from sandbox.load.run import load, this_machine
from sandbox.places import Places, SetupMissingError
from sandbox.processes import ProcessError, holder
from sandbox.progress import bar
from sandbox.shop import ShopError
from sandbox.stacks import StacksError
from sandbox.start import SIGNALS, AlreadyRunningError, sandbox, stop

FAILED, INTERRUPTED = 1, 130
# The operator's command, as it is installed beside this interpreter.
TIEOUT = Path(sys.executable).with_name("tieout")
TROUBLE = (
    SetupMissingError,
    AlreadyRunningError,
    ProcessError,
    NotReadyError,
    StacksError,
    ShopError,
    BooksError,
    NotSettledError,
    httpx.HTTPError,
    BotoCoreError,
    ClientError,
)

app = typer.Typer(
    help="Tieout on this one machine: simulated shop and Sage 100, the real agent, and the real "
    "stacks in a local cloud. Needs no AWS account and no Docker.",
    no_args_is_help=True,
    add_completion=False,
)


def _checked(name: str) -> str:
    try:
        return Places(name).name
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error


Json = Annotated[bool, typer.Option("--json", help="Say it for machines, on standard output.")]
Chosen = Annotated[
    str,
    typer.Option(
        "--name",
        callback=_checked,
        show_default=False,
        help="One of several sandboxes side by side.",
    ),
]
# Progress and trouble go here, so that standard output holds the result alone.
aside = Console(stderr=True)


@app.command()
def start(*, machine: Json = False, name: Chosen = "") -> None:
    """Bring everything up, and keep it up until Ctrl-C; build/sandbox.json says where it is."""
    places = Places(name)
    with plain_trouble(interrupted=0), ExitStack() as stack:
        with bar(aside) as steps:
            running = stack.enter_context(sandbox(places, steps))
        _say(running.description, places, machine=machine)
        aside.print("The sandbox is up. Ctrl-C stops it.")
        running.wait()


@app.command()
def status(*, machine: Json = False, name: Chosen = "") -> None:
    """Say whether a sandbox is up, and where its parts are."""
    places = Places(name)
    description = read_description(places.description) if holder(places.starter_lock) else None
    if description is None:
        aside.print("No sandbox is up. Start one with `make sandbox`.")
        raise typer.Exit(FAILED)
    _say(description, places, machine=machine)


@app.command("stop")
def stop_command(*, name: Chosen = "") -> None:
    """Stop the sandbox, also one whose starter was killed."""
    found = stop(Places(name))
    aside.print("The sandbox is stopped." if found else "No sandbox was up.")


@app.command()
def demo(*, machine: Json = False, name: Chosen = "") -> None:
    """Sell some thirty orders, wait for them in Sage 100, and lay both sides side by side."""
    with (
        plain_trouble(interrupted=INTERRUPTED),
        bar(aside) as steps,
        sandbox(Places(name), steps) as running,
    ):
        found = demonstrate(running, steps)
    result = checks(found)
    if machine:
        sys.stdout.write(document(found, result) + "\n")
    else:
        show(wide_console(), found, result)
    if not all(check.true for check in result):
        raise typer.Exit(FAILED)


@app.command("load")
def load_command(
    *,
    machine: Json = False,
    name: Chosen = "",
    quick: Quick = False,
    part: Wanted = None,
    size: Changes = None,
) -> None:
    """Burst, flood of strangers, long outage: count what arrived. Takes forty minutes."""
    before, chosen = this_machine(), sizes(quick=quick, changes=size)
    places = Places(name)
    with (
        plain_trouble(interrupted=INTERRUPTED),
        bar(aside) as steps,
        sandbox(places, steps) as running,
    ):
        result = load(running, steps, sizes=chosen, wanted=part or [], machine=before)
    text = load_report.document(result)
    (places.build / "load.json").write_text(text, encoding="utf-8")
    if machine:
        sys.stdout.write(text)
    else:
        load_report.show(wide_console(), result)
    if result.broken:
        raise typer.Exit(FAILED)


@contextmanager
def plain_trouble(*, interrupted: int) -> Generator[None]:
    """Turn what can go wrong into a plain message and an exit code, after all is stopped."""
    for number in SIGNALS:
        signal.signal(number, _interrupt)
    try:
        yield
    except TROUBLE as trouble:
        aside.print(Text(str(trouble), style="red"), soft_wrap=True)
        raise typer.Exit(FAILED) from None
    except KeyboardInterrupt:
        aside.print("Stopped.")
        raise typer.Exit(interrupted) from None


def _interrupt(_number: int, _frame: FrameType | None) -> NoReturn:
    raise KeyboardInterrupt


def _say(description: Description, places: Places, *, machine: bool) -> None:
    if machine:
        sys.stdout.write(description.to_json())
        sys.stdout.flush()
        return
    cloud, shop = description.cloud, description.bigcommerce
    said = (
        ("BigCommerce, control API", shop.control),
        ("BigCommerce, its own API", f"{shop.http}/stores/{shop.store_hash}"),
        ("webhooks arrive at", cloud.webhook_url),
        ("local cloud", f"{cloud.endpoint}, account {cloud.account}, {cloud.region}"),
        ("agent", description.agent.url),
        ("Sage 100, control API", description.sage100.control),
        ("parked orders", f". {places.environment} && {TIEOUT} orders parked"),
        ("everything else", str(places.description)),
    )
    # Plain lines: an address that a table cuts off to fit is of no use.
    sys.stdout.write("".join(f"{name:<26}{value}\n" for name, value in said))
    sys.stdout.flush()


if __name__ == "__main__":
    app()
