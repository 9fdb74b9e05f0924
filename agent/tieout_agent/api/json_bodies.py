"""What counts as JSON here: RFC 8259 to the letter, and nothing that two readers may read differently."""

import json
import re
from typing import Any, NoReturn

from tieout_agent.problems import ProblemError, problem

DEEPEST_JSON = 32
"""Our documents are four levels deep; a parser must not be made to recurse without end."""

_STRINGS = re.compile(rb'"(?:[^"\\]|\\.)*+"?', re.DOTALL)
_BRACKETS = re.compile(rb"[\[\]{}]")
_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")


def check_json(body: bytes) -> None:
    """Refuse a body that is not JSON, or is read differently by different readers.

    That is: nested too deep, not in UTF-8, with a name twice in one object, with NaN or Infinity,
    or with half a character (a lone surrogate).

    Raises:
        ProblemError: 400 `BadJson`, with the reason and never a value.
    """
    check_depth(body)
    try:
        text = body.decode("utf-8")
        document = json.loads(
            text,
            object_pairs_hook=_without_doubles,
            parse_constant=_no_constant,
            # No field of ours takes a number, so none is ever made of digits, however many.
            parse_int=len,
            parse_float=len,
        )
        if _SURROGATE.search(text):
            json.dumps(document, ensure_ascii=False).encode()
    except UnicodeDecodeError:
        raise _bad("it is not in UTF-8") from None
    except UnicodeEncodeError:
        raise _bad("it holds half a character (a lone surrogate)") from None
    except json.JSONDecodeError as error:
        raise _bad(f"{error.msg}, at character {error.pos}") from None


def check_depth(body: bytes) -> None:
    """Refuse JSON nested deeper than 32 levels, before any parser sees it.

    Raises:
        ProblemError: 400 `BadJson`.
    """
    depth = 0
    for bracket in _BRACKETS.findall(_STRINGS.sub(b"", body)):
        depth += 1 if bracket in b"[{" else -1
        if depth > DEEPEST_JSON:
            raise _bad(f"it is nested deeper than {DEEPEST_JSON} levels")


def _without_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    document = dict(pairs)
    if len(document) != len(pairs):
        raise _bad("an object has the same name twice")
    return document


def _no_constant(name: str) -> NoReturn:
    raise _bad(f"{name} is no JSON")


def _bad(reason: str) -> ProblemError:
    return problem(
        400, "BadJson", f"The body is not valid JSON: {reason}. Correct it and send it again."
    )
