"""What the service description says: operations, and the members of each type in their order."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from . import markup
from .markup import Element, Schema

WS = "http://mas90.sage.com/ws"
XS = "http://www.w3.org/2001/XMLSchema"
WSDL = "http://schemas.xmlsoap.org/wsdl/"
SOAP_BINDING = "http://schemas.xmlsoap.org/wsdl/soap/"
DESCRIPTION = Path(__file__).with_name("MasBasicService.wsdl")

SIMPLE = ("string", "decimal", "int", "dateTime")


@dataclass(frozen=True)
class Member:
    """One member of a type: its name, and the name of its type without a prefix."""

    name: str
    type: str

    @property
    def is_simple(self) -> bool:
        """Whether it is a text, number or date, not a type of its own."""
        return self.type in SIMPLE


@dataclass(frozen=True)
class Shape:
    """A type: its members in the order in which a document must have them.

    Attributes:
        members: In the contract's order.
        repeats: Whether it is a list of its one member.
    """

    members: tuple[Member, ...]
    repeats: bool = False


@dataclass(frozen=True)
class Operation:
    """One operation.

    Attributes:
        name: Also that of the request's element.
        action: What the header SOAPAction must say.
        asks: Its parameters.
        result: What it returns, or None for those that return nothing.
    """

    name: str
    action: str
    asks: Shape
    result: Member | None


@dataclass(frozen=True)
class Contract:
    """The whole description, read once."""

    operations: Mapping[str, Operation]
    shapes: Mapping[str, Shape]
    schema: Schema


@cache
def contract() -> Contract:
    """Return the contract of the description beside this module."""
    root = markup.parse(DESCRIPTION.read_bytes())
    schema = root.find(f".//{{{XS}}}schema")
    shapes = {
        one.get("name"): _shape(one)
        for one in markup.children(schema)
        if markup.name_of(one)[1] == "complexType"
    }
    messages = {
        one.get("name"): _shape(one.find(f"{{{XS}}}complexType"))
        for one in markup.children(schema)
        if markup.name_of(one)[1] == "element" and one.get("type") is None
    }
    actions = {
        one.getparent().get("name"): one.get("soapAction")
        for one in root.iter(f"{{{SOAP_BINDING}}}operation")
    }
    operations = {
        name: Operation(name, action, messages[name], _result(messages[f"{name}Response"]))
        for name, action in actions.items()
    }
    return Contract(operations, shapes, Schema(schema))


def _result(reply: Shape) -> Member | None:
    return reply.members[0] if reply.members else None


def _shape(element: Element) -> Shape:
    found = list(element.iter(f"{{{XS}}}element"))
    members = tuple(Member(one.get("name"), one.get("type").partition(":")[2]) for one in found)
    repeats = len(found) == 1 and found[0].get("maxOccurs") == "unbounded"
    return Shape(members, repeats)
