"""The simulated ProvideX with single answers replaced, for what it would not do by itself."""

from collections.abc import Callable
from typing import Any

from sandbox.sage100 import com

Answer = Callable[[Callable[..., Any], tuple[Any, ...]], Any]
Rules = dict[tuple[str, str], Answer]
"""(object, method) -> a function of the real method and its arguments."""


class TamperedCom:
    """A COM module over the simulator that answers some calls itself."""

    error: type[Exception] = com.error

    def __init__(self, rules: Rules) -> None:
        self._rules = rules

    def dispatch(self, prog_id: str) -> Any:
        return Tampered(com.dispatch(prog_id), prog_id, self._rules)

    def by_ref_string(self) -> Any:
        return com.by_ref_string()

    def by_ref_number(self) -> Any:
        return com.by_ref_number()

    def release(self) -> None:
        com.release()


class Tampered:
    """One object."""

    def __init__(self, raw: Any, name: str, rules: Rules) -> None:
        self.raw = raw
        self.name = name
        self.rules = rules

    def __getattr__(self, attribute: str) -> Any:
        value = getattr(self.raw, attribute)
        if attribute == "oLines":
            return Tampered(value, f"{self.name}.oLines", self.rules)
        if isinstance(value, str | int):
            return value

        def call(*arguments: Any) -> Any:
            return self._call(attribute, value, arguments)

        return call

    def _call(self, method: str, real: Callable[..., Any], arguments: tuple[Any, ...]) -> Any:
        plain = tuple(each.raw if isinstance(each, Tampered) else each for each in arguments)
        rule = self.rules.get((self.name, method))
        answer = real(*plain) if rule is None else rule(real, plain)
        if method == "NewObject" and answer is not None:
            return Tampered(answer, str(arguments[0]), self.rules)
        return answer


def always(answer: Any) -> Answer:
    return lambda _real, _arguments: answer


def remarking(real: Callable[..., Any], arguments: tuple[Any, ...]) -> int:
    """Do it, and give -1: done, with a remark."""
    return -1 if real(*arguments) else 0


def ignoring(column: str) -> Answer:
    """Say yes to setting a column and don't set it."""
    return lambda real, arguments: 1 if arguments[0] == column else real(*arguments)


def without_columns(*columns: str) -> Answer:
    """List a file's columns without some of them."""

    def answer(real: Callable[..., Any], arguments: tuple[Any, ...]) -> str:
        listed: str = real(*arguments)
        separator = listed[-1]
        kept = [name for name in listed.split(separator)[:-1] if name not in columns]
        return "".join(name + separator for name in kept)

    return answer


def after(calls: int, answer: Any) -> Answer:
    """Let so many calls pass, then answer all others."""
    passed: list[int] = []

    def count(real: Callable[..., Any], arguments: tuple[Any, ...]) -> Any:
        passed.append(1)
        return real(*arguments) if len(passed) <= calls else answer

    return count
