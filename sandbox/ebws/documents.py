"""Between XML and plain documents, the way a .NET data contract reads and writes them."""

from typing import TypeAlias

from . import markup
from .contract import WS, Member, Shape, contract
from .markup import Element

Value: TypeAlias = "str | Document | list[Document] | None"
Document: TypeAlias = dict[str, Value]
"""Member name to text, document, list of documents, or None for nil."""


class UnreadableError(Exception):
    """The message is XML, but not one of this contract."""


class Reader:
    """Reads one message and remembers which of its elements counted for nothing.

    A data contract reads its members in one pass, in their order: an element that comes after one
    that belongs behind it is skipped without a word (Sage 100 reference: SOAP types).
    """

    def __init__(self) -> None:
        self.ignored: list[str] = []

    def read(self, element: Element, shape: Shape, path: str = "") -> Document:
        """Return the members that count; the others are taken out of the element.

        Raises:
            UnreadableError: A member is unknown.
        """
        names = [member.name for member in shape.members]
        last = -1
        found: Document = {}
        for child in markup.children(element):
            name = _member_name(child, names, path)
            place = names.index(name)
            if place <= last:
                self.ignored.append(f"{path}/{name}")
                markup.remove(child)
                continue
            last = place
            found[name] = self._value(child, shape.members[place], f"{path}/{name}")
        return found

    def _value(self, element: Element, member: Member, path: str) -> Value:
        if markup.is_nil(element):
            return None
        if member.is_simple:
            return markup.text_of(element)
        shape = contract().shapes[member.type]
        if not shape.repeats:
            return self.read(element, shape, path)
        return self._items(element, shape.members[0], path)

    def _items(self, element: Element, item: Member, path: str) -> list[Document]:
        shape = contract().shapes[item.type]
        found: list[Document] = []
        for child in markup.children(element):
            name = _member_name(child, [item.name], path)
            if not markup.is_nil(child):
                found.append(self.read(child, shape, f"{path}/{name}"))
        return found


def _member_name(element: Element, names: list[str], path: str) -> str:
    namespace, name = markup.name_of(element)
    if namespace != WS or name not in names:
        raise UnreadableError(f"{path or 'The body'} has no member {{{namespace}}}{name}.")
    return name


def write(parent: Element, member: Member, value: Value) -> None:
    """Append a member, with every member of its type in the contract's order; None is nil."""
    if value is None or isinstance(value, str):
        markup.add(parent, WS, member.name, text=value)
        return
    element = markup.add(parent, WS, member.name)
    shape = contract().shapes[member.type]
    if isinstance(value, list):
        for item in value:
            write(element, shape.members[0], item)
        return
    for inner in shape.members:
        write(element, inner, value.get(inner.name))
