"""The gate: cdk-nag's AwsSolutions rules, and the one list of findings that we accept, with reasons."""

from collections.abc import Mapping

from aws_cdk import Acknowledgment, Stack, Validations
from constructs import IConstruct

TRACING = (
    "X-Ray's two actions for sending traces know no resources; AWS gives `*` as the only choice "
    "(Service Authorization Reference, X-Ray)."
)
SIGNED = (
    "The storefront can't log in. Each webhook is signed (HMAC over the exact bytes) and carries a "
    "secret header; the function checks both before anything else."
)
RUNTIME = "Python 3.13 is what all of our tests run on; a newer runtime is taken up after they pass on it."
ROTATION = (
    "The values are issued by the storefront and the agent, which offer no rotation to a machine. "
    "Each has room for two live values, so an operator rotates it without a gap (docs/runbook.md)."
)
LOGON = (
    "The password is that of a Sage 100 user, which a person changes in Sage. A new one is read as soon "
    "as the old one is refused, and a refused logon proves that nothing was done."
)
ACCOUNT_ROLE = (
    "API Gateway has one log role per account and region, for the log groups of all APIs, and "
    "checks it for these actions on all of them."
)
DEAD = "It is itself a dead-letter queue, of EventBridge Scheduler; an alarm watches it."
NO_WAF = "Off by the customer's settings at this stage; signature, key and body limit still hold."

ACKNOWLEDGED: dict[str, str] = {
    "AgentSecret AwsSolutions-SMG4": ROTATION,
    "AgentReadSecret AwsSolutions-SMG4": ROTATION,
    "EbwsSecret AwsSolutions-SMG4": LOGON,
    "StoreSecret* AwsSolutions-SMG4": ROTATION,
    "ReceiveWebhook AwsSolutions-IAM5[Resource::*]": TRACING,
    "TakeOrders AwsSolutions-IAM5[Resource::*]": TRACING,
    "Poll AwsSolutions-IAM5[Resource::*]": TRACING,
    "ReceiveWebhook AwsSolutions-L1": RUNTIME,
    "TakeOrders AwsSolutions-L1": RUNTIME,
    "Poll AwsSolutions-L1": RUNTIME,
    "Schedules/DeadLetters AwsSolutions-SQS3": DEAD,
    "Webhooks/LogRole AwsSolutions-IAM5[Resource::*]": ACCOUNT_ROLE,
    "Webhooks/Api AwsSolutions-APIG3": NO_WAF,
    "Webhooks/Api AwsSolutions-APIG4": SIGNED,
    "Webhooks/Api AwsSolutions-COG4": SIGNED,
}
"""Path inside its stack (with `*` as its end at most), a blank, the finding: why it stands."""


def acknowledge(stack: Stack, accepted: Mapping[str, str], *, waf: bool) -> None:
    """Write the accepted findings onto the parts of the stack that they are about."""
    for name, reason in accepted.items():
        path, finding = name.split()
        if waf and reason is NO_WAF:
            continue
        for part in stack.node.find_all():
            if _is_at(part, path, stack):
                Validations.of(part).acknowledge(Acknowledgment(id=finding, reason=reason))


def _is_at(part: IConstruct, path: str, stack: Stack) -> bool:
    here = part.node.path.removeprefix(f"{stack.node.path}/")
    if path.endswith("*"):
        return "/" not in here and here.startswith(path[:-1])
    return here == path
