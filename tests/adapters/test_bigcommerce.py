"""The BigCommerce client against the simulated shop: requests, pages, refusals, budget."""

from collections.abc import Generator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from tests.adapters.bigcommerce_shop import Credentials, RunningShop
from tieout import __version__
from tieout.adapters.bigcommerce import BigCommerce
from tieout.adapters.http import Patience
from tieout.domain.identity import OrderId, OrderKey
from tieout.domain.orders import Order, Standing
from tieout.errors import RetryableError, SetupError

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
QUICK = Patience(read=2, total=3, retry_waits=(0.01, 0.01))


@pytest.fixture
def storefront(shop: RunningShop) -> Generator[BigCommerce]:
    with closing(BigCommerce(shop.store, Credentials(shop.token), patience=QUICK)) as made:
        yield made


def order(storefront: BigCommerce, order_id: OrderId) -> Order:
    read = storefront.read_order(order_id)
    assert read is not None
    return read


def ids(storefront: BigCommerce, since: datetime = LONG_AGO) -> list[list[int]]:
    return [[row.key.order_id for row in page] for page in storefront.changed_since(since)]


def test_an_ordinary_order_costs_three_requests(shop: RunningShop, storefront: BigCommerce) -> None:
    order_id = shop.sell(line_count=3)

    order(storefront, order_id)

    assert [(one.path, one.query) for one in shop.heard] == [
        (f"/v2/orders/{order_id}", "include=fees"),
        (f"/v2/orders/{order_id}/products", "limit=250&page=1"),
        (f"/v2/orders/{order_id}/shipping_addresses", "limit=250"),
    ]


def test_a_request_says_who_asks_and_with_which_token(
    shop: RunningShop, storefront: BigCommerce
) -> None:
    order(storefront, shop.sell())

    headers = shop.heard[0].headers
    assert headers["x-auth-token"] == shop.token
    assert headers["user-agent"] == f"Tieout/{__version__}"
    assert headers["accept"] == "application/json"


def test_a_digital_order_has_no_addresses_to_ask_for(
    shop: RunningShop, storefront: BigCommerce
) -> None:
    read = order(storefront, shop.sell(digital=True))

    assert (read.ship_to, read.ship_to_count, len(shop.heard)) == (None, 0, 2)


def test_an_order_that_is_picked_up_has_no_addresses(
    shop: RunningShop, storefront: BigCommerce
) -> None:
    read = order(storefront, shop.sell(pickup=True))

    assert (read.ship_to, read.ship_to_count) == (None, 0)


def test_an_order_to_two_addresses_says_so(shop: RunningShop, storefront: BigCommerce) -> None:
    lines = [{"address": 0}, {"address": 1}]

    read = order(storefront, shop.sell(lines=lines, addresses=[{}, {"city": "Reno"}]))

    assert read.ship_to_count == 2


def test_fees_are_among_the_charges(shop: RunningShop, storefront: BigCommerce) -> None:
    order_id = shop.sell(fees=[{"name": "Fuel", "cost": "3.50"}, {"name": "Dock", "cost": "1"}])

    read = order(storefront, order_id)

    assert [(one.name, one.amount) for one in read.charges] == [
        ("Fuel", Decimal("3.50")),
        ("Dock", Decimal(1)),
    ]


@pytest.mark.parametrize("count", [1, 49, 50, 60, 249, 250, 251, 500])
def test_every_line_is_read(shop: RunningShop, storefront: BigCommerce, count: int) -> None:
    read = order(storefront, shop.sell(line_count=count))

    assert len(read.lines) == count


def test_an_order_that_is_not_there_is_none(storefront: BigCommerce) -> None:
    assert storefront.read_order(OrderId(999)) is None


@pytest.mark.parametrize("part", ["products", "shipping_addresses"])
def test_an_order_of_which_a_part_is_missing_is_read_again_later(
    shop: RunningShop, storefront: BigCommerce, part: str
) -> None:
    order_id = shop.sell()
    shop.break_down(f"/v2/orders/*/{part}", status=404)

    with pytest.raises(RetryableError, match="not yet all of it"):
        storefront.read_order(order_id)


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_two_passing_faults_in_a_row_are_ridden_out(
    shop: RunningShop, storefront: BigCommerce, status: int
) -> None:
    order_id = shop.sell()
    shop.break_down("/v2/orders/*/products", status=status, count=2)

    assert order(storefront, order_id).lines


