"""XML from outside, read by libxml2 with everything off that an attacker could use; lxml is known here alone."""

from dataclasses import dataclass
from typing import Any, cast

import lxml.etree  # pyright: ignore[reportMissingTypeStubs] - it comes without types

from tieout.adapters.answers import Answer

etree = cast("Any", lxml.etree)  # pyright: ignore[reportUnknownMemberType, reportAttributeAccessIssue]

SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
# A sales order in its envelope is nine deep; libxml2 itself gives up at 256.
DEEPEST = 16
_TOO_DEEP = etree.XPath("boolean(" + "/*" * (DEEPEST + 1) + ")")
_FAULT = f"{{{SOAP}}}Fault"
# Faults are for people to read; nobody reads more of one.
LONGEST_FAULT = 1000


@dataclass(frozen=True, slots=True)
class Fault:
    """A SOAP fault: `code` without its prefix, `text`, and what MasFault says, empty when absent."""

    code: str
    text: str
    mas_code: str
    mas_text: str


def body_of(answer: Answer) -> Any:
    """The one element inside a SOAP 1.1 envelope's body, as lxml has it.

    Raises:
        RetryableError: it isn't well-formed, has a document type, is nested too deeply, or isn't an
            envelope with one body and one element in it; for a write OutcomeUnknownError.
    """
    kind = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "text/xml":
        raise answer.unusable(f"answered {answer.status} with something that isn't SOAP")
    envelope = _parsed(answer)
    parts = list(envelope)
    tags = [part.tag for part in parts]
    header, body = f"{{{SOAP}}}Header", f"{{{SOAP}}}Body"
    if envelope.tag != f"{{{SOAP}}}Envelope" or tags not in ([body], [header, body]):
        raise answer.unusable("answered with XML that is no SOAP envelope")
    inside = list(parts[-1])
    if len(inside) != 1:
        raise answer.unusable("answered with a SOAP body that does not hold one thing")
    return inside[0]


def fault_of(element: Any, *, namespace: str) -> Fault | None:
    """The fault that a body's element is; None when it is none. Texts are cut to LONGEST_FAULT."""
    if element.tag != _FAULT:
        return None
    mas = f"detail/{{{namespace}}}MasFault/{{{namespace}}}"
    return Fault(
        code=_text(element, "faultcode").rpartition(":")[2],
        text=_text(element, "faultstring"),
        mas_code=_text(element, f"{mas}ErrorCode"),
        mas_text=_text(element, f"{mas}ErrorMessage"),
    )


def schema_of(description: bytes) -> Any:
    """The XML schema inside a service's description, which no answer may deviate from."""
    types = _tree(description).find(".//{http://www.w3.org/2001/XMLSchema}schema")
    # Written out and read again, it carries the namespaces that were declared around it.
    return etree.XMLSchema(_tree(etree.tostring(types)))


def written(element: Any) -> bytes:
    """An element as a document in UTF-8."""
    return etree.tostring(element, xml_declaration=True, encoding="utf-8")


def _parsed(answer: Answer) -> Any:
    try:
        root = _tree(answer.body)
    except (etree.XMLSyntaxError, ValueError, LookupError):
        # The parser's own words may quote what it read.
        raise answer.unusable("answered with broken XML") from None
    document = root.getroottree().docinfo
    if document.doctype or document.internalDTD is not None:
        raise answer.unusable("answered with XML that has a document type, which SOAP forbids")
    if _TOO_DEEP(root):
        raise answer.unusable("answered with XML that is nested too deeply")
    return root


def _tree(document: bytes) -> Any:
    # A parser of its own each time: one that has failed may keep something of the last document.
    parser = etree.XMLParser(
        resolve_entities=False,
        load_dtd=False,
        dtd_validation=False,
        no_network=True,
        huge_tree=False,
        recover=False,
        remove_comments=True,
        remove_pis=True,
    )
    return etree.fromstring(document, parser)


def _text(element: Any, path: str) -> str:
    return (element.findtext(path) or "").strip()[:LONGEST_FAULT]
