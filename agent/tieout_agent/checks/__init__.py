"""What `tieout-agent check` looks at, to prove an installation on the live system."""
