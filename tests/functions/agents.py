"""An agent on loopback that tells its health, its promises, and the sales orders of company ABC."""

import json
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from sandbox.certificates import Identity
from tests.adapters.servers import Server, Visit, answer, serving

ORIGIN = {"X-Tieout-Agent": "1.0", "Connection": "close"}
PROMISED = {"createOnly": True, "deadline": True, "barrier": True, "history": False}


@dataclass
class ToldAgent:
    """What the agent says; a test changes it."""

    status: str = "ok"
    orders: list[dict[str, str]] = field(default_factory=list[dict[str, str]])
    asked: list[str] = field(default_factory=list[str])
    server: Server | None = None

    def list(self, number: str, marker: str) -> None:
        """Sage has this sales order, and the list is by rising number."""
        row = {"number": number, "where": "open", "status": "O", "marker": marker, "total": "1.00"}
        self.orders = sorted([*self.orders, row], key=lambda one: one["number"])

    def connection(self) -> dict[str, Any]:
        """What TIEOUT_AGENT says of it."""
        assert self.server
        return {
            "url": self.server.url,
            "trust": "pin",
            "pins": [self.server.identity.fingerprint],
            "allow_networks": ["127.0.0.0/8"],
        }

    def act(self, visit: Visit) -> None:
        """Answer once and hang up, so that no connection outlasts its test."""
        path = visit.request().split(b" ", 2)[1].decode()
        self.asked.append(path)
        visit.stream.sendall(answer(200, json.dumps(self._said(path)).encode(), ORIGIN))

    def _said(self, path: str) -> dict[str, Any]:
        if path == "/v1/health":
            return {"status": self.status}
        if path == "/v1/capabilities":
            return {"companies": [{"code": "ABC", "guarantees": PROMISED}]}
        after = path.partition("after=")[2].partition("&")[0]
        return {"orders": [o for o in self.orders if o["number"] > after], "next": None}


@contextmanager
def told_agent(identity: Identity) -> Generator[ToldAgent]:
    """An agent for the length of a test."""
    agent = ToldAgent()
    with serving(identity, agent.act) as server:
        agent.server = server
        yield agent
