"""Hooks as BigCommerce keeps them: listed whole, registered, mended, and never anybody else's."""

from collections.abc import Generator
from dataclasses import replace
from typing import Any

import pytest

from sandbox.bigcommerce import Account
from sandbox.bigcommerce.model import Hook as ShopHook
from tests.adapters.bigcommerce_shop import RunningShop
from tests.adapters.hooks import ADDRESS, KEY, Credentials, Secret, hooks_of
from tests.unit.ports import FakeClock
from tieout.adapters.bigcommerce_hooks import (
    MOST_PAGES,
    PAGE,
    SCOPES,
    SECRET_KNOWN_AFTER,
    BigCommerceHooks,
)
from tieout.adapters.bigcommerce_notices import KEY_HEADER
from tieout.errors import OutcomeUnknownError, RejectedError, RetryableError, SetupError
from tieout.flows.mend_hooks import Checkup, mend_hooks


@pytest.fixture
def credentials(shop: RunningShop) -> Credentials:
    return Credentials(Secret(shop.token))


@pytest.fixture
def hooks(
    shop: RunningShop, credentials: Credentials, clock: FakeClock
) -> Generator[BigCommerceHooks]:
    made = hooks_of(shop.store, credentials, clock)
    yield made
    made.close()


def registered(shop: RunningShop, **more: Any) -> list[ShopHook]:
    return [
        hook
        for hook in shop.shop.hooks.values()
        if all(getattr(hook, name) == value for name, value in more.items())
    ]


def put(shop: RunningShop, scope: str = SCOPES[0], **more: Any) -> ShopHook:
    """Have one more hook in the shop, past its limits."""
    hook = ShopHook(
        id=shop.shop.composer.numbers.next("hook"),
        client_id=shop.shop.account.client_id,
        scope=scope,
        destination=ADDRESS,
        headers={KEY_HEADER: KEY},
        is_active=True,
        created_at=0,
        updated_at=0,
    )
    for name, value in more.items():
        setattr(hook, name, value)
    shop.shop.hooks[hook.id] = hook
    return hook


def test_the_doctor_registers_every_hook_that_a_new_store_needs(
    shop: RunningShop, hooks: BigCommerceHooks
) -> None:
    found = mend_hooks(hooks=hooks)

    made = registered(shop, destination=ADDRESS, is_active=True, headers={KEY_HEADER: KEY})
    assert found == Checkup(mended=SCOPES)
    assert {hook.scope for hook in made} == set(SCOPES)
    assert mend_hooks(hooks=hooks) == Checkup()


def test_a_webhook_of_a_registered_hook_carries_our_key(
    shop: RunningShop, hooks: BigCommerceHooks
) -> None:
    mend_hooks(hooks=hooks)

    shop.sell(line_count=1)

    deliveries = shop.shop.courier.deliveries
    assert {one.headers.get(KEY_HEADER) for one in deliveries} == {KEY}


@pytest.mark.parametrize(
    "damage",
    [
        {"is_active": False},
        {"is_active": False, "deactivated": True},
        {"headers": {}},
        {"headers": {KEY_HEADER: "an-older-key"}},
        {"headers": {"X-Other": KEY}},
    ],
)
def test_a_damaged_hook_is_mended_in_place(
    shop: RunningShop, hooks: BigCommerceHooks, damage: dict[str, Any]
) -> None:
    mend_hooks(hooks=hooks)
    (hook,) = registered(shop, scope=SCOPES[2])
    for name, value in damage.items():
        setattr(hook, name, value)

    found = mend_hooks(hooks=hooks)

    assert found == Checkup(mended=(SCOPES[2],))
    assert registered(shop, scope=SCOPES[2]) == [hook]
    assert (hook.is_active, hook.deactivated) == (True, False)
    assert hook.headers == {KEY_HEADER: KEY}


def test_the_key_is_found_whatever_the_case_of_its_headers_name(
    shop: RunningShop, hooks: BigCommerceHooks
) -> None:
    put(shop, headers={"X-TIEOUT-Key": KEY})

    assert [hook.is_well for hook in hooks.ours()] == [True]


def test_hooks_that_lead_elsewhere_are_neither_seen_nor_touched(
    shop: RunningShop, hooks: BigCommerceHooks
) -> None:
    elsewhere = put(shop, destination=ADDRESS + "2", is_active=False, headers={})

    mend_hooks(hooks=hooks)

    assert elsewhere.id not in {hook.id for hook in hooks.ours()}
    assert (elsewhere.is_active, elsewhere.headers) == (False, {})


def test_hooks_of_another_account_are_none_of_ours(
    shop: RunningShop, hooks: BigCommerceHooks
) -> None:
    foreign = put(shop, client_id="another", is_active=False)

    found = mend_hooks(hooks=hooks)

    assert found.mended == SCOPES
    assert not foreign.is_active


def test_a_new_account_that_sees_none_of_the_old_hooks_registers_its_own(
    shop: RunningShop, credentials: Credentials, hooks: BigCommerceHooks
) -> None:
    mend_hooks(hooks=hooks)
    shop.shop.accounts["new-token"] = Account("newclient", "secret", "new-token")
    credentials.secret = Secret("new-token")

    found = mend_hooks(hooks=hooks)

    assert found.mended == SCOPES
    assert len(registered(shop, client_id="newclient")) == len(SCOPES)


def test_hooks_on_later_pages_are_found(shop: RunningShop, hooks: BigCommerceHooks) -> None:
    for number in range(PAGE):
        put(shop, destination=f"https://other.example/{number}")
    ours = put(shop)

    assert [hook.id for hook in hooks.ours()] == [ours.id]
    assert [one.query for one in shop.heard] == [f"page={n}&limit={PAGE}" for n in (1, 2)]


