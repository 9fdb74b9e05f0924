"""A Sage 100 company simulated at the ProvideX COM boundary: strict, stored in SQLite, told to fail."""
