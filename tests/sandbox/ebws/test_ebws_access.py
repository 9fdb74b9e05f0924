"""Who gets in at the simulated service, and what Sage 100 itself does wrong there."""

import pytest

from sandbox.sage100 import faults
from tests.sandbox.ebws.client import Soap, envelope, fault_in, logon
from tests.sandbox.providex.client import Sage

NUMBER = "<salesOrderNo>W000250</salesOrderNo>"


def asked(soap: Soap, who: str, company: str = "ABC") -> str:
    inner = f"{who}<companyCode>{company}</companyCode>{NUMBER}"
    return fault_in(soap.post("GetSalesOrder", envelope("GetSalesOrder", inner))).mas


@pytest.mark.parametrize(
    "who", [logon(password="wrong"), logon(user="nobody"), logon(user=""), "<logon/>", ""]
)
def test_a_wrong_logon_is_refused(soap: Soap, who: str) -> None:
    fault = fault_in(
        soap.post(
            "GetSalesOrder",
            envelope("GetSalesOrder", f"{who}<companyCode>ABC</companyCode>{NUMBER}"),
        )
    )

    assert "logon or password is not valid" in fault.text


@pytest.mark.parametrize("user", ["tieout", "TIEOUT", "TIE"])
def test_the_logon_is_the_users_name_or_code(soap: Soap, user: str) -> None:
    assert asked(soap, logon(user=user)) == "CI_NoKey"


@pytest.mark.parametrize(("company", "code"), [("ABCD", "WS_Company"), ("", "WS_Company")])
def test_a_company_code_has_three_characters(soap: Soap, company: str, code: str) -> None:
    assert asked(soap, logon(), company) == code


def test_an_unknown_company_is_refused(soap: Soap) -> None:
    assert "Company XYZ is not on file" in soap.fault("GetSalesOrder", NUMBER, company="XYZ").text


@pytest.mark.parametrize(
    ("level", "name", "code"),
    [
        ("system", "1", "WS_Disabled"),
        ("company", "ABC", "WS_CompanyDisabled"),
        ("user", "tieout", "WS_UserDisabled"),
    ],
)
def test_each_of_the_three_levels_must_be_enabled(
    soap: Soap, *, level: str, name: str, code: str
) -> None:
    switch = {"level": level, "name": name, "enabled": False}

    assert soap.web.post("/_control/web-services", json=switch).status_code == 200

    assert soap.fault("GetSalesOrder", NUMBER).mas == code


def test_a_company_of_its_own_is_not_affected_by_another_ones_switch(soap: Soap) -> None:
    switch = {"level": "company", "name": "CAN", "enabled": False}

    soap.web.post("/_control/web-services", json=switch)

    assert soap.fault("GetSalesOrder", NUMBER).mas == "CI_NoKey"


def test_a_switch_that_does_not_exist_is_refused(soap: Soap) -> None:
    switch = {"level": "company", "name": "XYZ", "enabled": True}

    assert soap.web.post("/_control/web-services", json=switch).status_code == 400


def test_each_call_gives_its_licence_back(soap: Soap, sage: Sage) -> None:
    for _ in range(12):
        soap.fault("GetSalesOrder", NUMBER)

    assert sage.log_on()


@pytest.mark.parametrize(
    ("kind", "code"), [("no_licence", "WS_NoLicense"), ("exclusive_lock", "WS_Locked")]
)
def test_what_sage_refuses_for_now_stores_nothing(
    soap: Soap, sage: Sage, *, kind: faults.FaultKind, code: str
) -> None:
    sage.tell(faults.Fault(kind=kind))

    assert soap.fault("CreateSalesOrder", soap.create()).mas == code

    assert soap.fault("GetSalesOrder", NUMBER).mas == "CI_NoKey"


def test_a_user_without_the_task_has_no_access(soap: Soap, sage: Sage) -> None:
    sage.tell(faults.Fault(kind="no_right", object="SO_SalesOrder_bus"))

    assert "No Access" in soap.fault("GetSalesOrder", NUMBER).text


def test_what_breaks_inside_is_told_without_a_reason(soap: Soap, sage: Sage) -> None:
    sage.tell(faults.Fault(kind="poison"))

    fault = soap.fault("GetSalesOrder", NUMBER)

    assert (fault.text, fault.mas) == ("An exception occurred.", "")


def test_an_exception_after_the_commit_leaves_a_whole_order(soap: Soap, sage: Sage) -> None:
    sage.tell(faults.Fault(kind="lost_answer"))

    assert soap.fault("CreateSalesOrder", soap.create()).text == "An exception occurred."

    assert soap.read() is not None
