"""The AWS CDK application."""
