"""What the other side of the Sage port promises, and how careful a create must be therefore."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from tieout.domain.ledger import SETTLE


class Mode(StrEnum):
    """How an order is created, from the surest mode to the weakest.

    FULL: a create has a deadline, so «absent» told after it is final, and the create is repeated.
    NO_DEADLINE: a create may land any time later; it is repeated only after a long settle.
    NEVER_TWICE: nothing proves that an earlier create is not in Sage, so a person is asked.
    """

    FULL = "full"
    NO_DEADLINE = "no_deadline"
    NEVER_TWICE = "never_twice"


# The strongest first: an order is handled as the weakest of the modes it was ever sent under demands.
_STRENGTH = tuple(Mode)
# No network or proxy that we know of delivers a request later than this; without a deadline it is all
# that there is to wait for.
SETTLE_WITHOUT_DEADLINE = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Guarantees:
    """What the agent promises for one company, as told with each look-up; nothing unless it says so.

    `create_only`: a number that exists is refused. `deadline`: nothing is stored after X-Not-After.
    `barrier`: a look-up waits for a running write. `history` and `invoice_history`: look-up and
    create-only see documents that have left the open orders. `replace`: a sales order can be changed
    under its stamp and our revision.
    """

    create_only: bool = False
    deadline: bool = False
    barrier: bool = False
    history: bool = False
    invoice_history: bool = False
    replace: bool = False

    @property
    def mode(self) -> Mode:
        """The strongest mode that these promises carry."""
        if not (self.create_only and self.sees_all):
            return Mode.NEVER_TWICE
        return Mode.FULL if self.deadline and self.barrier else Mode.NO_DEADLINE

    @property
    def sees_all(self) -> bool:
        """Whether «absent» means absent, and not just «not open any more»."""
        return self.history and self.invoice_history


NOTHING = Guarantees()
ALL = Guarantees(
    create_only=True, deadline=True, barrier=True, history=True, invoice_history=True, replace=True
)


def promised(words: Collection[str]) -> Guarantees:
    """What the agent's own words promise; words that aren't known promise nothing."""
    return Guarantees(
        create_only="createOnly" in words,
        deadline="deadline" in words,
        barrier="barrier" in words,
        history="history" in words,
        invoice_history="invoiceHistory" in words,
        replace="replace" in words,
    )


def weaker(one: Mode, other: Mode) -> Mode:
    """The more careful of two modes."""
    return max(one, other, key=_STRENGTH.index)


def settle_time(mode: Mode) -> timedelta:
    """How long after a write's deadline it may still appear in Sage."""
    return SETTLE if mode is Mode.FULL else SETTLE_WITHOUT_DEADLINE
