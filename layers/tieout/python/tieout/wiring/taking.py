"""What `take_orders` is made of."""

from functools import cache

from tieout.adapters.aws import client
from tieout.adapters.bigcommerce import BigCommerce
from tieout.adapters.clock import SystemClock
from tieout.adapters.dynamodb import DynamoCustomerLinks, DynamoLedger, Table
from tieout.adapters.notes import DynamoNotes
from tieout.adapters.sage_agent import SageAgent
from tieout.adapters.secrets import AgentSecret, Credentials, StoreSecret
from tieout.domain.identity import Company, Numbering, StoreKey
from tieout.errors import SetupError
from tieout.flows.desk import Desk
from tieout.settings import TakeOrdersSettings, take_orders_settings


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
def _sage(company: Company) -> SageAgent:
    agent = _settings().agent
    key = Credentials(client("secretsmanager"), agent.secret_arn, AgentSecret)
    return SageAgent(agent.connection, company, key)
