"""What can go wrong, told apart by who must act.

TieoutError
├── RetryableError     nobody: time heals it, the ledger tries again
│   ├── NotSentError       proven that the other side never saw the request
│   ├── OutcomeUnknownError the request may have been carried out; look before acting
│   └── LeaseLostError     another worker has taken this record over
├── RejectedError      the office: the other side understood and said no; the record is parked
└── SetupError         the operator: credentials, certificate or configuration are wrong
"""


class TieoutError(Exception):
    """Base of every error that Tieout raises on purpose; the text is for a person."""


class RetryableError(TieoutError):
    """A passing fault.

    `retry_after` is the wait in seconds that the other side asked for, None when it named none.
    """

    def __init__(self, message: str, *, retry_after: int | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class NotSentError(RetryableError):
    """Proven: not one byte of the request reached the other side, so repeating it is safe."""


class OutcomeUnknownError(RetryableError):
    """The request left and no answer came back: it may have been carried out, now or later."""


class LeaseLostError(RetryableError):
    """Another worker holds this record by now; whatever was decided here must not be written."""


class RejectedError(TieoutError):
    """The other side understood the request and refused it.

    `reason` is one plain sentence on what happened; `next_action` the one thing a person does.
    """

    def __init__(self, reason: str, *, next_action: str, code: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.next_action = next_action
        self.code = code


class SetupError(TieoutError):
    """Credentials, trust or configuration are wrong: nothing works until an operator mends it."""
