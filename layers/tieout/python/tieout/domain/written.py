"""Which of our writes a sales order in Sage shows, and whether a person has changed it since."""

from tieout.domain.ledger import Entry
from tieout.domain.sales_orders import FoundSalesOrder, Where

# In the place of a stamp: a person had changed the order before we wrote a part of it, so no stamp
# that we see afterwards is that of a document of ours alone.
TOUCHED = "touched"
# The same, where nobody can tell: the answer to our write was lost, the other side keeps no account of
# it, and somebody may have changed the order between the write and our first look.
UNSURE = "unsure"


def content_in_sage(entry: Entry, found: FoundSalesOrder) -> str | None:
    """The content (hash) that the document carried when we wrote it; None when that can't be told.

    The revision in the document tells it. Where the company keeps none, the stamp does while the
    order is open; afterwards only a lone write is beyond doubt.
    """
    if found.rev:
        known = {entry.rev: entry.intent_hash, entry.sage_rev: entry.content_hash}
        return known.get(found.rev) or None
    if entry.rev == entry.sage_rev or _as_confirmed(entry, found):
        return entry.content_hash or None
    # The last write has not been seen yet. It is there if its stamp is, or if none can have been before.
    if found.where is Where.OPEN and found.written_stamp:
        sure = found.stamp == found.written_stamp
    else:
        sure = entry.rev == 1 or (found.where is Where.OPEN and not entry.sage_stamp)
    return (entry.intent_hash or None) if sure else None


def rev_in_sage(entry: Entry, found: FoundSalesOrder) -> int:
    """The revision of ours that the document shows; reckoned by the stamp where none is kept."""
    return found.rev or (entry.sage_rev if _as_confirmed(entry, found) else entry.rev)


def changed_by_a_person(entry: Entry, found: FoundSalesOrder) -> bool:
    """Whether the open order was changed by anybody after our last write.

    The agent tells the stamp that our last write left behind. Where it can't, the order differs from
    what we last saw, without a write of ours to explain it.
    """
    if entry.sage_stamp in {TOUCHED, UNSURE}:
        return True
    if found.written_stamp:
        return found.stamp != found.written_stamp
    if not entry.sage_stamp or found.stamp == entry.sage_stamp:
        return False
    return (found.rev or entry.rev) == entry.sage_rev


def of_unknown_hand(entry: Entry, found: FoundSalesOrder) -> bool:
    """Whether it can't be told from our records who made of the order what Sage has."""
    if entry.rev < found.rev or not entry.rev:
        return True
    return not (found.rev or found.written_stamp or content_in_sage(entry, found))


def _as_confirmed(entry: Entry, found: FoundSalesOrder) -> bool:
    return bool(entry.sage_stamp) and found.stamp == entry.sage_stamp
