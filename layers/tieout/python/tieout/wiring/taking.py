"""What `take_orders` is made of."""

from functools import cache
from typing import TYPE_CHECKING

from tieout.adapters.aws import client
from tieout.adapters.bigcommerce import BigCommerce
from tieout.adapters.clock import SystemClock
from tieout.adapters.dynamodb import DynamoCustomerLinks, DynamoLedger, Table
from tieout.adapters.notes import DynamoNotes
from tieout.adapters.sage_agent import SageAgent
from tieout.adapters.secrets import AgentSecret, Credentials, LogonSecret, StoreSecret
from tieout.domain.identity import Company, Numbering, StoreKey
from tieout.errors import SetupError
from tieout.flows.desk import Desk
from tieout.settings import Door, TakeOrdersSettings, take_orders_settings

if TYPE_CHECKING:
    from tieout.adapters.ebws import EbwsSage


@cache
def desk(store: StoreKey) -> Desk:
    """The desk of one store; raises SetupError for a store that is not in the settings."""
    settings = _settings()
    try:
        shop = settings.stores[store]
    except KeyError:
        raise SetupError(f"The store “{store}” is not in this deployment's settings.") from None
    secrets, dynamodb, clock = client("secretsmanager"), client("dynamodb"), SystemClock()
    ledger = Table(dynamodb, settings.ledger_table)
    return Desk(
        ledger=DynamoLedger(ledger, clock),
        storefront=BigCommerce(shop, Credentials(secrets, shop.secret_arn, StoreSecret)),
        sage=_sage,
        links=DynamoCustomerLinks(Table(dynamodb, settings.customers_table), clock),
        notes=DynamoNotes(ledger),
        clock=clock,
        numbering=Numbering(shop.letter, settings.stack_tag, shop.overflow_letter),
        companies=shop.companies,
        defaults=shop.sage,
        first_order_id=shop.first_order_id,
        on_cancel=shop.on_cancel,
    )


@cache
def _settings() -> TakeOrdersSettings:
    return take_orders_settings()


@cache
def _sage(company: Company) -> "SageAgent | EbwsSage":
    way, secrets = _settings().sage, client("secretsmanager")
    if way.door is Door.AGENT:
        key = Credentials(secrets, way.secret_arn, AgentSecret)
        return SageAgent(way.connection, company, key)
    # It brings zeep, which takes 0.3 s to import: nobody else shall pay for it.
    from tieout.adapters.ebws import EbwsSage  # noqa: PLC0415

    logon = Credentials(secrets, way.secret_arn, LogonSecret)
    return EbwsSage(way.connection, company, logon, clock=SystemClock())
