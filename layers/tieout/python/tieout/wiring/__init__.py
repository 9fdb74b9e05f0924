"""The only place where ports meet adapters: one module per function, built once at its first event."""
