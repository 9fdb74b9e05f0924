"""What `take_orders` is made of."""

from datetime import timedelta
from functools import cache

from tieout.adapters.aws import client
from tieout.adapters.bigcommerce import BigCommerce
from tieout.adapters.clock import SystemClock
from tieout.adapters.dynamodb import DynamoCustomerLinks, DynamoLedger, Table
from tieout.adapters.queues import read_wakeup
from tieout.adapters.sage_agent import SageAgent
from tieout.adapters.secrets import AgentSecret, Credentials, StoreSecret
from tieout.domain.identity import Company, Numbering, OrderKey, StoreKey
from tieout.domain.outcomes import Outcome
from tieout.errors import SetupError
from tieout.flows.desk import Desk
from tieout.flows.take_order import take_order
from tieout.settings import TakeOrdersSettings, take_orders_settings


def take(message: str, *, owner: str, time_left: timedelta) -> tuple[OrderKey, Outcome]:
    """Take the order that a wake-up is about.

    `owner` names this delivery of the message and no other; `time_left` is what the function has.

    Raises:
        RetryableError: the ledger can't be reached.
        SetupError: the store is not in the settings.
        ValueError: the message is no wake-up.
    """
    key, clock = read_wakeup(message), SystemClock()
    desk = _desk(key.store)
    return key, take_order(key, desk=desk, owner=owner, stop_at=clock.now() + time_left)


@cache
def _desk(store: StoreKey) -> Desk:
    settings = _settings()
    try:
        shop = settings.stores[store]
    except KeyError:
        raise SetupError(f"The store “{store}” is not in this deployment's settings.") from None
    secrets, dynamodb, clock = client("secretsmanager"), client("dynamodb"), SystemClock()
    return Desk(
        ledger=DynamoLedger(Table(dynamodb, settings.ledger_table), clock),
        storefront=BigCommerce(shop, Credentials(secrets, shop.secret_arn, StoreSecret)),
        sage=_sage,
        links=DynamoCustomerLinks(Table(dynamodb, settings.customers_table)),
        clock=clock,
        numbering=Numbering(shop.letter, settings.stack_tag, shop.overflow_letter),
        companies=shop.companies,
        defaults=shop.sage,
        first_order_id=shop.first_order_id,
    )


@cache
def _settings() -> TakeOrdersSettings:
    return take_orders_settings()


@cache
def _sage(company: Company) -> SageAgent:
    agent = _settings().agent
    key = Credentials(client("secretsmanager"), agent.secret_arn, AgentSecret)
    return SageAgent(agent.connection, company, key)
