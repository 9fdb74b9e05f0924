"""Lists of hooks as a shop could send them: unreadable, without headers, in other pages."""

from collections.abc import Callable, Generator
from contextlib import ExitStack
from dataclasses import replace

import pytest

from tests.adapters.bigcommerce_shop import RunningShop
from tests.adapters.conftest import Serve
from tests.adapters.hooks import ADDRESS, Credentials, Secret, hooks_of
from tests.adapters.servers import Server, answer, replying
from tests.unit.ports import FakeClock
from tieout.adapters.bigcommerce_hooks import PAGE, BigCommerceHooks
from tieout.errors import RetryableError
from tieout.flows.mend_hooks import mend_hooks

Told = Callable[..., tuple[BigCommerceHooks, Server]]


@pytest.fixture
def told(shop: RunningShop, serve: Serve, clock: FakeClock) -> Generator[Told]:
    """The hooks of a shop that answers with just these bodies, and the shop."""
    with ExitStack() as stack:

        def tell(*bodies: bytes) -> tuple[BigCommerceHooks, Server]:
            server = serve(replying(*(answer(200, body) for body in bodies)))
            store = replace(shop.store, api=server.pinned())
            hooks = hooks_of(store, Credentials(Secret(shop.token)), clock)
            stack.callback(hooks.close)
            return hooks, server

        yield tell


@pytest.mark.parametrize(
    "body",
    [
        b"[]",
        b'{"data": {}}',
        b'{"data": [7]}',
        b'{"data": [{"id": "7", "scope": "s", "is_active": true, "destination": "%s"}]}',
        b'{"data": [{"id": 7, "scope": null, "is_active": true, "destination": "%s"}]}',
        b'{"data": [{"id": 7, "scope": "s", "is_active": 1, "destination": "%s"}]}',
    ],
)
def test_a_list_that_can_not_be_read_changes_nothing(told: Told, body: bytes) -> None:
    hooks, shop = told(body.replace(b"%s", ADDRESS.encode()))

    with pytest.raises(RetryableError):
        mend_hooks(hooks=hooks)

    hooks.close()
    shop.settle()
    assert all(request.startswith(b"GET ") for request in shop.received)


def test_a_hook_without_headers_has_no_key(told: Told) -> None:
    text = b'{"data": [{"id": 7, "scope": "s", "is_active": true, "destination": "%s", "headers": null}]}'
    hooks, _ = told(text.replace(b"%s", ADDRESS.encode()))

    assert [hook.has_key for hook in hooks.ours()] == [False]


def test_a_shop_with_smaller_pages_than_we_ask_for_is_read_to_its_end(told: Told) -> None:
    row = '{"id": %d, "scope": "s", "is_active": true, "destination": "' + ADDRESS + '"}'
    meta = '"meta": {"pagination": {"total_pages": 2}}'
    hooks, _ = told(*(f'{{"data": [{row % number}], {meta}}}'.encode() for number in (1, 2)))

    assert [hook.id for hook in hooks.ours()] == [1, 2]


def test_a_shop_that_counts_no_pages_is_read_until_one_is_not_full(told: Told) -> None:
    row = '{"id": 1, "scope": "s", "is_active": true, "destination": "' + ADDRESS + '"}'
    full = f'{{"data": [{", ".join([row] * PAGE)}]}}'.encode()
    hooks, _ = told(full, b'{"data": []}')

    assert len(hooks.ours()) == PAGE
