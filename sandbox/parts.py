"""The programs beside the cloud: both simulators and the real agent, and how to reach them."""

import dataclasses
import sys
from dataclasses import dataclass
from pathlib import Path

from sandbox.certificates import Identity
from sandbox.customer import Server
from sandbox.door import WELL
from sandbox.health import Probe
from sandbox.places import Places, bare_environment
from sandbox.processes import Program, free_ports
from sandbox.shop import STORE_HASH, Account

# Requests in 30 s: a Pro store's (BigCommerce docs: rate limits). A store of the smallest plan would
# slow down three dozen orders that are placed within seconds, each with three webhooks.
SHOP_QUOTA = 450


@dataclass(frozen=True)
class Addresses:
    """One free loopback port for every server."""

    cloud: int
    shop_http: int
    shop_https: int
    sage: int
    agent: int
    door: int

    @staticmethod
    def free() -> "Addresses":
        """Choose ports that nobody uses."""
        return Addresses(*free_ports(6))


@dataclass(frozen=True)
class Parts:
    """What one sandbox runs beside the cloud: where its files are and where it listens."""

    places: Places
    addresses: Addresses
    shop_identity: Identity
    shop_account: Account
    door_identity: Identity
    agent_api_key: str
    agent_read_key: str

    @property
    def sage_home(self) -> Path:
        """The simulated installation's home folder, as a server's MAS90 folder."""
        return self.places.home / "sage100"

    @property
    def agent_file(self) -> Path:
        """The agent's settings file; its certificate lies beside it."""
        return self.places.home / "agent" / "settings.json"

    @property
    def agent_identity(self) -> Identity:
        """The certificate that the agent makes at its first start."""
        folder = self.agent_file.parent
        return Identity(folder / "agent.crt", folder / "agent.key")

    @property
    def shop_http(self) -> str:
        """The shop over plain HTTP, for people and for its control API."""
        return f"http://127.0.0.1:{self.addresses.shop_http}"

    @property
    def shop(self) -> Server:
        """The shop as Tieout sees it."""
        url = f"https://127.0.0.1:{self.addresses.shop_https}"
        return Server(url, self.shop_identity.fingerprint)

    @property
    def sage_control(self) -> str:
        """The control API of the simulated Sage 100."""
        return f"http://127.0.0.1:{self.addresses.sage}/_control"

    @property
    def agent(self) -> Server:
        """The agent as Tieout sees it; only once its certificate is made."""
        url = f"https://127.0.0.1:{self.addresses.agent}"
        return Server(url, self.agent_identity.fingerprint)

    @property
    def door(self) -> Server:
        """The local cloud's public address as its own self-test sees it."""
        return Server(f"https://127.0.0.1:{self.addresses.door}", self.door_identity.fingerprint)

    def shop_program(self) -> Program:
        """Describe the simulated BigCommerce."""
        identity, addresses, account = self.shop_identity, self.addresses, self.shop_account
        program = self._module(
            "bigcommerce",
            "sandbox.bigcommerce",
            *("--http-port", str(addresses.shop_http), "--https-port", str(addresses.shop_https)),
            *("--certificate", str(identity.certificate), "--key", str(identity.key)),
            *("--store-hash", STORE_HASH, "--quota", str(SHOP_QUOTA)),
        )
        # Credentials go by the environment: a list of processes shows everybody the arguments.
        secret = {
            f"SANDBOX_BIGCOMMERCE_{name.upper()}": value
            for name, value in dataclasses.asdict(account).items()
        }
        return dataclasses.replace(program, environment={**program.environment, **secret})

    def sage_program(self) -> Program:
        """Describe the simulated Sage 100's control process."""
        home, port = str(self.sage_home), str(self.addresses.sage)
        return self._module("sage100", "sandbox.sage100", "--home", home, "--port", port)

    def agent_program(self) -> Program:
        """Describe the real agent."""
        return self._module("agent", "tieout_agent", "run", "--settings", str(self.agent_file))

    def door_program(self, target: str, *, host: str) -> Program:
        """Describe the edge before the local cloud's API; only once that is deployed."""
        identity, port = self.door_identity, str(self.addresses.door)
        return self._module(
            "door",
            "sandbox.door",
            *("--port", port, "--target", target, "--host", host),
            *("--certificate", str(identity.certificate), "--key", str(identity.key)),
        )

    def probes(self) -> tuple[Probe, ...]:
        """Return the question to each part whether it is well."""
        bearer = {"Authorization": f"Bearer {self.agent_api_key}"}
        agent = f"https://127.0.0.1:{self.addresses.agent}/v1/health"
        return (
            Probe("bigcommerce", f"{self.shop_http}/_control/state"),
            Probe("sage100", f"{self.sage_control}/health"),
            Probe("agent", agent, bearer, self.agent_identity.certificate),
            Probe("door", self.door.url + WELL, certificate=self.door_identity.certificate),
        )

    def _module(self, name: str, module: str, *arguments: str) -> Program:
        environment = bare_environment(self.places.home)
        command = [sys.executable, "-m", module, *arguments]
        return Program(name, command, environment, self.places.repository)
