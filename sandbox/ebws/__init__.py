"""eBusiness Web Services (SOAP) of the simulated Sage 100, over the books that COM callers see."""

from sandbox.ebws.app import create_app

__all__ = ["create_app"]
