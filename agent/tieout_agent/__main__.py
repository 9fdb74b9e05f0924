"""The command `tieout-agent`."""

import sys

from tieout_agent.commands.app import main

if __name__ == "__main__":
    sys.exit(main())
