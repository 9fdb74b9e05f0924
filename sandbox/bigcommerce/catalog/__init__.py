"""The shop's catalogue: products, their variants, and the V3 API over both."""
