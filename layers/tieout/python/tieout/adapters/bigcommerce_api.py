"""One BigCommerce store's API: its token, its request budget, its refusals told apart by who must act."""

import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from tieout.adapters.answers import Answer
from tieout.adapters.credentials import Credentials, StoreSecret, as_header
from tieout.adapters.http import Https, Patience
from tieout.adapters.rate_limits import ORDER_RESERVE, RateLimit
from tieout.errors import RejectedError, SetupError
from tieout.settings import Store

PATIENCE = Patience(read=10, total=10)
_QUICK_RETRY = frozenset({500, 502, 503, 504})
_PASSING = frozenset({408, 423, 425, *_QUICK_RETRY})
_DONE = frozenset({HTTPStatus.OK, HTTPStatus.CREATED, HTTPStatus.NO_CONTENT})


class BigCommerceApi:
    """Paths begin after the store hash: `/v2/orders`.

    `reserve` is the share of the store's request quota, 0 to 1, that this caller leaves to others;
    `when_forbidden` says what an operator does about a 403.
    """

    def __init__(
        self,
        store: Store,
        credentials: Credentials[StoreSecret],
        *,
        when_forbidden: str,
        reserve: float = ORDER_RESERVE,
        patience: Patience = PATIENCE,
    ) -> None:
        self._root = f"/stores/{store.store_hash}"
        self._credentials = credentials
        self._when_forbidden = when_forbidden
        self._rate_limit = RateLimit(reserve)
        self._https = Https(
            store.api,
            peer="BigCommerce",
            patience=patience,
            retry_statuses=_QUICK_RETRY,
            heed=self._rate_limit.heed,
        )

    def close(self) -> None:
        """Close all connections."""
        self._https.close()

    def read(self, path: str, params: Mapping[str, str], *, may_be_absent: bool = False) -> Answer:
        """GET; a 404 is an answer if it `may_be_absent`.

        Raises:
            RetryableError: no answer, a passing fault, or no request left for us.
            SetupError: the token, its scopes or the store's settings are wrong.
        """
        self._rate_limit.check()
        answer = self._get(path, params, self._credentials.current())
        if answer.status == HTTPStatus.UNAUTHORIZED:
            answer = self._get(path, params, self._credentials.refresh())
        if not (may_be_absent and answer.status == HTTPStatus.NOT_FOUND):
            self._judge(answer)
        return answer

    def write(self, method: str, path: str, document: Mapping[str, Any]) -> None:
        """PUT or POST, once.

        Raises:
            RetryableError: as for `read`; OutcomeUnknownError if it may have been carried out.
            RejectedError: it was refused.
            SetupError: as for `read`.
        """
        self._rate_limit.check()
        body = json.dumps(document).encode()
        answer = self._send(method, path, body=body, secret=self._credentials.current())
        if answer.status == HTTPStatus.UNAUTHORIZED:
            answer = self._send(method, path, body=body, secret=self._credentials.refresh())
        self._judge(answer)

    def _get(self, path: str, params: Mapping[str, str], secret: StoreSecret) -> Answer:
        # The API's own description demands a type for reading lines, although nothing is sent.
        headers = {**_token(secret), "Content-Type": "application/json"}
        return self._https.read(self._root + path, headers=headers, params=params)

    def _send(self, method: str, path: str, *, body: bytes, secret: StoreSecret) -> Answer:
        url = self._root + path
        answer = self._https.write(url, headers=_token(secret), body=body, method=method)
        self._rate_limit.heed(answer)
        return answer

    def _judge(self, answer: Answer) -> None:
        """Let a success pass. A 401 that comes here was one for a token that had just been read anew."""
        status = answer.status
        if status in _DONE:
            return
        if status == HTTPStatus.TOO_MANY_REQUESTS:
            raise self._rate_limit.refusal(answer)
        if status in _PASSING:
            raise answer.unusable(f"has a passing fault ({status})", retry_after=answer.wait())
        if status == HTTPStatus.UNAUTHORIZED:
            raise SetupError(_UNKNOWN_TOKEN)
        if status == HTTPStatus.FORBIDDEN:
            raise SetupError(self._when_forbidden)
        refused = f"BigCommerce refused our request ({status})."
        if answer.writing:
            raise RejectedError(
                refused,
                next_action="Hooks are all that we write: see HooksBroken in the runbook.",
            )
        raise SetupError(refused)


_UNKNOWN_TOKEN = (
    "BigCommerce doesn't know the access token: create a new API account and put its token into the "  # noqa: S105 - advice
    "store's secret."
)


def _token(secret: StoreSecret) -> dict[str, str]:
    return {"X-Auth-Token": as_header(secret.access_token, name="access_token")}
