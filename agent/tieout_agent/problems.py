"""Every refusal of the agent as a problem document (RFC 9457)."""

from dataclasses import asdict, dataclass
from http import HTTPStatus
from typing import Literal

from pydantic import BaseModel, ConfigDict

MEDIA_TYPE = "application/problem+json"

RETRY_SECONDS = 15
"""What `Retry-After` says when Sage is busy, paused or without a licence: about two order writes."""


class Problem(BaseModel):
    """The body of every answer that is not a success.

    `detail` is for the person who reads it; `code` is for the program; `object` and `column` name
    the Sage object and column that refused, where one did. `sent` is how many characters were sent
    for the column, never which; `allowed` is what the column takes, where that is known.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    type: Literal["about:blank"] = "about:blank"
    title: str
    status: int
    detail: str
    code: str
    object: str | None = None
    column: str | None = None
    sent: int | None = None
    allowed: str | None = None
    retryable: bool = False


class ProblemError(Exception):
    """A call that ends with a problem document.

    Attributes:
        problem: The document.
        retry_after: Seconds for the `Retry-After` header, or None for no such header.
        headers: Further headers of the answer.
    """

    def __init__(self, problem: Problem, *, retry_after: int | None = None) -> None:
        super().__init__(problem.code)
        self.problem = problem
        self.retry_after = retry_after
        self.headers: dict[str, str] = {}


def problem(status: int, code: str, detail: str) -> ProblemError:
    """Build a problem that repeating the same request will not change."""
    title = HTTPStatus(status).phrase
    return ProblemError(Problem(title=title, status=status, detail=detail, code=code))


def bad_request(detail: str) -> ProblemError:
    """Build the 400 for a request that breaks the rules of this API."""
    return problem(400, "BadRequest", detail)


@dataclass(frozen=True, slots=True)
class About:
    """Where in a document something was turned down.

    Attributes:
        object: The Sage object.
        column: The column, without `$`, where one is known.
        sent: Characters of the value that was sent for it; the value itself may be personal data.
        allowed: What the column takes, in a few words, where that is known.
    """

    object: str
    column: str | None = None
    sent: int | None = None
    allowed: str | None = None


def refused(detail: str, about: About) -> ProblemError:
    """Build the 422 for a document that can't be stored as it is, by Sage's word or our own rules.

    Args:
        detail: What is wrong and what to do about it.
        about: What it is wrong with.
    """
    document = Problem(
        title="Unprocessable Content", status=422, detail=detail, code="Refused", **asdict(about)
    )
    return ProblemError(document)


def unavailable(code: str, detail: str) -> ProblemError:
    """Build the 503 that promises: nothing was stored, the same request may be repeated later."""
    document = Problem(
        title="Service Unavailable", status=503, detail=detail, code=code, retryable=True
    )
    return ProblemError(document, retry_after=RETRY_SECONDS)


def sage_timeout(detail: str) -> ProblemError:
    """Build the 504 that admits: it is not known whether Sage stored anything."""
    document = Problem(
        title="Gateway Timeout", status=504, detail=detail, code="SageTimeout", retryable=True
    )
    return ProblemError(document)


def locked_out(seconds: int) -> ProblemError:
    """Build the 429 for a peer that offered too many wrong keys."""
    document = Problem(
        title="Too Many Requests",
        status=429,
        detail="This address offered a wrong API key too often and must wait. "
        "Check the key that the caller is set up with, then try again.",
        code="LockedOut",
        retryable=True,
    )
    return ProblemError(document, retry_after=seconds)
