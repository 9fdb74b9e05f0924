"""Whatever a caller sends, the simulated service answers in one of its own forms."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sandbox.ebws.contract import contract
from tests.sandbox.ebws.client import Soap, fault_in, members, order, result_in
from tests.sandbox.providex.client import Sage

MEMBERS = [one for one in contract().shapes["SalesOrder"].members if one.is_simple]
SIMPLE = [one.name for one in contract().shapes["SalesOrderLine"].members if one.is_simple]
WORDS = st.text(
    st.characters(blacklist_categories=("Cs", "Cc"), blacklist_characters="\ufffe\uffff"),
    max_size=40,
)
VALUES = st.one_of(
    WORDS,
    st.decimals(allow_nan=False, allow_infinity=False, places=3).map(lambda one: f"{one:f}"),
    st.datetimes().map(lambda one: one.isoformat()),
    st.sampled_from(["", "Y", "N", "0", "-1", "9" * 400, "24:00", "0001-01-01T00:00:00+14:00"]),
)


@pytest.fixture(scope="module")
def lasting(seeded: Path) -> Soap:
    return Soap(seeded)


@settings(
    max_examples=150,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    header=st.dictionaries(st.sampled_from([one.name for one in MEMBERS]), VALUES, max_size=4),
    line=st.dictionaries(st.sampled_from(SIMPLE), VALUES, max_size=4),
)
def test_an_order_of_any_values_is_shown_or_refused(
    lasting: Soap, *, header: dict[str, str], line: dict[str, str]
) -> None:
    document = order("", Lines=[{"ItemCode": "TNT-RDG-1P", **line}]) | header

    answer = lasting.send("PreviewSalesOrder", f"<salesOrder>{members(document)}</salesOrder>")

    if answer.status_code == 200:
        assert result_in(answer, "PreviewSalesOrder") is not None
    else:
        assert fault_in(answer).text


def test_what_com_callers_stored_can_always_be_shown(soap: Soap, sage: Sage) -> None:
    orders = sage.sell("W000250")
    orders.nSetKey("W000250")
    orders.nSetValue("Comment$", "a\x01b")
    orders.nWrite()

    found = soap.read()

    assert found.findtext("{http://mas90.sage.com/ws}Comment") == "a?b"
