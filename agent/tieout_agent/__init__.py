"""The Windows service beside Sage 100: an HTTPS API over the Business Object Interface."""

__version__ = "0.1.0"
