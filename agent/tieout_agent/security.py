"""Who may call, and what: API keys kept as hashes, and a lock-out for addresses that guess."""

import hashlib
import hmac
import secrets
from collections import OrderedDict, deque
from math import ceil

from tieout_agent.clock import Clock
from tieout_agent.problems import ProblemError, locked_out, problem
from tieout_agent.settings import ApiKey, Scope

KEY_BYTES = 32
"""Random bytes in a key that `tieout-agent` makes: out of reach of guessing."""

FAILURES_ALLOWED = 20
"""Wrong keys from one address within `WINDOW_SECONDS` before it is locked out."""

WINDOW_SECONDS = 60.0

PEERS_REMEMBERED = 1024
"""Addresses whose failures are counted; beyond it the one longest unseen is forgotten."""

READING = frozenset({"GET", "HEAD"})
PREVIEW = "/preview"
"""What a key that only reads may do: methods, and the end of the one path that it may post to."""


def new_api_key() -> str:
    """Make a key from 32 random bytes."""
    return "tieout_" + secrets.token_urlsafe(KEY_BYTES)


def key_hash(key: bytes) -> str:
    """Say what of a key is stored: its SHA-256, lower-case hexadecimal."""
    return hashlib.sha256(key).hexdigest()


class Gatekeeper:
    """Lets callers in by their key, and counts the failures of each address."""

    def __init__(self, keys: tuple[ApiKey, ...], clock: Clock) -> None:
        self._keys = keys
        self._clock = clock
        self._failures: OrderedDict[str, deque[float]] = OrderedDict()

    def admit(self, peer: str, authorization: bytes | None) -> Scope:
        """Let one call pass; say what its key opens.

        Args:
            peer: The caller's address.
            authorization: The raw `Authorization` header.

        Raises:
            ProblemError: 401 for a missing or wrong key, 429 once the address is locked out; then
                even the right key has to wait, or the lock would tell a guesser that he has it.
        """
        wait = self._locked_for(peer)
        if wait:
            raise locked_out(wait)
        opened = self._opened_by(authorization)
        if not opened:
            self._note_failure(peer)
            raise _unauthorized()
        return "write" if "write" in opened else "read"

    def _opened_by(self, authorization: bytes | None) -> list[Scope]:
        scheme, _, key = (authorization or b"").partition(b" ")
        offered = key_hash(key.strip())
        # Every stored hash is compared, so the time taken does not tell which one matched.
        opened: list[Scope] = [
            known.scope for known in self._keys if hmac.compare_digest(offered, known.sha256)
        ]
        return opened if scheme.lower() == b"bearer" else []

    def _locked_for(self, peer: str) -> int:
        times = self._failures.get(peer)
        if times is None:
            return 0
        now = self._clock.monotonic()
        while times and times[0] <= now - WINDOW_SECONDS:
            times.popleft()
        if len(times) < FAILURES_ALLOWED:
            return 0
        return max(1, ceil(times[0] + WINDOW_SECONDS - now))

    def _note_failure(self, peer: str) -> None:
        times = self._failures.setdefault(peer, deque(maxlen=FAILURES_ALLOWED))
        times.append(self._clock.monotonic())
        self._failures.move_to_end(peer)
        while len(self._failures) > PEERS_REMEMBERED:
            self._failures.popitem(last=False)


def check_scope(granted: Scope, method: str, path: str) -> None:
    """Pass what a key opens.

    Raises:
        ProblemError: 403 `ScopeMissing`; the call was not looked at.
    """
    reads = method in READING or (method == "POST" and path.endswith(PREVIEW))
    if granted != "write" and not reads:
        raise problem(
            403,
            "ScopeMissing",
            "The API key of this call may only read. Nothing was stored. Set the caller up with a "
            "key that may write: `tieout-agent keys add --scope write` makes one.",
        )


def _unauthorized() -> ProblemError:
    return problem(
        401,
        "Unauthorized",
        "The call has no valid API key. Set the caller up with a key that `tieout-agent keys "
        "add` printed, sent as `Authorization: Bearer <key>`.",
    )
