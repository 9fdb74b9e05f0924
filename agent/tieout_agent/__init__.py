"""The Windows service beside Sage 100: an HTTPS API over the Business Object Interface."""
