"""The simulated `ProvideX.Script`: names the installation and makes every other object."""

from pathlib import Path

from . import faults
from .catalogue import OBJECTS, ObjectInfo
from .engine import Engine, com
from .errors import RefusedError, providex_error, type_mismatch
from .orders import new_order_object
from .reading import ReadingObject
from .records import new_record_object
from .session import Session
from .values import text_argument

SESSION = "SY_Session"
NO_OBJECT = 90
"""ProvideX error when an object cannot be made: no right, wrong module, or no such name."""


class Script:
    """What `dispatch` returns.

    Args:
        engine: The process that it stands for.
    """

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    @com
    def Init(self, path: str) -> None:  # noqa: N802  ProvideX's own name
        """Open the installation in this folder.

        Raises:
            ComError: There is none.
        """
        self.engine.open_home(Path(text_argument(path, argument=1)))

    @com
    def NewObject(self, name: str, session: object = None) -> Session | ReadingObject:  # noqa: N802
        """Make an object; business objects need an opened session.

        Raises:
            ComError: Error 90: unknown, not permitted, wrong module or task, no session.
        """
        text_argument(name, argument=1)
        if name == SESSION:
            _ = self.engine.system
            return Session(self.engine)
        if not isinstance(session, Session) or session.engine is not self.engine:
            raise type_mismatch(2)
        info = OBJECTS.get(name)
        if info is None or not self._permitted(info, session):
            raise providex_error(NO_OBJECT, f"Unable to locate Object class definition: {name}")
        return _make(info, session)

    @com
    def DropObject(self) -> None:  # noqa: N802
        """Let go of the script; the engine ends when its thread's COM use ends."""

    def _permitted(self, info: ObjectInfo, session: Session) -> bool:
        system, state = self.engine.system, session.state
        if faults.take(system, "no_right", object_=info.name) is not None:
            return False
        if faults.take(system, "no_object_licence") is not None:
            return False
        in_module = info.module in ("", state.module) and (state.task or not info.module)
        return bool(state.company and in_module and info.task in ("", state.task))


def _make(info: ObjectInfo, session: Session) -> ReadingObject:
    try:
        if info.kind == "order":
            return new_order_object(info, session)
        return new_record_object(info, session)
    except RefusedError as refusal:
        raise providex_error(NO_OBJECT, str(refusal)) from None
