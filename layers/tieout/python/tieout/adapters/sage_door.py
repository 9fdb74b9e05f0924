"""The Sage agent as the sweepers see it: its health, its promises, and its lists of sales orders."""

from collections.abc import Mapping
from http import HTTPStatus
from itertools import pairwise
from typing import Any, cast
from urllib.parse import quote

from tieout.adapters.answers import Answer
from tieout.adapters.credentials import AgentSecret, Credentials
from tieout.adapters.http import Https, Patience
from tieout.adapters.sage_answers import fault, problem_of
from tieout.adapters.sage_calls import called
from tieout.domain.agents import Capability, Health, Listed, ListPage
from tieout.domain.identity import Company, SalesOrderNo
from tieout.domain.ledger import HTTP_READ
from tieout.domain.sales_orders import DELETED, Where
from tieout.errors import RetryableError, SetupError
from tieout.settings import Connection

# Health is told without asking Sage: what takes longer is not well, and the sweep has a minute.
HEALTH_PATIENCE = Patience(read=5, total=5, retry_waits=(0.2,))
# A list is read by Sage while orders wait for their turn; it is asked for once, and the sweep repeats.
LIST_PATIENCE = Patience(
    read=HTTP_READ.total_seconds(), total=HTTP_READ.total_seconds(), retry_waits=()
)
# The agent gives 2,000 at most; so many are read in a second or two, and orders wait no longer.
PAGE = 500
_UNWELL = {
    "paused": "The Sage agent is paused.",
    "degraded": "The Sage agent runs, and its session in Sage is broken.",
}


class AgentDoor:
    """The port `SageDoor`."""

    lacks: frozenset[Capability] = frozenset()

    def __init__(
        self,
        connection: Connection,
        credentials: Credentials[AgentSecret],
        *,
        health_patience: Patience = HEALTH_PATIENCE,
        list_patience: Patience = LIST_PATIENCE,
    ) -> None:
        self._credentials = credentials
        self._quick = Https(connection, peer="The Sage agent", patience=health_patience)
        self._slow = Https(connection, peer="The Sage agent", patience=list_patience)

    def close(self) -> None:
        """Close all connections."""
        self._quick.close()
        self._slow.close()

    def health(self) -> Health:
        """See the port. A wrong key or certificate keeps every order out as well: it is not ready."""
        try:
            status = self._get(self._quick, "/v1/health", {}).json_object().get("status")
        except (RetryableError, SetupError) as error:
            return Health(ready=False, reason=str(error))
        if status == "ok":
            return Health(ready=True)
        return Health(
            ready=False, reason=_UNWELL.get(str(status), "The Sage agent says that it is not well.")
        )

    def promises(self) -> Mapping[Company, frozenset[str]]:
        """See the port."""
        answer = self._get(self._slow, "/v1/capabilities", {})
        companies = _objects(answer, "companies")
        return {Company(str(one.get("code"))): _words(answer, one) for one in companies}

    def sales_orders(self, company: Company, *, prefix: str, after: str) -> ListPage:
        """See the port.

        Raises:
            RetryableError: the list isn't by rising number, or can't be read.
        """
        params = {"prefix": prefix, "limit": str(PAGE)} | ({"after": after} if after else {})
        path = f"/v1/{quote(company, safe='')}/SO/SalesOrder"
        answer = self._get(self._slow, path, params)
        orders = tuple(_listed(answer, row) for row in _objects(answer, "orders"))
        numbers = [after, *(order.number for order in orders)]
        if any(low >= high for low, high in pairwise(numbers)):
            raise answer.unusable("gave a list of sales orders that isn't by rising number")
        return ListPage(orders, _following(answer, numbers))

    def _get(self, https: Https, path: str, params: Mapping[str, str]) -> Answer:
        answer = called(lambda key: https.read(path, headers=key, params=params), self._credentials)
        if answer.status != HTTPStatus.OK:
            raise fault(answer, problem_of(answer))
        return answer


def _objects(answer: Answer, name: str) -> list[dict[str, Any]]:
    rows = answer.json_object().get(name)
    if not isinstance(rows, list) or not all(
        isinstance(row, dict) for row in cast("list[Any]", rows)
    ):
        raise answer.unusable(f"gave no list of {name}")
    return cast("list[dict[str, Any]]", rows)


def _words(answer: Answer, company: Mapping[str, Any]) -> frozenset[str]:
    promised = company.get("guarantees")
    if not isinstance(promised, dict):
        raise answer.unusable("gave a company without guarantees")
    rows = cast("dict[str, Any]", promised)
    return frozenset(word for word, holds in rows.items() if holds is True)


def _following(answer: Answer, numbers: list[str]) -> SalesOrderNo | None:
    """Where the next page begins: not before this one's end, or the list would never end."""
    following = answer.json_object().get("next")
    if following is None:
        return None
    if not isinstance(following, str) or following <= numbers[0] or following < numbers[-1]:
        raise answer.unusable("gave a list of sales orders that does not go on where it ends")
    return SalesOrderNo(following)


def _listed(answer: Answer, row: Mapping[str, Any]) -> Listed:
    number, where = row.get("number"), row.get("where")
    if not isinstance(number, str) or not number:
        raise answer.unusable("gave a listed sales order without a number")
    deleted = where == Where.HISTORY.value and row.get("status") == DELETED
    return Listed(SalesOrderNo(number), str(row.get("marker") or ""), deleted=deleted)
