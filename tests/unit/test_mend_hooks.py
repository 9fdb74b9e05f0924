"""Hooks that tell us nothing any more are mended, once, and nothing that works is touched."""

import pytest

from tests.unit.orders import STORE
from tests.unit.ports import FakeClock, FakeNotes
from tests.unit.watching import WANTED, FakeHooks
from tieout.domain.hooks import Hook
from tieout.errors import NotSentError, RejectedError, RetryableError, SetupError
from tieout.flows.mend_hooks import Checkup, mend_hooks, note_checkup


@pytest.fixture
def hooks() -> FakeHooks:
    return FakeHooks()


def test_hooks_that_work_are_left_alone_after_one_look(hooks: FakeHooks) -> None:
    hooks.put_all()

    assert mend_hooks(hooks=hooks) == Checkup()
    assert hooks.asked == ["list"]


def test_in_a_new_store_every_wanted_hook_is_registered(hooks: FakeHooks) -> None:
    found = mend_hooks(hooks=hooks)

    assert found == Checkup(mended=WANTED)
    assert {hook.event for hook in hooks.hooks.values() if hook.is_well} == set(WANTED)


@pytest.mark.parametrize(("is_on", "has_key"), [(False, True), (True, False), (False, False)])
def test_a_hook_that_is_off_or_has_the_wrong_key_is_mended_and_not_doubled(
    hooks: FakeHooks, *, is_on: bool, has_key: bool
) -> None:
    hooks.put_all()
    hooks.hooks[2] = Hook(2, WANTED[1], is_on=is_on, has_key=has_key)

    found = mend_hooks(hooks=hooks)

    assert found == Checkup(mended=(WANTED[1],))
    assert hooks.asked == ["list", "mend 2"]


def test_a_second_run_has_nothing_to_do(hooks: FakeHooks) -> None:
    mend_hooks(hooks=hooks)

    assert mend_hooks(hooks=hooks) == Checkup()


def test_two_hooks_for_one_event_are_left_and_counted(hooks: FakeHooks) -> None:
    hooks.put_all()
    hooks.put(WANTED[0], is_on=False)

    assert mend_hooks(hooks=hooks) == Checkup(doubled=(WANTED[0],))
    assert hooks.asked == ["list"]


def test_of_two_hooks_that_are_both_off_the_older_one_is_mended(hooks: FakeHooks) -> None:
    hooks.put_all()
    hooks.hooks[1] = Hook(1, WANTED[0], is_on=False, has_key=True)
    hooks.put(WANTED[0], is_on=False)

    found = mend_hooks(hooks=hooks)

    assert found == Checkup(mended=(WANTED[0],), doubled=(WANTED[0],))
    assert hooks.asked == ["list", "mend 1"]


def test_hooks_whose_answers_got_lost_are_looked_for_and_found(hooks: FakeHooks) -> None:
    hooks.lost = True

    found = mend_hooks(hooks=hooks)

    assert found == Checkup(mended=WANTED)
    assert len(hooks.hooks) == len(WANTED)


def test_a_hook_that_another_run_made_meanwhile_counts_as_there(hooks: FakeHooks) -> None:
    def the_other_run() -> None:
        if not hooks.hooks:
            hooks.put_all()

    hooks.meanwhile = the_other_run

    found = mend_hooks(hooks=hooks)

    assert found == Checkup(mended=WANTED)
    assert len(hooks.hooks) == len(WANTED)


@pytest.mark.parametrize(
    "trouble",
    [
        RejectedError("The storefront has ten already.", next_action=""),
        NotSentError("The storefront was not reached."),
        RetryableError("The storefront grants no more requests for now."),
    ],
)
def test_what_could_not_be_mended_is_named_and_the_others_are_mended(
    hooks: FakeHooks, trouble: RejectedError | RetryableError
) -> None:
    hooks.trouble.append(trouble)

    found = mend_hooks(hooks=hooks)

    assert found == Checkup(mended=WANTED[1:], broken={WANTED[0]: str(trouble)})


def test_a_storefront_that_lets_us_change_nothing_is_for_the_operator(hooks: FakeHooks) -> None:
    hooks.trouble.append(SetupError("The token is not known."))

    with pytest.raises(SetupError):
        mend_hooks(hooks=hooks)


def test_while_our_secret_is_being_changed_nothing_is_touched(hooks: FakeHooks) -> None:
    hooks.put(WANTED[0], has_key=False)
    hooks.changing = True

    assert mend_hooks(hooks=hooks) == Checkup()
    assert hooks.asked == []


def test_hooks_for_events_that_we_never_asked_for_are_not_touched(hooks: FakeHooks) -> None:
    hooks.put_all()
    foreign = hooks.put("customers", is_on=False, has_key=False)

    mend_hooks(hooks=hooks)

    assert not hooks.hooks[foreign].is_on


def test_what_is_still_broken_is_noted_until_it_is_well() -> None:
    notes, clock = FakeNotes(), FakeClock()
    ailing = Checkup(broken={"created": "No.", "updated": "Not now."})

    note_checkup(ailing, store=STORE, notes=notes, clock=clock)
    broken = notes.read("hooks#main")
    note_checkup(Checkup(), store=STORE, notes=notes, clock=clock)

    at = clock.now().isoformat()
    assert broken == {"at": at, "broken": "created: No.; updated: Not now."}
    assert notes.read("hooks#main") == {"at": at, "broken": ""}
