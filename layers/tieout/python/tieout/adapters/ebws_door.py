"""eBusiness Web Services as the sweepers see them: whether they are there, and what they can't do."""

from collections.abc import Collection, Mapping

from tieout.adapters.ebws_calls import Service
from tieout.adapters.ebws_faults import error_of
from tieout.adapters.http import Patience
from tieout.adapters.sage_door import HEALTH_PATIENCE
from tieout.domain.agents import Capability, Health, ListPage
from tieout.domain.identity import Company
from tieout.errors import RetryableError, SetupError
from tieout.settings import Connection

# All of it: the service reads and writes single customers and single open sales orders.
LACKS = frozenset(Capability)
# In the words that the agent uses for its own.
PROMISED = frozenset({"createOnly"})


class EbwsDoor:
    """The port `SageDoor` for all companies of a deployment; it logs on to none of them."""

    lacks = LACKS

    def __init__(
        self,
        connection: Connection,
        companies: Collection[str],
        *,
        patience: Patience = HEALTH_PATIENCE,
    ) -> None:
        self._companies = companies
        self._service = Service(connection, patience=patience)

    def close(self) -> None:
        """Close all connections."""
        self._service.close()

    def health(self) -> Health:
        """Whether the service answers. That it lets our user in is seen when an order is taken."""
        try:
            reply = self._service.ask("GetContractInformation", {})
            if reply.fault is not None:
                raise error_of(reply.answer, reply.fault)
        except (RetryableError, SetupError) as error:
            return Health(ready=False, reason=str(error))
        return Health(ready=True)

    def promises(self) -> Mapping[Company, frozenset[str]]:
        """What is known of the service; it can't be asked."""
        return {Company(code): PROMISED for code in self._companies}

    def sales_orders(self, company: Company, *, prefix: str, after: str) -> ListPage:  # noqa: ARG002
        """Not offered; see `lacks`."""
        raise SetupError(f"eBusiness Web Services can't list the sales orders of {company}.")
