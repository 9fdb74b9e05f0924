"""The command `check`: proves the installation on the live system, and says what it is worth."""

import json
import re
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from tieout_agent import __version__
from tieout_agent.checks.company import CompanyCheck
from tieout_agent.checks.findings import HERE, Finding, State, to_mend
from tieout_agent.checks.level import Guarantee
from tieout_agent.checks.machine import check_machine
from tieout_agent.checks.stage import Stage, Wanted
from tieout_agent.checks.trial_order import prove
from tieout_agent.clock import SteadyClock, SystemClock
from tieout_agent.commands.options import TO_CORRECT, AsJson, SettingsFile, err, out
from tieout_agent.errors import SettingsError
from tieout_agent.journal import Journal
from tieout_agent.sage.owner import Owner
from tieout_agent.sage.sessions import Sessions
from tieout_agent.seam import load_com
from tieout_agent.server import make_owner
from tieout_agent.settings import Settings, read_settings

LONGEST_CALL = 24
"""Seconds for one call of the check: the most that the settings allow."""

_LETTER = re.compile("[A-Z]")

COLOURS = {
    State.OK: "green",
    State.WARNING: "yellow",
    State.UNKNOWN: "cyan",
    State.WRONG: "bold red",
}

TestCompany = Annotated[
    str | None,
    typer.Option(
        help="A company for tests: a test order is written, changed and deleted in it. "
        "Without this option nothing is written anywhere.",
    ),
]
TestCustomer = Annotated[str | None, typer.Option(help="Its customer, such as 00-ABC0001.")]
TestItem = Annotated[str | None, typer.Option(help="Its item.")]


def _letters(given: list[str] | None) -> list[str] | None:
    """Refuse what begins no web order's number: there, nothing would be found, and that is no proof."""
    for one in given or ():
        if not _LETTER.fullmatch(one):
            raise typer.BadParameter(f"{one} is not one capital letter, A to Z.")
    return given


Letters = Annotated[
    list[str] | None,
    typer.Option(
        "--letter",
        help="With which web orders' numbers begin; repeated. Default: W.",
        callback=_letters,
    ),
]
Yes = Annotated[bool, typer.Option("--yes", help="Write the test order without asking first.")]
EvenIfServed = Annotated[
    bool,
    typer.Option(
        "--even-if-served",
        help="Write the test order although web orders go to that company too.",
    ),
]


@dataclass(slots=True)
class _Report:
    """What was found so far."""

    findings: list[Finding] = field(default_factory=list[Finding])
    companies: list[CompanyCheck] = field(default_factory=list[CompanyCheck])

    @property
    def guarantees(self) -> list[Guarantee]:
        """What results for each company, the test order's findings counted in."""
        return [one.guarantee(self.findings) for one in self.companies]


def check(
    settings: SettingsFile,
    *,
    test_company: TestCompany = None,
    test_customer: TestCustomer = None,
    test_item: TestItem = None,
    letter: Letters = None,
    yes: Yes = False,
    even_if_served: EvenIfServed = False,
    as_json: AsJson = False,
) -> None:
    """Prove the installation on the live Sage 100; exit code 1 if anything has to be mended.

    It logs on as the service does and takes a licence meanwhile. It reads, and writes nothing,
    but for the test order in the company that --test-company names.
    """
    read = read_settings(settings)
    if test_company in read.companies and not even_if_served:
        raise _served(test_company)
    if test_company and not yes:
        _ask(test_company)
    report = _Report()
    trial = (test_company, Wanted(test_customer, test_item))
    with err.status("Looking at this server …") as status:
        for finding in _findings(settings, read, report, letters=letter or ["W"], trial=trial):
            report.findings.append(finding)
            status.update(f"{finding.about}: {finding.what} …")
    _print_json(report) if as_json else _print(report)
    if to_mend(report.findings):
        raise typer.Exit(TO_CORRECT)


def _served(company: str | None) -> SettingsError:
    return SettingsError(
        f"Web orders go to company {company}, so its books seem to be real ones: a test order would "
        "reserve stock, use up a number and stay in its history. Nothing was written. Name a company "
        "for tests that is not among `companies`; or if this one is for tests, add --even-if-served."
    )


def _ask(company: str) -> None:
    typer.confirm(
        f"A test order will be written, changed and deleted in company {company}, and a number of "
        "its automatic sales order numbers used up. Is it a company for tests?",
        abort=True,
        err=True,
    )


def _findings(
    path: Path,
    settings: Settings,
    report: _Report,
    *,
    letters: list[str],
    trial: tuple[str | None, Wanted],
) -> Iterator[Finding]:
    clock = SteadyClock(SystemClock())
    yield from check_machine(path, settings, clock)
    if settings.pause_file.exists():
        todo = "Run `tieout-agent resume`, then check again."
        yield Finding(HERE, "Paused", State.WRONG, "Sage 100 was not looked at.", todo)
        return
    company, wanted = trial
    with _owner(settings, clock) as owner:
        for code in settings.companies:
            one = CompanyCheck(code, owner, letters, clock)
            yield from one.findings()
            report.companies.append(one)
        if company:
            with TemporaryDirectory(ignore_cleanup_errors=True) as folder:
                journal = Journal(Path(folder) / "check.journal", clock)
                yield from prove(Stage(company, owner, journal, clock), wanted, letters)


@contextmanager
def _owner(settings: Settings, clock: SteadyClock) -> Generator[Owner[Sessions]]:
    patient = settings.model_copy(update={"call_seconds": LONGEST_CALL})
    owner = make_owner(patient, load_com(settings.com), clock)
    try:
        yield owner
    finally:
        owner.stop()


def _print_json(report: _Report) -> None:
    told = {
        "version": __version__,
        "ok": not to_mend(report.findings),
        "findings": [asdict(finding) for finding in report.findings],
        "guarantees": [asdict(each) for each in report.guarantees],
    }
    out.print_json(json.dumps(told))


def _print(report: _Report) -> None:
    grid = Table("About", "What", "State", "Found, and what to do")
    for finding in report.findings:
        found = Text(finding.says, overflow="fold")
        if finding.todo:
            found.append(f" {finding.todo}", style="bold")
        state = Text(finding.state.value, style=COLOURS[finding.state])
        grid.add_row(finding.about, Text(finding.what, overflow="fold"), state, found)
    out.print(grid, soft_wrap=False)
    for each in report.guarantees:
        out.print(f"{each.company}: guarantee level {each.level}. {each.says}")
        for step in each.raised_by:
            out.print(f"  To raise it: {step}")
    wrong = sum(finding.state is State.WRONG for finding in report.findings)
    if wrong:
        out.print(f"To be mended: {wrong} of {len(report.findings)}.", style="bold red")
    else:
        out.print("Nothing has to be mended.", style="green")
