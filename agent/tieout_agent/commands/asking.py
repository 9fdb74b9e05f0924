"""Asks a person one question after the other, tries each answer out, and lets it be corrected."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

import typer

from tieout_agent.commands.options import err, out
from tieout_agent.errors import SettingsError

MOST_TRIES = 10
"""Wrong answers to one question before setting up ends: whoever needs more has to look elsewhere."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Question(Generic[T]):
    """One question.

    Attributes:
        text: The question, without a mark at its end.
        option: How it is answered on the command line.
        take: Turns an answer into what it means, after trying it out; raises SettingsError.
        default: The answer when none is typed; None when there is none.
        hidden: Whether neither answer nor default may be seen.
    """

    text: str
    option: str
    take: Callable[[str], T]
    default: str | None = None
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class Asker:
    """Asks at the console, or takes what is there when nobody is in front of it.

    Attributes:
        unattended: Whether nobody is there.
    """

    unattended: bool

    def ask(self, question: Question[T], given: str | None) -> T:
        """Get one answer that holds: the one from the command line, or one that is typed.

        Raises:
            SettingsError: Nobody is there and the answer is wrong, or ten were.
            typer.BadParameter: Nobody is there and there is no answer.
        """
        answer = given if given is not None or not self.unattended else question.default
        if self.unattended:
            return self._take_once(question, answer)
        for _ in range(MOST_TRIES):
            try:
                return self._take(question, answer if answer is not None else _prompt(question))
            except SettingsError as wrong:
                err.print(str(wrong), style="red")
                answer = None
        raise SettingsError(
            f"{question.text}: {MOST_TRIES} answers were wrong. Nothing was written."
        )

    def _take_once(self, question: Question[T], answer: str | None) -> T:
        if answer is None:
            raise typer.BadParameter(f"{question.text} is not given.", param_hint=question.option)
        return self._take(question, answer)

    def _take(self, question: Question[T], answer: str) -> T:
        with out.status("Trying it out …"):
            return question.take(answer)


def _prompt(question: Question[T]) -> str:
    text, default = question.text, question.default
    if question.hidden and default is not None:
        text = f"{text} (Enter keeps the present one)"
    return str(
        typer.prompt(
            text, default=default, hide_input=question.hidden, show_default=not question.hidden
        )
    )
