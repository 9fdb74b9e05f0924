"""Count storefront, ledger and Sage against each other, and doubt what does not agree."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from tieout.domain.agents import Capability, Listed
from tieout.domain.identity import Company, Numbering, OrderId, OrderKey, SalesOrderNo
from tieout.domain.ledger import Entry, State
from tieout.domain.listing import marked, numbered, stretches
from tieout.domain.orders import OrderStamp
from tieout.domain.sweeps import Tally
from tieout.flows.rounds import Round
from tieout.ports import FIRST_ID, SageDoor

SWEEP = "recount"
# A night's recount is not begun again by a schedule that fires twice; a day may have 23 hours.
ONCE_A_NIGHT = timedelta(hours=20)
AT_ONCE = timedelta(0)
# What was created while the list was read may be missing from it. Clocks may be minutes apart.
JUST_NOW = timedelta(minutes=10)
# An order that a person entered under a number of his own is in no list of ours: it is looked up.
LOOK_UP_AFTER = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Books:
    """Where a store's sales orders are, and how far back they are counted, in days."""

    door: SageDoor
    numbering: Numbering
    companies: frozenset[str]
    days: int

    @property
    def listed(self) -> bool:
        """Whether Sage's side can be counted at all."""
        return Capability.LISTS not in self.door.lacks


@dataclass(frozen=True, slots=True)
class _Row:
    """One listed sales order under a number of ours."""

    order_id: OrderId
    company: Company
    listed: Listed


class _Lane:
    """One company's sales orders by rising id, taken in stretches."""

    def __init__(self, rows: Iterator[_Row]) -> None:
        self._rows = rows
        self._next = next(rows, None)

    def up_to(self, last: OrderId | None) -> Iterator[_Row]:
        """Those not taken yet, up to this id; None for all the rest."""
        while self._next and (last is None or self._next.order_id <= last):
            yield self._next
            self._next = next(self._rows, None)


def recount(
    round_: Round, books: Books, *, begin_after: timedelta | None, thorough: bool = False
) -> Tally | None:
    """Go through the window by rising id, and make due whatever the books disagree about.

    A recount that was cut off goes on where it was, page by page. A new one is begun when the last
    ended `begin_after` ago, and whatever the last did for AT_ONCE; None goes on and begins none.
    Returns None when there was nothing to do.

    Where the connection can't list sales orders, Sage's side is not counted: what is missing then is
    what the storefront has from `first_order_id` on and the ledger has never heard of.

    A `thorough` one is for after a restore, of Sage or of the ledger: lists can't show that an order is
    there with older lines, so each one that Sage ever held is looked up.

    Nothing is decided here: an order that is doubted is looked up in Sage by whoever takes it, and
    that look-up, not our list, says what is to be done. So a list that is a moment old costs a
    look-up and no more.
    """
    tally = _begun(round_, books, begin_after, thorough=thorough)
    if tally is None:
        return None
    tally = _try_busy_again(round_, tally)
    lanes = [
        _Lane(_listed(books, Company(company), tally.next_id))
        for company in sorted(books.companies if books.listed else ())
    ]
    for page in round_.storefront.orders_from(tally.next_id):
        last = page[-1].key.order_id
        rows = [row for lane in lanes for row in lane.up_to(last)]
        tally = _counted(round_, books, tally, page=page, rows=rows)
        tally = _noted(round_, replace(tally, next_id=OrderId(last + 1)))
        if round_.over:
            return tally
    rest = [row for lane in lanes for row in lane.up_to(None)]
    tally = _counted(round_, books, tally, page=(), rows=rest)
    return _noted(round_, replace(tally, ended=None if tally.busy else round_.clock.now()))


def _begun(
    round_: Round, books: Books, begin_after: timedelta | None, *, thorough: bool
) -> Tally | None:
    """The recount to go on with or to begin; None when there is nothing to do.

    A shop that sold nothing in the window has been recounted, too: otherwise it looked forgotten.
    """
    now = round_.clock.now()
    last = Tally.of(round_.notes.read(round_.name(SWEEP)))
    if last and not last.ended and begin_after != AT_ONCE:
        return last
    if begin_after is None or (last and last.ended and now - last.ended < begin_after):
        return None
    oldest = round_.storefront.first_since(now - timedelta(days=books.days))
    if oldest is None:
        _noted(round_, Tally(started=now, next_id=FIRST_ID, ended=now))
        return None
    start = max(oldest, round_.first_order_id)
    return Tally(started=now, next_id=start, thorough=int(thorough))


def _noted(round_: Round, tally: Tally) -> Tally:
    round_.notes.write(round_.name(SWEEP), tally.note)
    return tally


def _listed(books: Books, company: Company, from_id: OrderId) -> Iterator[_Row]:
    """A company's sales orders under numbers of ours, by rising id."""
    for letter, after in stretches(books.numbering, from_id):
        following: str | None = after
        while following is not None:
            page = books.door.sales_orders(company, prefix=letter, after=following)
            for listed in page.orders:
                order_id = numbered(books.numbering, listed.number)
                if order_id is not None:
                    yield _Row(order_id, company, listed)
            following = page.next


