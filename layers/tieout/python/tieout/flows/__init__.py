"""One job each, on ports only."""
