"""What the agent offers over HTTPS."""
