"""How refusals leave the service: problem documents for every kind of error."""

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from tieout_agent.problems import MEDIA_TYPE, ProblemError, bad_request, problem

LONGEST_FIELD = 80
"""Characters of a wrong field's name that are repeated in the answer."""


def problem_response(error: ProblemError, request: Request) -> Response:
    """Write a problem as a response, and leave its code for the log line."""
    request.state.code = error.problem.code
    waiting = {} if error.retry_after is None else {"Retry-After": str(error.retry_after)}
    return Response(
        error.problem.model_dump_json(),
        status_code=error.problem.status,
        headers=waiting | error.headers,
        media_type=MEDIA_TYPE,
    )


def add_problem_handlers(app: FastAPI) -> None:
    """Make every refusal of the application a problem document."""
    app.add_exception_handler(ProblemError, _on_problem)
    app.add_exception_handler(RequestValidationError, _on_invalid)
    app.add_exception_handler(HTTPException, _on_http)
    app.add_exception_handler(Exception, _on_fault)


def internal() -> ProblemError:
    """Build the 500 for a fault of our own; what happened is in the log, by place alone."""
    return problem(
        500,
        "Internal",
        "The agent failed on this call. Its log names the place; report it to Tieout.",
    )


def _on_fault(request: Request, _error: Exception) -> Response:
    return problem_response(internal(), request)


def _on_problem(request: Request, error: Exception) -> Response:
    assert isinstance(error, ProblemError)  # noqa: S101 - registered for this class alone
    return problem_response(error, request)


def _on_invalid(request: Request, error: Exception) -> Response:
    """Name the field that is wrong, never its value."""
    assert isinstance(error, RequestValidationError)  # noqa: S101 - registered for this class alone
    first = error.errors()[0]
    field = ".".join(str(part) for part in first["loc"])[:LONGEST_FIELD]
    if first["loc"] == ("body",):
        wanted = bad_request("The body has to be a JSON object, sent as `application/json`.")
        return problem_response(wanted, request)
    said = str(first["msg"]).rstrip(".")
    return problem_response(bad_request(f"{field}: {said}. Correct it and send it again."), request)


def _on_http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 - registered for this class alone
    code = {404: "NotFound", 405: "MethodNotAllowed"}.get(error.status_code, "BadRequest")
    detail = "The service has no such call. See /v1/openapi.json for those it has."
    return problem_response(problem(error.status_code, code, detail), request)
