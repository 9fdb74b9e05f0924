"""Items, page by page along their key."""

from tieout_agent.sage.bulk import quoted, read_rows
from tieout_agent.sage.columns import ITEM
from tieout_agent.sage.families import ITEM as FAMILY
from tieout_agent.sage.session import Session

MOST_ITEMS = 2000
"""Items in one page: about 1 MB of JSON, half of what a caller accepts."""

_CODE = ITEM["ItemCode"]


def page(
    session: Session, *, after: str, limit: int, changed_since: str | None
) -> tuple[list[dict[str, str]], str | None]:
    """Read the next items in the order of their codes.

    Two reads: the codes alone tell where the page ends, since Sage reads key ranges but counts no
    rows; then the columns of that range.

    Args:
        session: The company's session.
        after: The last code of the page before; empty for the first page.
        limit: Items wanted.
        changed_since: Only items changed on or after this day, `YYYYMMDD`.

    Returns:
        The items, and the code to go on after, or None when this was the last page.
    """
    source = session.use(FAMILY)
    where = f"DateUpdated$>={quoted(changed_since)}" if changed_since else ""
    codes = [row[_CODE.name] for row in read_rows(source, [_CODE], where=where, begin=after)]
    ahead = [code for code in codes if code != after]
    wanted = ahead[:limit]
    if not wanted:
        return [], None
    columns = source.present(ITEM)
    first, last = wanted[0], wanted[-1]
    # Room behind the last code, since it is not documented whether the end key is counted in.
    rows = read_rows(source, columns, where=where, begin=first, end=f"{last}~")
    inside = set(wanted)
    items = [row for row in rows if row[_CODE.name] in inside]
    return items, last if len(ahead) > limit else None
