"""Entry points: one module per Lambda function."""
