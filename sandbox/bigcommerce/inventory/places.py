"""What stock is counted by, and where."""

from typing import Literal, NamedTuple

ItemKind = Literal["product", "variant"]


class Item(NamedTuple):
    """What stock is counted by: a product, or one of its variants."""

    kind: ItemKind
    id: int


class Place(NamedTuple):
    """An item at a location."""

    item: Item
    location_id: int
