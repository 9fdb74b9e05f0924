"""XML in and out: bounded parsing without DTD, schema validation, serialising."""

from collections.abc import Iterator
from typing import Any

from lxml import (  # pyright: ignore[reportMissingTypeStubs] - lxml brings no types
    etree as _etree,  # pyright: ignore[reportUnknownVariableType, reportAttributeAccessIssue]
)

etree: Any = _etree  # pyright: ignore[reportUnknownVariableType]

Element = Any
"""An lxml element; this module alone knows the library."""

MAX_DEPTH = 32
"""What WCF reads by default (readerQuotas maxDepth); an order with its lines is ten deep."""

XSI = "http://www.w3.org/2001/XMLSchema-instance"
_NOT_IN_XML = dict.fromkeys({*range(32)} - {9, 10, 13}, "?")
_NIL = f"{{{XSI}}}nil"


class MarkupError(Exception):
    """The text is no XML that a service reads."""


def parse(text: bytes) -> Element:
    """Return the root element.

    Raises:
        MarkupError: It is malformed, has a DTD, or is nested too deeply.
    """
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_pis=False
    )
    try:
        root = etree.fromstring(text, parser)
    except etree.XMLSyntaxError as error:
        raise MarkupError(str(error)) from None
    if root.getroottree().docinfo.internalDTD is not None:
        raise MarkupError("For security reasons DTD is prohibited in this XML document.")
    _check_depth(root)
    return root


def _check_depth(root: Element) -> None:
    level = [root]
    for _ in range(MAX_DEPTH):
        level = [child for element in level for child in element]
        if not level:
            return
    raise MarkupError(f"The maximum depth {MAX_DEPTH} has been exceeded.")


def children(element: Element) -> Iterator[Element]:
    """Give the child elements; comments and the like are passed over."""
    return (child for child in list(element) if isinstance(child.tag, str))


def name_of(element: Element) -> tuple[str, str]:
    """Return (namespace, local name)."""
    name = etree.QName(element)
    return name.namespace or "", name.localname


def text_of(element: Element) -> str:
    """Return the text, comments left out."""
    return "".join([element.text or "", *(part.tail or "" for part in element)])


def is_nil(element: Element) -> bool:
    """Tell whether the element says that there is no value."""
    return element.get(_NIL, "false").strip() in ("true", "1")


def remove(element: Element) -> None:
    """Take an element out of its parent."""
    element.getparent().remove(element)


def new(namespace: str, name: str, *, prefix: str | None = None) -> Element:
    """Return a new element whose namespace is the default one, or has the prefix."""
    return etree.Element(f"{{{namespace}}}{name}", nsmap={prefix: namespace, "i": XSI})


def add_coded(parent: Element, name: str, code: str, *, namespace: str) -> None:
    """Append a child without a namespace whose text is a qualified name."""
    child = etree.SubElement(parent, name, nsmap={"a": namespace})
    child.text = f"a:{code}"


def add(parent: Element, namespace: str, name: str, *, text: str | None = "") -> Element:
    """Append a child with a text; None makes it nil."""
    child = etree.SubElement(parent, f"{{{namespace}}}{name}" if namespace else name)
    if text is None:
        child.set(_NIL, "true")
    elif text:
        # COM callers may store control characters, which XML can't have at all.
        child.text = text.translate(_NOT_IN_XML)
    return child


def serialised(root: Element) -> bytes:
    """Return the document's bytes, in UTF-8."""
    return etree.tostring(root, encoding="utf-8", xml_declaration=True)


class Schema:
    """A compiled schema.

    Args:
        element: Its `xs:schema` element.
    """

    def __init__(self, element: Element) -> None:
        # Serialised alone, the element brings along the prefixes that its parents declare.
        self._schema = etree.XMLSchema(etree.fromstring(etree.tostring(element, with_tail=False)))

    def problem(self, element: Element) -> str:
        """Return what is wrong with an element, or nothing."""
        alone = etree.fromstring(etree.tostring(element, with_tail=False))
        if self._schema.validate(alone):
            return ""
        return self._schema.error_log[0].message