def _counted(
    round_: Round, books: Books, tally: Tally, *, page: Sequence[OrderStamp], rows: list[_Row]
) -> Tally:
    """Compare one stretch of ids; orders that disagree are due afterwards."""
    ours = _ours(round_, books, rows)
    keys = [stamp.key for stamp in page]
    entries = round_.ledger.read_many(dict.fromkeys([*keys, *ours.values()]))
    known = [entries[key] for key in keys if key in entries]
    missing = _missing(round_, books, entries=known, ours=ours) if books.listed else []
    unheard = [] if books.listed else _unheard(round_, page, entries)
    extra = {key for key in ours.values() if _unknown(entries.get(key))}
    doubled = {key for row, key in ours.items() if _second(entries.get(key), row)}
    for key in (*missing, *doubled, *extra):
        round_.ledger.doubt(key)
    busy = _doubted_anew(round_, known) if tally.thorough else ""
    for key in (*(extra - entries.keys()), *unheard):
        round_.ledger.expect(key)
    return replace(
        tally,
        compared=tally.compared + len(page),
        busy=f"{tally.busy} {busy}".strip(),
        missing=tally.missing + len(missing) + len(unheard),
        extra=tally.extra + len(extra),
        doubled=tally.doubled + len(doubled),
    )


def _doubted_anew(round_: Round, entries: Iterable[Entry]) -> str:
    """Doubt whatever Sage ever held; returns the ids of those that a worker holds just now.

    A parked order keeps what a person is told of it, and is looked at daily anyway.
    """
    held = [e.key for e in entries if e.created_at and e.state is not State.PARKED]
    return " ".join(str(key.order_id) for key in held if not round_.ledger.doubt(key, anew=True))


def _try_busy_again(round_: Round, tally: Tally) -> Tally:
    """Doubt those that a worker held the last time: it may have ended without asking Sage."""
    keys = [OrderKey(round_.store, OrderId(int(order_id))) for order_id in tally.busy.split()]
    return replace(tally, busy=_doubted_anew(round_, round_.ledger.read_many(keys).values()))


def _ours(round_: Round, books: Books, rows: Iterable[_Row]) -> dict[_Row, OrderKey]:
    """The rows that carry a marker of ours, and the web order that it names."""
    named = {row: marked(books.numbering, row.listed.marker) for row in rows}
    return {
        row: OrderKey(round_.store, order_id)
        for row, order_id in named.items()
        if order_id is not None and order_id >= round_.first_order_id and not row.listed.deleted
    }


def _missing(
    round_: Round, books: Books, *, entries: Iterable[Entry], ours: Mapping[_Row, OrderKey]
) -> list[OrderKey]:
    """Orders that the ledger says Sage has, and that stand nowhere under their number and marker.

    One that a person entered under a number of his own is in no list of ours; it is doubted once a
    day, and counted only in so far as its look-up parks it.
    """
    there = {(row.company, row.listed.number, key) for row, key in ours.items()}
    missing: list[OrderKey] = []
    for entry in entries:
        if entry.state is not State.CREATED or entry.company not in books.companies:
            continue
        number = entry.sales_order_no or SalesOrderNo("")
        if numbered(books.numbering, number) != entry.key.order_id:
            _look_up_daily(round_, entry)
        elif (entry.company, number, entry.key) not in there and not _just_created(round_, entry):
            missing.append(entry.key)
    return missing


def _unheard(
    round_: Round, page: Iterable[OrderStamp], entries: Collection[OrderKey]
) -> list[OrderKey]:
    """Orders that the ledger has never heard of, though it had the time to.

    Only where somebody has said from which order on all are ours: older ones were entered by hand.
    """
    if not round_.first_order_id:
        return []
    latest = round_.clock.now() - JUST_NOW
    return [
        stamp.key
        for stamp in page
        if stamp.key not in entries and (stamp.modified_at is None or stamp.modified_at < latest)
    ]


def _look_up_daily(round_: Round, entry: Entry) -> None:
    if entry.checked_at is None or round_.clock.now() - entry.checked_at >= LOOK_UP_AFTER:
        round_.ledger.doubt(entry.key)


def _just_created(round_: Round, entry: Entry) -> bool:
    return entry.created_at is None or round_.clock.now() - entry.created_at < JUST_NOW


def _unknown(entry: Entry | None) -> bool:
    """Whether the ledger neither knows that Sage has the order nor is about to find out."""
    return entry is None or (entry.created_at is None and entry.next_at is None)


def _second(entry: Entry | None, row: _Row) -> bool:
    """Whether the ledger knows the web order's sales order as another one than this."""
    if entry is None or entry.created_at is None:
        return False
    return (entry.company, entry.sales_order_no) != (row.company, row.listed.number)
