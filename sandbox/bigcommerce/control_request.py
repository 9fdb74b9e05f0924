"""The form of a control deed: what every call of the control API is given and gives."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sandbox.bigcommerce.shop import Shop


@dataclass(frozen=True)
class Request:
    """One control request: the number in its path, and its document."""

    number: int
    document: object


Deed = Callable[["Shop", Request], object]
