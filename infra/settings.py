"""What a customer's settings file may say at deploy time; refused clearly, before anything is built."""

import hashlib
from collections import Counter
from collections.abc import Iterable
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Annotated, Literal, Self, cast
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, field_validator, model_validator

PRODUCTION = "prod"
"""The stage with the stricter rules: no loopback, and WAF and deletion protection on by default."""

MAX_STORES = 20
"""More stores than this can't fit into a function's environment of 4 KB."""

MAX_PINS = 2
"""Two certificates may be trusted at once: the one in use and the one that comes next."""

CROCKFORD = "0123456789abcdefghjkmnpqrstvwxyz"

LOOPBACK = tuple(map(ip_network, ("127.0.0.0/8", "::1/128", "::ffff:127.0.0.0/104")))
NEVER_ALLOWED = tuple(
    map(
        ip_network,
        ("0.0.0.0/32", "169.254.0.0/16", "224.0.0.0/4", "::/128", "fe80::/10", "ff00::/8"),
    )
)
"""Unspecified, link-local (the cloud's metadata service lives there) and multicast addresses."""


def one_letter(value: str) -> str:
    """Refuse all but one letter from A to Z, with the reason."""
    if len(value) != 1 or not "A" <= value <= "Z":
        raise ValueError(
            f"{value!r} must be one upper-case letter A to Z: sales order numbers begin with it"
        )
    return value


def known_time_zone(value: str) -> str:
    """Refuse a time zone that the zone database doesn't know."""
    try:
        ZoneInfo(value)
    except (KeyError, ValueError, OSError):
        raise ValueError(
            f'{value!r} is no time zone; write it as "America/Denver" or "UTC"'
        ) from None
    return value


Letter = Annotated[str, AfterValidator(one_letter)]
Hour = Annotated[int, Field(ge=0, le=23)]
Text = Annotated[str, Field(min_length=1, max_length=200)]
Currency = Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
Company = Annotated[str, Field(pattern=r"^[A-Z0-9]{3}$")]
Pin = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
RoleArn = Annotated[str, Field(pattern=r"^arn:aws[a-z-]*:iam::\d{12}:role/[\w+=,.@/-]+$")]
Network = IPv4Network | IPv6Network


class Settings(BaseModel):
    """Base of all parts: unknown keys are typing mistakes, so they are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


class Endpoint(Settings):
    """An HTTPS address outside, and how its certificate is trusted.

    `public` trusts the public authorities, `own_ca` the authority in `ca_pem`, `pin` the SHA-256
    of the certificate (64 lower-case hex digits). `allow_networks` opens address ranges that the
    client otherwise refuses, such as the private range of a VPN.
    """

    url: Text
    trust: Literal["public", "own_ca", "pin"] = "public"
    pins: Annotated[tuple[Pin, ...], Field(max_length=MAX_PINS)] = ()
    ca_pem: str = ""
    allow_networks: Annotated[tuple[Network, ...], Field(max_length=10)] = ()

    @field_validator("url")
    @classmethod
    def _plain_https(cls, url: str) -> str:
        parts = urlsplit(url)
        extras = (parts.username, parts.password, parts.query, parts.fragment)
        if parts.scheme != "https" or not parts.hostname or any(extras):
            raise ValueError(
                "must be a plain https address, without user name, password, query or fragment"
            )
        return url

    @field_validator("allow_networks")
    @classmethod
    def _no_dangerous_network(cls, networks: tuple[Network, ...]) -> tuple[Network, ...]:
        for network in networks:
            if overlaps(network, NEVER_ALLOWED):
                raise ValueError(
                    f"{network} holds addresses that are never safe to call "
                    "(link-local, metadata, multicast or unspecified); name a narrower range"
                )
        return networks

    @model_validator(mode="after")
    def _trust_has_what_it_needs(self) -> Self:
        if (self.trust == "pin") != bool(self.pins):
            raise ValueError('`pins` goes with trust = "pin": give one or two, or none at all')
        if (self.trust == "own_ca") != bool(self.ca_pem):
            raise ValueError('`ca_pem` goes with trust = "own_ca": give it, or leave it out')
        return self


class Store(Settings):
    """One storefront and the Sage companies that its orders go to, by currency.

    `letter` begins the sales order numbers of web orders up to 999,999, `overflow_letter` those of
    later ones; a store that never gets there needs none. `on_cancel` is what becomes of an open sales
    order whose web order was cancelled: put on hold, or deleted. `manage_hooks` lets Tieout register its
    webhooks at the storefront by itself, and mend them. `recount_days` is how far back storefront,
    ledger and Sage are counted against each other every night.
    """

    platform: Literal["bigcommerce"] = "bigcommerce"
    letter: Letter
    overflow_letter: Letter | None = None
    first_order_id: Annotated[int, Field(ge=0)] = 0
    on_cancel: Literal["hold", "delete"] = "hold"
    manage_hooks: bool = True
    recount_days: Annotated[int, Field(ge=1, le=400)] = 45
    store_hash: Annotated[str, Field(pattern=r"^[a-z0-9]{1,20}$")]
    api: Endpoint
    import_statuses: Annotated[
        tuple[Annotated[int, Field(ge=0, le=14)], ...], Field(min_length=1)
    ] = (11, 9, 8, 3)
    companies: Annotated[dict[Currency, Company], Field(min_length=1)]
    sage: dict[str, str] = Field(default_factory=dict)

    @property
    def letters(self) -> list[str]:
        """What this store's sales order numbers may begin with."""
        return [self.letter, *filter(None, [self.overflow_letter])]


