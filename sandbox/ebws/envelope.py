"""SOAP 1.1 envelopes: taking requests out of them, putting results and faults into them."""

from dataclasses import dataclass

from . import markup
from .contract import WS, Operation, contract
from .documents import Document, Reader, UnreadableError, Value, write
from .markup import Element, MarkupError
from .refusals import MasFaultError

SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
_HEADER, _BODY = (SOAP, "Header"), (SOAP, "Body")
WCF = "http://schemas.microsoft.com/net/2005/12/windowscommunicationfoundation/dispatcher"
ADDRESSING_NONE = "http://schemas.microsoft.com/ws/2005/05/addressing/none"


class ProtocolError(Exception):
    """A fault of the SOAP layer, which has no `MasFault` in it.

    Args:
        code: Local part of its faultcode.
        text: Its faultstring.
        namespace: Of the code.
    """

    def __init__(self, code: str, text: str, *, namespace: str = SOAP) -> None:
        super().__init__(text)
        self.code = code
        self.text = text
        self.namespace = namespace


@dataclass(frozen=True)
class Request:
    """One call: which operation, with which parameters, and what of it counted for nothing."""

    operation: Operation
    parameters: Document
    ignored: tuple[str, ...]


def read_request(body: bytes, *, action: str) -> Request:
    """Return the call in an envelope.

    Args:
        body: The bytes of the POST.
        action: The header SOAPAction, in quotes or not.

    Raises:
        MarkupError: It is no XML that is read here.
        ProtocolError: It is no envelope, for another operation than the action says, or the
            parameters don't fit the contract.
    """
    element = _only_child(_body(markup.parse(body)))
    operation = _operation(action.strip().strip('"'), element)
    reader = Reader()
    try:
        parameters = reader.read(element, operation.asks, operation.name)
    except UnreadableError as error:
        raise _unreadable(str(error)) from None
    problem = contract().schema.problem(element)
    if problem:
        raise _unreadable(problem)
    return Request(operation, parameters, tuple(reader.ignored))


def result(operation: Operation, value: Value) -> bytes:
    """Return the envelope of an operation's result."""
    root, body = _envelope()
    reply = markup.new(WS, f"{operation.name}Response")
    body.append(reply)
    if operation.result is not None:
        write(reply, operation.result, value)
    return markup.serialised(root)


def mas_fault(error: MasFaultError) -> bytes:
    """Return the envelope of a refusal."""
    root, fault = _fault(error.code, error.message, namespace=WS)
    detail = markup.add(fault, "", "detail")
    told = markup.new(WS, "MasFault")
    detail.append(told)
    markup.add(told, WS, "ErrorCode", text=error.code)
    markup.add(told, WS, "ErrorMessage", text=error.message)
    return markup.serialised(root)


def protocol_fault(error: ProtocolError) -> bytes:
    """Return the envelope of a fault without `MasFault`."""
    root, _ = _fault(error.code, error.text, namespace=error.namespace)
    return markup.serialised(root)


def _body(root: Element) -> Element:
    if markup.name_of(root) != (SOAP, "Envelope"):
        raise ProtocolError("VersionMismatch", "The message is no SOAP 1.1 envelope.")
    parts = list(markup.children(root))
    names = [markup.name_of(part) for part in parts]
    if names not in ([_BODY], [_HEADER, _BODY]):
        raise MarkupError("The envelope must have one body, and at most one header before it.")
    headers = [one for part in parts[:-1] for one in markup.children(part)]
    if any(_must_understand(one) for one in headers):
        raise ProtocolError("MustUnderstand", "A header is not understood.")
    return parts[-1]


def _must_understand(header: Element) -> bool:
    return header.get(f"{{{SOAP}}}mustUnderstand") == "1"


def _only_child(body: Element) -> Element:
    found = list(markup.children(body))
    if len(found) != 1:
        raise _unreadable("The body must have one element.")
    return found[0]


def _operation(action: str, element: Element) -> Operation:
    known = {operation.action: operation for operation in contract().operations.values()}
    operation = known.get(action)
    if operation is None:
        text = f"The message with Action '{action}' cannot be processed at the receiver."
        raise ProtocolError("ActionNotSupported", text, namespace=ADDRESSING_NONE)
    if markup.name_of(element) != (WS, operation.name):
        raise _unreadable(f"The body must be {operation.name}.")
    return operation


def _unreadable(why: str) -> ProtocolError:
    text = f"The formatter threw an exception while trying to deserialize the message: {why}"
    return ProtocolError("DeserializationFailed", text, namespace=WCF)


def _envelope() -> tuple[Element, Element]:
    root = markup.new(SOAP, "Envelope", prefix="s")
    return root, markup.add(root, SOAP, "Body")


def _fault(code: str, text: str, *, namespace: str) -> tuple[Element, Element]:
    root, body = _envelope()
    fault = markup.add(body, SOAP, "Fault")
    markup.add_coded(fault, "faultcode", code, namespace=namespace)
    markup.add(fault, "", "faultstring", text=text)
    return root, fault
