"""The load run: bursts, a flood of strangers and a long outage, on a sandbox, counted afterwards."""
