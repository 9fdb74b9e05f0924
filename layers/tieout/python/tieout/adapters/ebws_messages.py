"""The messages of eBusiness Web Services, as its description has them: zeep writes, the schema judges."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from io import BytesIO
from typing import Any, NoReturn, cast

from zeep import settings as zeep_settings
from zeep.exceptions import Error as ZeepError
from zeep.wsdl import Document

from tieout.adapters.answers import Answer
from tieout.adapters.ebws_xml import Fault, body_of, fault_of, schema_of, written
from tieout.errors import RejectedError, SetupError

NAMESPACE = "http://mas90.sage.com/ws"
DESCRIPTION = "ebws.wsdl"
_MEMBER = re.compile(r"Element '\{[^}']*\}(\w{1,60})'")
SETTINGS = cast("Any", zeep_settings.Settings)(
    strict=True,
    xml_huge_tree=False,
    forbid_dtd=True,
    forbid_entities=True,
    forbid_external=True,
)


class NoTransport:
    """In the place of zeep's transport: our own client carries the messages, and nothing is loaded."""

    def load(self, url: str) -> NoReturn:
        """Refuse to load whatever the description refers to."""
        raise SetupError(f"The service's description refers to {url}, and nothing is loaded.")


@dataclass(frozen=True, slots=True)
class Message:
    """One request: the SOAPAction header's value, and the envelope."""

    action: str
    envelope: bytes


class Messages:
    """What can be said to the service, and how its answers are read."""

    def __init__(self, description: bytes) -> None:
        document: Any = Document(
            BytesIO(description),
            NoTransport(),  # pyright: ignore[reportArgumentType] - all that a document needs of one
            settings=SETTINGS,
        )
        self._types = document.types
        self._binding = next(iter(document.bindings.values()))
        self._schema = schema_of(description)

    def members(self, type_name: str) -> Mapping[str, str]:
        """A type's members in their order, each with the name of its own type."""
        found = self._types.get_type(f"{{{NAMESPACE}}}{type_name}")
        return {name: element.type.name for name, element in found.elements}

    def request(self, operation: str, parameters: Mapping[str, Any]) -> Message:
        """A request for an operation; members come in the description's order, whatever order is given.

        Raises:
            RejectedError: a text has characters that XML can't hold.
        """
        try:
            made = self._binding.get(operation).create(**parameters)
        except ValueError:
            # Its text and its cause quote what was to be written.
            raise RejectedError(
                "The order has a control character that can't be sent to Sage.",
                next_action="Take out what looks odd in the order's texts in the storefront.",
                code="ControlCharacter",
            ) from None
        except (ZeepError, TypeError) as error:
            # The same, and it is our own mistake.
            raise SetupError(
                f"A request to {operation} can't be written ({type(error).__name__})."
            ) from None
        return Message(made.headers["SOAPAction"], written(made.content))

    def result(self, answer: Answer, operation: str) -> "Any | Fault":
        """The answer's `<operation>Result` element (None when there is none), or the fault.

        Raises:
            SetupError: it deviates from the description, in the order or type of a member, or has one
                that isn't known; the service is of another release then.
            RetryableError: it is nothing of the kind. After a write, both are an OutcomeUnknownError.
        """
        element = body_of(answer)
        fault = fault_of(element, namespace=NAMESPACE)
        if fault is not None:
            return fault
        if element.tag != f"{{{NAMESPACE}}}{operation}Response":
            raise answer.unusable("answered something else than it was asked")
        if not self._schema.validate(element):
            raise _deviation(answer, str(self._schema.error_log.last_error))
        return element.find(f"{{{NAMESPACE}}}{operation}Result")


@cache
def messages() -> Messages:
    """Those of the description that comes with this package; read once, in some 50 ms."""
    return Messages(files("tieout.adapters").joinpath(DESCRIPTION).read_bytes())


def _deviation(answer: Answer, complaint: str) -> Exception:
    """The error for an answer against the schema: it names the member, and not what stands in it."""
    named = _MEMBER.search(complaint)
    what = f"differs from its description at {named[1] if named else 'its root'}"
    if answer.writing:
        return answer.unusable(f"answered with XML that {what}")
    return SetupError(
        f"What eBusiness Web Services answered {what}: the release of Sage 100 is another one. "
        f"Compare its own description with {DESCRIPTION}, see the guide."
    )
