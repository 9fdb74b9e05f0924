"""The description as the service publishes it, with the trap that keeps outsiders from loading it."""

from copy import deepcopy

from . import markup
from .contract import DESCRIPTION, WS, WSDL, XS

INTERNAL_HOST = "http://SAGESRV01.corp.invalid"
"""The server's name inside the customer's network; the published description points there."""

PAGE = "/eBusinessWebServices/MasBasicWsdl.svc"


def published() -> bytes:
    """Return the description: its types are behind the server's internal name."""
    root = markup.parse(DESCRIPTION.read_bytes())
    types = root.find(f"{{{WSDL}}}types")
    markup.remove(types.find(f"{{{XS}}}schema"))
    wrapper = markup.new(XS, "schema", prefix="xsd")
    wrapper.set("targetNamespace", f"{WS}/Imports")
    imported = markup.add(wrapper, XS, "import")
    imported.set("schemaLocation", f"{INTERNAL_HOST}{PAGE}?xsd=xsd0")
    imported.set("namespace", WS)
    types.append(wrapper)
    return markup.serialised(root)


def types_alone() -> bytes:
    """Return the schema, for who knows the server by the name in the description."""
    schema = markup.parse(DESCRIPTION.read_bytes()).find(f".//{{{XS}}}schema")
    return markup.serialised(deepcopy(schema))
