"""BigCommerce: reads orders in full and lists what changed (BigCommerce docs: orders V2)."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from http import HTTPStatus
from typing import Any

from tieout.adapters.answers import Answer
from tieout.adapters.bigcommerce_api import PATIENCE, BigCommerceApi
from tieout.adapters.bigcommerce_payloads import (
    OrderDocuments,
    list_moment,
    order_of,
    stamp_of,
)
from tieout.adapters.credentials import Credentials, StoreSecret
from tieout.adapters.fields import Fields
from tieout.adapters.http import Patience, TooLargeError
from tieout.adapters.rate_limits import ORDER_RESERVE
from tieout.domain.identity import OrderId
from tieout.domain.orders import Order, OrderStamp
from tieout.errors import RejectedError, RetryableError
from tieout.ports import FIRST_ID
from tieout.settings import Store

# All working clients use 250, the docs name no maximum; 50 is what a page holds unless asked.
PAGE = 250
DEFAULT_PAGE = 50
# 5,000 lines, ten times the largest order we are measured with.
MOST_LINE_PAGES = 20
# 50,000 orders: more than a minute's work, so a scan of that size has to be cut by its caller.
MOST_LIST_PAGES = 200
_FORBIDDEN = (
    "BigCommerce forbids reading orders: give the API account the scope store_v2_orders_read_only, "
    "and check store_hash."
)


class BigCommerce:
    """The port `Storefront` for one BigCommerce store; three requests for an ordinary order.

    `reserve` is the share of the store's request quota, 0 to 1, that this caller leaves to others.
    """

    def __init__(
        self,
        store: Store,
        credentials: Credentials[StoreSecret],
        *,
        reserve: float = ORDER_RESERVE,
        patience: Patience = PATIENCE,
    ) -> None:
        self._store = store
        self._api = BigCommerceApi(
            store, credentials, when_forbidden=_FORBIDDEN, reserve=reserve, patience=patience
        )

    def close(self) -> None:
        """Close all connections."""
        self._api.close()

    def read_order(self, order_id: OrderId) -> Order | None:
        """The order in full; see the port for what is raised."""
        header = self._header(order_id)
        if header is None:
            return None
        documents = OrderDocuments(header, self._lines(order_id), self._addresses(order_id, header))
        return order_of(documents, self._store.key, import_statuses=self._store.import_statuses)

    def changed_since(
        self, since: datetime, *, from_id: OrderId = FIRST_ID
    ) -> Iterator[tuple[OrderStamp, ...]]:
        """Pages of changed orders by rising id; raises as `_pages` does."""
        return self._pages({"min_date_modified": list_moment(since)}, from_id)

    def orders_from(self, from_id: OrderId) -> Iterator[tuple[OrderStamp, ...]]:
        """Pages of all orders by rising id; raises as `_pages` does."""
        return self._pages({}, from_id)

    def first_since(self, created: datetime) -> OrderId | None:
        """The lowest id of the orders placed since then."""
        rows = self._page({"min_date_created": list_moment(created), "limit": "1"}, FIRST_ID)
        return rows[0].key.order_id if rows else None

    def _pages(
        self, wanted: Mapping[str, str], from_id: OrderId
    ) -> Iterator[tuple[OrderStamp, ...]]:
        """Pages of orders, each asked for by the id after the last one seen.

        Pages by number would skip rows while orders move in and out of the list.

        Raises:
            RetryableError: the list isn't by rising id, or longer than `MOST_LIST_PAGES` pages.
        """
        min_id: int = from_id
        for _ in range(MOST_LIST_PAGES):
            rows = self._page(wanted, min_id)
            if rows:
                yield rows
                min_id = rows[-1].key.order_id + 1
            if _is_last(rows):
                return
        raise RetryableError(f"The list has more than {MOST_LIST_PAGES * PAGE} orders.")

    def _page(self, wanted: Mapping[str, str], min_id: int) -> tuple[OrderStamp, ...]:
        params = {
            "min_id": str(min_id),
            "sort": "id",
            "limit": str(PAGE),
            "page": "1",
            **wanted,
        }
        answer = self._get("/orders", params)
        try:
            rows = tuple(stamp_of(row, self._store.key) for row in _objects(answer))
        except RejectedError as error:
            raise answer.unusable("gave an order list that can't be read") from error
        ids = [row.key.order_id for row in rows]
        if any(low >= high for low, high in zip([OrderId(min_id - 1), *ids], ids, strict=False)):
            raise answer.unusable("gave an order list that isn't by rising id")
        return rows

    def _header(self, order_id: OrderId) -> dict[str, Any] | None:
        # Fees are part of the total and shown only on request.
        answer = self._get(f"/orders/{order_id}", {"include": "fees"})
        if answer.status == HTTPStatus.NOT_FOUND:
            return None
        header = answer.json_object()
        if header.get("id") != order_id:
            raise answer.unusable("answered with another order")
        return header

    def _lines(self, order_id: OrderId) -> list[dict[str, Any]]:
        lines: list[dict[str, Any]] = []
        for page in range(1, MOST_LINE_PAGES + 1):
            answer = self._line_page(order_id, page)
            rows = _objects(answer)
            lines += rows
            if _is_last(rows):
                if len({Fields(line, "a line").required("id") for line in lines}) != len(lines):
                    raise answer.unusable("gave the same line on two pages")
                return lines
        raise _too_large(f"more than {MOST_LINE_PAGES * PAGE} lines")

    def _line_page(self, order_id: OrderId, page: int) -> Answer:
        params = {"limit": str(PAGE), "page": str(page)}
        try:
            return self._get(f"/orders/{order_id}/products", params)
        except TooLargeError as error:
            raise _too_large("lines with too many options") from error

    def _addresses(self, order_id: OrderId, header: Mapping[str, Any]) -> list[dict[str, Any]]:
        order = Fields(header, "the order")
        if order.flag("order_is_digital") and not order.integer("shipping_address_count"):
            return []
        return _objects(self._get(f"/orders/{order_id}/shipping_addresses", {"limit": str(PAGE)}))

    def _get(self, path: str, params: Mapping[str, str]) -> Answer:
        return self._api.read(f"/v2{path}", params, may_be_absent=path.count("/") > 1)


def _objects(answer: Answer) -> list[dict[str, Any]]:
    # BigCommerce docs, V2: an empty list is a 204 without a body.
    if answer.status == HTTPStatus.NOT_FOUND:
        raise answer.unusable("has the order, but not yet all of it")
    return [] if answer.status == HTTPStatus.NO_CONTENT else answer.json_objects()


def _is_last(rows: "tuple[Any, ...] | list[Any]") -> bool:
    """A page that is full tells of more; so may one of the default size, if ours was ignored."""
    return not rows or len(rows) % DEFAULT_PAGE != 0


def _too_large(what: str) -> RejectedError:
    return RejectedError(
        f"The order has {what}, more than can be taken over.",
        next_action="Enter this order by hand, or split it in the storefront.",
        code="TooLarge",
    )
