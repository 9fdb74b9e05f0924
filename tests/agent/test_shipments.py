"""Shipments: packages before and after posting, one invoice over several orders, page by page."""

from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

from sandbox.sage100 import faults
from sandbox.sage100.tables_ar import AR_INVOICE_HISTORY_HEADER
from sandbox.sage100.tables_shipping import AR_INVOICE_HISTORY_TRACKING, SO_INVOICE_HEADER
from tests.agent.harness import FakeClock, RunningAgent, order, running_agent, sku
from tests.agent.staff import MidReadCom, Staff
from tieout_agent.settings import Settings

LONG_AGO = "2020-01-01T00:00:00Z"
FAR_AHEAD = "2099-01-01T00:00:00Z"


@pytest.fixture
def staff(settings: Settings) -> Staff:
    return Staff(Path(settings.home))


def sell(agent: RunningAgent, *numbers: str) -> None:
    for number in numbers:
        header = {"CustomerPONo": f"W-{int(number[1:])}-x7"}
        assert agent.create_order(number, order(header=header)).status_code == 201


def packages(agent: RunningAgent, **params: str) -> list[dict[str, Any]]:
    answer = agent.get("/ABC/SO/Shipment", **{"since": LONG_AGO, **params})
    assert answer.status_code == 200, answer.text
    return answer.json()["rows"]


def brief(rows: list[dict[str, Any]]) -> list[tuple[str, str, str | None]]:
    return [(row["where"], row["PackageNo"], row["TrackingID"]) for row in rows]


def orders_of(row: dict[str, Any]) -> list[str]:
    return [one["SalesOrderNo"] for one in row["SalesOrders"]]


def test_a_package_is_told_before_its_invoice_is_posted(agent: RunningAgent, staff: Staff) -> None:
    sell(agent, "W000250")
    invoice = staff.ship("W000250", tracking=("1Z1", "1Z2"))

    rows = packages(agent)

    assert brief(rows) == [("unposted", "0001", "1Z1"), ("unposted", "0002", "1Z2")]
    assert {(row["InvoiceNo"], row["HeaderSeqNo"]) for row in rows} == {(invoice, "")}
    assert rows[0]["SalesOrders"] == [{"SalesOrderNo": "W000250", "Lines": None}]
    assert (rows[0]["ShipStatus"], rows[0]["CustomerPONo"]) == ("S", "W-250-x7")


def test_once_it_is_posted_a_package_has_a_sequence_and_the_lines_of_its_orders(
    agent: RunningAgent, staff: Staff
) -> None:
    sell(agent, "W000250")
    invoice = staff.ship("W000250", tracking=("1Z1", "1Z2"))
    staff.post(invoice)

    rows = packages(agent)

    assert brief(rows) == [("posted", "0001", "1Z1"), ("posted", "0002", "1Z2")]
    assert {(row["InvoiceNo"], row["HeaderSeqNo"]) for row in rows} == {(invoice, "000000")}
    lines = rows[0]["SalesOrders"][0]["Lines"]
    assert [(line["ItemCode"], line["QuantityShipped"]) for line in lines] == [
        (sku(0), "2.000000"),
        (sku(1), "1.000000"),
    ]
    assert rows[1]["SalesOrders"] == [{"SalesOrderNo": "W000250", "Lines": None}]


@pytest.mark.parametrize("posted", [False, True])
def test_one_invoice_tells_every_order_that_left_on_it(
    agent: RunningAgent, staff: Staff, *, posted: bool
) -> None:
    sell(agent, "W000250", "W000251", "W000252")
    invoice = staff.ship("W000251", "W000250", tracking=("1Z1",))
    if posted:
        staff.post(invoice)

    rows = packages(agent)

    assert [orders_of(row) for row in rows] == [["W000250", "W000251"]]


def test_an_invoice_without_packages_still_tells_that_its_order_shipped(
    agent: RunningAgent, staff: Staff
) -> None:
    sell(agent, "W000250", "W000251")
    staff.ship("W000250")
    staff.post(staff.ship("W000251"))

    rows = packages(agent)

    assert brief(rows) == [("unposted", "", None), ("posted", "", None)]
    assert [orders_of(row) for row in rows] == [["W000250"], ["W000251"]]


def test_a_package_noted_after_posting_is_told(agent: RunningAgent, staff: Staff) -> None:
    sell(agent, "W000250")
    invoice = staff.ship("W000250")
    staff.post(invoice)

    staff.pack(invoice, "1Z9")

    assert brief(packages(agent)) == [("posted", "0001", "1Z9")]


