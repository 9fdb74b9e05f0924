"""A storefront's hook: what tells us of one kind of event, as the storefront last showed it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Hook:
    """One hook that leads to our own address.

    `event` is the storefront's own word for what it tells of. `has_key` says whether our secret
    header goes along, without which we refuse what it sends.
    """

    id: int
    event: str
    is_on: bool
    has_key: bool

    @property
    def is_well(self) -> bool:
        """Whether it is on and what it sends is taken."""
        return self.is_on and self.has_key
