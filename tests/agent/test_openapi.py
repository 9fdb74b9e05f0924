"""The description that the service publishes of itself is valid, complete, and its examples are true."""

from collections.abc import Generator
from typing import Any, cast

import pytest
from openapi_schema_validator import OAS31Validator
from openapi_spec_validator import OpenAPIV31SpecValidator
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from tests.agent.harness import RunningAgent

Node = dict[str, Any]

USUAL = {"Date", "X-Tieout-Agent", "Cache-Control"}
WRITES = {
    ("/v1/{company}/SO/SalesOrder/{no}", "put"): {"X-Not-After", "X-Rev"},
    ("/v1/{company}/SO/SalesOrder/{no}", "patch"): {"If-Match", "X-Not-After", "X-Rev"},
    ("/v1/{company}/SO/SalesOrder/{no}", "delete"): {"If-Match", "X-Not-After", "X-Rev"},
    ("/v1/{company}/AR/Customer/{division}-{no}", "put"): {"If-None-Match", "X-Not-After"},
    ("/v1/{company}/AR/Customer/{division}-{no}", "patch"): {"If-Match", "X-Not-After", "X-Rev"},
}


@pytest.fixture
def description(agent: RunningAgent) -> Node:
    return agent.get("/openapi.json").json()


def operations(description: Node) -> Generator[tuple[str, str, Node]]:
    for path, item in description["paths"].items():
        for method, operation in item.items():
            yield path, method, operation


def resolved(description: Node, node: Node) -> Node:
    """What a reference stands for."""
    found: Any = description
    for part in node.get("$ref", "").removeprefix("#/").split("/") if "$ref" in node else ():
        found = found[part]
    return found if "$ref" in node else node


def nodes(node: Any) -> Generator[Node]:
    """Every object in a document."""
    if isinstance(node, dict):
        yield cast("Node", node)
        for child in cast("Node", node).values():
            yield from nodes(child)
    elif isinstance(node, list):
        for child in cast("list[Any]", node):
            yield from nodes(child)


def examples(description: Node) -> Generator[tuple[Node, Any]]:
    """Every example with the schema that it is an example of."""
    for node in nodes(description):
        if "example" in node and "schema" in node:
            yield node["schema"], node["example"]
        if "type" in node or "anyOf" in node:
            yield from ((node, example) for example in cast("list[Any]", node.get("examples", [])))


def wrong(description: Node, schema: Node, example: Any) -> list[str]:
    resource = DRAFT202012.create_resource(description)
    registry = cast("Any", Registry)().with_resource("urn:agent", resource)
    rooted = cast("Node", _rooted(schema))
    return [
        error.message for error in OAS31Validator(rooted, registry=registry).iter_errors(example)
    ]


def _rooted(node: Any) -> Any:
    """Let references of a piece begin at the whole document."""
    if isinstance(node, dict):
        rows = cast("Node", node).items()
        return {
            name: f"urn:agent{value}" if name == "$ref" else _rooted(value) for name, value in rows
        }
    return [_rooted(one) for one in cast("list[Any]", node)] if isinstance(node, list) else node


def test_the_description_is_valid_openapi_3_1(description: Node) -> None:
    assert description["openapi"].startswith("3.1")
    assert list(OpenAPIV31SpecValidator(cast("Any", description)).iter_errors()) == []


def test_every_example_is_what_its_schema_says(description: Node) -> None:
    told = list(examples(description))

    faults = [(example, wrong(description, schema, example)) for schema, example in told]

    assert [fault for fault in faults if fault[1]] == []
    assert len(told) >= 25


def test_the_examples_are_looked_at(description: Node) -> None:
    order = description["components"]["schemas"]["SalesOrderBody"]

    assert wrong(description, order, {"header": {}, "lines": []})
    assert wrong(
        description, order, {"header": {"Comment": "x" * 31}, "lines": [{"ItemCode": "A"}]}
    )
    assert wrong(description, order, {"header": {}, "lines": [{"UnitPrice": "1.00"}]})
    assert wrong(
        description, order, {"header": {}, "lines": [{"ItemCode": "A", "UnitPrice": "1e3"}]}
    )


def test_every_body_and_every_answer_has_an_example(description: Node) -> None:
    schemas = description["components"]["schemas"]
    used: set[str] = set()
    for _, _, operation in operations(description):
        parts = [operation.get("requestBody", {}), *operation["responses"].values()]
        for part in parts:
            for content in part.get("content", {}).values():
                used.add(content["schema"].get("$ref", "").rpartition("/")[2])

    without = {
        name
        for name in used - {""}
        if "examples" not in schemas[name]
        and not any("examples" in field for field in schemas[name]["properties"].values())
    }

    assert without <= {"Health"}, "whose fields say all"


def test_every_call_needs_a_key(description: Node) -> None:
    assert description["security"] == [{"ApiKey": []}]
    assert description["components"]["securitySchemes"]["ApiKey"]["scheme"] == "bearer"
    assert not any("security" in operation for _, _, operation in operations(description))


def test_every_answer_tells_its_headers(description: Node) -> None:
    for path, _, operation in operations(description):
        for status, response in operation["responses"].items():
            waiting = {"Retry-After"} if status in ("429", "503") else set[str]()
            assert USUAL | waiting <= set(response["headers"]), (path, status)


def test_every_refusal_is_a_problem_document(description: Node) -> None:
    for path, _, operation in operations(description):
        refusals = {status: one for status, one in operation["responses"].items() if status > "399"}
        assert {"400", "401", "403", "429", "500"} <= set(refusals), path
        for response in refusals.values():
            assert list(response["content"]) == ["application/problem+json"], path


def test_every_write_tells_the_headers_without_which_nothing_is_stored(description: Node) -> None:
    told: dict[tuple[str, str], set[str]] = {}
    for path, method, operation in operations(description):
        rows = [resolved(description, row) for row in operation.get("parameters", [])]
        needed = {row["name"] for row in rows if row["in"] == "header" and row.get("required")}
        if method not in ("get", "post"):
            told[path, method] = needed
            assert {"409", "412", "422", "428", "503", "504"} <= set(operation["responses"])

    assert told == WRITES


def test_what_a_look_up_tells_in_its_headers_is_described(description: Node) -> None:
    look_up = description["paths"]["/v1/{company}/SO/SalesOrder/{no}"]["get"]["responses"]

    assert "X-Tieout-Guarantees" in look_up["200"]["headers"]
    assert {"X-Tieout-Guarantees", "X-Tieout-Stored-Rev"} <= set(look_up["404"]["headers"])


def test_every_parameter_is_explained_and_none_may_be_null(description: Node) -> None:
    for path, _, operation in operations(description):
        for row in operation.get("parameters", []):
            parameter = resolved(description, row)
            assert parameter.get("description"), (path, parameter["name"])
            assert "null" not in str(parameter["schema"]), (path, parameter["name"])


def test_a_path_with_a_slash_too_many_is_no_call(agent: RunningAgent) -> None:
    answer = agent.get("/health/")

    assert (answer.status_code, answer.json()["code"]) == (404, "NotFound")