def test_posted_invoices_that_have_not_changed_since_are_left_out_and_others_never(
    agent: RunningAgent, staff: Staff
) -> None:
    sell(agent, "W000250", "W000251")
    staff.post(staff.ship("W000250", tracking=("1Z1",)))
    staff.ship("W000251", tracking=("1Z2",))

    assert brief(packages(agent, since=FAR_AHEAD)) == [("unposted", "0001", "1Z2")]


def test_a_credit_memo_is_no_shipment(agent: RunningAgent, staff: Staff) -> None:
    sell(agent, "W000250")
    invoice = staff.ship("W000250", tracking=("1Z1",))
    staff.post(invoice)
    staff.credit(invoice, "5.00")

    assert [row["InvoiceNo"] for row in packages(agent)] == [invoice]


def test_an_invoice_number_used_again_is_another_invoice(agent: RunningAgent, staff: Staff) -> None:
    sell(agent, "W000250")
    invoice = staff.ship("W000250", tracking=("1Z1",))
    old = {"InvoiceNo": invoice, "HeaderSeqNo": "000000", "SalesOrderNo": "W000099"}
    with staff.company() as company:
        company.store.put(AR_INVOICE_HISTORY_HEADER, old | {"InvoiceType": "IN"})

    before = packages(agent)
    staff.post(invoice)
    after = packages(agent)

    assert [(row["where"], orders_of(row)) for row in before] == [
        ("unposted", ["W000250"]),
        ("posted", ["W000099"]),
    ]
    assert [(row["HeaderSeqNo"], orders_of(row)) for row in after] == [
        ("000000", ["W000099"]),
        ("000001", ["W000250"]),
    ]


@pytest.mark.parametrize("limit", ["1", "3", "7"])
def test_pages_together_are_every_package_once_and_never_part_an_invoice(
    agent: RunningAgent, staff: Staff, limit: str
) -> None:
    numbers = [f"W{number:06d}" for number in range(250, 258)]
    sell(agent, *numbers)
    invoices = [staff.ship(one, tracking=(f"{one}-1", f"{one}-2")) for one in numbers]
    for invoice in invoices[::2]:
        staff.post(invoice)

    told: list[str] = []
    after: str | None = ""
    while after is not None:
        page = agent.get("/ABC/SO/Shipment", since=LONG_AGO, limit=limit, after=after).json()
        of_page = [row["InvoiceNo"] for row in page["rows"]]
        assert all(of_page.count(one) == 2 for one in of_page)
        told += [row["TrackingID"] for row in page["rows"]]
        after = page["next"]

    assert told == [f"{one}-{place}" for one in numbers for place in (1, 2)]


@pytest.fixture(params=["SO_InvoiceTracking_svc", "AR_InvoiceHistoryInquiry_bus"])
def posted_meanwhile(
    settings: Settings, staff: Staff, request: pytest.FixtureRequest
) -> Generator[RunningAgent]:
    """An agent in whose first read an invoice is posted: before its packages, or its header."""
    watched = MidReadCom(request.param, lambda: staff.post("0100001"))
    with running_agent(settings, module=watched) as agent:
        yield agent


def test_a_package_that_is_posted_during_the_read_is_told_once(
    posted_meanwhile: RunningAgent, staff: Staff
) -> None:
    with running_agent(posted_meanwhile.settings) as other:
        sell(other, "W000250")
    assert staff.ship("W000250", tracking=("1Z1", "1Z2")) == "0100001"

    rows = packages(posted_meanwhile)

    assert brief(rows) == [("posted", "0001", "1Z1"), ("posted", "0002", "1Z2")]


@pytest.mark.parametrize("name", ["SO_Invoice_svc", "SO_InvoiceTracking_svc"])
def test_without_the_right_to_invoices_in_entry_the_posted_ones_are_told_and_that_it_is_so(
    agent: RunningAgent, staff: Staff, name: str
) -> None:
    sell(agent, "W000250", "W000251")
    staff.post(staff.ship("W000250", tracking=("1Z1",)))
    staff.ship("W000251", tracking=("1Z2",))
    agent.fault(faults.Fault("no_right", count=None, object=name))

    answer = agent.get("/ABC/SO/Shipment", since=LONG_AGO)

    assert answer.status_code == 200, answer.text
    assert brief(answer.json()["rows"]) == [("posted", "0001", "1Z1")]
    assert answer.json()["unposted"] is False


def test_with_the_right_to_invoices_in_entry_it_is_said_that_they_are_told(
    agent: RunningAgent,
) -> None:
    answer = agent.get("/ABC/SO/Shipment", since=LONG_AGO)

    assert answer.json()["unposted"] is True


