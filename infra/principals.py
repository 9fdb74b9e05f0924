"""Who may be named in a policy, typed as CDK's functions want it."""

from collections.abc import Mapping
from typing import Any, cast

from aws_cdk import aws_iam as iam

# CDK's own classes don't fit its own protocols under a strict checker, because some parameters
# have other names in them. The casts in this folder say what is true at run time.


def account() -> iam.IPrincipal:
    """Whoever IAM allows in this account."""
    return cast("iam.IPrincipal", iam.AccountRootPrincipal())


def anyone() -> iam.IPrincipal:
    """Everybody; for refusals only."""
    return cast("iam.IPrincipal", iam.AnyPrincipal())


def exact_role(role: iam.IRole) -> iam.IPrincipal:
    """One role and nobody else."""
    return cast("iam.IPrincipal", iam.ArnPrincipal(role.role_arn))


def service(name: str, *, conditions: Mapping[str, Any] | None = None) -> iam.IPrincipal:
    """An AWS service, such as `lambda` or `logs.us-east-1`."""
    principal = iam.ServicePrincipal(f"{name}.amazonaws.com", conditions=conditions)
    return cast("iam.IPrincipal", principal)
