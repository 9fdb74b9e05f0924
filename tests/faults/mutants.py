"""Plausible mistakes in the real code, each of which some history must show."""

from dataclasses import dataclass

from tests.faults.mutation import TIEOUT, Edit

_FLOWS, _ADAPTERS, _DOMAIN = (f"{TIEOUT}/tieout/{part}" for part in ("flows", "adapters", "domain"))
DESK = f"{_FLOWS}/desk.py"
TAKE = f"{_FLOWS}/take_order.py"
WRITE = f"{_FLOWS}/write_sales_order.py"
CHANGE = f"{_FLOWS}/bring_up_to_date.py"
GUARDED = f"{_FLOWS}/change_sales_order.py"
CUSTOMER = f"{_FLOWS}/match_customer.py"
ACCEPT = f"{_FLOWS}/accept_webhook.py"
BACKFILL = f"{_FLOWS}/backfill.py"
DUE = f"{_FLOWS}/wake_due.py"
LEDGER = f"{_ADAPTERS}/dynamodb.py"
WRITTEN = f"{_DOMAIN}/written.py"


@dataclass(frozen=True)
class Mutant:
    """A mistake. `under` names the system that it is made in, as `variants` has it; `shows` are the
    findings that count as having caught it."""

    name: str
    edits: tuple[Edit, ...]
    shows: tuple[str, ...]
    under: str = "full"


def _one(file: str, old: str, new: str) -> tuple[Edit, ...]:
    return (Edit(file, old, new),)


