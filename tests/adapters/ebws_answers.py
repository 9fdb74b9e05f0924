"""Answers of eBusiness Web Services, written by hand from its description."""

from collections.abc import Mapping

import httpx

from tests.adapters.servers import answer
from tieout.adapters.answers import Answer

SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
WS = "http://mas90.sage.com/ws"
KIND = "text/xml; charset=utf-8"
DATE = "Sat, 21 Nov 2026 12:00:00 GMT"
CREATED = f'<CreateSalesOrderResponse xmlns="{WS}"/>'
HEADER = {
    "ARDivisionNo": "00",
    "CustomerNo": "BUY0001",
    "CustomerPONo": "W-250-x7",
    "FreightAmt": "8.00",
    "OrderDate": "2026-11-20T00:00:00",
    "OrderStatus": "N",
    "SalesOrderNo": "W000250",
}
LINE = {"ItemCode": "A-1", "QuantityOrdered": "2.000000", "UnitPrice": "19.990000"}


def envelope(body: str) -> str:
    """A SOAP 1.1 envelope around a body's content."""
    return f'<s:Envelope xmlns:s="{SOAP}"><s:Body>{body}</s:Body></s:Envelope>'


def sales_order(
    header: Mapping[str, str] = HEADER, *lines: Mapping[str, str], more: str = ""
) -> str:
    """A result of GetSalesOrder; `more` is put after `Lines`, whose place is after all in HEADER but OrderDate."""
    rows = "".join(f"<SalesOrderLine>{members(line)}</SalesOrderLine>" for line in lines or [LINE])
    before = members({name: text for name, text in header.items() if name < "Lines"})
    after = members({name: text for name, text in header.items() if name > "Lines"})
    return (
        f'<GetSalesOrderResponse xmlns="{WS}"><GetSalesOrderResult>{before}'
        f"<Lines>{rows}</Lines>{more}{after}</GetSalesOrderResult></GetSalesOrderResponse>"
    )


def members(values: Mapping[str, str]) -> str:
    """Members in ordinal order."""
    return "".join(f"<{name}>{values[name]}</{name}>" for name in sorted(values))


def customer(values: Mapping[str, str]) -> str:
    """A result of GetCustomer."""
    return (
        f'<GetCustomerResponse xmlns="{WS}"><GetCustomerResult>{members(values)}'
        "</GetCustomerResult></GetCustomerResponse>"
    )


def fault(code: str, text: str, *, mas: bool = True) -> str:
    """A fault as the service gives it; without `mas`, as its SOAP layer does."""
    detail = (
        f'<detail><MasFault xmlns="{WS}"><ErrorCode>{code}</ErrorCode>'
        f"<ErrorMessage>{text}</ErrorMessage></MasFault></detail>"
    )
    return (
        f'<s:Fault><faultcode xmlns:a="{WS}">a:{code}</faultcode>'
        f"<faultstring>{text}</faultstring>{detail if mas else ''}</s:Fault>"
    )


def sent(body: str, status: int = 0) -> bytes:
    """The HTTP answer with this body in its envelope; a fault comes with 500."""
    status = status or (500 if body.startswith("<s:Fault") else 200)
    return answer(status, envelope(body).encode(), {"Date": DATE}, kind=KIND)


def received(
    document: str | bytes, *, writing: bool = False, status: int = 200, kind: str = KIND
) -> Answer:
    """An answer as the client has it before it is read."""
    raw = document if isinstance(document, bytes) else document.encode()
    headers = httpx.Headers({"Content-Type": kind, "Date": DATE})
    return Answer("The service", writing, status, headers, raw)