def test_invoices_in_entry_that_were_told_before_are_not_left_out_without_a_word(
    agent: RunningAgent,
) -> None:
    packages(agent)
    agent.owner.run(lambda sessions: sessions.close())
    agent.fault(faults.Fault("no_right", count=None, object="SO_Invoice_svc"))

    answer = agent.get("/ABC/SO/Shipment", since=LONG_AGO)

    assert (answer.status_code, answer.json()["code"]) == (503, "SessionFailed")


@pytest.mark.parametrize(
    "name",
    [
        "AR_InvoiceHistoryInquiry_bus",
        "AR_InvoiceHistoryInquiryDetail_bus",
        "AR_InvoiceHistoryTracking_svc",
    ],
)
def test_posted_invoices_that_the_user_may_not_read_are_refused_for_good(
    agent: RunningAgent, name: str
) -> None:
    agent.fault(faults.Fault("no_right", count=None, object=name))

    answer = agent.get("/ABC/SO/Shipment", since=LONG_AGO)

    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (403, "NotGranted")
    assert (problem["object"], problem["retryable"]) == (name, False)
    assert "Grant the task AR_InvoiceHistoryInquiry_ui" in problem["detail"]


@pytest.mark.parametrize("since", ["", "yesterday", "2026-11-20", "2026-13-01T00:00:00Z"])
def test_a_since_that_is_no_moment_in_utc_is_a_bad_request(agent: RunningAgent, since: str) -> None:
    answer = agent.get("/ABC/SO/Shipment", since=since)

    assert (answer.status_code, answer.json()["code"]) == (400, "BadRequest")


def test_an_invoice_without_order_and_package_tells_of_no_shipment(
    agent: RunningAgent, staff: Staff
) -> None:
    with staff.company() as company:
        company.store.put(SO_INVOICE_HEADER, {"InvoiceNo": "0000042", "InvoiceType": "IN"})

    assert packages(agent) == []


def test_invoices_whose_numbers_lie_far_apart_have_what_is_theirs(
    agent: RunningAgent, staff: Staff
) -> None:
    numbers = ("0100001", "0100003", "0200000", "B1", "B10")
    with staff.company() as company:
        for number in (*numbers, "0100002", "B11"):
            key = {"InvoiceNo": number, "HeaderSeqNo": "000000"}
            if number in numbers:  # the others were purged, but for their packages
                company.store.put(AR_INVOICE_HISTORY_HEADER, key | {"InvoiceType": "IN"})
            package = {"PackageNo": "0001", "TrackingID": f"1Z{number}"}
            company.store.put(AR_INVOICE_HISTORY_TRACKING, key | package)

    told = [(row["InvoiceNo"], row["TrackingID"]) for row in packages(agent)]

    assert told == [(number, f"1Z{number}") for number in numbers]


@pytest.mark.parametrize("path", ["/ABC/SO/Shipment", "/ABC/AR/Invoice"])
def test_a_page_that_takes_too_long_ends_early_and_the_next_one_goes_on(
    settings: Settings, staff: Staff, path: str
) -> None:
    clock = FakeClock()
    slow = MidReadCom("AR_InvoiceHistoryInquiryDetail_bus", lambda: clock.move(10))
    numbers = [f"{number:07d}" for number in range(1, 151)]
    with staff.company() as company, company.store.transaction():
        for number in numbers:
            key = {"InvoiceNo": number, "HeaderSeqNo": "000000", "InvoiceType": "IN"}
            company.store.put(AR_INVOICE_HISTORY_HEADER, key | {"SalesOrderNo": "W000001"})

    with running_agent(settings, module=slow, clock=clock) as agent:
        first = agent.get(path, since=LONG_AGO).json()
        second = agent.get(path, since=LONG_AGO, after=first["next"]).json()

    assert [row["InvoiceNo"] for row in first["rows"]] == numbers[:100]
    assert [row["InvoiceNo"] for row in second["rows"]] == numbers[100:]
    assert second["next"] is None


def test_posted_packages_are_not_left_out_when_those_before_posting_took_long(
    settings: Settings, staff: Staff
) -> None:
    clock = FakeClock()
    slow = MidReadCom("SO_Invoice_svc", lambda: clock.move(10))
    with staff.company() as company, company.store.transaction():
        key = {"InvoiceNo": "0000001", "HeaderSeqNo": "000000", "InvoiceType": "IN"}
        company.store.put(AR_INVOICE_HISTORY_HEADER, key | {"SalesOrderNo": "W000001"})

    with running_agent(settings, module=slow, clock=clock) as agent:
        page = agent.get("/ABC/SO/Shipment", since=LONG_AGO).json()

    assert [row["InvoiceNo"] for row in page["rows"]] == ["0000001"]
