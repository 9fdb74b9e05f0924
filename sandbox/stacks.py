"""The real stacks in the local cloud: how they get there, what came out, what they must be told."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, cast

from botocore.exceptions import ClientError

from sandbox.aws import Cloud, cdk_program
from sandbox.customer import CUSTOMER, STAGE
from sandbox.places import Places
from sandbox.processes import Program

STACK = f"{CUSTOMER}-{STAGE}-Service"
"""The stack whose outputs name every resource."""

# Deploying to the local cloud takes seconds; a layer that is built for the first time, a minute.
BUILD_SECONDS = 300.0
DEPLOY_SECONDS = 180.0


class StacksError(Exception):
    """The stacks are in the local cloud, but not as the sandbox needs them."""


def preparing_programs(places: Places, cloud: Cloud, customer: str) -> tuple[Program, Program]:
    """Describe what can run side by side: make the account ready, and synthesize the stacks."""
    environment = f"aws://{cloud.account}/{cloud.region}"
    context = (f"customer={customer}", f"stage={STAGE}", "platform=local")
    arguments = [argument for value in context for argument in ("--context", value)]
    # Where the app's cdk.json is, the tool would synthesize the stacks only to bootstrap.
    bootstrap = cdk_program(places, cloud, "bootstrap", environment, folder=places.home)
    where = ("--quiet", "--output", str(places.assembly))
    synth = cdk_program(places, cloud, "synth", *where, *arguments, folder=places.repository)
    return bootstrap, synth


def deploying_program(places: Places, cloud: Cloud) -> Program:
    """Describe the deployment of the synthesized stacks."""
    never = ("--require-approval", "never", "--progress", "events")
    what = ("--all", "--app", str(places.assembly))
    return cdk_program(places, cloud, "deploy", *what, *never, folder=places.home)


def outputs(cloud: Cloud) -> Mapping[str, str]:
    """Return the outputs of the service stack by name.

    Raises:
        StacksError: the local cloud doesn't have the stack.
    """
    client = cloud.client("cloudformation")
    try:
        stacks: Sequence[Any] = client.describe_stacks(StackName=STACK)["Stacks"]
    except ClientError as error:
        raise StacksError(f"The local cloud has no stack {STACK}: {error}") from error
    found = cast("Sequence[Mapping[str, str]]", stacks[0].get("Outputs", []))
    return {output["OutputKey"]: output["OutputValue"] for output in found}


def needed(outputs: Mapping[str, str], name: str) -> str:
    """Return one output.

    Raises:
        StacksError: the stack doesn't say it.
    """
    if name not in outputs:
        raise StacksError(f"The stack {STACK} has no output {name}. It has {', '.join(outputs)}.")
    return outputs[name]


def put_secret(cloud: Cloud, arn: str, value: Mapping[str, str]) -> None:
    """Fill one secret, as an operator does after a deployment."""
    client = cloud.client("secretsmanager")
    client.put_secret_value(SecretId=arn, SecretString=json.dumps(value))


def poll_now(cloud: Cloud, function: str, job: str) -> None:
    """Run a job of the poll function at once, as an operator can.

    Raises:
        StacksError: the function has failed.
    """
    client = cloud.client("lambda")
    answer = client.invoke(FunctionName=function, Payload=json.dumps({"job": job}).encode())
    if "FunctionError" in answer:
        told = answer["Payload"].read().decode(errors="replace")
        raise StacksError(f"{function} failed at the job {job}: {told}")


def depth(cloud: Cloud, queue: str) -> int:
    """Return how many messages lie in a queue."""
    name = "ApproximateNumberOfMessages"
    answer = cloud.client("sqs").get_queue_attributes(QueueUrl=queue, AttributeNames=[name])
    return int(answer["Attributes"][name])
