"""The CDK app: one customer at one stage is two stacks, checked before they are written."""

import sys
from collections.abc import Mapping

from aws_cdk import App, Tags, Validations
from cdk_nag import AwsSolutionsChecks

from infra.customers import SettingsError, load
from infra.data import Data
from infra.function import EnvironmentTooLargeError
from infra.gate import ACKNOWLEDGED, acknowledge
from infra.service import Service
from infra.settings import Customer

PLATFORMS = {None: False, "lambda": False, "local": True}


def build(
    app: App,
    customer: Customer,
    *,
    local: bool,
    accepted: Mapping[str, str] = ACKNOWLEDGED,
) -> tuple[Data, Service]:
    """Put both stacks of one customer into the app, with cdk-nag before the way out.

    `local` is for the sandbox: dependencies for this machine instead of Lambda on arm64, and no
    policies on secrets.
    """
    data = Data(app, f"{customer.prefix}-Data", customer=customer, local=local)
    service = Service(app, f"{customer.prefix}-Service", customer=customer, data=data, local=local)
    Tags.of(app).add("tieout:customer", customer.customer)
    Tags.of(app).add("tieout:stage", customer.stage)
    for stack in (data, service):
        acknowledge(stack, accepted, waf=customer.edge.waf)
    Validations.of(app).add_plugins(AwsSolutionsChecks(app))
    return data, service


def main() -> None:
    """Build what the context asks for: `-c customer=… -c stage=… -c platform=lambda|local`."""
    app = App(analytics_reporting=False)
    customer = app.node.try_get_context("customer")
    stage = app.node.try_get_context("stage")
    platform = app.node.try_get_context("platform")
    if platform not in PLATFORMS:
        sys.exit(f"-c platform={platform} is unknown; say lambda or local")
    try:
        build(app, load(customer, stage), local=PLATFORMS[platform])
    except (SettingsError, EnvironmentTooLargeError) as error:
        sys.exit(str(error))
    app.synth()


if __name__ == "__main__":
    main()
