"""Hostile answers in place of eBusiness Web Services' own: all refused, and nothing of them is taken."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.adapters.ebws_answers import CREATED, SOAP, WS, envelope, fault, received, sales_order
from tieout.adapters.ebws_messages import messages
from tieout.adapters.ebws_xml import DEEPEST, Fault
from tieout.errors import OutcomeUnknownError, RetryableError, SetupError

ORDER = envelope(sales_order())
DONE = envelope(CREATED)
REFUSED = (RetryableError, SetupError)
LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10 if n else "ha"}">' for n in range(10))
DEEP = 100_000

HOSTILE: dict[str, str | bytes] = {
    "nothing": "",
    "no XML": "<html><body>Sign in</body>",
    "a document type": "<!DOCTYPE a>" + ORDER,
    "an entity": '<!DOCTYPE a [<!ENTITY b "c">]>' + ORDER,
    "an entity in use": '<!DOCTYPE a [<!ENTITY b "W000250">]>' + ORDER.replace("W000250", "&b;"),
    "a billion laughs": f"<!DOCTYPE a [{LAUGHS}]>" + ORDER.replace("W000250", "&l9;"),
    "a file of ours": '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/hostname">]>'
    + ORDER.replace("W000250", "&b;"),
    "a document of others": '<!DOCTYPE a SYSTEM "http://127.0.0.1:9/evil.dtd">' + ORDER,
    "a parameter entity": '<!DOCTYPE a [<!ENTITY % b SYSTEM "file:///etc/hostname"> %b;]>' + ORDER,
    "a document type in UTF-16": ("<!DOCTYPE a>" + ORDER).encode("utf-16"),
    "an entity nobody declared": ORDER.replace("W000250", "&b;"),
    "a hundred thousand levels": "<a>" * DEEP + "</a>" * DEEP,
    "as many in the body": envelope("<a>" * DEEP + "</a>" * DEEP),
    "one level too many": envelope("<a>" * (DEEPEST - 1) + "</a>" * (DEEPEST - 1)),
    "another envelope": ORDER.replace(SOAP, "http://www.w3.org/2003/05/soap-envelope"),
    "no envelope": sales_order(),
    "two bodies": ORDER.replace("</s:Envelope>", "<s:Body/></s:Envelope>"),
    "two headers": ORDER.replace("<s:Body>", "<s:Header/><s:Header/><s:Body>"),
    "a header after the body": ORDER.replace("</s:Body>", "</s:Body><s:Header/>"),
    "no body": envelope("").replace("<s:Body></s:Body>", ""),
    "an empty body": envelope(""),
    "two things in the body": envelope(sales_order() * 2),
    "another namespace": ORDER.replace(WS, "http://mas90.sage.com/other"),
    "no namespace": ORDER.replace(f' xmlns="{WS}"', ""),
    "another operation's answer": envelope(f'<GetCustomerResponse xmlns="{WS}"/>'),
    "a member that nobody knows": ORDER.replace("<Lines>", "<Evil>1</Evil><Lines>"),
    "a member twice": ORDER.replace("<Lines>", "<FreightAmt>0</FreightAmt><Lines>"),
    "members out of order": ORDER.replace("<Lines>", "<ARDivisionNo>01</ARDivisionNo><Lines>"),
    "money that is none": ORDER.replace("8.00", "eight"),
    "money in another notation": ORDER.replace("8.00", "8E0"),
    "money without end": ORDER.replace("8.00", "NaN"),
    "a date that is none": ORDER.replace("2026-11-20T", "2026-13-40T"),
    "a thing inside a text": ORDER.replace("W000250", "W000250<b/>"),
    "half a character": ORDER.replace("BUY0001", "B\u00fcY").encode("latin-1"),
    "a character that XML lacks": ORDER.replace("BUY0001", "B\x0bY"),
    "a number for it": ORDER.replace("BUY0001", "B&#11;Y"),
    "an encoding that nobody knows": '<?xml version="1.0" encoding="x-evil"?>' + ORDER,
    "a second document behind": ORDER + ORDER,
    "an attribute": ORDER.replace("<Lines>", '<Lines evil="1">'),
    "another type": ORDER.replace(
        "<Lines>", '<Lines xmlns:i="http://www.w3.org/2001/XMLSchema-instance" i:type="Logon">'
    ),
}
each_hostile = pytest.mark.parametrize("document", HOSTILE.values(), ids=HOSTILE)


def number_in(document: str) -> str:
    """The sales order's number, as the answer is read."""
    found: Any = messages().result(received(document), "GetSalesOrder")
    return found.findtext(f"{{{WS}}}SalesOrderNo")


