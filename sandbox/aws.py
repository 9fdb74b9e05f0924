"""The local cloud: start it, deploy the real stacks to it with the real tool, ask what came out."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import boto3
import botocore.config
import botocore.session

from sandbox.places import Places, bare_environment, tool_environment
from sandbox.processes import Program

ACCOUNT = "000000000000"
REGION = "us-east-1"
# The local cloud takes any key; these can open nothing else.
ACCESS_KEY = "sandbox"
# What one call of the local cloud may take: the slowest is a function's cold start.
CALL_SECONDS = 70


@dataclass(frozen=True)
class Cloud:
    """Where the local cloud answers, and the words that it lets in."""

    endpoint: str
    region: str = REGION
    account: str = ACCOUNT
    access_key_id: str = ACCESS_KEY
    secret_access_key: str = ACCESS_KEY

    @property
    def ready_url(self) -> str:
        """Answers 200 as soon as the local cloud can be used."""
        return f"{self.endpoint}/_ministack/ready"

    def environment(self) -> dict[str, str]:
        """Return the variables that lead any AWS tool to this cloud, and away from every other."""
        return {
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_ACCESS_KEY_ID": self.access_key_id,
            "AWS_SECRET_ACCESS_KEY": self.secret_access_key,
            "AWS_REGION": self.region,
            "AWS_DEFAULT_REGION": self.region,
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "AWS_EC2_METADATA_DISABLED": "true",
        }

    def client(self, service: str) -> Any:
        """Return a client of one service, blind to the AWS settings of the person at the keyboard."""
        blind: dict[str, Any] = {
            "profile": (None, [], None, None),
            "config_file": (None, [], os.devnull, None),
            "credentials_file": (None, [], os.devnull, None),
        }
        core = botocore.session.Session(session_vars=blind)
        session = boto3.Session(
            self.access_key_id,
            self.secret_access_key,
            region_name=self.region,
            botocore_session=core,
        )
        once = botocore.config.Config(read_timeout=CALL_SECONDS, retries={"max_attempts": 0})
        make = cast("Any", session.client)  # pyright: ignore[reportUnknownMemberType]
        return make(service, endpoint_url=self.endpoint, config=once)


def cloud_program(places: Places, port: int) -> Program:
    """Describe the local cloud's server; its functions see nothing of this shell but the path."""
    environment = bare_environment(
        places.home,
        BIND_HOST="127.0.0.1",
        GATEWAY_PORT=str(port),
        STATE_DIR=str(places.home / "state"),
        S3_DATA_DIR=str(places.home / "state" / "s3"),
    )
    return Program(
        "local-cloud", [str(places.cloud_python), "-m", "ministack"], environment, places.home
    )


def cdk_program(places: Places, cloud: Cloud, *arguments: str, folder: Path) -> Program:
    """Describe one run of the CDK tool against the local cloud, without calls to the internet.

    The tool reads the ``cdk.json`` of its folder, if there is one.
    """
    command = [str(places.cdk), *arguments, "--no-notices", "--ci"]
    environment = tool_environment(
        **cloud.environment(), CDK_DISABLE_CLI_TELEMETRY="true", NO_COLOR="1"
    )
    return Program(arguments[0], command, environment, folder)
