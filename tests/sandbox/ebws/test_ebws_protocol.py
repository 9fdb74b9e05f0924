"""The SOAP layer of the simulated service: envelopes, order of elements, hostile XML."""

import pytest

from tests.sandbox.ebws.client import (
    SERVICE,
    SOAP,
    WS,
    Soap,
    envelope,
    fault_in,
    logon,
    members,
    order,
    text,
)

ACTION = f"{WS}/IMasService/GetContractInformation"


def test_an_element_out_of_order_counts_for_nothing_and_is_counted(soap: Soap) -> None:
    document = members(order()) + "<Comment>too late</Comment>"

    soap.result("CreateSalesOrder", f"<salesOrder>{document}</salesOrder>")

    assert text(soap.read(), "Comment") == ""
    assert soap.web.get("/_control/state").json() == {
        "calls": {"CreateSalesOrder": 1, "GetSalesOrder": 1},
        "ignored": ["CreateSalesOrder/salesOrder/Comment"],
    }


def test_an_element_given_twice_counts_once(soap: Soap) -> None:
    twice = members(order(Comment="first")).replace(
        "</Comment>", "</Comment><Comment>second</Comment>"
    )

    soap.result("CreateSalesOrder", f"<salesOrder>{twice}</salesOrder>")

    assert text(soap.read(), "Comment") == "first"


def test_parameters_out_of_order_count_for_nothing_either(soap: Soap) -> None:
    inner = f"<companyCode>ABC</companyCode>{logon()}<salesOrderNo>W000250</salesOrderNo>"

    fault = fault_in(soap.post("GetSalesOrder", envelope("GetSalesOrder", inner)))

    assert "logon" in fault.text


@pytest.mark.parametrize(
    "document",
    [
        "<salesOrder><Nonsense>1</Nonsense></salesOrder>",
        '<salesOrder><Comment xmlns="urn:other">1</Comment></salesOrder>',
        "<salesOrder><Lines><Line/></Lines></salesOrder>",
        "<salesOrder><FreightAmt>ten</FreightAmt></salesOrder>",
        "<salesOrder><OrderDate>20261120</OrderDate></salesOrder>",
    ],
)
def test_what_the_contract_does_not_know_is_no_message(soap: Soap, document: str) -> None:
    fault = soap.fault("CreateSalesOrder", document)

    assert fault.code.endswith(":DeserializationFailed")
    assert fault.mas == ""


def test_a_nil_member_is_not_set(soap: Soap) -> None:
    nil = '<Comment xmlns:i="http://www.w3.org/2001/XMLSchema-instance" i:nil="true"/>'
    soap.result("CreateSalesOrder", soap.create(Comment="kept"))
    document = f"{nil}<SalesOrderNo>W000250</SalesOrderNo>"

    soap.result("UpdateSalesOrder", f"<salesOrder>{document}</salesOrder>")

    assert text(soap.read(), "Comment") == "kept"


def test_an_unknown_action_is_a_fault(soap: Soap) -> None:
    body = envelope("GetContractInformation", "")

    fault = fault_in(soap.post("ValidateLogon", body))

    assert fault.code == "a:ActionNotSupported"


def test_a_body_for_another_action_is_a_fault(soap: Soap) -> None:
    fault = fault_in(soap.post("GetContractInformation", envelope("GetCustomer", "")))

    assert fault.code.endswith(":DeserializationFailed")


def test_a_header_that_must_be_understood_is_a_fault(soap: Soap) -> None:
    header = '<s:Header><x s:mustUnderstand="1" xmlns="urn:x"/></s:Header><s:Body>'
    body = envelope("GetContractInformation", "").replace(b"<s:Body>", header.encode())

    assert fault_in(soap.post("GetContractInformation", body)).code == "a:MustUnderstand"


def test_an_envelope_of_another_version_is_a_fault(soap: Soap) -> None:
    later = b"http://www.w3.org/2003/05/soap-envelope"
    body = envelope("GetContractInformation", "").replace(SOAP.encode(), later)

    assert fault_in(soap.post("GetContractInformation", body)).code == "a:VersionMismatch"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"no xml",
        envelope("GetContractInformation", "")[:-1],
        b'<!DOCTYPE x [<!ENTITY a "b">]>' + envelope("GetContractInformation", ""),
        b"<!DOCTYPE x>" + envelope("GetContractInformation", ""),
        envelope("GetContractInformation", "<a>" * 40 + "</a>" * 40),
        envelope("GetContractInformation", "<a>" * 100_000 + "</a>" * 100_000),
        f'<s:Envelope xmlns:s="{SOAP}"/>'.encode(),
        f'<s:Envelope xmlns:s="{SOAP}"><s:Body/><s:Body/></s:Envelope>'.encode(),
        f'<s:Envelope xmlns:s="{SOAP}"><s:Body/><s:Header/></s:Envelope>'.encode(),
    ],
)
def test_hostile_or_broken_xml_is_refused_without_an_answer(soap: Soap, body: bytes) -> None:
    answer = soap.post("GetContractInformation", body)

    assert (answer.status_code, answer.content) == (400, b"")


def test_a_message_that_is_too_large_is_refused(soap: Soap) -> None:
    body = envelope("GetContractInformation", " " * 2_000_000)

    assert soap.post("GetContractInformation", body).status_code == 413


def test_another_content_type_is_refused(soap: Soap) -> None:
    body = envelope("GetContractInformation", "")

    answer = soap.post("GetContractInformation", body, Content_Type="application/soap+xml")

    assert answer.status_code == 415


def test_only_posts_are_calls(soap: Soap) -> None:
    assert soap.web.get(SERVICE).status_code == 200
    assert soap.web.put(SERVICE).status_code == 405


def test_the_contract_is_told_without_a_logon(soap: Soap) -> None:
    told = soap.bare("GetContractInformation")

    assert text(told, "ContractVersion").isdigit()
    assert text(told, "NullDateTime").endswith("T00:00:00")


def test_diagnostics_are_not_told_to_outsiders(soap: Soap) -> None:
    answer = soap.post("GetDiagnosticInformation", envelope("GetDiagnosticInformation", ""))

    assert fault_in(answer).mas == "WS_Diagnostics"


def test_the_published_description_points_into_the_customers_network(soap: Soap) -> None:
    page = soap.web.get("/eBusinessWebServices/MasBasicWsdl.svc?wsdl").text

    assert "http://SAGESRV01.corp.invalid/" in page
    assert 'targetNamespace="http://mas90.sage.com/ws/Imports"' in page
    assert "complexType" not in page


def test_its_types_are_where_the_description_says(soap: Soap) -> None:
    page = soap.web.get("/eBusinessWebServices/MasBasicWsdl.svc?xsd=xsd0").text

    assert 'complexType name="SalesOrder"' in page
    assert soap.web.get("/eBusinessWebServices/MasBasicWsdl.svc").status_code == 404
