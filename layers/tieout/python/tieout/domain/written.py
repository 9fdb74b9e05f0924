"""Which of our writes a sales order in Sage shows, and whether a person has changed it since."""

from tieout.domain.ledger import Entry
from tieout.domain.sales_orders import FoundSalesOrder, Where

# In the place of a stamp: a person had changed the order before we wrote a part of it, so no stamp
# that we see afterwards is that of a document of ours alone.
TOUCHED = "touched"


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
    if entry.sage_stamp == TOUCHED:
        return True
    if found.written_stamp:
        return found.stamp != found.written_stamp
    if not entry.sage_stamp or found.stamp == entry.sage_stamp:
        return False
    return (found.rev or entry.rev) == entry.sage_rev


def _as_confirmed(entry: Entry, found: FoundSalesOrder) -> bool:
    return bool(entry.sage_stamp) and found.stamp == entry.sage_stamp
