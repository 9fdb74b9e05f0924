"""What a person is told of, in the event log of Windows: what happened, and the one next action."""

from dataclasses import dataclass
from typing import Literal

Level = Literal["warning", "error"]


@dataclass(frozen=True, slots=True)
class Notice:
    """How an event of the log is told to a person.

    Attributes:
        number: Its number in the event log, so that monitoring can tell one from the other.
        level: Whether somebody should look, or has to act.
        text: Plain sentences; names in braces are fields of the event.
    """

    number: int
    level: Level
    text: str


NOTICES = {
    "call_hung": Notice(
        1,
        "error",
        "A call into Sage 100 has hung for {seconds} seconds. The agent ends its worker process "
        "and starts it anew; no order is lost or doubled by that. If it happens again, see who "
        "holds Sage 100's files.",
    ),
    "worker_ended": Notice(
        2,
        "warning",
        "The agent's worker process ended unasked (code {code}) and is started anew, the "
        "{restarts}. time by now. If it goes on, look into the log file for what came before.",
    ),
    "process_left": Notice(
        3,
        "error",
        "{count} ProvideX process(es) that worked for an earlier run of the agent could not be "
        "ended. Orders they may still be storing are left alone until they have ended, for {minutes} "
        "minutes at most. End pvxcom.exe in the Task Manager if nobody else uses it.",
    ),
    "process_stayed": Notice(
        12,
        "error",
        "{count} ProvideX process(es) that worked for an earlier run of the agent have lived on for "
        "{hours} hours. Orders that were left alone for their sake are written again. End pvxcom.exe "
        "in the Task Manager if nobody else uses it, and look through the newest orders in Sage 100.",
    ),
    "journal_failed": Notice(
        4,
        "error",
        "The agent can't write its journal ({error}), so it stores nothing in Sage 100. Free the "
        "disk, or move the damaged file away that `journal_file` names.",
    ),
    "certificate_ends": Notice(
        5,
        "warning",
        "The agent's certificate ends in {days} days. Then no caller trusts it any more: renew it "
        "with `tieout-agent certificate` and give its new fingerprint to whoever runs the cloud.",
    ),
    "certificate_ended": Notice(
        6,
        "error",
        "The agent's certificate has ended, so callers refuse the agent. Renew it with "
        "`tieout-agent certificate` and give its new fingerprint to whoever runs the cloud.",
    ),
    "licence_missing": Notice(
        7,
        "warning",
        "Sage 100 has had no free licence for the agent for {minutes} minutes, so orders wait. "
        "Have somebody leave Sage 100, or add a licence.",
    ),
    "clock_set_back": Notice(
        11,
        "warning",
        "The server's clock was set back by {seconds} seconds. The agent starts its worker anew, to go "
        "by the new time. Nothing has to be done; if it happens again, see who sets the clock.",
    ),
    "failed": Notice(
        8,
        "error",
        "The agent failed on a call ({error} at {place}). Report these words to Tieout.",
    ),
    "sage_remarked": Notice(
        10,
        "warning",
        "Sage 100 made a remark as the agent opened it ({step}). Log on to Sage 100 as the agent's "
        "user and read what it says; a password may be about to expire.",
    ),
    "cannot_start": Notice(
        9,
        "error",
        "The agent can't start: {reason} Correct it, then start the service.",
    ),
}
"""By the event's name in the log. An event without a notice is for the log file alone."""


class _Fields(dict[str, object]):
    """Fields of an event; one that is missing is told as unknown, and never breaks the telling."""

    def __missing__(self, name: str) -> str:
        return "?"


def tell(notice: Notice, fields: dict[str, str | int | None]) -> str:
    """Put an event's fields into its sentences."""
    return notice.text.format_map(_Fields(fields))
