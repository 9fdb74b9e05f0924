"""From a POST to an answer: protocol checks, the work, and each failure as the service tells it."""

import threading
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from .envelope import ProtocolError, Request, mas_fault, protocol_fault, read_request, result
from .markup import MarkupError
from .refusals import MasFaultError, UnexpectedError
from .service import perform

CONTENT_TYPE = "text/xml; charset=utf-8"
MAX_BODY = 2_000_000
"""Bytes; an order of 500 lines with every member is well under it."""

OK, BAD_REQUEST, TOO_LARGE, WRONG_TYPE, FAULT = 200, 400, 413, 415, 500


@dataclass(frozen=True)
class Answer:
    """What goes back."""

    status: int
    body: bytes = b""
    content_type: str = CONTENT_TYPE


class Counts:
    """What a tester may ask the service about: calls by operation, elements out of order."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.calls: Counter[str] = Counter()
        self.ignored: list[str] = []

    def note(self, request: Request) -> None:
        """Count a call that could be read."""
        with self._lock:
            self.calls[request.operation.name] += 1
            self.ignored += request.ignored

    def clear(self) -> None:
        """Begin anew."""
        with self._lock:
            self.calls.clear()
            self.ignored.clear()


def answer(home: Path, counts: Counts, body: bytes, *, content_type: str, action: str) -> Answer:
    """Return the answer to a POST.

    Args:
        home: Folder of the installation.
        counts: Where the call is counted.
        body: At most `MAX_BODY` bytes are read.
        content_type: Must be SOAP 1.1's.
        action: The header SOAPAction.
    """
    if content_type.partition(";")[0].strip().lower() != "text/xml":
        return Answer(WRONG_TYPE)
    if len(body) > MAX_BODY:
        return Answer(TOO_LARGE)
    try:
        return _performed(home, counts, read_request(body, action=action))
    except MarkupError:
        return Answer(BAD_REQUEST)
    except ProtocolError as error:
        return Answer(FAULT, protocol_fault(error))


def _performed(home: Path, counts: Counts, request: Request) -> Answer:
    counts.note(request)
    try:
        return Answer(OK, result(request.operation, perform(home, request)))
    except MasFaultError as error:
        return Answer(FAULT, mas_fault(error))
    except UnexpectedError:
        # What broke goes to the server's event log only (Sage 100 reference: faults).
        return Answer(FAULT, protocol_fault(ProtocolError("Server", "An exception occurred.")))
