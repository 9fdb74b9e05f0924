"""Every environment variable, typed: the only module that reads the environment."""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from enum import StrEnum
from typing import Any, TypeVar, cast
from urllib.parse import urlsplit

from tieout.domain.identity import StoreKey
from tieout.domain.mapping import SageDefaults
from tieout.domain.sales_orders import OnCancel
from tieout.errors import SetupError

TRUST_MODES = ("public", "own_ca", "pin")


@dataclass(frozen=True, slots=True)
class Connection:
    """How to reach and trust one HTTPS server.

    `trust` is `public` (the public CAs), `own_ca` (only `ca_pem`) or `pin` (the certificate's
    SHA-256 in lower-case hex is one of `pins`, two during a change). There is no mode that trusts
    blindly. Addresses that aren't public are refused unless within one of `allow_networks` (CIDR).
    """

    url: str
    trust: str = "public"
    pins: tuple[str, ...] = ()
    ca_pem: str = ""
    allow_networks: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.trust not in TRUST_MODES:
            raise SetupError(
                f"trust is “{self.trust}”; it must be one of {', '.join(TRUST_MODES)}."
            )
        if self.trust == "pin" and not self.pins:
            raise SetupError("trust is “pin”, and pins is empty: add the certificate's SHA-256.")
        if self.trust == "own_ca" and not self.ca_pem:
            raise SetupError("trust is “own_ca”, and ca_pem is empty: add the CA's certificate.")


@dataclass(frozen=True, slots=True)
class WebhookStore:
    """What receiving a store's webhooks takes."""

    key: StoreKey
    store_hash: str
    secret_arn: str


@dataclass(frozen=True, slots=True)
class Store:
    """One storefront shop.

    `companies` maps a currency to the Sage company that keeps it. Orders below `first_order_id` were
    dealt with before Tieout came, and are left alone. `on_cancel` is what becomes of an open sales
    order whose web order was cancelled. `manage_hooks` lets the hook doctor register
    and mend the store's webhooks. `recount_days` is how far back storefront, ledger and Sage are
    counted against each other.
    """

    key: StoreKey
    platform: str
    letter: str
    store_hash: str
    api: Connection
    secret_arn: str
    import_statuses: frozenset[int]
    companies: Mapping[str, str]
    overflow_letter: str = ""
    first_order_id: int = 0
    on_cancel: OnCancel = OnCancel.HOLD
    manage_hooks: bool = True
    recount_days: int = 45
    sage: SageDefaults = field(default_factory=SageDefaults)


class Door(StrEnum):
    """How Sage 100 is reached: by our agent beside it, or by its own eBusiness Web Services."""

    AGENT = "agent"
    EBWS = "ebws"


@dataclass(frozen=True, slots=True)
class SageWay:
    """The way into Sage; the secret's shape follows the door's."""

    door: Door
    connection: Connection
    secret_arn: str


@dataclass(frozen=True, slots=True)
class ReceiveWebhookSettings:
    """The environment of `receive_webhook`."""

    stores: Mapping[StoreKey, WebhookStore]
    order_queue_url: str


@dataclass(frozen=True, slots=True)
class TakeOrdersSettings:
    """The environment of `take_orders`."""

    stack_tag: str
    stores: Mapping[StoreKey, Store]
    sage: SageWay
    ledger_table: str
    customers_table: str


@dataclass(frozen=True, slots=True)
class PollSettings:
    """The environment of `poll`.

    `webhooks_url` is where storefronts reach us; a store's key follows after a slash. `door` leads
    our own self-test there: by the public internet, as storefronts come, unless WEBHOOKS_DOOR says
    otherwise, which only the sandbox does. eBusiness Web Services tell without a logon whether they
    are there, so for them `sage` has no secret here.
    """

    stack_tag: str
    stores: Mapping[StoreKey, Store]
    sage: SageWay
    ledger_table: str
    order_queue_url: str
    webhooks_url: str
    door: Connection


def receive_webhook_settings() -> ReceiveWebhookSettings:
    """Read and check them; raises SetupError with the name that is missing or wrong."""
    stores = [_build(WebhookStore, row) for row in _store_rows()]
    return ReceiveWebhookSettings({s.key: s for s in stores}, _variable("ORDER_QUEUE_URL"))


def take_orders_settings() -> TakeOrdersSettings:
    """Read and check them; raises SetupError with the name that is missing or wrong."""
    return TakeOrdersSettings(
        stack_tag=_variable("TIEOUT_STACK_TAG"),
        stores=_stores(),
        sage=_sage(),
        ledger_table=_variable("LEDGER_TABLE"),
        customers_table=_variable("CUSTOMERS_TABLE"),
    )