MUTANTS = (
    Mutant(
        "the number depends on the revision",
        _one(
            DESK,
            "sales_order_no(self.entry.key.order_id)",
            "sales_order_no(self.entry.key.order_id + 1000 * self.entry.rev)",
        ),
        ("doubled_order", "parked_without_cause"),
    ),
    Mutant(
        "Sage's history is not consulted",
        _one(
            DESK,
            "        answered_at = run.now()\n",
            """        if answer.found and answer.found.where != "open":
            answer = replace(answer, found=None, marker_matches=())
        answered_at = run.now()
""",
        ),
        ("parked_without_cause", "doubled_order", "lost", "cancel_missed"),
    ),
    Mutant(
        "the ledger is written under the lease and not under the epoch",
        _one(
            LEDGER,
            """        values = item | {"my_epoch": claim.epoch}
        condition = "#epoch = :my_epoch"
""",
            """        values = item | {"key_": str(claim.entry.key)}
        condition = "attribute_exists(#key)"
""",
        ),
        ("stuck", "edit_missed", "cancel_missed", "lost", "parked_without_cause"),
        under="full, no poller, zombies",
    ),
    Mutant(
        "the watermark is advanced first",
        _one(
            BACKFILL,
            "    queued = 0\n",
            "    queued = 0\n    round_.watermarks.advance(round_.store, SCAN, cursor.started)\n",
        ),
        ("lost", "edit_missed", "cancel_missed"),
        under="full, a busy shop",
    ),
    Mutant(
        "the backfill reads the first page only",
        _one(
            BACKFILL,
            "        if number == MOST_PAGES or round_.over:\n",
            """        if number == 1:
            break
        if number == MOST_PAGES or round_.over:
""",
        ),
        ("lost", "edit_missed", "cancel_missed"),
        under="full, a busy shop",
    ),
    Mutant(
        "webhooks with a known payload are dropped",
        _one(
            ACCEPT,
            "    wakeups.wake([OrderKey(gatekeeper.store, order_id)])\n",
            """    known = wakeups.__dict__.setdefault("known", set())
    if delivery.body in known:
        return Verdict.IGNORED
    known.add(delivery.body)
    wakeups.wake([OrderKey(gatekeeper.store, order_id)])
""",
        ),
        ("edit_missed", "cancel_missed", "lost"),
        under="full, no poller, sure webhooks",
    ),
    Mutant(
        "an order is created without looking first",
        _one(
            WRITE,
            "    if seen.answer.found or seen.answer.marker_matches:\n",
            "    if run.entry.created_at and (seen.answer.found or seen.answer.marker_matches):\n",
        ),
        ("doubled_order",),
        under="full, entered by hand",
    ),
    Mutant(
        "an earlier create is not waited for",
        _one(WRITE, "    if answer.at < settled_at:\n", "    if answer.at < entry.not_after:\n"),
        ("cancel_missed", "parked_without_cause"),
        under="no deadline, cancelled at once",
    ),
    Mutant(
        "the intent is saved after the create",
        _one(
            WRITE,
            """    run.desk.ledger.save(run.claim, run.entry)
    created = _send(seen, sale, customer=customer, not_after=not_after)
""",
            """    created = _send(seen, sale, customer=customer, not_after=not_after)
    run.desk.ledger.save(run.claim, run.entry)
""",
        ),
        ("cancel_missed", "parked_without_cause", "doubled_order"),
        under="no deadline, cancelled at once, deaths",
    ),
    Mutant(
        "no answer is taken for not sent",
        _one(
            WRITE,
            """    except OutcomeUnknownError:
        return None
""",
            """    except OutcomeUnknownError:
        run.entry = replace(run.entry, not_after=None)
        raise
""",
        ),
        ("doubled_order",),
        under="never twice",
    ),
    Mutant(
        "a create that was not sent is remembered as sent",
        _one(
            WRITE,
            "        run.entry = replace(run.entry, not_after=None)\n        raise\n",
            "        raise\n",
        ),
        ("parked_without_cause",),
        under="never twice, creates not sent",
    ),
    Mutant(
        "a release ignores that the order was wanted",
        _one(
            LEDGER,
            "self._released(claim, item, all_ours, wanted=claim.entry.wanted)",
            "self._released(claim, item, all_ours)",
        ),
        ("edit_missed", "cancel_missed", "lost"),
        under="full, no poller, sure webhooks",
    ),
    Mutant(
        "wanting an order only counts",
        _one(
            LEDGER,
            'update="SET #next_at = :now, #due_store = :store ADD #wanted :one",',
            'update="ADD #wanted :one",',
        ),
        ("edit_missed", "cancel_missed", "lost"),
        under="full, no poller, slow wants",
    ),
    Mutant(
        "an order held by another is not wanted",
        _one(
            TAKE,
            """    if claim is None:
        desk.ledger.want(key)
""",
            "    if claim is None:\n",
        ),
        ("edit_missed", "cancel_missed", "lost"),
        under="full, no poller, sure webhooks",
    ),
    Mutant(
        "a replacement carries the revision that Sage has",
        _one(
            GUARDED,
            "rev=max(run.entry.rev, found.rev) + 1,",
            "rev=max(run.entry.rev, found.rev),",
        ),
        ("stuck", "edit_missed", "parked_without_cause"),
        under="full, a busy shop",
    ),
    Mutant(
        "a person's change in Sage is overwritten",
        _one(CHANGE, "    if changed_by_a_person(entry, found):\n", "    if False:\n"),
        ("overwrote_foreign",),
    ),
    Mutant(
        "somebody else's marker is ignored",
        _one(
            CHANGE,
            "found.number != run.number or found.marker != run.marker:",
            "found.number != run.number:",
        ),
        ("overwrote_foreign", "doubled_order", "lost"),
    ),
    Mutant(
        "a deleted order is created again",
        (
            Edit(WRITE, "    if entry.created_at:\n        return deleted(run)\n", ""),
            Edit(CHANGE, "        return deleted(seen.run, in_history=True)\n", "        pass\n"),
        ),
        ("resurrected", "doubled_order"),
    ),
    Mutant(
        "what only the agent remembers is created again",
        _one(WRITE, "answer.stored_rev <= entry.absent_rev", "answer.stored_rev >= 0"),
        ("doubled_order", "resurrected"),
    ),
    Mutant(
        "a cancelled order is forgotten while its create may land",
        _one(
            TAKE,
            "    return bool(entry.not_after or entry.created_at)\n",
            "    return bool(entry.created_at)\n",
        ),
        ("cancel_missed",),
        under="no deadline, cancelled at once",
    ),
    Mutant(
        "an edit is known by its time of change alone",
        _one(
            TAKE,
            "        and entry.content_hash == entry.seen_hash\n",
            "        and run.claim.entry.modified_at == order.modified_at\n",
        ),
        ("edit_missed", "cancel_missed", "silent_late_change"),
        under="full, quick edits",
    ),
    Mutant(
        "a new buyer's customer gets a number of the order's own, and no claim is asked for",
        (
            Edit(
                CUSTOMER,
                "    if not links.claim(sale.company, fingerprint, owner=seen.run.claim.owner, lease=lease):\n",
                "    if lease is None:\n",
            ),
            Edit(
                CUSTOMER,
                "customer_number_candidates(order.key.store, order.buyer.email):",
                "customer_number_candidates(order.key.store, str(order.key)):",
            ),
        ),
        ("doubled_customer",),
    ),
    Mutant(
        "due orders are put off before they are queued, and the queue is trusted with them",
        (
            Edit(
                DUE,
                """    wakeups.wake(keys)
    for key in keys:
        ledger.put_off(key, now=now, until=now + AGAIN_AFTER)
""",
                """    for key in keys:
        ledger.put_off(key, now=now, until=now + AGAIN_AFTER)
    wakeups.wake(keys)
""",
            ),
            Edit(DUE, "AGAIN_AFTER = timedelta(minutes=30)", "AGAIN_AFTER = timedelta(days=1)"),
        ),
        ("stuck",),
    ),
    Mutant(
        "unpaid orders are taken",
        (
            Edit(
                DESK,
                "        return self.order.standing is Standing.IMPORTABLE\n",
                "        return self.order.standing in {Standing.IMPORTABLE, Standing.NOT_YET}\n",
            ),
            Edit(
                TAKE,
                "    if order.standing is Standing.NOT_YET:\n        return Waiting(",
                "    if order.standing is Standing.NOT_YET:\n        return None\n    if run is None:\n        return Waiting(",
            ),
        ),
        ("amount_differs",),
        under="full, never paid",
    ),
    Mutant(
        "deadlines are reckoned by our own clock",
        _one(DESK, "        return self.answer.at + (", "        return self.run.now() + 0 * ("),
        ("stuck", "parked_without_cause"),
    ),
    Mutant(
        "a storefront's 404 is believed at once",
        _one(TAKE, "    if now - since <= VANISHED_AFTER:\n", "    if now < since:\n"),
        ("parked_without_cause", "lost"),
        under="full, no poller, hidden at first",
    ),
    Mutant(
        "what Sage has shipped counts as right, whatever the storefront says",
        _one(
            CHANGE,
            "    if was_right and known == before.content_hash == sale.content:\n",
            "    if was_right:\n",
        ),
        ("silent_late_change",),
    ),
    Mutant(
        "a cancelled order that Sage has shipped is forgotten",
        _one(
            CHANGE,
            "        return cancel_by_hand(sale.order, found)\n",
            '        return Skipped(f"The storefront has the order as {status}.")\n',
        ),
        ("cancel_missed",),
    ),
    Mutant(
        "a revived order stays on hold",
        _one(
            CHANGE,
            "    if found.held_by_us and sale.order.standing is not Standing.RETIRED:\n",
            "    if found.held_by_us and sale.order.standing is Standing.NOT_YET:\n",
        ),
        ("edit_missed",),
    ),
    Mutant(
        "only the number of lines is compared",
        _one(
            CHANGE,
            "    told = differences(sale.document, found, sale.customer, just_written=seen.written)\n",
            '    told = ("",) if len(sale.document.lines) != len(found.lines) else ()\n',
        ),
        ("edit_missed", "silent_late_change"),
    ),
)