def test_the_genuine_answers_are_taken() -> None:
    assert number_in(ORDER) == "W000250"
    assert messages().result(received(DONE, writing=True), "CreateSalesOrder") is None


@each_hostile
def test_a_question_is_not_answered_by_it(document: str | bytes) -> None:
    with pytest.raises(REFUSED):
        messages().result(received(document), "GetSalesOrder")


@each_hostile
def test_after_a_write_it_leaves_open_what_happened(document: str | bytes) -> None:
    with pytest.raises(OutcomeUnknownError):
        messages().result(received(document, writing=True), "CreateSalesOrder")


@each_hostile
def test_what_it_says_is_not_repeated(document: str | bytes) -> None:
    with pytest.raises(REFUSED) as caught:
        messages().result(received(document), "GetSalesOrder")

    assert "W000250" not in str(caught.value)
    assert "BUY0001" not in str(caught.value)
    assert caught.value.__cause__ is None


@pytest.mark.parametrize("writing", [False, True])
@pytest.mark.parametrize(
    ("document", "operation"),
    [
        (ORDER, "GetSalesOrder"),
        (DONE, "CreateSalesOrder"),
        (envelope(fault("CI_NoKey", "No.")), "GetSalesOrder"),
    ],
    ids=["an order", "a yes", "a no"],
)
def test_an_answer_that_is_cut_off_anywhere_is_refused(
    document: str, operation: str, *, writing: bool
) -> None:
    kind = OutcomeUnknownError if writing else RetryableError
    for end in range(len(document)):
        with pytest.raises(kind):
            messages().result(received(document[:end], writing=writing), operation)


@pytest.mark.parametrize("kind", ["text/html", "application/soap+xml", "application/json", ""])
def test_only_what_calls_itself_xml_is_read_as_such(kind: str) -> None:
    with pytest.raises(RetryableError, match="isn't SOAP"):
        messages().result(received(ORDER, kind=kind), "GetSalesOrder")


def test_a_yes_with_something_in_it_is_no_yes() -> None:
    more = envelope(CREATED.replace("/>", "><Evil>1</Evil></CreateSalesOrderResponse>"))

    with pytest.raises(OutcomeUnknownError, match="differs from its description"):
        messages().result(received(more, writing=True), "CreateSalesOrder")


def test_remarks_and_instructions_in_it_change_nothing() -> None:
    assert number_in(ORDER.replace("W000250", "W000<!-- evil -->250<?evil?>")) == "W000250"


@given(
    place=st.integers(0, len(ORDER) - 1),
    length=st.integers(0, 40),
    put=st.text("<>/&;\"'= abc:!?[]#x09\x00é", max_size=12),
)
def test_whatever_is_changed_in_it_it_is_read_or_refused_and_never_breaks(
    place: int, length: int, put: str
) -> None:
    changed = ORDER[:place] + put + ORDER[place + length :]
    try:
        found = messages().result(received(changed), "GetSalesOrder")
    except REFUSED:
        return
    assert isinstance(found, Fault) or found is None or found.tag == f"{{{WS}}}GetSalesOrderResult"


@given(raw=st.binary(max_size=200))
def test_any_bytes_at_all_are_refused(raw: bytes) -> None:
    with pytest.raises(OutcomeUnknownError):
        messages().result(received(raw, writing=True), "CreateSalesOrder")
