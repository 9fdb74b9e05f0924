"""What belongs to invoices and stands in other files: lines, packages, open balances."""

from collections.abc import Iterator, Sequence

from tieout_agent.problems import problem
from tieout_agent.sage.bulk import HIGHEST_KEY, read_rows
from tieout_agent.sage.families import Family
from tieout_agent.sage.file_keys import Key, order
from tieout_agent.sage.grants import NotGrantedError
from tieout_agent.sage.key_pages import Rows, pad_of
from tieout_agent.sage.session import Session
from tieout_agent.sage.sessions import Sessions
from tieout_agent.sage.sources import Source

NEAR = 10
"""Invoice numbers that are at most so far apart are read in one go: a few rows too many cost less
than one more call of Sage, and a few hundred do not."""


def parts_of(session: Session, source: Source, wanted: Sequence[Key]) -> dict[Key, Rows]:
    """Read the records that belong to some invoices.

    Args:
        session: The company's session.
        source: A file whose keys begin with those of the invoices that its records belong to.
        wanted: How the keys of the records begin.

    Returns:
        The records of each, in the order of their keys.

    Raises:
        ProblemError: 503, Sage does not give out the object or refuses the read.
    """
    file = source.opened(session)
    key, pad = file.key, pad_of(file)
    found: dict[Key, Rows] = {one: [] for one in wanted}
    for first, last in _runs(wanted):
        end = f"{key.join(last, pad)}{HIGHEST_KEY}"
        for row in read_rows(file.source, file.columns, begin=key.join(first, pad), end=end):
            belongs = found.get(key.of(row)[: len(first)])
            if belongs is not None:
                belongs.append(row)
    return found


def may_read(sessions: Sessions, company: str, family: Family) -> bool:
    """Say whether a company's user may read an object that an answer can do without.

    Raises:
        ProblemError: 503, Sage can't be opened, or refuses what it gave before.
    """
    grants = sessions.grants
    # It ends: each refusal is counted, and what was refused often enough is not tried again.
    while not grants.withheld(company, family):
        session = sessions.company(company)
        try:
            session.use(family)
        except NotGrantedError as refusal:
            session.broken = True
            grants.refuse(company, refusal)
        else:
            grants.grant(company, family)
            return True
    return False


def need(sessions: Sessions, company: str, family: Family) -> None:
    """See that a company's user may read an object that there is no answer without.

    Raises:
        ProblemError: 403 `NotGranted`, asking again won't help before the right is granted; 503,
            Sage can't be opened, or refuses what it gave before.
    """
    if may_read(sessions, company, family):
        return
    refusal = problem(
        403,
        "NotGranted",
        f"Sage 100 does not give {family.name} to the agent's user. Grant the task {family.task} to "
        f"the user's role, see that the module {family.module} is active in this company, and "
        "restart the agent's service.",
    )
    refusal.problem = refusal.problem.model_copy(update={"object": family.name})
    raise refusal


def _runs(wanted: Sequence[Key]) -> Iterator[tuple[Key, Key]]:
    run: list[Key] = []
    for one in sorted(wanted, key=order):
        if run and not _near(run[-1], one):
            yield run[0], run[-1]
            run = []
        run.append(one)
    if run:
        yield run[0], run[-1]


def _near(left: Key, right: Key) -> bool:
    numbers = (left[0], right[0])
    if not all(number.isascii() and number.isdigit() for number in numbers):
        return left[0] == right[0]
    return int(right[0]) - int(left[0]) <= NEAR
