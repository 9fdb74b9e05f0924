"""What the business means: pure values and rules, no input or output."""
