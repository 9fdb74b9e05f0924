"""The BigCommerce client against answers that no shop should give."""

from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from tests.adapters.bigcommerce_shop import Credentials, RunningShop
from tests.adapters.conftest import Serve
from tests.adapters.servers import answer, replying
from tieout.adapters.bigcommerce import MOST_LINE_PAGES, BigCommerce
from tieout.adapters.http import LARGEST_BODY, Patience
from tieout.domain.identity import OrderId
from tieout.errors import RejectedError, RetryableError, SetupError

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
QUICK = Patience(read=2, total=3, retry_waits=(0.01, 0.01))


def fake(serve: Serve, shop: RunningShop, *answers: bytes) -> BigCommerce:
    """A client of something that says what no shop should."""
    server = serve(replying(*answers))
    store = replace(shop.store, api=server.pinned())
    return BigCommerce(store, Credentials("token"), patience=QUICK)


ROW = '{"id":%d,"date_modified":"Tue, 05 Mar 2019 21:40:11 +0000"}'


def rows(*numbers: int) -> bytes:
    return f"[{','.join(ROW % number for number in numbers)}]".encode()


@pytest.mark.parametrize(
    "bodies",
    [
        [rows(3, 2)],
        [rows(3, 3)],
        [rows(*range(100, 150)), rows(149)],
        [b'[{"id":"x","date_modified":""}]'],
        [b'[{"date_modified":"Tue, 05 Mar 2019 21:40:11 +0000"}]'],
        [b'{"id":1}'],
        [b"[1]"],
        [b"<html>"],
    ],
    ids=range(8),
)
def test_a_list_that_can_not_be_right_is_asked_for_later(
    serve: Serve, shop: RunningShop, bodies: list[bytes]
) -> None:
    with (
        closing(fake(serve, shop, *(answer(body=body) for body in bodies))) as storefront,
        pytest.raises(RetryableError),
    ):
        list(storefront.changed_since(LONG_AGO))


@pytest.mark.parametrize("date", ["null", '""', '"soon"', "7", '"Fri, 31 Dec 9999 23:59:59 -1200"'])
def test_one_order_without_a_date_does_not_keep_the_others_from_being_found(
    serve: Serve, shop: RunningShop, date: str
) -> None:
    page = rows(3)[:-1] + f',{{"id":4,"date_modified":{date}}},'.encode() + rows(5)[1:]

    with closing(fake(serve, shop, answer(body=page))) as storefront:
        ((third, fourth, fifth),) = storefront.changed_since(LONG_AGO)

    assert [stamp.key.order_id for stamp in (third, fourth, fifth)] == [3, 4, 5]
    assert fourth.modified_at is None


def test_a_list_that_never_ends_is_given_up(serve: Serve, shop: RunningShop) -> None:
    pages = [answer(body=rows(*range(start, start + 50))) for start in range(0, 10_050, 50)]
    with (
        closing(fake(serve, shop, *pages)) as storefront,
        pytest.raises(RetryableError, match="50000 orders"),
    ):
        list(storefront.changed_since(LONG_AGO))


HEADER = answer(body=b'{"id":100,"order_is_digital":true}')


def test_lines_that_never_end_park_the_order(serve: Serve, shop: RunningShop) -> None:
    pages = [answer(body=rows(*range(start, start + 50))) for start in range(0, 1050, 50)]
    with (
        closing(fake(serve, shop, HEADER, *pages[:MOST_LINE_PAGES])) as storefront,
        pytest.raises(RejectedError, match="more than 5000 lines"),
    ):
        storefront.read_order(OrderId(100))


def test_lines_too_large_for_an_answer_park_the_order(serve: Serve, shop: RunningShop) -> None:
    large = answer(body=b" " * (LARGEST_BODY + 1))
    with (
        closing(fake(serve, shop, HEADER, large)) as storefront,
        pytest.raises(RejectedError, match="too many options"),
    ):
        storefront.read_order(OrderId(100))


def test_the_same_line_on_two_pages_is_read_again_later(serve: Serve, shop: RunningShop) -> None:
    first = answer(body=rows(*range(50)))
    with (
        closing(fake(serve, shop, HEADER, first, answer(body=rows(49, 50)))) as storefront,
        pytest.raises(RetryableError, match="same line"),
    ):
        storefront.read_order(OrderId(100))


@pytest.mark.parametrize("body", [b'[{"id":[7]}]', b'[{"id":{}}]', b"[{},{}]"])
def test_a_line_without_a_sound_id_parks_the_order(
    serve: Serve, shop: RunningShop, body: bytes
) -> None:
    with (
        closing(fake(serve, shop, HEADER, answer(body=body))) as storefront,
        pytest.raises(RejectedError, match="“id” of a line"),
    ):
        storefront.read_order(OrderId(100))


@pytest.mark.parametrize("body", [b'{"id":101}', b"{}", b"[]", b'{"id":100', b'{"id":"100"}'])
def test_an_answer_that_is_not_the_order_is_asked_for_later(
    serve: Serve, shop: RunningShop, body: bytes
) -> None:
    with (
        closing(fake(serve, shop, answer(body=body))) as storefront,
        pytest.raises(RetryableError),
    ):
        storefront.read_order(OrderId(100))


def test_a_redirect_is_for_the_operator(serve: Serve, shop: RunningShop) -> None:
    moved = answer(302, headers={"Location": "https://169.254.169.254/"})
    with closing(fake(serve, shop, moved)) as storefront, pytest.raises(SetupError, match="302"):
        storefront.read_order(OrderId(100))
