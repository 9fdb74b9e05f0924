"""How a deployment stands, as `tieout status` shows it to a person and to machines."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from rich.console import Group
from rich.table import Table as Grid
from rich.text import Text

from tieout.domain.agents import WITHOUT, Capability
from tieout.domain.guarantees import promised
from tieout.domain.sweeps import Flow
from tieout.flows.report_status import Status, StoreStatus


def shown(status: Status) -> Group:
    """One screen: the agent, the queue, each store, and what needs a person."""
    grid = Grid.grid(padding=(0, 2))
    for name, text in (*_agent_rows(status), *_queue_rows(status)):
        grid.add_row(Text(name, style="bold"), Text(text, overflow="fold"))
    for one in status.stores:
        grid.add_row(Text(one.store, style="bold"), Text(_store_line(one), overflow="fold"))
    concerns = [Text(f"- {line}", style="red", overflow="fold") for line in status.concerns]
    return Group(grid, *(concerns or [Text("Nothing needs a person.", style="green")]))


def for_machines(status: Status) -> dict[str, Any]:
    """The same as JSON has it: ages in seconds, None for what never was."""
    breaker = status.breaker
    return {
        "at": status.at.isoformat(),
        "agent": dict(breaker.note) if breaker else None,
        "companies": {
            company: {"mode": promised(words).mode.value, "guarantees": sorted(words)}
            for company, words in status.promises.items()
        },
        "guarantees_asked_at": status.asked_at,
        "lacks": sorted(status.lacks),
        "queue": {"messages": status.queued, "dead_letters": status.dead},
        "stores": {one.store: _store_for_machines(one) for one in status.stores},
        "concerns": list(status.concerns),
    }


def _agent_rows(status: Status) -> Iterator[tuple[str, str]]:
    breaker = status.breaker
    if breaker is None:
        yield "agent", "never asked"
    else:
        words = {Flow.FREE: "takes orders", Flow.STUCK: "lets no order through", Flow.DOWN: "down"}
        since = age(status.at - breaker.since)
        yield "agent", f"{words[breaker.flow]} for {since}. {breaker.reason}".rstrip()
    for company, words_ in sorted(status.promises.items()):
        yield f"mode of {company}", f"{promised(words_).mode.value} ({' '.join(sorted(words_))})"
    for one in Capability:
        if one in status.lacks:
            yield f"without {one.replace('_', ' ')}", WITHOUT[one]


def _queue_rows(status: Status) -> Iterator[tuple[str, str]]:
    yield "queue", f"about {status.queued} messages, {status.dead} dead letters"


def _store_line(one: StoreStatus) -> str:
    told = [
        f"{one.due} due, {one.later} later, {one.parked} parked",
        f"backfill {_ago(one.backfill_age)}",
        f"ids below {one.gap_mark} checked" if one.gap_mark is not None else "ids never checked",
    ]
    if one.recount:
        count = one.recount
        state = "recount" if count.ended else "recount under way"
        told.append(
            f"{state}: {count.compared} compared, {count.missing} missing, {count.extra} extra,"
            f" {count.doubled} doubled"
        )
    return "; ".join(told)


def _store_for_machines(one: StoreStatus) -> dict[str, Any]:
    return {
        "due": one.due,
        "later": one.later,
        "parked": one.parked,
        "gap_mark": one.gap_mark,
        "recount": dict(one.recount.note) if one.recount else None,
        "backfill_age_seconds": _seconds(one.backfill_age),
        "gaps_age_seconds": _seconds(one.gaps_age),
        "hooks_age_seconds": _seconds(one.hooks_age),
        "hooks_broken": one.hooks_broken,
        "self_test_age_seconds": _seconds(one.self_test_age),
        "self_test_failed": one.self_test_failed,
    }


def _seconds(span: timedelta | None) -> int | None:
    return None if span is None else round(span.total_seconds())


def _ago(span: timedelta | None) -> str:
    return "never" if span is None else f"{age(span)} ago"


def age(span: timedelta) -> str:
    """A length of time as a person says it: "2 d 3 h", "0 h 5 min"."""
    hours, minutes = divmod(int(span.total_seconds()) // 60, 60)
    days, hours = divmod(hours, 24)
    return f"{days} d {hours} h" if days else f"{hours} h {minutes} min"
