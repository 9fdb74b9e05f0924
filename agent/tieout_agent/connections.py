"""Connections that can't fill the server: few of one caller, and closed when they ask for nothing."""

import asyncio
from typing import ClassVar

from uvicorn.protocols.http.h11_impl import H11Protocol

REQUEST_SECONDS = 10.0
"""From the open connection, or from the last answer, to the end of a request's headers."""

FAREWELL_SECONDS = 1.0
"""How long a caller may take to hear the last answer and say farewell when the service stops."""

MOST_OF_A_PEER = 32
"""Open connections from one address: as many as the queue takes calls, and six times the orders that
the cloud has in work unless told otherwise. So one stranger, who needs no key to connect, can't take
all that the server allows."""


class TimedConnection(H11Protocol):
    """uvicorn's HTTP/1.1, with an end to waiting for a request, and few connections of one address.

    uvicorn itself waits without end for the first one, and for the rest of one that has begun. A few
    strangers who send a header line now and then would take every connection that it allows.
    """

    seconds: ClassVar[float] = REQUEST_SECONDS
    most: ClassVar[int] = MOST_OF_A_PEER
    _end: asyncio.TimerHandle | None = None
    _stopping = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Wait for a request, though not for long; not at all if its caller has too many already."""
        super().connection_made(transport)
        if self._of_this_peer() > self.most:
            self.connections.discard(self)  # its end is noticed later, and must not count till then
            transport.abort()
        else:
            self._wait_for_request()

    def on_response_complete(self) -> None:
        """Wait for the next one likewise."""
        super().on_response_complete()
        self._wait_for_request()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop waiting."""
        self._stop_waiting()
        super().connection_lost(exc)

    def shutdown(self) -> None:
        """Finish the request that is under way; cut the connection where there is none."""
        self._stopping = True
        if self._at_work():
            super().shutdown()
        else:
            self.transport.abort()

    def _of_this_peer(self) -> int:
        """Count the open connections of this one's address, itself included; lost ones are not there."""
        peer = self.client and self.client[0]
        open_ones = (one.client for one in self.connections if isinstance(one, H11Protocol))
        return sum(bool(client) and client[0] == peer for client in open_ones)

    def _wait_for_request(self) -> None:
        self._stop_waiting()
        seconds = FAREWELL_SECONDS if self._stopping else self.seconds
        self._end = self.loop.call_later(seconds, self._give_up)

    def _stop_waiting(self) -> None:
        if self._end is not None:
            self._end.cancel()
            self._end = None

    def _give_up(self) -> None:
        if not self._at_work():
            # Not close(): that would wait for a TLS farewell from somebody who says nothing.
            self.transport.abort()

    def _at_work(self) -> bool:
        """Say whether a request's headers are all there; its body has a limit of its own."""
        return bool(self.cycle) and not self.cycle.response_complete
