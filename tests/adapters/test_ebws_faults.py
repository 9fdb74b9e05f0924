"""What eBusiness Web Services' faults mean, and what a person is told of them."""

import pytest

from tests.adapters.ebws_answers import envelope, fault, received
from tieout.adapters.ebws_faults import Meaning, error_of, meaning_of
from tieout.adapters.ebws_messages import messages
from tieout.adapters.ebws_xml import LONGEST_FAULT, Fault
from tieout.adapters.sage_refusals import LONGEST_REASON
from tieout.errors import (
    NotSentError,
    OutcomeUnknownError,
    RejectedError,
    RetryableError,
    SetupError,
)

ZIP = "Could not set SO_SalesOrder_Bus column ShipToZipCode$: The ZIP code 99999 is not on file."
KNOWN: list[tuple[str, str, Meaning]] = [
    ("WS_AlreadyExists", "Record already exists.", Meaning.EXISTS),
    ("CI_NoKey", "Customer does not exist.", Meaning.NO_KEY),
    ("CI_NOF", ZIP, Meaning.REFUSED),
    ("CI_NOF", "The value is not on file.", Meaning.REFUSED),
    ("X_New", "The item is in the catalog only.", Meaning.REFUSED),
    ("CI_NOF", "The item LICENSE-5 is not on file.", Meaning.REFUSED),
    ("CI_CharLength", "The logon name is greater than 30 character(s).", Meaning.REFUSED),
    ("CI_CharLength", "The Default Payment Type is greater than 5 character(s).", Meaning.REFUSED),
    ("X_New", "Could not set AR_Customer_bus column Comment: password.", Meaning.REFUSED),
    ("X_New", "Something is wrong with the order.", Meaning.REFUSED),
    ("X_New", "No Access to SO_SalesOrder_bus.", Meaning.ACCESS),
    ("X_New", "You are not authorized to perform this action.", Meaning.ACCESS),
    ("X_New", "Company ABC is not enabled for Web Services.", Meaning.ACCESS),
    ("X_New", "The user logon or password is invalid.", Meaning.LOGON),
    ("X_New", "The maximum number of users has been reached.", Meaning.BUSY),
    ("X_New", "No license is available.", Meaning.BUSY),
    ("X_New", "The file is exclusively locked.", Meaning.BUSY),
    ("X_New", "The record is in use by another user.", Meaning.BUSY),
    ("X_New", "An exception occurred.", Meaning.UNKNOWN),
    ("X_New", "The operation has timed out.", Meaning.UNKNOWN),
    ("", "Something is wrong with the order.", Meaning.UNKNOWN),
    ("12", "Error 12 in SO_SalesOrder_bus.pvc.", Meaning.UNKNOWN),
    ("", "No Access to SO_SalesOrder_bus.", Meaning.ACCESS),
]
WITHOUT_MAS: list[tuple[str, str, Meaning]] = [
    ("WS_AlreadyExists", "Record already exists.", Meaning.EXISTS),
    ("CI_NOF", ZIP, Meaning.REFUSED),
    ("Server", "An exception occurred.", Meaning.UNKNOWN),
    ("InternalServiceFault", "The server was unable to process the request.", Meaning.UNKNOWN),
    ("Server", "No Access", Meaning.UNKNOWN),
    ("ActionNotSupported", "It cannot be processed at the receiver.", Meaning.MISUNDERSTOOD),
    ("DeserializationFailed", "The formatter threw an exception.", Meaning.MISUNDERSTOOD),
    ("VersionMismatch", "Not SOAP 1.1.", Meaning.MISUNDERSTOOD),
    ("", "", Meaning.UNKNOWN),
]


def given(code: str, text: str, *, mas: bool = True) -> Fault:
    """The fault as it comes out of an envelope."""
    answer = received(envelope(fault(code, text, mas=mas)), status=500)
    found = messages().result(answer, "CreateSalesOrder")
    assert isinstance(found, Fault)
    return found


