"""The places of one company that a look-up can go through, and what may be built on it."""

from collections.abc import Iterable
from dataclasses import dataclass

from tieout_agent.sage.families import SALES_ORDER
from tieout_agent.sage.grants import NotGrantedError
from tieout_agent.sage.sales_order_reading import PLACES, Found, Place, look_up
from tieout_agent.sage.session import Session
from tieout_agent.sage.sessions import Sessions

ALWAYS = ("createOnly", "deadline", "barrier")
"""What this agent guarantees whatever the company's user may read."""

REPLACE = "replace"

_OPTIONAL = tuple(place for place in PLACES if place.guarantee)


@dataclass(frozen=True, slots=True)
class Books:
    """One company's session and the places in it that its user may read.

    Attributes:
        company: The company's code.
        session: Its open session.
        places: The places, in the order in which orders move; open orders are always among them.
    """

    company: str
    session: Session
    places: tuple[Place, ...]

    @property
    def guarantees(self) -> str:
        """The words for `X-Tieout-Guarantees`."""
        return " ".join(guarantee_words(self.places))

    def look_up(self, number: str, marker: str | None = None) -> Found | None:
        """Look for an order in all of them."""
        return look_up(self.session, number, marker=marker, places=self.places)


def guarantee_words(places: Iterable[Place]) -> tuple[str, ...]:
    """Say what may be built on when these places are looked through."""
    seen = (place.guarantee for place in places if place.guarantee)
    return (*ALWAYS, *seen, REPLACE)


def open_books(sessions: Sessions, company: str) -> Books:
    """Open a company, and find out what its user may look through.

    A place counts as closed to the user only when Sage refused it repeatedly in sessions that gave
    out the sales orders; anything else is a fault, and the call fails.

    Raises:
        ProblemError: 503, Sage can't be opened, or refuses what it gave before.
        ComFailedError: A COM call raised.
    """
    grants = sessions.grants
    # It ends: each refusal is counted, and what was refused often enough is not tried again.
    while refusal := _refusal(sessions, company):
        grants.refuse(company, refusal)
    places = tuple(place for place in PLACES if not grants.withheld(company, place.family))
    return Books(company, sessions.company(company), places)


def _refusal(sessions: Sessions, company: str) -> NotGrantedError | None:
    """Make every object that is not known as withheld; stop at the first that Sage refuses."""
    session = sessions.company(company)
    session.use(SALES_ORDER)
    for place in _OPTIONAL:
        if sessions.grants.withheld(company, place.family):
            continue
        try:
            session.use(place.family)
        except NotGrantedError as refusal:
            session.broken = True
            return refusal
        sessions.grants.grant(company, place.family)
    return None