@pytest.mark.parametrize("status", [408, 423, 500, 502, 503, 504])
def test_a_lasting_fault_is_left_for_later(
    shop: RunningShop, storefront: BigCommerce, status: int
) -> None:
    shop.break_down("/v2/orders/*", status=status, count=None)

    with pytest.raises(RetryableError, match=str(status)):
        storefront.read_order(OrderId(100))

    assert len(shop.heard) <= 3


@pytest.mark.parametrize("path", ["/v2/orders/???", "/v2/orders/*/products"])
def test_an_answer_cut_in_the_middle_is_asked_for_again(
    shop: RunningShop, storefront: BigCommerce, path: str
) -> None:
    order_id = shop.sell(line_count=2)
    shop.break_down(path, cut_body=True)

    assert len(order(storefront, order_id).lines) == 2


def test_a_429_names_the_wait_until_the_window_ends(
    shop: RunningShop, storefront: BigCommerce
) -> None:
    order_id = shop.sell()
    shop.break_down("/v2/orders/*", status=429)

    with pytest.raises(RetryableError) as caught:
        storefront.read_order(order_id)

    assert caught.value.retry_after is not None
    assert 29 <= caught.value.retry_after <= 34


def test_of_two_waits_the_longer_counts(shop: RunningShop, storefront: BigCommerce) -> None:
    shop.break_down("/v2/orders/*", status=429, retry_after=120)

    with pytest.raises(RetryableError) as caught:
        storefront.read_order(OrderId(100))

    assert caught.value.retry_after is not None
    assert 120 <= caught.value.retry_after <= 123


def test_a_429_without_headers_makes_each_wait_longer(
    shop: RunningShop, storefront: BigCommerce
) -> None:
    shop.break_down("/v2/orders/*", status=429, rate_headers=False, count=None)
    waits: list[int] = []

    for _ in range(8):
        with pytest.raises(RetryableError) as caught:
            storefront.read_order(OrderId(100))
        waits.append(caught.value.retry_after or 0)

    least = [5, 10, 20, 40, 80, 160, 160, 160]
    assert all(low <= wait <= low + 3 for low, wait in zip(least, waits, strict=True))


def test_after_a_429_nothing_is_asked_until_the_window_ends(
    shop: RunningShop, storefront: BigCommerce
) -> None:
    order_id = shop.sell()
    shop.break_down("/v2/orders/*", status=429)
    with pytest.raises(RetryableError):
        storefront.read_order(order_id)

    with pytest.raises(RetryableError) as caught:
        storefront.read_order(order_id)

    assert caught.value.retry_after
    assert len(shop.heard) == 1


def test_a_scan_stops_where_reading_orders_goes_on(shop: RunningShop) -> None:
    shop.shop.settings.quota = 10
    order_id = shop.sell()
    key = Credentials(shop.token)
    with (
        closing(BigCommerce(shop.store, key, reserve=0.3)) as scan,
        closing(BigCommerce(shop.store, key)) as reading,
    ):
        for _ in range(7):
            ids(scan)

        with pytest.raises(RetryableError, match="kept for other work"):
            ids(scan)
        assert order(reading, order_id).lines


def test_a_new_window_lets_a_scan_go_on(shop: RunningShop) -> None:
    shop.shop.settings.quota = 2
    shop.shop.settings.window_seconds = 0.2
    with closing(BigCommerce(shop.store, Credentials(shop.token), reserve=0.5)) as scan:
        ids(scan)
        with pytest.raises(RetryableError):
            ids(scan)

        until = datetime.now(UTC) + timedelta(seconds=0.25)  # noqa: TID251 - the shop's own time
        while datetime.now(UTC) < until:  # noqa: TID251 - the shop's own time
            pass

        assert ids(scan) == []


def test_a_rotated_token_is_fetched_once(shop: RunningShop) -> None:
    order_id = shop.sell()
    credentials = Credentials("old-token", after_rotation=shop.token)
    with closing(BigCommerce(shop.store, credentials)) as storefront:
        assert order(storefront, order_id).lines

    assert credentials.refreshed == 1


