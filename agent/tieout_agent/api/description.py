"""The service's own description (OpenAPI 3.1): what FastAPI writes, with what only we know added."""

from collections.abc import Generator
from http import HTTPStatus
from typing import Any, cast

from fastapi import FastAPI
from fastapi.routing import APIRoute

from tieout_agent.api.described import ALWAYS_CARRIED, CARRIED, TAKEN, Schema
from tieout_agent.api.examples import PROBLEM
from tieout_agent.problems import MEDIA_TYPE, Problem

ABOUT = """Sage 100's sales orders, customers, items, stock and prices over HTTPS.

Company codes, module and file names and column names are Sage's own, columns without the `$`.
Every value is text: decimals plain (`19.99`), dates `YYYYMMDD`. Whatever is not a success is a
problem document (RFC 9457) with a `code` for programs and a `detail` for people; where one column
is the matter, with `object`, `column`, `sent` and `allowed`. What Sage does only with a remark comes
back under `warnings`. Unknown fields in a body are refused.
"""

SECURITY = {
    "ApiKey": {
        "type": "http",
        "scheme": "bearer",
        "description": "A key of the agent. One of scope `read` may read and ask for previews; "
        "one of scope `write` may do all.",
    }
}

OWN_ADDRESS = "/v1/openapi.json"

EVERY = (400, 401, 403, 408, 413, 429, 500)
"""Refusals that any call may meet."""

ASKING = (503, 504)
"""Those of calls that ask Sage."""

SENDING = (409, 412, 422)
"""Those of calls that bring a document."""

STORING = (409, 412, 422, 428)
"""Those of calls that store something."""

WAITING = (429, 503)
"""Refusals that say when to come back."""


class DescribedApp(FastAPI):
    """An application whose description is finished: headers, refusals, the key, examples."""

    def openapi(self) -> Schema:
        """Say what the service offers."""
        if self.openapi_schema is None:
            document = super().openapi()
            _finish(document)
        return cast("Schema", self.openapi_schema)


def operation_name(route: APIRoute) -> str:
    """Name an operation as its function is named."""
    return route.name


def _finish(document: Schema) -> None:
    schemas = document["components"]["schemas"]
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    schemas["Problem"] = Problem.model_json_schema() | {"examples": [PROBLEM]}
    document["components"] |= {
        "securitySchemes": SECURITY,
        "headers": dict(CARRIED),
        "parameters": {name: _parameter(name) for name in TAKEN},
    }
    document["security"] = [{"ApiKey": []}]
    document["paths"][OWN_ADDRESS] = _own_operation()
    for path, method, operation in _operations(document):
        _finish_operation(operation, _refusals(path, method))


def _parameter(name: str) -> Schema:
    return {"name": name, "in": "header", "required": True, **TAKEN[name]}


def _own_operation() -> Schema:
    described = {
        "description": "This description.",
        "content": {"application/json": {"schema": {"type": "object"}}},
    }
    return {
        "get": {
            "tags": ["agent"],
            "summary": "Get Openapi",
            "description": "Say what the service offers, in OpenAPI 3.1.",
            "operationId": "get_openapi",
            "responses": {"200": described},
        }
    }


def _operations(document: Schema) -> Generator[tuple[str, str, Schema]]:
    for path, item in document["paths"].items():
        for method, operation in item.items():
            yield path, method.upper(), operation


def _refusals(path: str, method: str) -> list[int]:
    statuses = set(EVERY)
    if path.startswith("/v1/{company}/"):
        statuses |= {404, *ASKING}
    if path == "/v1/capabilities":
        statuses |= set(ASKING)
    if method == "POST":
        statuses |= set(SENDING)
    if method in ("PUT", "PATCH", "DELETE"):
        statuses |= set(STORING)
    return sorted(statuses)


def _finish_operation(operation: Schema, refusals: list[int]) -> None:
    for parameter in operation.get("parameters", []):
        _require_a_value(parameter)
    answers = operation["responses"].items()
    # FastAPI's own 422 goes: a request of a wrong form is answered by 400 here.
    responses = {status: one for status, one in answers if status < "4" or int(status) in refusals}
    for status in refusals:
        known = responses.setdefault(str(status), {})
        known["description"] = _described(status)
        known["content"] = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    operation["responses"] = dict(sorted(responses.items()))
    for status, response in operation["responses"].items():
        waiting = ("Retry-After",) if int(status) in WAITING else ()
        usual = {name: _header(name) for name in (*ALWAYS_CARRIED, *waiting)}
        response["headers"] = usual | response.get("headers", {})


def _header(name: str) -> Schema:
    return {"$ref": f"#/components/headers/{name}"}


def _require_a_value(parameter: Schema) -> None:
    """Take "or null" away: a parameter is given or left out, and never null."""
    schema: dict[str, Any] = parameter.get("schema", {})
    kinds = [kind for kind in schema.get("anyOf", []) if kind.get("type") != "null"]
    if len(kinds) == 1:
        del schema["anyOf"]
        schema.update(kinds[0])


def _described(status: int) -> str:
    return _MEANT.get(status, HTTPStatus(status).phrase)


_MEANT = {
    400: "The request breaks the rules of this API: `BadRequest`, `BadJson`.",
    401: "No valid API key: `Unauthorized`.",
    403: "The key's scope does not allow it: `ScopeMissing`. Or the agent's user may not read the "
    "Sage object that there is no answer without: `NotGranted`.",
    404: "There is no such document, or no such company here; the code tells which.",
    408: "The body did not arrive in time: `BodyTooSlow`. Nothing was begun.",
    409: "The document can't be changed any more, or something is in its way.",
    412: "Something is there already, or is not as the caller saw it, or time is up: nothing was "
    "stored.",
    413: "The body is too large: `BodyTooLarge`.",
    422: "The document can't be stored as it is: `Refused`. Nothing was stored.",
    428: "A header without which nothing is stored is missing: `PreconditionRequired`.",
    429: "Too many wrong keys from this address: `LockedOut`.",
    500: "The agent failed: `Internal`. For a write, it is not known whether anything was stored.",
    503: "Sage can't be asked now; nothing was begun.",
    504: "Sage did not answer in time: `SageTimeout`. For a write, it is not known whether anything "
    "was stored.",
}
