"""Seed data that both simulators show: what the outdoor-gear wholesaler sells, to whom, and where.

Data only, no logic of either side. Everything is a pure function of the word lists below, so
the same list comes back every time and the storefront's SKUs are Sage 100's item codes.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal, NamedTuple

ItemKind = Literal["goods", "kit", "digital", "discontinued", "inactive"]

CENT = Decimal("0.01")
BUYER_COUNT = 200
CANADIAN_BUYER_COUNT = 40
TWIN_BUYERS = (31, 32)
"""Two buyers share one e-mail address, so that a look-up by e-mail finds two customers."""


@dataclass(frozen=True)
class SeedItem:
    """One thing on sale.

    Attributes:
        sku: Storefront SKU and Sage 100 item code, at most 15 characters here.
        description: At most 30 characters, which is what Sage 100 holds.
        price: List price in the company's currency; up to six decimals for goods by the foot.
        unit: Unit of measure, at most four characters.
        taxable: Whether sales tax applies (Sage 100 tax class TX, otherwise NT).
        kind: Inactive items are refused on orders; the other kinds can be sold.
    """

    sku: str
    description: str
    price: Decimal
    unit: str
    taxable: bool
    kind: ItemKind


@dataclass(frozen=True)
class SeedZip:
    """One postal code that Sage 100 has on file."""

    code: str
    city: str
    state: str
    state_name: str
    country: Literal["US", "CA"]


@dataclass(frozen=True)
class SeedBuyer:
    """One business buyer; `number` counts from 1 and is the tail of the Sage 100 customer number."""

    number: int
    first_name: str
    last_name: str
    company: str
    email: str
    phone: str
    street: str
    zip: SeedZip


class _Family(NamedTuple):
    code: str
    noun: str
    unit: str
    price: str
    sizes: str
    taxable: bool = True
    kind: ItemKind = "goods"


_FAMILIES = (
    _Family("TNT", "Tent", "EACH", "189.00", "1P 2P 3P 4P"),
    _Family("BAG", "Sleeping Bag", "EACH", "129.00", "+5C 0C -5C -15C"),
    _Family("PAD", "Sleeping Pad", "EACH", "64.00", "S R L XL"),
    _Family("PCK", "Backpack", "EACH", "119.00", "25L 35L 50L 65L"),
    _Family("DAY", "Daypack", "EACH", "54.00", "12L 16L 20L 24L"),
    _Family("JKT", "Rain Jacket", "EACH", "139.00", "S M L XL"),
    _Family("FLC", "Fleece", "EACH", "72.00", "S M L XL"),
    _Family("PNT", "Trail Pants", "EACH", "68.00", "30 32 34 36"),
    _Family("BTS", "Hiking Boots", "PAIR", "149.00", "8 9 10 11"),
    _Family("SOX", "Wool Socks", "PAIR", "16.50", "S M L XL"),
    _Family("GLV", "Gloves", "PAIR", "29.00", "S M L XL"),
    _Family("HAT", "Sun Hat", "EACH", "24.00", "S M L XL"),
    _Family("POL", "Trekking Poles", "PAIR", "79.00", "110 120 130 140"),
    _Family("STV", "Stove", "EACH", "59.00", "MINI SOLO DUO BASE"),
    _Family("POT", "Cook Pot", "EACH", "32.00", "0.7L 1L 2L 3L"),
    _Family("BTL", "Water Bottle", "EACH", "18.00", "0.5L 0.7L 1L 1.5L"),
    _Family("FLT", "Water Filter", "EACH", "44.00", "SIP PUMP BAG BASE"),
    _Family("LMP", "Headlamp", "EACH", "37.00", "150 250 400 600"),
    _Family("ROP", "Climbing Rope", "EACH", "159.00", "40M 50M 60M 70M"),
    _Family("CRB", "Carabiner", "PACK", "11.00", "1PK 2PK 4PK 6PK"),
    _Family("CRD", "Accessory Cord", "FT", "0.385", "2MM 3MM 5MM 7MM"),
    _Family("MEL", "Trail Meal", "EACH", "9.75", "BEEF RICE PEA OAT", taxable=False),
    _Family("BAR", "Energy Bars", "BOX", "27.60", "6CT 12CT 18CT 24CT", taxable=False),
    _Family("KIT", "Starter Kit", "KIT", "249.00", "1P 2P 3P 4P", kind="kit"),
    _Family("MAP", "Map Download", "EACH", "6.99", "N S E W", taxable=False, kind="digital"),
)
_MODELS = (
    ("RDG", "Ridge"),
    ("ALP", "Alpine"),
    ("CRK", "Creek"),
    ("SMT", "Summit"),
    ("TRL", "Trail"),
)
_MODEL_FACTORS = ("1.00", "1.35", "0.82", "1.60", "0.91")
_SIZE_FACTORS = ("0.94", "1.00", "1.08", "1.17")
_DISCONTINUED_EVERY, _INACTIVE_EVERY = 61, 83


def items() -> list[SeedItem]:
    """Return the 500 items, the same every time, in the order of the word lists."""
    return [
        _item(family, model, size)
        for family in _FAMILIES
        for model in range(len(_MODELS))
        for size in range(len(_SIZE_FACTORS))
    ]


def _item(family: _Family, model: int, size: int) -> SeedItem:
    code, name = _MODELS[model]
    size_name = family.sizes.split()[size]
    position = (_FAMILIES.index(family) * len(_MODELS) + model) * len(_SIZE_FACTORS) + size
    return SeedItem(
        sku=f"{family.code}-{code}-{size_name}",
        description=f"{name} {family.noun} {size_name}",
        price=_price(family, model, size),
        unit=family.unit,
        taxable=family.taxable,
        kind=_kind(family, position),
    )


def _price(family: _Family, model: int, size: int) -> Decimal:
    step = CENT if family.unit != "FT" else Decimal("0.001")
    price = Decimal(family.price) * Decimal(_MODEL_FACTORS[model]) * Decimal(_SIZE_FACTORS[size])
    return price.quantize(step)


def _kind(family: _Family, position: int) -> ItemKind:
    if family.kind != "goods":
        return family.kind
    if position % _INACTIVE_EVERY == _INACTIVE_EVERY - 1:
        return "inactive"
    if position % _DISCONTINUED_EVERY == _DISCONTINUED_EVERY - 1:
        return "discontinued"
    return "goods"


_US_ZIPS = """
80301 Boulder CO Colorado|80202 Denver CO Colorado|80521 Fort Collins CO Colorado
81301 Durango CO Colorado|84101 Salt Lake City UT Utah|84060 Park City UT Utah
84532 Moab UT Utah|98101 Seattle WA Washington|98225 Bellingham WA Washington
99201 Spokane WA Washington|97201 Portland OR Oregon|97701 Bend OR Oregon
97401 Eugene OR Oregon|94103 San Francisco CA California|95814 Sacramento CA California
93514 Bishop CA California|92101 San Diego CA California|89501 Reno NV Nevada
83702 Boise ID Idaho|59715 Bozeman MT Montana|59801 Missoula MT Montana
83001 Jackson WY Wyoming|87501 Santa Fe NM New_Mexico|86001 Flagstaff AZ Arizona
85004 Phoenix AZ Arizona|78701 Austin TX Texas|75201 Dallas TX Texas
55401 Minneapolis MN Minnesota|53703 Madison WI Wisconsin|60601 Chicago IL Illinois
49684 Traverse City MI Michigan|43215 Columbus OH Ohio|37902 Knoxville TN Tennessee
28801 Asheville NC North_Carolina|30303 Atlanta GA Georgia|33101 Miami FL Florida
22902 Charlottesville VA Virginia|20001 Washington DC District_of_Columbia
19103 Philadelphia PA Pennsylvania|10001 New York NY New_York|12983 Saranac Lake NY New_York
05401 Burlington VT Vermont|03860 North Conway NH New_Hampshire|04609 Bar Harbor ME Maine
02108 Boston MA Massachusetts|99501 Anchorage AK Alaska|96813 Honolulu HI Hawaii
"""
_CANADIAN_ZIPS = """
V6B 1A1 Vancouver BC British_Columbia|V0N 1B0 Whistler BC British_Columbia
T1L 1A1 Banff AB Alberta|T2P 1J9 Calgary AB Alberta|S7K 0A1 Saskatoon SK Saskatchewan
R3C 0A1 Winnipeg MB Manitoba|M5H 2N2 Toronto ON Ontario|K1P 1J1 Ottawa ON Ontario
H2Y 1C6 Montreal QC Quebec|G1R 4S7 Quebec City QC Quebec|B3J 1A1 Halifax NS Nova_Scotia
"""


def zips() -> list[SeedZip]:
    """Return the postal codes on file, United States first, then Canada (code with its blank)."""
    american = [_us_zip(entry) for entry in _entries(_US_ZIPS)]
    return american + [_canadian_zip(entry) for entry in _entries(_CANADIAN_ZIPS)]


def _entries(table: str) -> list[str]:
    return table.strip().replace("\n", "|").split("|")


def _us_zip(entry: str) -> SeedZip:
    code, *city, state, state_name = entry.split()
    return SeedZip(code, " ".join(city), state, state_name.replace("_", " "), "US")


def _canadian_zip(entry: str) -> SeedZip:
    first, second, *city, state, state_name = entry.split()
    return SeedZip(f"{first} {second}", " ".join(city), state, state_name.replace("_", " "), "CA")


_FIRST = [
    "Ava",
    "Ben",
    "Carla",
    "Dan",
    "Elena",
    "Frank",
    "Grace",
    "Hugo",
    "Iris",
    "Jack",
    "Kara",
    "Leo",
    "Maya",
    "Noah",
    "Olga",
    "Paul",
]
_LAST = [
    "Alvarez",
    "Brooks",
    "Chen",
    "Dawson",
    "Ellis",
    "Foster",
    "Garcia",
    "Hayes",
    "Ito",
    "Jensen",
    "Kowalski",
    "Lopez",
    "Martin",
    "Nguyen",
    "O'Brien",
    "Patel",
    "Quinn",
    "Reyes",
    "Schmidt",
    "Turner",
    "Underwood",
    "Vega",
    "Walsh",
    "Young",
    "Zimmer",
]
_PLACES = [
    "Granite",
    "Cedar",
    "Juniper",
    "Eagle",
    "Timber",
    "Cascade",
    "Mesa",
    "Aspen",
    "Glacier",
    "Canyon",
    "Willow",
    "Bear",
]
_TRADES = ("Outfitters", "Mountain Shop", "Trading Co", "Outdoor Supply", "Sports", "Guides")
_STREETS = (
    "Main St",
    "Pine Ave",
    "Market St",
    "Lakeview Dr",
    "Railroad Ave",
    "Summit Rd",
    "2nd St",
)


def buyers() -> list[SeedBuyer]:
    """Return the 200 buyers of the United States company, buyer 1 first."""
    american = [zip_ for zip_ in zips() if zip_.country == "US"]
    return [_buyer(number, american) for number in range(1, BUYER_COUNT + 1)]


def canadian_buyers() -> list[SeedBuyer]:
    """Return the 40 buyers of the Canadian company; their numbers go on after the others."""
    canadian = [zip_ for zip_ in zips() if zip_.country == "CA"]
    start = BUYER_COUNT + 1
    return [_buyer(number, canadian) for number in range(start, start + CANADIAN_BUYER_COUNT)]


def _buyer(number: int, places: list[SeedZip]) -> SeedBuyer:
    shown = TWIN_BUYERS[0] if number in TWIN_BUYERS else number
    return SeedBuyer(
        number=number,
        first_name=_FIRST[number % len(_FIRST)],
        last_name=_LAST[number % len(_LAST)],
        company=f"{_PLACES[number % len(_PLACES)]} {_TRADES[number // 3 % len(_TRADES)]}",
        email=f"buyer{shown:03d}@example.com",
        phone=f"303-555-{100 + number % 100:04d}",
        street=f"{100 + number * 7} {_STREETS[number % len(_STREETS)]}",
        zip=places[number % len(places)],
    )
