"""The stack that may be replaced: which function listens to what, and what it may touch."""

from aws_cdk import CfnOutput, Duration, Environment, Stack
from aws_cdk import aws_kms as kms
from constructs import Construct

from infra import permissions
from infra.api import WebhookApi
from infra.data import Data
from infra.environment import sage, stores_for_webhooks, stores_json, webhooks
from infra.firewall import Firewall
from infra.function import Function, Workshop
from infra.keys import let_alarms_use, let_logs_use, let_roles_use, make_key
from infra.layers import Layers
from infra.monitoring import Alarms, BusinessBoard, PartsBoard
from infra.schedules import Schedules
from infra.settings import Customer
from infra.watching import watch_business
from infra.worker import Wakeups, feed

# The chain of times, each longer than the one before it: a write's deadline at the agent 20 s <
# reading its answer 25 s < the function 60 s < its lease in the ledger 90 s < visibility 360 s.
WEBHOOK_TIMEOUT = Duration.seconds(10)
ORDER_TIMEOUT = Duration.seconds(60)
POLL_TIMEOUT = Duration.minutes(5)
"""A sweep that is cut off goes on with its next run; the self-test's wait and a page of each store have
to fit in."""

GAPS_MINUTES = 60
HOOKS_MINUTES = 10

WEBHOOK_MEMORY_MB = 1769
"""One whole processor: a storefront waits while this one starts cold and imports boto3."""


