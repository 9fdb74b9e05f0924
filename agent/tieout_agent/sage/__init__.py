"""Sage 100 as the agent uses it: one thread, one session, one call at a time."""
