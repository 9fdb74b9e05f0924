"""The port SageDoor over the same network."""

from collections.abc import Mapping
from dataclasses import dataclass

from tests.faults.company import HISTORY, OPEN
from tests.faults.connection import Connection
from tieout.domain.agents import Capability, Health, Listed, ListPage
from tieout.domain.identity import Company as CompanyCode
from tieout.domain.identity import SalesOrderNo
from tieout.errors import RetryableError, SetupError

CODE = CompanyCode("ABC")
LIST_PAGE = 4
NOTHING: frozenset[Capability] = frozenset()
UNLISTED = frozenset({Capability.LISTS})


@dataclass
class Door:
    """The port SageDoor."""

    connection: Connection
    lacks: frozenset[Capability] = NOTHING

    def health(self) -> Health:
        try:
            self.connection.ask("agent's health", lambda: "well")
        except (RetryableError, SetupError) as error:
            return Health(ready=False, reason=str(error))
        return Health(ready=True)

    def promises(self) -> Mapping[CompanyCode, frozenset[str]]:
        return self.connection.ask("agent's promises", lambda: {CODE: frozenset({"createOnly"})})

    def sales_orders(self, company: CompanyCode, *, prefix: str, after: str) -> ListPage:
        return self.connection.ask(
            f"agent lists {company} {prefix} after {after}", lambda: self._page(prefix, after)
        )

    def _page(self, prefix: str, after: str) -> ListPage:
        tables = self.connection.agent.company.tables
        rows = {**tables[HISTORY], **tables[OPEN]}
        numbers = sorted(n for n in rows if n.startswith(prefix) and n > after)
        listed = [
            Listed(SalesOrderNo(n), rows[n].marker, deleted=rows[n].deleted)
            for n in numbers[:LIST_PAGE]
        ]
        more = len(numbers) > LIST_PAGE
        return ListPage(tuple(listed), listed[-1].number if more else None)
