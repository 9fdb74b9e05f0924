"""A worker: queue, dead-letter queue, function, the mapping between them, and the alarms."""

from aws_cdk import Duration
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra import permissions
from infra.function import Function
from infra.monitoring import Alarms

RECEIVES = 5
"""Deliveries before a message is a dead letter. Waiting doesn't use them up, only failing does."""

VISIBILITY = Duration.seconds(360)
"""Six times the worker's timeout, as AWS asks; longer than any lease in the ledger."""

QUEUE_DAYS = Duration.days(4)
DEAD_DAYS = Duration.days(14)
"""SQS's longest. A dead letter keeps the age it had, so this must exceed the queue's own time."""

OLDEST_SECONDS = 900
"""A wake-up this old means that orders are no longer taken as they come."""

KEY_REUSE = Duration.minutes(5)
PERIOD = Duration.minutes(1)


def make_queue(
    scope: Construct, id_: str, *, key: kms.IKey, dead: sqs.DeadLetterQueue | None
) -> sqs.Queue:
    """Make a queue that is encrypted and refuses plain HTTP; without `dead` it's for dead letters."""
    return sqs.Queue(
        scope,
        id_,
        encryption=sqs.QueueEncryption.KMS,
        encryption_master_key=key,
        data_key_reuse=KEY_REUSE,
        enforce_ssl=True,
        retention_period=QUEUE_DAYS if dead else DEAD_DAYS,
        visibility_timeout=VISIBILITY,
        dead_letter_queue=dead,
    )


def watch_dead_letters(alarms: Alarms, name: str, queue: sqs.Queue, *, means: str) -> None:
    """Raise an alarm as soon as one message lies among the dead letters."""
    depth = queue.metric_approximate_number_of_messages_visible(period=PERIOD, statistic="Maximum")
    alarms.above(name, depth, limit=0, means=means)


class Wakeups(Construct):
    """The queue of wake-ups with its dead-letter queue and the alarms on both."""

    def __init__(self, scope: Construct, id_: str, *, key: kms.IKey, alarms: Alarms) -> None:
        super().__init__(scope, id_)
        self.dead = make_queue(self, "DeadLetters", key=key, dead=None)
        self.queue = make_queue(
            self,
            "Queue",
            key=key,
            dead=sqs.DeadLetterQueue(queue=self.dead, max_receive_count=RECEIVES),
        )
        watch_dead_letters(
            alarms, f"{id_}DeadLetters", self.dead, means="wake-ups that failed for good"
        )
        age = self.queue.metric_approximate_age_of_oldest_message(
            period=PERIOD, statistic="Maximum"
        )
        alarms.above(
            f"{id_}OldestMessage", age, limit=OLDEST_SECONDS, means="wake-ups wait too long"
        )


def feed(worker: Function, wakeups: Wakeups, *, key: kms.IKey, max_concurrency: int) -> None:
    """Let the queue feed the function, one message at a time and without any filter.

    A filter would delete what it doesn't match, so a wake-up could vanish unseen.
    """
    permissions.consume(worker.role, wakeups.queue, key=key)
    worker.function.add_event_source_mapping(
        "Feed",
        event_source_arn=wakeups.queue.queue_arn,
        batch_size=1,
        report_batch_item_failures=True,
        max_concurrency=max_concurrency,
    )
