"""The whole system on one machine: simulators, and the starter that deploys the real stacks."""