def test_a_list_without_end_is_given_up(shop: RunningShop, hooks: BigCommerceHooks) -> None:
    for number in range(PAGE * MOST_PAGES + 1):
        put(shop, destination=f"https://other.example/{number}")

    with pytest.raises(RetryableError, match="more than 1000 hooks"):
        hooks.ours()


def test_the_hooks_get_a_new_key_once_every_function_knows_it(
    shop: RunningShop, credentials: Credentials, *, hooks: BigCommerceHooks, clock: FakeClock
) -> None:
    mend_hooks(hooks=hooks)
    credentials.secret = Secret(shop.token, webhook_key="tomorrow", webhook_key_previous=KEY)
    credentials.written_at = clock.now()

    at_once = mend_hooks(hooks=hooks)
    clock.advance(SECRET_KNOWN_AFTER)
    later = mend_hooks(hooks=hooks)

    assert at_once == Checkup()
    assert later == Checkup(mended=SCOPES)
    assert len(registered(shop, headers={KEY_HEADER: "tomorrow"})) == len(SCOPES)


@pytest.mark.parametrize(
    "secret",
    [
        Secret("token", webhook_key_previous="yesterday"),
        Secret("token", client_secret_previous="yesterday"),
    ],
)
def test_a_new_secret_is_changing_until_nobody_remembers_only_the_one_before(
    credentials: Credentials, *, hooks: BigCommerceHooks, clock: FakeClock, secret: Secret
) -> None:
    credentials.secret, credentials.written_at = secret, clock.now()

    early = hooks.is_secret_changing()
    clock.advance(SECRET_KNOWN_AFTER)

    assert (early, hooks.is_secret_changing()) == (True, False)


def test_a_first_secret_is_never_changing(
    credentials: Credentials, hooks: BigCommerceHooks, clock: FakeClock
) -> None:
    credentials.written_at = clock.now()

    assert not hooks.is_secret_changing()


def test_a_secret_of_which_nobody_knows_the_age_is_not_changing(
    credentials: Credentials, hooks: BigCommerceHooks
) -> None:
    credentials.secret = replace(credentials.secret, webhook_key_previous="yesterday")

    assert not hooks.is_secret_changing()


def test_an_answer_that_gets_lost_leaves_one_hook_and_is_no_alarm(
    shop: RunningShop, hooks: BigCommerceHooks
) -> None:
    shop.break_down("/v3/hooks", method="POST", cut_body=True, count=None)

    with pytest.raises(OutcomeUnknownError):
        hooks.register(SCOPES[0])
    found = mend_hooks(hooks=hooks)

    assert found == Checkup(mended=SCOPES[1:])
    assert len(registered(shop)) == len(SCOPES)


def test_a_second_hook_for_one_event_and_address_is_refused(
    shop: RunningShop, hooks: BigCommerceHooks
) -> None:
    hooks.register(SCOPES[0])

    with pytest.raises(RejectedError, match="422"):
        hooks.register(SCOPES[0])

    assert len(registered(shop)) == 1


def test_a_hook_that_was_deleted_meanwhile_is_refused(hooks: BigCommerceHooks) -> None:
    with pytest.raises(RejectedError, match="404"):
        hooks.mend(4711)


def test_a_token_that_was_rotated_is_fetched_anew(
    shop: RunningShop, credentials: Credentials, hooks: BigCommerceHooks
) -> None:
    credentials.after_rotation = credentials.secret
    credentials.secret = replace(credentials.secret, access_token="old")

    assert mend_hooks(hooks=hooks).mended == SCOPES
    assert len(registered(shop)) == len(SCOPES)


def test_a_token_that_is_unknown_is_for_the_operator(
    credentials: Credentials, hooks: BigCommerceHooks
) -> None:
    credentials.secret = Secret("wrong")

    with pytest.raises(SetupError, match="doesn't know the access token"):
        hooks.ours()


def test_a_secret_without_key_is_for_the_operator_and_makes_no_hook(
    shop: RunningShop, credentials: Credentials, hooks: BigCommerceHooks
) -> None:
    credentials.secret = Secret(shop.token, webhook_key="")

    with pytest.raises(SetupError, match="webhook_key is empty"):
        mend_hooks(hooks=hooks)

    assert registered(shop) == []


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (403, SetupError),
        (400, SetupError),
        (429, RetryableError),
        (423, RetryableError),
        (503, RetryableError),
    ],
)
def test_a_list_that_is_refused_is_told_apart_by_who_must_act(
    shop: RunningShop, hooks: BigCommerceHooks, *, status: int, kind: type[Exception]
) -> None:
    shop.break_down("/v3/hooks", status=status, count=None)

    with pytest.raises(kind):
        hooks.ours()


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, RejectedError),
        (403, SetupError),
        (429, RetryableError),
        (502, OutcomeUnknownError),
    ],
)
def test_a_change_that_is_refused_is_told_apart_by_who_must_act(
    shop: RunningShop, hooks: BigCommerceHooks, *, status: int, kind: type[Exception]
) -> None:
    shop.break_down("/v3/hooks", method="POST", status=status, count=None)

    with pytest.raises(kind):
        hooks.register(SCOPES[0])


def test_a_token_that_is_rotated_between_two_calls_is_fetched_anew_for_the_second(
    shop: RunningShop, credentials: Credentials, hooks: BigCommerceHooks
) -> None:
    hooks.ours()
    credentials.after_rotation = credentials.secret
    credentials.secret = replace(credentials.secret, access_token="old")

    hooks.register(SCOPES[0])

    assert len(registered(shop)) == 1