def error(
    code: str, text: str, *, writing: bool = True, mas: bool = True, **sent: str
) -> Exception:
    answer = received("", writing=writing, status=500)
    return error_of(answer, given(code, text, mas=mas), sent=[sent])


@pytest.mark.parametrize(("code", "text", "meaning"), KNOWN)
def test_what_the_service_says_is_understood(code: str, text: str, meaning: Meaning) -> None:
    assert meaning_of(given(code, text)) is meaning


@pytest.mark.parametrize(("code", "text", "meaning"), WITHOUT_MAS)
def test_without_its_own_detail_only_codes_of_sage_and_of_soap_prove_anything(
    code: str, text: str, meaning: Meaning
) -> None:
    assert meaning_of(given(code, text, mas=False)) is meaning


def test_a_refused_column_is_named_with_what_to_do() -> None:
    refused = error("CI_NOF", ZIP)

    assert isinstance(refused, RejectedError)
    assert refused.code == "ShipToZipCode"
    assert "99999" in refused.reason
    assert "ZIP codes in Sage" in refused.next_action


@pytest.mark.parametrize(
    ("text", "column"),
    [
        ("Could not set SO_SalesOrder_Bus column ItemCode$: A-1 is not on file.", "ItemCode"),
        ("Could not set SO_SalesOrderDetail_bus column UnitPrice: is read only", "UnitPrice"),
        ("SO_SALESORDER_BUS COLUMN ShipToCity is greater than 30 character(s).", "ShipToCity"),
    ],
)
def test_the_column_is_found_in_the_text(text: str, column: str) -> None:
    refused = error("CI_Any", text)

    assert isinstance(refused, RejectedError)
    assert (refused.code, refused.reason) == (column, text)


def test_a_customer_who_is_missing_is_said_to_be_that() -> None:
    refused = error("CI_NoKey", "Customer 00-BUY0001 does not exist.")

    assert isinstance(refused, RejectedError)
    assert refused.code == "CustomerNo"
    assert "customer exists" in refused.next_action


def test_the_buyers_particulars_are_taken_out_of_a_reason() -> None:
    text = "Could not set SO_SalesOrder_Bus column ShipToName$: Ada Lovelace is too long."

    refused = error("CI_CharLength", text, ShipToName="Ada Lovelace", ItemCode="too")

    assert "Lovelace" not in str(refused)
    assert "too long" in str(refused)


def test_a_text_without_end_is_cut() -> None:
    found = given("CI_Any", "x" * 100_000)
    refused = error_of(received("", writing=True), found)

    assert len(found.mas_text) == LONGEST_FAULT
    assert len(str(refused)) <= LONGEST_REASON


@pytest.mark.parametrize(
    ("code", "text", "mas", "write", "read"),
    [
        ("X", "An exception occurred.", True, OutcomeUnknownError, RetryableError),
        ("Server", "Anything.", False, OutcomeUnknownError, RetryableError),
        ("X", "The maximum number of users has been reached.", True, NotSentError, RetryableError),
        ("X", "The user logon or password is invalid.", True, SetupError, SetupError),
        ("X", "No Access", True, SetupError, SetupError),
        ("ActionNotSupported", "No.", False, SetupError, SetupError),
        ("CI_NOF", "The company is not on file.", True, RejectedError, SetupError),
    ],
)
def test_each_meaning_has_its_error_for_writes_and_reads(
    code: str, text: str, *, mas: bool, write: type[Exception], read: type[Exception]
) -> None:
    assert type(error(code, text, mas=mas)) is write
    assert type(error(code, text, mas=mas, writing=False)) is read


@pytest.mark.parametrize("text", ["The user logon ada is invalid.", "No Access for ada."])
def test_what_is_said_about_our_user_is_not_repeated(text: str) -> None:
    told = str(error("X", text))

    assert "ada" not in told.split()
    assert "user" in told
