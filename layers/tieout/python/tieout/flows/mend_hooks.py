"""The hook doctor: a storefront must tell us of every change, and it stops doing so by itself.

BigCommerce docs, webhooks overview: a hook is switched off after two days of failures and after 90
days without an event, and it is deleted with its API account.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from tieout.domain.hooks import Hook
from tieout.domain.identity import StoreKey
from tieout.errors import RejectedError, RetryableError
from tieout.ports import Clock, Hooks, Notes

NOTE = "hooks"


@dataclass(frozen=True, slots=True)
class Checkup:
    """What one run found, as the storefront's words for events.

    `mended` tell us again by this run's doing; `broken` still don't, for the reasons given; `doubled`
    are told by more than one hook, which does no harm beside the double work.
    """

    mended: tuple[str, ...] = ()
    broken: Mapping[str, str] = field(default_factory=dict[str, str])
    doubled: tuple[str, ...] = ()


def mend_hooks(*, hooks: Hooks) -> Checkup:
    """See to it that each wanted event has a hook that is on and carries our key.

    While our secret is being changed nothing is done: what a mended hook then sent, a function that
    still knows the old secret alone would refuse. Nothing is ever deleted, and hooks that lead
    elsewhere are not touched. Two runs at once, and a run after one whose answers got lost, end in the
    same hooks: mending is repeatable, and the storefront refuses a second hook for one event and
    address.

    Raises:
        RetryableError, SetupError: the hooks can't be listed; nothing was changed.
        SetupError: the storefront lets us change none.
    """
    if hooks.is_secret_changing():
        return Checkup()
    ours = hooks.ours()
    ailing = [event for event in hooks.wanted if not _is_told(event, ours)]
    troubles = {event: _mend(event, ours, hooks) for event in ailing}
    # Refused, or no answer: it may be there all the same, by our own lost request or another's.
    now = hooks.ours() if any(troubles.values()) else ours
    broken = {event: why for event, why in troubles.items() if why and not _is_told(event, now)}
    counts = Counter(hook.event for hook in now)
    return Checkup(
        mended=tuple(event for event in ailing if event not in broken),
        broken=broken,
        doubled=tuple(event for event in hooks.wanted if counts[event] > 1),
    )


def note_checkup(found: Checkup, *, store: StoreKey, notes: Notes, clock: Clock) -> None:
    """Leave word of it for whoever asks how the deployment stands."""
    broken = "; ".join(f"{event}: {why}" for event, why in found.broken.items())
    notes.write(f"{NOTE}#{store}", {"at": clock.now().isoformat(), "broken": broken})


def _is_told(event: str, ours: Iterable[Hook]) -> bool:
    return any(hook.event == event and hook.is_well for hook in ours)


def _mend(event: str, ours: Iterable[Hook], hooks: Hooks) -> str:
    """Mend the oldest hook of an event, or register the first; says why it wasn't acknowledged."""
    there = sorted(hook.id for hook in ours if hook.event == event)
    try:
        if there:
            hooks.mend(there[0])
        else:
            hooks.register(event)
    except (RejectedError, RetryableError) as error:
        return str(error)
    return ""
