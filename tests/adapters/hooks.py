"""What the hooks' tests share: an account with a secret of its own, and its hooks."""

from dataclasses import dataclass
from datetime import datetime

from tieout.adapters.bigcommerce_hooks import BigCommerceHooks
from tieout.adapters.http import Patience
from tieout.ports import Clock
from tieout.settings import Store

ADDRESS = "https://door.example.test/prod/webhooks/main"
KEY = "the-key-of-today"
QUICK = Patience(read=1, total=2, retry_waits=(0.0, 0.0))


@dataclass(frozen=True)
class Secret:
    access_token: str
    webhook_key: str = KEY
    webhook_key_previous: str = ""
    client_secret_previous: str = ""


@dataclass
class Credentials:
    """A secret that is read anew when the shop refuses it."""

    secret: Secret
    after_rotation: Secret | None = None
    written_at: datetime | None = None

    def current(self) -> Secret:
        return self.secret

    def refresh(self) -> Secret:
        self.secret = self.after_rotation or self.secret
        return self.secret


def hooks_of(store: Store, credentials: Credentials, clock: Clock) -> BigCommerceHooks:
    return BigCommerceHooks(store, credentials, address=ADDRESS, clock=clock, patience=QUICK)
