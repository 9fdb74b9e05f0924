"""Put one sandbox together: servers up, stacks deployed, secrets filled, shop connected."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from sandbox import stacks
from sandbox.aws import Cloud, cloud_program
from sandbox.customer import (
    COMPANIES,
    CUSTOMER,
    STAGE,
    STORE,
    WEBHOOK_HEADER,
    agent_settings,
    customer_toml,
    new_key,
)
from sandbox.description import AgentPart, CloudPart, Description, SagePart, ShopPart
from sandbox.health import Probe, wait_for
from sandbox.parts import Parts
from sandbox.processes import Children
from sandbox.progress import Steps
from sandbox.shop import STORE_HASH, Shop

STEPS = 6
# Item codes, schedules and the like of the simulated companies where they differ from the default.
SAGE_NAMES: Mapping[str, str] = {"warehouse": "001"}


@dataclass
class Assembly:
    """One sandbox on its way up; `bring_up` is called once."""

    parts: Parts
    children: Children
    steps: Steps
    webhook_key: str = field(default_factory=new_key)
    outputs: Mapping[str, str] = field(default_factory=dict[str, str])

    @property
    def cloud(self) -> Cloud:
        """The local cloud."""
        return Cloud(f"http://127.0.0.1:{self.parts.addresses.cloud}")

    @property
    def customer_file(self) -> Path:
        """The customer's settings for the stacks."""
        return self.parts.places.home / "customer.toml"

    def bring_up(self) -> Description:
        """Start, deploy, fill, connect, and look whether all is well; return where everything is.

        Raises:
            ProcessError: a program has ended, or a step has failed.
            NotReadyError: a part did not answer in time.
            StacksError: the stacks came out otherwise than they should.
        """
        self._step(0, "Starting the local cloud, both simulators and the agent")
        self._start_servers()
        self._step(1, "Synthesizing the stacks, and making the local account ready for them")
        self._deploy()
        self._step(4, "Filling the secrets, and letting the hook doctor register the webhooks")
        self._connect()
        self._step(5, "Looking whether every part is well")
        for probe in self.parts.probes():
            wait_for(probe.name, probe.answers, self.children)
        self.steps.reached(STEPS)
        return self._description()

    def _step(self, number: int, text: str) -> None:
        self.steps.begin(text, STEPS)
        self.steps.reached(number)

    def _start_servers(self) -> None:
        parts = self.parts
        parts.sage_home.mkdir(parents=True)
        agent_settings(
            parts.agent_file,
            port=parts.addresses.agent,
            sage_home=parts.sage_home,
            api_key=parts.agent_api_key,
            read_key=parts.agent_read_key,
        )
        self.children.start(cloud_program(parts.places, parts.addresses.cloud))
        self.children.start(parts.sage_program())
        self.children.start(parts.shop_program())
        self.children.start(parts.agent_program())
        made = parts.agent_identity.certificate
        wait_for(
            "agent's certificate", lambda: made.is_file() and made.stat().st_size > 0, self.children
        )
        cloud = Probe("local cloud", self.cloud.ready_url)
        wait_for(cloud.name, cloud.answers, self.children)

    def _deploy(self) -> None:
        parts = self.parts
        text = customer_toml(
            parts.agent, parts.shop, door=parts.door, store_hash=STORE_HASH, sage=SAGE_NAMES
        )
        self.customer_file.write_text(text, encoding="utf-8")
        places = parts.places
        self.children.finish(
            *stacks.preparing_programs(places, self.cloud, str(self.customer_file)),
            seconds=stacks.BUILD_SECONDS,
        )
        self._step(3, "Deploying the stacks")
        self.children.finish(
            stacks.deploying_program(places, self.cloud), seconds=stacks.DEPLOY_SECONDS
        )
        self.outputs = stacks.outputs(self.cloud)

    def _connect(self) -> None:
        store = dataclasses.asdict(self.parts.shop_account) | {
            "client_secret_previous": "",
            "webhook_key": self.webhook_key,
            "webhook_key_previous": "",
        }
        stacks.put_secret(self.cloud, self._output("StoreSecretArnMain"), store)
        for output, key in (
            ("AgentSecretArn", self.parts.agent_api_key),
            ("AgentReadSecretArn", self.parts.agent_read_key),
        ):
            stacks.put_secret(self.cloud, self._output(output), {"api_key": key})
        with Shop(self.parts.shop_http, self.parts.shop_account) as shop:
            shop.route(self._destination, self.cloud.endpoint, host=self._api_host)
        self.children.start(self.parts.door_program(self.cloud.endpoint, host=self._api_host))
        # The schedule would do it within ten minutes; a shop that is to sell at once can't wait.
        stacks.poll_now(self.cloud, self._output("PollFunctionName"), "hooks")

    def _output(self, name: str) -> str:
        return stacks.needed(self.outputs, name)

    @property
    def _destination(self) -> str:
        """Where the shop believes to send its webhooks: the API's public address."""
        return f"{self._output('ApiUrl').rstrip('/')}/webhooks/{STORE}"

    @property
    def _api_host(self) -> str:
        """The host name by which the local cloud tells APIs apart."""
        return f"{self._output('ApiId')}.execute-api.localhost"

    @property
    def _webhook_url(self) -> str:
        """Where the local cloud in truth answers for that address."""
        api, path = self._output("ApiId"), urlsplit(self._destination).path
        return f"{self.cloud.endpoint}/_aws/execute-api/{api}{path}"

    def _description(self) -> Description:
        return Description(
            cloud=self._cloud_part(),
            bigcommerce=self._shop_part(),
            agent=self._agent_part(),
            sage100=SagePart(self.parts.sage_control, str(self.parts.sage_home), dict(COMPANIES)),
            customer=str(self.customer_file),
            logs={log.stem: str(log) for log in sorted(self.children.logs.glob("*.log"))},
        )

    def _cloud_part(self) -> CloudPart:
        cloud, output = self.cloud, self._output
        return CloudPart(
            endpoint=cloud.endpoint,
            region=cloud.region,
            account=cloud.account,
            access_key_id=cloud.access_key_id,
            secret_access_key=cloud.secret_access_key,
            api_id=output("ApiId"),
            api_stage=output("ApiStage"),
            api_host=self._api_host,
            webhook_url=self._webhook_url,
            tables={
                "ledger": output("LedgerTableName"),
                "customers": output("CustomersTableName"),
                "config": output("ConfigTableName"),
            },
            queues={
                "orders": output("OrderQueueUrl"),
                "dead_letters": output("DeadLetterQueueUrl"),
                "schedule_dead_letters": output("ScheduleDeadLetterQueueUrl"),
            },
            functions={
                "receive_webhook": output("ReceiveWebhookFunctionName"),
                "take_orders": output("TakeOrdersFunctionName"),
                "poll": output("PollFunctionName"),
            },
            secrets={
                "store_main": output("StoreSecretArnMain"),
                "agent": output("AgentSecretArn"),
                "agent_read": output("AgentReadSecretArn"),
            },
            environment=cloud.environment() | {"TIEOUT_DEPLOYMENT": f"{CUSTOMER}-{STAGE}"},
        )

    def _shop_part(self) -> ShopPart:
        parts = self.parts
        return ShopPart(
            store=STORE,
            store_hash=STORE_HASH,
            http=parts.shop_http,
            https=parts.shop.url,
            control=f"{parts.shop_http}/_control",
            certificate=str(parts.shop_identity.certificate),
            fingerprint=parts.shop.fingerprint,
            access_token=parts.shop_account.access_token,
            client_id=parts.shop_account.client_id,
            client_secret=parts.shop_account.client_secret,
            webhook_header=WEBHOOK_HEADER,
            webhook_key=self.webhook_key,
            hook_destination=self._destination,
        )

    def _agent_part(self) -> AgentPart:
        parts = self.parts
        return AgentPart(
            url=parts.agent.url,
            certificate=str(parts.agent_identity.certificate),
            fingerprint=parts.agent.fingerprint,
            api_key=parts.agent_api_key,
            settings=str(parts.agent_file),
        )
