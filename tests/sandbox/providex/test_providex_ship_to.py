"""Ship-to addresses, whose service is the trap: it neither narrows nor groups."""

from typing import Any

import pytest

from tests.sandbox.providex.client import Sage, text

PLACES = [("BUY0001", "02"), ("BUY0002", "01"), ("BUY0001", "01"), ("BUY0002", "03")]


@pytest.fixture
def service(sage: Sage) -> Any:
    addresses = sage.object("SO_ShipToAddress_bus")
    for customer, code in PLACES:
        addresses.nSetKeyValue("ARDivisionNo$", "00")
        addresses.nSetKeyValue("CustomerNo$", customer)
        addresses.nSetKeyValue("ShipToCode$", code)
        assert addresses.nSetKey() == 2
        assert addresses.nSetValue("ShipToName$", f"{customer} {code}") == 1
        assert addresses.nWrite() == 1
    return sage.object("SO_ShipToAddress_svc")


def walked(service: Any) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    service.nMoveFirst()
    while not service.nEOF:
        found.append((text(service, "CustomerNo$"), text(service, "ShipToCode$")))
        service.nMoveNext()
    return found


def test_part_of_the_key_does_not_narrow_a_browse(service: Any) -> None:
    service.nSetKeyValue("ARDivisionNo$", "00")
    service.nSetKeyValue("CustomerNo$", "BUY0001")

    assert sorted(walked(service)) == sorted(PLACES)


def test_rows_are_not_grouped_by_customer(service: Any) -> None:
    customers = [customer for customer, _ in walked(service)]

    assert customers != sorted(customers)


def test_a_filter_narrows_and_goes_by_the_key(service: Any) -> None:
    service.nSetBrowseFilter("00" + "BUY0001")

    assert walked(service) == [("BUY0001", "01"), ("BUY0001", "02")]


def test_an_address_is_found_by_its_whole_key(service: Any) -> None:
    service.nSetKeyValue("ARDivisionNo$", "00")
    service.nSetKeyValue("CustomerNo$", "BUY0002")

    assert service.nFind("03") == 1
    assert text(service, "ShipToName$") == "BUY0002 03"


def test_after_a_find_the_next_record_is_that_of_the_key(service: Any) -> None:
    service.nSetKeyValue("ARDivisionNo$", "00")
    service.nSetKeyValue("CustomerNo$", "BUY0001")
    service.nFind("01")

    service.nMoveNext()

    assert (text(service, "CustomerNo$"), text(service, "ShipToCode$")) == ("BUY0001", "02")


def test_an_order_takes_the_address_of_its_code(sage: Sage, service: Any) -> None:
    assert service
    orders = sage.begin(customer="BUY0002")

    assert orders.nSetValue("ShipToCode$", "03") == 1
    assert text(orders, "ShipToName$") == "BUY0002 03"
