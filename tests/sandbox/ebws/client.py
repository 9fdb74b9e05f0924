"""A plain SOAP client for tests: envelopes written by hand, answers read with the standard library."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast
from xml.etree import ElementTree as ET
from xml.sax.saxutils import escape

from httpx2 import Response
from starlette.testclient import TestClient

from sandbox.ebws import create_app
from sandbox.sage100 import seed
from tests.sandbox.providex.client import CUSTOMER, ITEM

WS = "http://mas90.sage.com/ws"
SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
SERVICE = "/eBusinessWebServices/MasBasicService.svc"
NIL = "{http://www.w3.org/2001/XMLSchema-instance}nil"

Xml = Any


def logon(user: str = seed.USER, password: str = seed.PASSWORD) -> str:
    inner = f"<Password>{password}</Password><Username>{user}</Username>"
    return f"<logon>{inner}</logon>"


def members(values: Mapping[str, object]) -> str:
    """Elements in the order of the contract, which is that of their names' characters."""
    return "".join(_member(name, values[name]) for name in sorted(values))


def _member(name: str, value: object) -> str:
    if isinstance(value, list):
        item = {"Lines": "SalesOrderLine", "OtherFields": "Field", "Payments": "SalesOrderPayment"}
        documents = cast("list[Mapping[str, object]]", value)
        inner = "".join(f"<{item[name]}>{members(one)}</{item[name]}>" for one in documents)
    else:
        inner = escape(str(value))
    return f"<{name}>{inner}</{name}>"


def envelope(operation: str, inner: str) -> bytes:
    body = f'<{operation} xmlns="{WS}">{inner}</{operation}>'
    return f'<s:Envelope xmlns:s="{SOAP}"><s:Body>{body}</s:Body></s:Envelope>'.encode()


@dataclass(frozen=True)
class Fault:
    """A fault as a client sees it; `mas` is the code in the detail, or nothing."""

    code: str
    text: str
    mas: str


@dataclass
class Soap:
    """A client of the service over one installation."""

    home: Path
    web: TestClient = field(init=False)

    def __post_init__(self) -> None:
        self.app = create_app(self.home)
        self.web = TestClient(self.app, raise_server_exceptions=False)

    def post(self, operation: str, body: bytes, **headers: str) -> Response:
        action = f'"{WS}/IMasService/{operation}"'
        usual = {"SOAPAction": action, "Content-Type": "text/xml; charset=utf-8"}
        sent = usual | {name.replace("_", "-"): value for name, value in headers.items()}
        return self.web.post(SERVICE, content=body, headers=sent)

    def send(self, operation: str, inner: str, *, company: str = "ABC") -> Response:
        parameters = f"{logon()}<companyCode>{company}</companyCode>{inner}"
        return self.post(operation, envelope(operation, parameters))

    def result(self, operation: str, inner: str = "", *, company: str = "ABC") -> Xml:
        """Return the element of the result, None when the operation returns nothing."""
        return result_in(self.send(operation, inner, company=company), operation)

    def bare(self, operation: str) -> Xml:
        """Return the result of an operation without parameters."""
        return result_in(self.post(operation, envelope(operation, "")), operation)

    def fault(self, operation: str, inner: str = "", *, company: str = "ABC") -> Fault:
        return fault_in(self.send(operation, inner, company=company))

    def create(self, number: str = "W000250", **values: object) -> str:
        return f"<salesOrder>{members(order(number, **values))}</salesOrder>"

    def read(self, number: str = "W000250") -> Xml:
        return self.result("GetSalesOrder", f"<salesOrderNo>{number}</salesOrderNo>")


def order(number: str = "W000250", **values: object) -> dict[str, object]:
    usual: dict[str, object] = {
        "SalesOrderNo": number,
        "ARDivisionNo": "00",
        "CustomerNo": CUSTOMER,
        "OrderDate": "2026-11-20T00:00:00",
        "Lines": [{"ItemCode": ITEM, "QuantityOrdered": "2", "UnitPrice": "100.00"}],
    }
    return usual | values


def result_in(answer: Response, operation: str) -> Xml:
    assert answer.status_code == 200, answer.text
    reply = ET.fromstring(answer.content).find(f".//{{{WS}}}{operation}Response")
    assert reply is not None
    return reply.find(f"{{{WS}}}{operation}Result")


def fault_in(answer: Response) -> Fault:
    assert answer.status_code == 500, answer.text
    root = ET.fromstring(answer.content)
    return Fault(
        code=root.findtext(".//faultcode") or "",
        text=root.findtext(".//faultstring") or "",
        mas=root.findtext(f".//detail/{{{WS}}}MasFault/{{{WS}}}ErrorCode") or "",
    )


def text(element: Xml, path: str) -> str:
    """The text of a member, `None` when it is nil or missing."""
    found = element.find("/".join(f"{{{WS}}}{part}" for part in path.split("/")))
    assert found is not None, path
    assert found.get(NIL) is None, f"{path} is nil"
    return found.text or ""


def rows(element: Xml, path: str) -> list[Xml]:
    return element.findall("/".join(f"{{{WS}}}{part}" for part in path.split("/")))


def other_field(element: Xml, name: str) -> str:
    for one in rows(element, "OtherFields/Field"):
        if text(one, "MasFieldName") == name:
            return text(one, "Value")
    raise AssertionError(name)
