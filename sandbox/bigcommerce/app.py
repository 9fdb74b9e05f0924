"""The ASGI application: the storefront's API under `/stores/`, the control API under `/_control/`."""

import json
from typing import TYPE_CHECKING

from pydantic import ValidationError
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Mount, Route

from sandbox.bigcommerce import control
from sandbox.bigcommerce.api import StoreApi
from sandbox.bigcommerce.deals import WishError
from sandbox.bigcommerce.wire import RefusedError

if TYPE_CHECKING:
    from sandbox.bigcommerce.shop import Shop

CREATING = frozenset({"/orders", "/faults", "/accounts"})


def create_app(shop: "Shop") -> Starlette:
    """One application for the plain and the TLS port; all its state is the shop's."""
    store = Mount("/stores", app=StoreApi(shop))
    deeds = [
        _control_route(shop, method, pattern, deed=deed)
        for (method, pattern), deed in control.DEEDS.items()
    ]
    return Starlette(routes=[store, Mount("/_control", routes=deeds)])


def _control_route(shop: "Shop", method: str, pattern: str, *, deed: control.Deed) -> Route:
    success = 201 if method == "POST" and pattern in CREATING else 200

    async def endpoint(request: Request) -> JSONResponse:
        raw = await request.body()
        number = int(request.path_params.get("number", 0))
        try:
            found = await run_in_threadpool(_perform, shop, deed, raw=raw, number=number)
        except RefusedError as refused:
            problem = {"status": refused.status, "message": refused.message}
            return JSONResponse(problem, refused.status)
        return JSONResponse(found, success)

    return Route(pattern.replace("{number}", "{number:int}"), endpoint, methods=[method])


def _perform(shop: "Shop", deed: control.Deed, *, raw: bytes, number: int) -> object:
    """Do the deed; everything that a tester can get wrong ends as a refusal in plain words."""
    try:
        document: object = json.loads(raw) if raw else {}
    except ValueError as garbled:
        raise RefusedError(400, f"The body is not JSON: {garbled}.") from garbled
    try:
        return deed(shop, control.Request(number, document))
    except WishError as wish:
        raise RefusedError(400, str(wish)) from wish
    except ValidationError as invalid:
        problems = [
            f"{'.'.join(map(str, error['loc']))}: {error['msg']}" for error in invalid.errors()
        ]
        raise RefusedError(400, "; ".join(problems)) from invalid
    except KeyError as missing:
        raise RefusedError(404, f"There is no order {number}.") from missing
