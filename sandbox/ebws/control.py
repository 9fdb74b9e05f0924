"""The control API of the simulated service: switch it off on each level, make it fail, count."""

from collections.abc import Awaitable, Callable
from contextlib import closing
from functools import wraps
from pathlib import Path
from typing import Literal, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.sage100.dictionary import Table
from sandbox.sage100.store import SYSTEM, Store, database
from sandbox.sage100.tables_sy import SY_COMPANY, SY_SYSTEM, SY_USER

from .answers import Counts
from .troubles import Trouble, Troubles

ModelT = TypeVar("ModelT", bound=BaseModel)
Endpoint = Callable[[Request], Awaitable[Response]]

_LEVELS: dict[str, tuple[Table, str]] = {
    "system": (SY_SYSTEM, "EnableWebServices"),
    "company": (SY_COMPANY, "EnableWebServices"),
    "user": (SY_USER, "EnableWebServicesForUser"),
}


class Switch(BaseModel):
    """Whether Web Services are enabled on one level; `name` is a company's code or a user's."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    level: Literal["system", "company", "user"]
    name: str = "1"
    enabled: bool


class WrongRequestError(Exception):
    """The request is not one that this API takes."""


def _answering(endpoint: Endpoint) -> Endpoint:
    @wraps(endpoint)
    async def answered(request: Request) -> Response:
        try:
            return await endpoint(request)
        except WrongRequestError as error:
            return JSONResponse({"error": str(error)}, 400)

    return answered


async def _body_of(request: Request, model: type[ModelT]) -> ModelT:
    try:
        return model.model_validate_json(await request.body() or b"{}")
    except ValidationError as error:
        first = error.errors()[0]
        raise WrongRequestError(f"{'.'.join(map(str, first['loc']))}: {first['msg']}") from None


class Control:
    """The endpoints over one service.

    Args:
        home: Folder of the installation.
        troubles: What goes wrong on the way.
        counts: What was called.
    """

    def __init__(self, home: Path, troubles: Troubles, counts: Counts) -> None:
        self._home = home
        self._troubles = troubles
        self._counts = counts

    def routes(self) -> list[Route]:
        """Return the routes, to be mounted under `/_control`."""
        return [
            Route("/health", _answering(self.health)),
            Route("/state", _answering(self.state)),
            Route("/state", _answering(self.forget), methods=["DELETE"]),
            Route("/faults", _answering(self.list_faults)),
            Route("/faults", _answering(self.add_fault), methods=["POST"]),
            Route("/faults", _answering(self.clear_faults), methods=["DELETE"]),
            Route("/web-services", _answering(self.switch), methods=["POST"]),
        ]

    async def health(self, _: Request) -> Response:
        """Say that the process runs."""
        return JSONResponse({"status": "ok"})

    async def state(self, _: Request) -> Response:
        """Show how often each operation was called, and which elements came out of order."""
        counts = self._counts
        return JSONResponse({"calls": dict(counts.calls), "ignored": list(counts.ignored)})

    async def forget(self, _: Request) -> Response:
        """Count anew."""
        self._counts.clear()
        return Response(status_code=204)

    async def list_faults(self, _: Request) -> Response:
        """Show what would still go wrong."""
        return JSONResponse({"faults": [one.model_dump() for one in self._troubles.standing()]})

    async def add_fault(self, request: Request) -> Response:
        """Let something go wrong; what Sage 100 itself does wrong is its own control API's."""
        trouble = await _body_of(request, Trouble)
        self._troubles.add(trouble)
        return JSONResponse(trouble.model_dump(), 201)

    async def clear_faults(self, _: Request) -> Response:
        """Forget every fault."""
        self._troubles.clear()
        return Response(status_code=204)

    async def switch(self, request: Request) -> Response:
        """Enable or disable Web Services on one level."""
        wanted = await _body_of(request, Switch)
        table, column = _LEVELS[wanted.level]
        with closing(Store(database(self._home, SYSTEM))) as system:
            record = system.get(table, wanted.name)
            if record is None:
                raise WrongRequestError(f"There is no {wanted.level} {wanted.name}.")
            system.put(table, record | {column: "Y" if wanted.enabled else "N"})
        return JSONResponse(wanted.model_dump())
