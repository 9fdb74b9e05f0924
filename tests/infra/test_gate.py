"""The gate: a finding stops the synthesis, and every accepted one has a reason and a place."""

import json
from pathlib import Path

import pytest
from aws_cdk import aws_iam as iam
from aws_cdk import aws_sqs as sqs

from infra.app import build
from infra.gate import ACKNOWLEDGED
from infra.settings import Customer
from tests.infra.cloud import Cloud, example, new_app

pytestmark = pytest.mark.xdist_group("infra")


def test_both_stages_pass_the_gate(dev: Cloud, prod: Cloud):
    # They were synthesised to get here; an open finding would have raised.
    assert dev.service["Resources"]
    assert prod.service["Resources"]


def test_a_new_finding_stops_the_synthesis(tmp_path: Path):
    app = new_app(tmp_path)
    _, service = build(app, example("dev"), local=False)
    sqs.Queue(service, "Unguarded")
    # Wide, and in a role that has one accepted wildcard already.
    wide = iam.PolicyStatement(actions=["dynamodb:*"], resources=["*"])
    service.poll.role.add_to_principal_policy(wide)

    with pytest.raises(RuntimeError) as failure:
        app.synth()

    assert "AwsSolutions-SQS3" in str(failure.value)
    assert "IAM5[Action::dynamodb:*]" in str(failure.value)


def test_what_is_accepted_is_exactly_what_is_found(tmp_path: Path):
    accepted = [name.split() for name in ACKNOWLEDGED]
    found = [
        *unaccepted(example("dev"), tmp_path / "a"),
        *unaccepted(web_services(), tmp_path / "b"),
    ]

    assert found
    for path, finding in found:
        assert [1 for at, name in accepted if name == finding and path.startswith(at.rstrip("*"))]
    for at, name in accepted:
        assert [1 for path, finding in found if name == finding and path.startswith(at.rstrip("*"))]


def test_every_accepted_finding_has_a_reason():
    assert all(len(reason) > 40 for reason in ACKNOWLEDGED.values())


def unaccepted(customer: Customer, folder: Path) -> list[tuple[str, str]]:
    """What is found of a customer when nothing is accepted."""
    app = new_app(folder)
    build(app, customer, local=False, accepted={})
    with pytest.raises(RuntimeError, match="ValidationFailed"):
        app.synth()
    return findings(folder / "validation-report.json")


def web_services() -> Customer:
    """The example's customer with Sage's own Web Services in the place of our agent."""
    values = example("dev").model_dump(mode="json")
    way = {"agent": None, "ebws": {"url": "https://sage.example.com"}}
    return Customer.model_validate(values | way)


def findings(report: Path) -> list[tuple[str, str]]:
    """Path inside its stack and name of each finding in a validation report."""
    plugins = json.loads(report.read_text())["pluginReports"]
    return [
        (place["constructPath"].split("/", 1)[1], violation["ruleName"])
        for plugin in plugins
        for violation in plugin["violations"]
        for place in violation["violatingConstructs"]
    ]
