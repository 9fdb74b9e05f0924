"""What the endpoints of the control API share: bodies as models, refusals as answers."""

from collections.abc import Awaitable, Callable
from functools import wraps
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from .errors import RefusedError

MAX_BODY = 2_000_000
"""Bytes; an order of 2,000 lines is a quarter of it."""

ModelT = TypeVar("ModelT", bound=BaseModel)
Endpoint = Callable[[Request], Awaitable[Response]]


class Body(BaseModel):
    """A request's document; fields that it does not have are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class BadRequestError(Exception):
    """The request is not one that this API takes."""


class AbsentError(Exception):
    """There is no such company or order."""


def first_line(endpoint: Endpoint) -> str:
    """Return what an endpoint does, in one line."""
    return (endpoint.__doc__ or "").partition("\n")[0]


def answering(endpoint: Endpoint) -> Endpoint:
    """Turn what an endpoint raises into an answer: 400, 404, or 422 when Sage 100 refuses."""

    @wraps(endpoint)
    async def answer(request: Request) -> Response:
        try:
            return await endpoint(request)
        except BadRequestError as error:
            return JSONResponse({"error": str(error)}, 400)
        except AbsentError as error:
            return JSONResponse({"error": str(error)}, 404)
        except RefusedError as error:
            return JSONResponse({"error": str(error)}, 422)

    return answer


async def body_of(request: Request, model: type[ModelT]) -> ModelT:
    """Return the request's body as a model; an empty body is an empty object.

    Raises:
        BadRequestError: It is too large, no JSON, or has a wrong or unknown field.
    """
    raw = b""
    async for chunk in request.stream():
        raw += chunk
        if len(raw) > MAX_BODY:
            raise BadRequestError(f"The body is larger than {MAX_BODY} bytes.")
    try:
        return model.model_validate_json(raw or b"{}")
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"])
        raise BadRequestError(f"{field or 'body'}: {first['msg']}") from None
