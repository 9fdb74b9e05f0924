"""A strict second implementation of the parts of BigCommerce that orders need, for tests."""

from sandbox.bigcommerce.app import create_app
from sandbox.bigcommerce.model import Account, Settings
from sandbox.bigcommerce.shop import Shop

__all__ = ["Account", "Settings", "Shop", "create_app"]
