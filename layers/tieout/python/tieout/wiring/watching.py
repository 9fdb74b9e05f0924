"""What `poll` watches over us with: the storefront's hooks, and our own door."""

import time
from contextlib import closing
from datetime import timedelta

from tieout.adapters.aws import client
from tieout.adapters.bigcommerce_hooks import BigCommerceHooks
from tieout.adapters.public_door import PublicDoor
from tieout.adapters.secrets import Credentials, StoreSecret
from tieout.domain.identity import StoreKey
from tieout.flows.mend_hooks import Checkup, mend_hooks, note_checkup
from tieout.flows.self_test import PATIENCE, Bench, Finding, self_test
from tieout.settings import Store
from tieout.wiring.polling import edges, read_settings


def check_hooks(store: StoreKey) -> Checkup:
    """Look after the store's hooks, unless its settings leave that to somebody else; note what it is."""
    ours, shop = edges(), read_settings().stores[store]
    found = _mended(store, shop) if shop.manage_hooks else Checkup()
    note_checkup(found, store=store, notes=ours.notes, clock=ours.clock)
    return found


def _mended(store: StoreKey, shop: Store) -> Checkup:
    hooks = BigCommerceHooks(shop, _secret(shop), address=_address(store), clock=edges().clock)
    with closing(hooks):
        return mend_hooks(hooks=hooks)


def try_door(store: StoreKey, *, time_left: timedelta) -> Finding:
    """Follow a webhook of our own from the public door into the ledger."""
    ours, settings = edges(), read_settings()
    shop = settings.stores[store]
    door = PublicDoor(
        _address(store),
        way=settings.door,
        store_hash=shop.store_hash,
        credentials=_secret(shop),
        clock=ours.clock,
    )
    with closing(door):
        bench = Bench(
            storefront=ours.storefront(store),
            ledger=ours.ledger,
            door=door,
            notes=ours.notes,
            clock=ours.clock,
            pause=lambda length: time.sleep(length.total_seconds()),
            patience=min(PATIENCE, time_left),
        )
        return self_test(store, bench=bench)


def _address(store: StoreKey) -> str:
    return f"{read_settings().webhooks_url}/{store}"


def _secret(shop: Store) -> Credentials[StoreSecret]:
    """Read anew for each run: a key from memory could be the one before."""
    return Credentials(client("secretsmanager"), shop.secret_arn, StoreSecret)