class Schedules(Settings):
    """How often the cloud looks by itself, in whole minutes; what is daily has its hour of the day."""

    due_minutes: Annotated[int, Field(ge=1, le=2)] = 1
    backfill_minutes: Annotated[int, Field(ge=2, le=5)] = 5
    time_zone: Annotated[str, AfterValidator(known_time_zone)] = "UTC"
    recount_hour: Hour = 2
    selftest_hour: Hour = 7


class Limits(Settings):
    """How much at once. `max_concurrency` is the number of orders in work (2 to 1000: SQS's range).

    The reserved figures keep functions from starving each other; they are off by default, because
    a new AWS account has too little concurrency to reserve any.
    """

    max_concurrency: Annotated[int, Field(ge=2, le=1000)] = 5
    reserved_receive: Annotated[int, Field(ge=1, le=1000)] | None = None
    reserved_workers: Annotated[int, Field(ge=1, le=1000)] | None = None

    @model_validator(mode="after")
    def _room_for_every_order(self) -> Self:
        if self.reserved_workers is not None and self.reserved_workers < self.max_concurrency:
            raise ValueError(
                "`reserved_workers` must be at least `max_concurrency`: else the queue's "
                "deliveries are throttled and end up among the dead letters"
            )
        return self


class Edge(Settings):
    """The public door. Rates are requests per second; the WAF counts per address and five minutes.

    `door` is for the sandbox, whose cloud has no public address: where the self-test knocks instead.
    """

    waf: bool = False
    throttle_rate: Annotated[int, Field(ge=1, le=10_000)] = 1000
    throttle_burst: Annotated[int, Field(ge=1, le=5_000)] = 2000
    waf_rate_per_five_minutes: Annotated[int, Field(ge=100, le=100_000)] = 3000
    account_log_role: bool = True
    door: Endpoint | None = None


class Safety(Settings):
    """Who may read secrets beside the functions, and whether tables refuse to be deleted."""

    deletion_protection: bool = False
    operators: Annotated[tuple[RoleArn, ...], Field(max_length=10)] = ()


class Alarms(Settings):
    """Who is told."""

    mail: Annotated[
        tuple[Annotated[str, Field(pattern=r"^[^@\s]+@[^@\s]+$")], ...], Field(max_length=10)
    ] = ()


class Customer(Settings):
    """Everything that one deployment of one customer at one stage needs to know.

    Sage 100 is reached by our `agent` beside it, or by its own eBusiness Web Services (`ebws`).
    """

    customer: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,18}[a-z0-9]$")]
    stage: Annotated[str, Field(pattern=r"^[a-z][a-z0-9]{0,9}$")]
    region: Annotated[str, Field(pattern=r"^[a-z]{2}(-[a-z]+)+-\d$")]
    agent: Endpoint | None = None
    ebws: Endpoint | None = None
    stores: Annotated[
        dict[Annotated[str, Field(pattern=r"^[a-z][a-z0-9]{0,15}$")], Store],
        Field(min_length=1, max_length=MAX_STORES),
    ]
    schedules: Schedules = Schedules()
    limits: Limits = Limits()
    edge: Edge = Edge()
    safety: Safety = Safety()
    alarms: Alarms = Alarms()

    @property
    def prefix(self) -> str:
        """What the names of this deployment's stacks, functions and alarms begin with."""
        return f"{self.customer}-{self.stage}"

    @property
    def way_to_sage(self) -> Endpoint:
        """The one of the two that is given."""
        return cast("Endpoint", self.agent or self.ebws)

    @property
    def stack_tag(self) -> str:
        """Two characters that tell this deployment's orders from another's in the same company.

        The first ten bits of the name's SHA-256 in lower-case Crockford base32.
        """
        digest = hashlib.sha256(self.prefix.encode()).digest()
        bits = int.from_bytes(digest[:2], "big") >> 6
        return CROCKFORD[bits >> 5] + CROCKFORD[bits & 31]

    @model_validator(mode="after")
    def _one_way_into_sage(self) -> Self:
        if (self.agent is None) == (self.ebws is None):
            raise ValueError(
                "`agent` and `ebws` are two ways into the same Sage 100: give one of them, and the "
                "agent where you can, since it promises more"
            )
        return self

    @model_validator(mode="after")
    def _numbers_never_meet(self) -> Self:
        pairs = Counter(
            (letter, company)
            for store in self.stores.values()
            for letter in store.letters
            for company in set(store.companies.values())
        )
        for (letter, company), count in pairs.items():
            if count > 1:
                raise ValueError(
                    f"{count} numberings share letter {letter} in company {company}, so different "
                    "orders would get the same sales order number; give each its own letter"
                )
        return self

    @model_validator(mode="after")
    def _production_is_tested_by_its_own_door(self) -> Self:
        if self.stage == PRODUCTION and self.edge.door is not None:
            raise ValueError(
                f'`edge.door` leads the self-test elsewhere, so at the stage "{PRODUCTION}" it would '
                "prove nothing; keep it in the sandbox's settings"
            )
        return self

    @model_validator(mode="after")
    def _no_loopback_in_production(self) -> Self:
        endpoints = [self.way_to_sage, *(store.api for store in self.stores.values())]
        networks = [network for endpoint in endpoints for network in endpoint.allow_networks]
        if self.stage == PRODUCTION and any(overlaps(network, LOOPBACK) for network in networks):
            raise ValueError(
                f'`allow_networks` opens loopback addresses, which the stage "{PRODUCTION}" '
                "must never call; keep them in the sandbox's settings"
            )
        return self


def overlaps(network: Network, others: Iterable[Network]) -> bool:
    """Say whether the network shares an address with any of the others."""
    return any(
        network.overlaps(other)
        for other in others
        if isinstance(other, type(network))  # only like with like can be compared
    )
