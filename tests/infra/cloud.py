"""Synthesises one customer's stacks in this process and finds one's way in their templates."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aws_cdk import App

from infra.app import build
from infra.customers import ROOT, load
from infra.settings import Customer

Resource = dict[str, Any]

FUNCTIONS = ("receive_webhook", "take_orders", "poll")

# cdk.json's context holds the feature flags; bundling is off, since layers have tests of their own.
NO_BUNDLING: dict[str, Any] = {"aws:cdk:bundling-stacks": []}


@dataclass(frozen=True)
class Cloud:
    """Both templates of one customer at one stage."""

    customer: Customer
    data: Mapping[str, Any]
    service: Mapping[str, Any]
    folder: Path

    def of_type(self, kind: str) -> dict[str, Resource]:
        """All resources of one type in both stacks, by logical id."""
        both = dict(self.service["Resources"])
        for id_, resource in self.data["Resources"].items():
            both[f"Data.{id_}" if id_ in both else id_] = resource
        return {id_: resource for id_, resource in both.items() if resource["Type"] == kind}

    def properties(self, kind: str) -> list[dict[str, Any]]:
        """The properties of all resources of one type."""
        return [resource["Properties"] for resource in self.of_type(kind).values()]

    def function(self, name: str) -> dict[str, Any]:
        """The properties of the function with this short name."""
        wanted = f"{self.customer.prefix}-{name}"
        (found,) = (
            properties
            for properties in self.properties("AWS::Lambda::Function")
            if properties["FunctionName"] == wanted
        )
        return found

    def environment(self, name: str) -> dict[str, str]:
        """A function's environment; what is known at deployment only is written as `<its id>`."""
        variables = self.function(name)["Environment"]["Variables"]
        return {key: plain(value) for key, value in variables.items()}

    def statements(self, role: str) -> list[dict[str, Any]]:
        """What the role with this logical id may do, by its policies and by itself."""
        inline = self.of_type("AWS::IAM::Role")[role]["Properties"].get("Policies", [])
        attached = [
            properties
            for properties in self.properties("AWS::IAM::Policy")
            if {"Ref": role} in properties["Roles"]
        ]
        return [
            statement
            for policy in [*inline, *attached]
            for statement in policy["PolicyDocument"]["Statement"]
        ]

    def alarms(self) -> dict[str, dict[str, Any]]:
        """The alarms by their names, without the customer's and stage's."""
        return {
            alarm["AlarmName"].removeprefix(f"{self.customer.prefix}-"): alarm
            for alarm in self.properties("AWS::CloudWatch::Alarm")
        }


def synth(customer: Customer, folder: Path, *, local: bool = False) -> Cloud:
    """Synthesise in this process, past the gate, without building any layer."""
    app = new_app(folder)
    data, service = build(app, customer, local=local)
    assembly = app.synth()
    return Cloud(
        customer,
        assembly.get_stack_by_name(data.stack_name).template,
        assembly.get_stack_by_name(service.stack_name).template,
        folder,
    )


def new_app(folder: Path) -> App:
    """An app with the flags of cdk.json that writes into `folder`."""
    return App(outdir=str(folder), analytics_reporting=False, context={**flags(), **NO_BUNDLING})


def flags() -> dict[str, Any]:
    """The feature flags in cdk.json, so that tests see what a deployment gets."""
    context: dict[str, Any] = json.loads((ROOT / "cdk.json").read_text())["context"]
    return {key: value for key, value in context.items() if key.startswith("@aws-cdk/")}


def example(stage: str) -> Customer:
    """The customer of `customers/example.toml`."""
    return load("example", stage)


def plain(value: Any) -> str:
    """Write a template's value as text; a reference becomes the words in it."""
    if isinstance(value, str):
        return value
    join = value.get("Fn::Join")
    if join is not None:
        return "".join(plain(part) for part in join[1])
    return f"<{'.'.join(words(value))}>"


def words(value: Any) -> Iterator[str]:
    """All texts in a reference, in order."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for part in value.values():  # pyright: ignore[reportUnknownVariableType]
            yield from words(part)
    else:
        for part in value:
            yield from words(part)


def many(value: Any) -> list[Any]:
    """What a policy writes as one text or as a list."""
    return value if isinstance(value, list) else [value]  # pyright: ignore[reportUnknownVariableType]


def short(id_: str) -> str:
    """A logical id without the eight characters that CDK appends."""
    return id_[:-8]
