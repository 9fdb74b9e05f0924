"""`tieout`: what an operator asks of a deployment, from any machine that may read it."""

import json
import sys
from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any
from uuid import uuid4

import typer
from rich.console import Console, Group
from rich.table import Table as Grid
from rich.text import Text

from tieout.domain.identity import OrderId, OrderKey, StoreKey
from tieout.domain.ledger import Entry
from tieout.errors import RejectedError, TieoutError
from tieout.flows.decide import Decision, create_again, settle
from tieout.ports import MOST_PARKED
from tieout.status_screen import age, for_machines, shown
from tieout.wiring.operating import Deployment, caller, deployment

app = typer.Typer(no_args_is_help=True, help="Ask a Tieout deployment what it knows, and replay.")
orders = typer.Typer(no_args_is_help=True, help="Look into the ledger of orders.")
app.add_typer(orders, name="orders")
out = Console()
err = Console(stderr=True)

NOT_FOUND = 1
UNHEALTHY = 1
FAILED = 2

DeploymentName = Annotated[
    str,
    typer.Option(
        "--deployment",
        "-d",
        envvar="TIEOUT_DEPLOYMENT",
        help="Customer and stage as the stacks are named: acme-prod.",
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for machines.")]
Store = Annotated[str, typer.Argument(help="The store's key in the settings.")]
Reason = Annotated[str, typer.Option("--reason", help="Why; it is kept in the audit.")]
Number = Annotated[int, typer.Argument(help="The storefront's own order id.")]


@orders.command("parked")
def parked(deployment_name: DeploymentName, *, as_json: AsJson = False) -> None:
    """List the orders that wait for a person, the oldest first: why, and what to do."""
    place = deployment(deployment_name)
    waiting = {store: list(place.ledger.parked(store)) for store in place.stores}
    _print(place, [entry for entries in waiting.values() for entry in entries], as_json)
    for store, entries in waiting.items():
        if len(entries) == MOST_PARKED:
            err.print(f"The store {store} may have more: only its oldest {MOST_PARKED} are shown.")


@orders.command("show")
def show(
    store: Store, order_id: Number, deployment_name: DeploymentName, *, as_json: AsJson = False
) -> None:
    """Show what the ledger knows of one order."""
    place = deployment(deployment_name)
    entry = place.ledger.read(OrderKey(StoreKey(store), OrderId(order_id)))
    if entry is None:
        err.print(f"The ledger has no order {order_id} of the store {store}.")
        raise typer.Exit(NOT_FOUND)
    _print(place, [entry], as_json)


@orders.command("settle")
def settle_order(
    store: Store, order_id: Number, *, reason: Reason, deployment_name: DeploymentName
) -> None:
    """Leave a parked order as it is: it comes back only when the storefront changes it."""
    place = deployment(deployment_name)
    decision = _decision(store, order_id, reason)
    settle(decision, ledger=place.ledger, audit=place.audit, clock=place.clock)
    out.print(f"Order {order_id} of {store} is settled, and your reason is in the audit.")


@orders.command("again")
def create_order_again(
    store: Store, order_id: Number, *, reason: Reason, deployment_name: DeploymentName
) -> None:
    """Let a parked order be created in Sage again, when you have seen that Sage has lost it.

    Sage is looked at first even so: an order that is there is adopted, and never doubled.
    """
    place = deployment(deployment_name)
    decision = _decision(store, order_id, reason)
    create_again(decision, ledger=place.ledger, audit=place.audit, clock=place.clock)
    place.wakeups.wake([decision.key])
    out.print(f"Order {order_id} of {store} is queued to be created again.")


def _decision(store: str, order_id: int, reason: str) -> Decision:
    key = OrderKey(StoreKey(store), OrderId(order_id))
    return Decision(key, who=caller(), reason=reason, owner=uuid4().hex)


@app.command("replay")
def replay(store: Store, order_id: Number, deployment_name: DeploymentName) -> None:
    """Look at an order again now. Safe at any time: it never makes a second sales order."""
    place = deployment(deployment_name)
    if store not in place.stores:
        err.print(f"There is no store {store}; this deployment has {', '.join(place.stores)}.")
        raise typer.Exit(FAILED)
    place.wakeups.wake([OrderKey(StoreKey(store), OrderId(order_id))])
    out.print(
        f"Order {order_id} of {store} is queued. See it with: tieout orders show {store} {order_id}"
    )


@app.command("status")
def status(deployment_name: DeploymentName, *, as_json: AsJson = False) -> None:
    """Show on one screen what runs, what waits and what needs a person; exit code 1 if anything does."""
    found = deployment(deployment_name).status()
    if as_json:
        out.print_json(json.dumps(for_machines(found)))
    else:
        out.print(shown(found))
    if found.concerns:
        raise typer.Exit(UNHEALTHY)


def main() -> None:
    """Run the command; what goes wrong is said in one sentence, and the exit code is FAILED."""
    try:
        app()
    except TieoutError as error:
        next_action = f" {error.next_action}" if isinstance(error, RejectedError) else ""
        err.print(Text(f"{error}{next_action}", style="red"))
        sys.exit(FAILED)


def _print(place: Deployment, entries: list[Entry], as_json: bool) -> None:  # noqa: FBT001 - a flag
    if as_json:
        out.print_json(json.dumps([_machine(entry) for entry in entries]))
        return
    if not entries:
        out.print("No order waits for a person.", style="green")
        return
    for entry in entries:
        out.print(_shown(entry, place.clock.now()))


def _shown(entry: Entry, now: datetime) -> Group:
    """One order as a person reads it: whole sentences at any width, nothing cut off.

    Reasons hold words of the storefront and of Sage, so they are texts and never markup.
    """
    since = entry.parked_at or entry.first_seen
    head = [str(entry.key), entry.state.value]
    head += [f"for {age(now - since)}"] if since else []
    head += [f"{entry.sales_order_no} in {entry.company}"] if entry.sales_order_no else []
    told = (("What happened", entry.reason), ("Next action", entry.next_action))
    grid = Grid.grid(padding=(0, 1))
    for name, text in told:
        if text:
            grid.add_row(Text(f"  {name:<13}"), Text(text, overflow="fold"))
    return Group(Text("  ".join(head), style="bold"), grid)


def _machine(entry: Entry) -> dict[str, Any]:
    row = asdict(entry) | {"key": str(entry.key)}
    return {
        name: value.isoformat() if isinstance(value, datetime) else value
        for name, value in row.items()
    }