def poll_settings() -> PollSettings:
    """Read and check them; raises SetupError with the name that is missing or wrong."""
    webhooks_url = _variable("WEBHOOKS_URL")
    return PollSettings(
        stack_tag=_variable("TIEOUT_STACK_TAG"),
        stores=_stores(),
        sage=_sage(with_logon=False),
        ledger_table=_variable("LEDGER_TABLE"),
        order_queue_url=_variable("ORDER_QUEUE_URL"),
        webhooks_url=webhooks_url,
        door=_door(webhooks_url),
    )


def _sage(*, with_logon: bool = True) -> SageWay:
    """The one way into Sage; `with_logon` if its eBusiness Web Services are to be logged on to."""
    if _is_set("TIEOUT_AGENT") and _is_set("TIEOUT_EBWS"):
        raise SetupError("TIEOUT_AGENT and TIEOUT_EBWS are both set: there is one way into Sage.")
    door = Door.EBWS if _is_set("TIEOUT_EBWS") else Door.AGENT
    name = "TIEOUT_EBWS" if door is Door.EBWS else "TIEOUT_AGENT"
    row = dict(_object(_json(name), of=name))
    secret_arn = str(row.pop("secret_arn", ""))
    if not secret_arn and (with_logon or door is Door.AGENT):
        raise SetupError(f"{name} has no secret_arn.")
    return SageWay(door, _build(Connection, row), secret_arn)


def _door(webhooks_url: str) -> Connection:
    if _is_set("WEBHOOKS_DOOR"):
        return _build(Connection, _object(_json("WEBHOOKS_DOOR"), of="WEBHOOKS_DOOR"))
    parts = urlsplit(webhooks_url)
    return Connection(f"{parts.scheme}://{parts.netloc}")


def _stores() -> dict[StoreKey, Store]:
    stores = [_store(row) for row in _store_rows()]
    return {store.key: store for store in stores}


def _store_rows() -> list[Mapping[str, Any]]:
    rows = _json("TIEOUT_STORES")
    if not isinstance(rows, list) or not rows:
        raise SetupError("TIEOUT_STORES must be a list of at least one store.")
    stores = [_object(row, of="TIEOUT_STORES") for row in cast("list[Any]", rows)]
    keys = [str(store.get("key")) for store in stores]
    if len(set(keys)) != len(keys):
        raise SetupError("Two stores in TIEOUT_STORES have the same key.")
    return stores


def _store(row: Mapping[str, Any]) -> Store:
    nested = {
        "api": _build(Connection, _object(row.get("api"), of="api")),
        "sage": _build(SageDefaults, _object(row.get("sage", {}), of="sage")),
        "companies": _object(row.get("companies"), of="companies"),
        "import_statuses": _statuses(row.get("import_statuses")),
        "on_cancel": _on_cancel(row.get("on_cancel", OnCancel.HOLD.value)),
    }
    return _build(Store, {**row, **nested})


def _statuses(value: Any) -> frozenset[int]:
    ids = cast("list[Any]", value if isinstance(value, list) else [None])
    if not all(type(status) is int for status in ids):
        raise SetupError("import_statuses must be a list of status numbers.")
    return frozenset(ids)


def _on_cancel(value: Any) -> OnCancel:
    try:
        return OnCancel(value)
    except ValueError:
        raise SetupError("on_cancel must be “hold” or “delete”.") from None


def _object(value: Any, *, of: str) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise SetupError(f"{of} must be made of names and values.")
    return cast("dict[str, Any]", value)


_Built = TypeVar("_Built")


def _build(kind: type[_Built], row: Mapping[str, Any]) -> _Built:
    known = {f.name for f in fields(kind)}  # pyright: ignore[reportArgumentType]
    unknown = sorted(set(row) - known)
    if unknown:
        raise SetupError(f"{kind.__name__} has no setting “{unknown[0]}”: check its spelling.")
    values = {name: _frozen(value) for name, value in row.items()}
    try:
        return kind(**values)
    except TypeError as error:
        raise SetupError(f"A setting of {kind.__name__} is missing: {error}.") from error


def _frozen(value: Any) -> Any:
    return tuple(cast("list[Any]", value)) if isinstance(value, list) else value


def _json(name: str) -> Any:
    try:
        return json.loads(_variable(name))
    except json.JSONDecodeError as error:
        raise SetupError(f"The environment variable {name} is not JSON: {error}.") from error


def _is_set(name: str) -> bool:
    return bool(os.environ.get(name, ""))  # noqa: TID251 - this is the place


def _variable(name: str) -> str:
    value = os.environ.get(name, "")  # noqa: TID251 - this is the place
    if not value:
        raise SetupError(f"The environment variable {name} is not set.")
    return value
