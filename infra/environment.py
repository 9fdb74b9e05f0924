"""What the functions are told about stores and Sage: compact JSON in their environment."""

from typing import Any

from aws_cdk import Stack
from aws_cdk import aws_secretsmanager as secrets

from infra.data import Data
from infra.settings import Customer, Endpoint


def stores_for_webhooks(stack: Stack, customer: Customer, data: Data) -> str:
    """Tell as much of each store as checking a webhook needs."""
    return stack.to_json_string(
        [
            {
                "key": key,
                "store_hash": store.store_hash,
                "secret_arn": data.store_secrets[key].secret_arn,
            }
            for key, store in customer.stores.items()
        ]
    )


def stores_json(stack: Stack, customer: Customer, data: Data) -> str:
    """Tell all of each store."""
    return stack.to_json_string(
        [
            {
                "key": key,
                "platform": store.platform,
                "letter": store.letter,
                "overflow_letter": store.overflow_letter or "",
                "first_order_id": store.first_order_id,
                "on_cancel": store.on_cancel,
                "manage_hooks": store.manage_hooks,
                "recount_days": store.recount_days,
                "store_hash": store.store_hash,
                "api": endpoint(store.api),
                "secret_arn": data.store_secrets[key].secret_arn,
                "import_statuses": list(store.import_statuses),
                "companies": store.companies,
                "sage": store.sage,
            }
            for key, store in customer.stores.items()
        ]
    )


def sage(stack: Stack, customer: Customer, secret: secrets.Secret | None) -> dict[str, str]:
    """Tell the way into Sage, how its certificate is trusted, and which secret opens it."""
    name = "TIEOUT_AGENT" if customer.ebws is None else "TIEOUT_EBWS"
    arn = {} if secret is None else {"secret_arn": secret.secret_arn}
    return {name: stack.to_json_string({**endpoint(customer.way_to_sage), **arn})}


def webhooks(stack: Stack, customer: Customer, api_url: str) -> dict[str, str]:
    """Tell where storefronts reach us; a store's key follows after a slash."""
    variables = {"WEBHOOKS_URL": f"{api_url}webhooks"}
    if customer.edge.door is not None:
        variables["WEBHOOKS_DOOR"] = stack.to_json_string(endpoint(customer.edge.door))
    return variables


def endpoint(settings: Endpoint) -> dict[str, Any]:
    """Write an endpoint as plain JSON values."""
    return settings.model_dump(mode="json")