def test_a_token_that_stays_wrong_is_for_the_operator(shop: RunningShop) -> None:
    credentials = Credentials("wrong-token")
    with (
        closing(BigCommerce(shop.store, credentials)) as storefront,
        pytest.raises(SetupError, match="access token") as caught,
    ):
        storefront.read_order(OrderId(100))

    assert "wrong-token" not in str(caught.value)
    assert len(shop.heard) == 2


@pytest.mark.parametrize("token", ["", "with blank", "with\nbreak", "ümlaut"])
def test_a_token_that_fits_no_header_is_not_sent_or_shown(shop: RunningShop, token: str) -> None:
    with (
        closing(BigCommerce(shop.store, Credentials(token))) as storefront,
        pytest.raises(SetupError) as caught,
    ):
        storefront.read_order(OrderId(100))

    assert not token or token not in str(caught.value)
    assert shop.heard == []


def test_a_missing_scope_is_named(shop: RunningShop, storefront: BigCommerce) -> None:
    shop.break_down("/v2/orders/*", status=403)

    with pytest.raises(SetupError, match="store_v2_orders_read_only"):
        storefront.read_order(OrderId(100))


@pytest.mark.parametrize("status", [400, 405, 406, 413, 415, 422])
def test_a_refusal_of_our_request_is_for_the_operator(
    shop: RunningShop, storefront: BigCommerce, status: int
) -> None:
    shop.break_down("/v2/orders/*", status=status)

    with pytest.raises(SetupError, match=str(status)):
        storefront.read_order(OrderId(100))


def test_a_list_that_is_not_there_is_for_the_operator(
    shop: RunningShop, storefront: BigCommerce
) -> None:
    shop.break_down("/v2/orders", status=404)

    with pytest.raises(SetupError, match="404"):
        ids(storefront)


def test_changed_orders_come_in_pages_by_rising_id_and_never_by_page_number(
    shop: RunningShop, storefront: BigCommerce
) -> None:
    shop.shop.settings.quota = 10_000
    for _ in range(260):
        shop.sell(line_count=1)

    pages = ids(storefront)

    assert [len(page) for page in pages] == [250, 10]
    assert [*pages[0], *pages[1]] == list(range(100, 360))
    queries = [one.query for one in shop.heard]
    assert all("page=1" in query and "sort=id" in query for query in queries)
    assert ["min_id=0" in queries[0], "min_id=350" in queries[1]] == [True, True]


def test_a_scan_of_nothing_has_no_pages(shop: RunningShop, storefront: BigCommerce) -> None:
    shop.sell()

    assert ids(storefront, datetime.now(UTC) + timedelta(days=1)) == []  # noqa: TID251


def test_an_order_changed_in_the_very_second_is_in_the_scan(
    shop: RunningShop, storefront: BigCommerce
) -> None:
    order_id = shop.sell()
    modified = order(storefront, order_id).modified_at

    assert ids(storefront, modified + timedelta(milliseconds=900)) == [[order_id]]


def test_a_stamp_says_when_the_order_changed(shop: RunningShop, storefront: BigCommerce) -> None:
    order_id = shop.sell()

    [[stamp]] = storefront.changed_since(LONG_AGO)

    assert stamp.key == OrderKey(shop.store.key, order_id)
    assert stamp.modified_at == order(storefront, order_id).modified_at


@pytest.mark.parametrize(
    ("status_id", "standing"),
    [
        (0, Standing.NOT_YET), (1, Standing.NOT_YET), (2, Standing.FINISHED),
        (3, Standing.IMPORTABLE), (4, Standing.RETIRED), (5, Standing.CANCELLED),
        (6, Standing.CANCELLED), (7, Standing.NOT_YET), (8, Standing.IMPORTABLE),
        (9, Standing.IMPORTABLE), (10, Standing.FINISHED), (11, Standing.IMPORTABLE),
        (12, Standing.NOT_YET), (13, Standing.NOT_YET), (14, Standing.FINISHED),
    ],
)  # fmt: skip
def test_an_order_stands_where_its_status_id_says(
    shop: RunningShop, storefront: BigCommerce, *, status_id: int, standing: Standing
) -> None:
    assert order(storefront, shop.sell(status_id=status_id)).standing is standing


def test_an_archived_order_is_retired(shop: RunningShop, storefront: BigCommerce) -> None:
    order_id = shop.sell()
    shop.shop.revise(order_id, lambda one: one.header.update(is_deleted=True))

    assert order(storefront, order_id).standing is Standing.RETIRED
