"""Puts the service together and serves it over TLS."""

import socket
import ssl
import sys
from math import ceil

import uvicorn
from starlette.types import ASGIApp

from tieout_agent import __version__
from tieout_agent.api import (
    customers,
    invoices,
    items,
    previews,
    prices,
    sales_order_list,
    sales_orders,
    shipments,
    state,
    warehouses,
)
from tieout_agent.api.answers import add_problem_handlers
from tieout_agent.api.description import ABOUT, OWN_ADDRESS, DescribedApp, operation_name
from tieout_agent.api.edge import Edge
from tieout_agent.api.requests import Agent
from tieout_agent.clock import Clock
from tieout_agent.connections import TimedConnection
from tieout_agent.journal import Journal
from tieout_agent.life import NEVER, Restarts
from tieout_agent.sage.grants import Grants
from tieout_agent.sage.licences import LicenceWatch
from tieout_agent.sage.owner import Limits, Owner
from tieout_agent.sage.servers import Servers
from tieout_agent.sage.session import Logon
from tieout_agent.sage.sessions import Lasting, Opening, Sessions
from tieout_agent.sage.ticket import Ticket
from tieout_agent.seam import ComModule
from tieout_agent.security import Gatekeeper
from tieout_agent.settings import Settings

MOST_CONNECTIONS = 128
"""Open connections: far above what the queue takes, low enough to keep a small server alive."""

KEEP_ALIVE_SECONDS = 5


def make_owner(
    settings: Settings, com: ComModule, clock: Clock, *, servers: Servers | None = None
) -> Owner[Sessions]:
    """Build the way to the Sage thread; nothing is opened before the first call needs it."""
    opening = Opening(
        home=settings.home,
        logon=Logon(settings.user, settings.password.get_secret_value()),
        idle_seconds=settings.idle_close_seconds,
        max_seconds=settings.session_max_seconds,
        open_sessions=settings.open_sessions,
    )

    lasting = Lasting(Grants(clock), LicenceWatch(clock), servers or Servers())

    def make_state(ticket: Ticket) -> Sessions:
        return Sessions(com, opening, clock=clock, ticket=ticket, lasting=lasting)

    limits = Limits(settings.call_seconds, settings.queue_limit, settings.pause_file)
    return Owner(make_state, limits)


def create_app(
    settings: Settings,
    owner: Owner[Sessions],
    *,
    clock: Clock,
    journal: Journal | None = None,
    restarts: Restarts = NEVER,
) -> ASGIApp:
    """Build the service: every call of the API behind the edge."""
    app = DescribedApp(
        title="Tieout agent",
        version=__version__,
        description=ABOUT,
        openapi_url=OWN_ADDRESS,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        generate_unique_id_function=operation_name,
    )
    journal = journal or Journal(settings.journal, clock)
    app.state.agent = Agent(settings, owner, clock, journal, restarts)
    add_problem_handlers(app)
    orders = (sales_orders, sales_order_list, previews)
    reads = (items, warehouses, prices, shipments, invoices)
    for module in (state, *orders, customers, *reads):
        app.include_router(module.router)
    return Edge(app, Gatekeeper(settings.keys, clock), clock=clock)


def make_server(settings: Settings, app: ASGIApp) -> uvicorn.Server:
    """Build the HTTP server: TLS 1.2 or newer, no access log (paths may hold e-mail addresses)."""
    config = uvicorn.Config(
        app,
        ssl_certfile=str(settings.certificate_file),
        ssl_keyfile=str(settings.key_file),
        http=TimedConnection,
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        date_header=False,  # the edge tells the time that deadlines are checked by
        proxy_headers=False,
        limit_concurrency=MOST_CONNECTIONS,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=ceil(settings.call_seconds),
    )
    config.load()
    if config.ssl is not None:
        config.ssl.minimum_version = ssl.TLSVersion.TLSv1_2
    return uvicorn.Server(config)


def listen(settings: Settings) -> socket.socket:
    """Open the listening socket, so that its port is known before the first call."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    # The protocol is named since asyncio answers without delay (TCP_NODELAY) only where it is.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    if sys.platform != "win32":  # there, the option would let two agents share a port
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((settings.host, settings.port))
        listener.listen()
    except OSError:
        listener.close()
        raise
    return listener
