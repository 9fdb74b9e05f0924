"""Pages of price lists and their records: by number, or by cursor."""

import base64
import binascii
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from typing import Any

from sandbox.bigcommerce.model import Json
from sandbox.bigcommerce.v3 import pagination
from sandbox.bigcommerce.wire import Call, RefusedError, Reply

# BigCommerce docs: price lists, `per_page` is "capped at the maximum limit"; which is not said.
LARGEST_PAGE, USUAL_PAGE = 250, 50
QUERY = "page limit before after"


def paged(items: Sequence[Any], call: Call, *, show: Callable[[Any], Json]) -> Reply:
    """One page of things with an ascending `id`.

    BigCommerce docs: with neither page nor cursor both paginations are told, else the one asked.

    Raises:
        RefusedError: 422, page and cursors together, or an unusable one.
    """
    asked = [name for name in ("page", "before", "after") if name in call.query]
    if len(asked) > 1:
        raise RefusedError(422, f"These cannot be used together: {', '.join(asked)}.")
    limit = call.number("limit")
    limit = min(USUAL_PAGE if limit is None else limit, LARGEST_PAGE)
    if limit < 1:
        raise RefusedError(422, "The limit is counted from 1.")
    first, end = _span(items, call, limit=limit)
    page = items[first:end]
    meta: Json = {}
    if asked in ([], ["page"]):
        number = call.number("page") or 1
        meta |= pagination(len(items), len(page), page=number, limit=limit)
    if asked != ["page"]:
        more = (first > 0, first + len(page) < len(items))
        meta["cursor_pagination"] = _cursors(page, limit, more=more)
    return Reply(body={"data": [show(one) for one in page], "meta": meta})


def _span(items: Sequence[Any], call: Call, *, limit: int) -> tuple[int, int]:
    if "after" in call.query:
        first = bisect_right(items, _read(call.query["after"]), key=_id)
        return first, first + limit
    if "before" in call.query:
        end = bisect_left(items, _read(call.query["before"]), key=_id)
        return max(0, end - limit), end
    page = call.number("page")
    if page == 0:
        raise RefusedError(422, "Pages are counted from 1.")
    first = ((page or 1) - 1) * limit
    return first, first + limit


def _id(item: Any) -> int:
    return item.id


def _cursors(page: Sequence[Any], limit: int, *, more: tuple[bool, bool]) -> Json:
    cursors: Json = {"count": len(page), "per_page": limit, "links": {}}
    if page:
        start, end = _written(page[0].id), _written(page[-1].id)
        cursors |= {"start_cursor": start, "end_cursor": end}
        if more[0]:
            cursors["links"]["previous"] = f"?limit={limit}&before={start}"
        if more[1]:
            cursors["links"]["next"] = f"?limit={limit}&after={end}"
    return cursors


def _written(number: int) -> str:
    return base64.b64encode(str(number).encode()).decode()


def _read(cursor: str) -> int:
    try:
        return int(base64.b64decode(cursor, validate=True))
    except (ValueError, binascii.Error) as wrong:
        raise RefusedError(422, "This cursor is none of this list's.") from wrong
