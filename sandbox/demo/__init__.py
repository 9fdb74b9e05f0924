"""The demonstration: sell, wait, and lay storefront and Sage 100 side by side."""
