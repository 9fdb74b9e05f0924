"""The shop's catalogue and its registered buyers, made from the sandbox's common seed data."""

from dataclasses import dataclass
from decimal import Decimal
from random import Random

from sandbox import seed
from sandbox.bigcommerce.model import Address, Customer

FIRST_PRODUCT_ID = 80
FIRST_CANADIAN_ID = 1001  # well clear of the other buyers, whose ids are their seed numbers
COUNTRIES = {"US": "United States", "CA": "Canada"}


@dataclass(frozen=True)
class Product:
    """One thing on sale; without a `variant` it has a single base variant."""

    id: int
    sku: str
    name: str
    price: Decimal
    taxable: bool = True
    digital: bool = False
    sellable: bool = True
    variant: int | None = None

    @property
    def variant_id(self) -> int:
        """The variant's id, which is the base variant's in the seed."""
        return self.id + 300 if self.variant is None else self.variant


@dataclass(frozen=True)
class Goods:
    """Everything that the shop starts with."""

    products: tuple[Product, ...]
    customers: tuple[Customer, ...]

    def draw_customer(self, dice: Random, *, country: str) -> Customer:
        """Any registered buyer of this country."""
        return dice.choice([c for c in self.customers if c.address.country_iso2 == country])


def goods_from_seed() -> Goods:
    """What the wholesaler sells, and to whom."""
    products = [
        Product(
            id=FIRST_PRODUCT_ID + n,
            sku=item.sku,
            name=item.description,
            price=item.price,
            taxable=item.taxable,
            digital=item.kind == "digital",
            sellable=item.kind in {"goods", "digital"},
        )
        for n, item in enumerate(seed.items())
    ]
    customers = [_customer(buyer, buyer.number) for buyer in seed.buyers()]
    canadians = [
        _customer(buyer, FIRST_CANADIAN_ID + n) for n, buyer in enumerate(seed.canadian_buyers())
    ]
    return Goods(tuple(products), tuple(customers + canadians))


def _customer(buyer: seed.SeedBuyer, number: int) -> Customer:
    address = Address(
        first_name=buyer.first_name,
        last_name=buyer.last_name,
        company=buyer.company,
        street_1=buyer.street,
        city=buyer.zip.city,
        state=buyer.zip.state_name,
        zip=buyer.zip.code,
        country=COUNTRIES[buyer.zip.country],
        country_iso2=buyer.zip.country,
        phone=buyer.phone,
        email=buyer.email,
    )
    return Customer(number, address)
