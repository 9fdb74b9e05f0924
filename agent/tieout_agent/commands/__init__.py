"""The command line `tieout-agent`, for the person who installs the agent and looks after it."""