class Service(Stack):
    """Functions, queue, schedules and the public door; nothing in here needs a backup."""

    def __init__(
        self, scope: Construct, id_: str, *, customer: Customer, data: Data, local: bool
    ) -> None:
        super().__init__(
            scope,
            id_,
            description=f"Tieout's service for {customer.prefix}",
            env=Environment(region=customer.region),
        )
        self._customer = customer
        self._data = data
        self._key = self._make_key()
        self._alarms = Alarms(
            self, "Alarms", prefix=customer.prefix, key=self._key, mail=customer.alarms.mail
        )
        self._workshop = Workshop(
            prefix=customer.prefix,
            layers=Layers(self, "Layers", local=local),
            key=self._key,
            alarms=self._alarms,
            keep_logs=customer.safety.deletion_protection,
        )
        self.orders = Wakeups(self, "Orders", key=self._key, alarms=self._alarms)
        self.receive_webhook = self._receive_webhook()
        self.take_orders = self._take_orders()
        self.api = self._api()
        self.poll = self._poll()
        self.schedules = self._schedules()
        let_roles_use(self._key, [*(f.role for f in self._functions), self.schedules.role])
        self._boards()
        self._outputs()

    @property
    def _functions(self) -> list[Function]:
        return [self.receive_webhook, self.take_orders, self.poll]

    def _receive_webhook(self) -> Function:
        function = Function(
            self,
            "ReceiveWebhook",
            name="receive_webhook",
            timeout=WEBHOOK_TIMEOUT,
            memory=WEBHOOK_MEMORY_MB,
            reserved=self._customer.limits.reserved_receive,
            workshop=self._workshop,
            environment={
                "TIEOUT_STORES": stores_for_webhooks(self, self._customer, self._data),
                "ORDER_QUEUE_URL": self.orders.queue.queue_url,
            },
        )
        self._let_read_stores(function)
        permissions.send(function.role, self.orders.queue, key=self._key)
        return function

    def _take_orders(self) -> Function:
        data = self._data
        function = Function(
            self,
            "TakeOrders",
            name="take_orders",
            timeout=ORDER_TIMEOUT,
            reserved=self._customer.limits.reserved_workers,
            workshop=self._workshop,
            environment={
                "TIEOUT_STACK_TAG": self._customer.stack_tag,
                "TIEOUT_STORES": stores_json(self, self._customer, data),
                **sage(self, self._customer, data.sage_secrets["take_orders"]),
                "LEDGER_TABLE": data.ledger.table_name,
                "CUSTOMERS_TABLE": data.customers.table_name,
            },
        )
        role, key = function.role, data.key
        self._let_read_stores(function)
        permissions.read_secret(role, data.sage_secrets["take_orders"], key=key)
        permissions.use_items(role, data.ledger, "GetItem", "UpdateItem", key=key)
        permissions.use_items(role, data.customers, "GetItem", "UpdateItem", key=key)
        feed(
            function,
            self.orders,
            key=self._key,
            max_concurrency=self._customer.limits.max_concurrency,
        )
        return function

    def _poll(self) -> Function:
        data = self._data
        function = Function(
            self,
            "Poll",
            name="poll",
            timeout=POLL_TIMEOUT,
            workshop=self._workshop,
            environment={
                "TIEOUT_STACK_TAG": self._customer.stack_tag,
                "TIEOUT_STORES": stores_json(self, self._customer, data),
                **sage(self, self._customer, data.sage_secrets.get("poll")),
                "LEDGER_TABLE": data.ledger.table_name,
                "ORDER_QUEUE_URL": self.orders.queue.queue_url,
                **webhooks(self, self._customer, self.api.api.url),
            },
        )
        role, key = function.role, data.key
        self._let_read_stores(function)
        if "poll" in data.sage_secrets:
            permissions.read_secret(role, data.sage_secrets["poll"], key=key)
        operations = ("BatchGetItem", "GetItem", "UpdateItem")
        permissions.use_items(role, data.ledger, *operations, key=key)
        permissions.query_index(role, data.ledger, "due")
        permissions.send(role, self.orders.queue, key=self._key)
        permissions.ask_depth(role, self.orders.queue)
        return function

    def _schedules(self) -> Schedules:
        schedules = Schedules(
            self,
            "Schedules",
            target=self.poll,
            prefix=self._customer.prefix,
            key=self._key,
            alarms=self._alarms,
        )
        often = self._customer.schedules
        schedules.every("due", minutes=often.due_minutes)
        schedules.every("backfill", minutes=often.backfill_minutes)
        schedules.every("gaps", minutes=GAPS_MINUTES)
        schedules.every("hooks", minutes=HOOKS_MINUTES)
        schedules.daily("recount", hour=often.recount_hour, time_zone=often.time_zone)
        schedules.daily("selftest", hour=often.selftest_hour, time_zone=often.time_zone)
        return schedules

    def _api(self) -> WebhookApi:
        door = WebhookApi(
            self,
            "Webhooks",
            handler=self.receive_webhook.function,
            stage=self._customer.stage,
            edge=self._customer.edge,
            key=self._key,
            alarms=self._alarms,
        )
        if self._customer.edge.waf:
            Firewall(
                self,
                "Firewall",
                stage=door.api.deployment_stage,
                rate_per_five_minutes=self._customer.edge.waf_rate_per_five_minutes,
            )
        return door

    def _make_key(self) -> kms.IKey:
        key = make_key(
            self,
            "Key",
            description=f"Tieout: messages, logs and alarms of {self._customer.prefix}",
            services=["lambda", "sns", "sqs"],
        )
        let_logs_use(key, log_groups=[f"{self.stack_name}-*", "API-Gateway-Execution-Logs_*"])
        let_alarms_use(key)
        return key

    def _let_read_stores(self, function: Function) -> None:
        for secret in self._data.store_secrets.values():
            permissions.read_secret(function.role, secret, key=self._data.key)

    def _boards(self) -> None:
        prefix = self._customer.prefix
        watch_business(self._alarms, prefix=prefix)
        BusinessBoard(self, "BusinessBoard", prefix=prefix, alarms=self._alarms.all)
        PartsBoard(
            self,
            "PartsBoard",
            prefix=prefix,
            functions=[(function.id, function.function) for function in self._functions],
            queues=[
                ("orders", self.orders.queue),
                ("orders, dead letters", self.orders.dead),
                ("schedules, dead letters", self.schedules.dead),
            ],
        )

    def _outputs(self) -> None:
        data = self._data
        values = {
            "ApiUrl": self.api.api.url,
            "ApiId": self.api.api.rest_api_id,
            "ApiStage": self._customer.stage,
            "OrderQueueUrl": self.orders.queue.queue_url,
            "DeadLetterQueueUrl": self.orders.dead.queue_url,
            "ScheduleDeadLetterQueueUrl": self.schedules.dead.queue_url,
            "LedgerTableName": data.ledger.table_name,
            "CustomersTableName": data.customers.table_name,
            "ConfigTableName": data.config.table_name,
            "StoreKeys": ",".join(self._customer.stores),
            "AlarmTopicArn": self._alarms.topic.topic_arn,
        }
        for secret in data.sage_secrets.values():
            values[f"{secret.node.id}Arn"] = secret.secret_arn
        for key, secret in data.store_secrets.items():
            values[f"StoreSecretArn{key.capitalize()}"] = secret.secret_arn
        for function in self._functions:
            values[f"{function.id}FunctionName"] = function.function.function_name
        for name, value in values.items():
            CfnOutput(self, name, value=value)
