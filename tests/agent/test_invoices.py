"""Posted invoices: orders on them, credit memos, what is still to be paid, page by page."""

from pathlib import Path
from typing import Any

import pytest

from sandbox.sage100 import faults
from tests.agent.harness import RunningAgent, order
from tests.agent.staff import Staff
from tieout_agent.settings import Settings

INVOICES = "/ABC/AR/Invoice"
OPEN = "AR_OpenInvoice_svc"


@pytest.fixture
def staff(settings: Settings) -> Staff:
    return Staff(Path(settings.home))


def sell(agent: RunningAgent, *numbers: str, **header: str) -> None:
    for number in numbers:
        head = {"CustomerPONo": f"W-{int(number[1:])}-x7", **header}
        answer = agent.create_order(number, order(header=head))
        assert answer.status_code == 201, answer.text


def invoices(agent: RunningAgent, **params: str) -> list[dict[str, Any]]:
    answer = agent.get(INVOICES, **params)
    assert answer.status_code == 200, answer.text
    return answer.json()["rows"]


def test_a_posted_invoice_tells_its_orders_and_what_is_open(
    agent: RunningAgent, staff: Staff
) -> None:
    sell(agent, "W000250", "W000251")
    invoice = staff.ship("W000250", "W000251", tracking=("1Z1",))
    staff.post(invoice)

    (row,) = invoices(agent)

    assert (row["InvoiceNo"], row["HeaderSeqNo"], row["InvoiceType"]) == (invoice, "000000", "IN")
    assert row["SalesOrders"] == ["W000250", "W000251"]
    assert (row["NonTaxableSalesAmt"], row["OpenBalance"]) == ("89.98", "89.98")
    assert len(row["InvoiceDueDate"]) == 8


def test_a_deposit_is_not_open_any_more(agent: RunningAgent, staff: Staff) -> None:
    sell(agent, "W000250", DepositAmt="44.99", PaymentType="WEB")
    staff.post(staff.ship("W000250"))

    (row,) = invoices(agent)

    assert (row["DepositAmt"], row["OpenBalance"]) == ("44.99", "0.00")


def test_a_credit_memo_is_told_with_the_invoice_that_it_is_for(
    agent: RunningAgent, staff: Staff
) -> None:
    sell(agent, "W000250")
    invoice = staff.ship("W000250")
    staff.post(invoice)
    memo = staff.credit(invoice, "20.00")

    credit = next(row for row in invoices(agent) if row["InvoiceNo"] == memo)

    assert (credit["InvoiceType"], credit["ApplyToInvoiceNo"]) == ("CM", invoice)
    assert (credit["NonTaxableSalesAmt"], credit["OpenBalance"]) == ("-20.00", "-20.00")
    assert credit["SalesOrders"] == ["W000250"]


def test_an_invoice_that_is_not_posted_is_not_told(agent: RunningAgent, staff: Staff) -> None:
    sell(agent, "W000250")
    staff.ship("W000250")

    assert invoices(agent) == []


def test_only_invoices_that_may_have_changed_since_are_told(
    agent: RunningAgent, staff: Staff
) -> None:
    sell(agent, "W000250")
    staff.post(staff.ship("W000250"))

    assert len(invoices(agent, since="2020-01-01T00:00:00Z")) == 1
    assert invoices(agent, since="2098-12-31T00:00:00Z") == []


def test_pages_together_are_every_invoice_once(agent: RunningAgent, staff: Staff) -> None:
    numbers = [f"W{number:06d}" for number in range(250, 257)]
    sell(agent, *numbers)
    posted = [staff.ship(one) for one in numbers]
    for invoice in posted:
        staff.post(invoice)

    found: list[str] = []
    after: str | None = ""
    while after is not None:
        page = agent.get(INVOICES, limit="3", after=after).json()
        found += [row["InvoiceNo"] for row in page["rows"]]
        after = page["next"]

    assert found == posted


def test_without_the_right_to_open_invoices_the_balance_is_not_told(
    agent: RunningAgent, staff: Staff
) -> None:
    sell(agent, "W000250")
    staff.post(staff.ship("W000250"))
    agent.fault(faults.Fault("no_right", count=None, object=OPEN))

    (row,) = invoices(agent)

    assert (row["OpenBalance"], row["SalesOrders"]) == (None, ["W000250"])


def test_a_balance_that_was_told_before_is_not_left_out_without_a_word(
    agent: RunningAgent, staff: Staff
) -> None:
    sell(agent, "W000250")
    staff.post(staff.ship("W000250"))
    invoices(agent)
    agent.owner.run(lambda sessions: sessions.close())
    agent.fault(faults.Fault("no_right", count=None, object=OPEN))

    answer = agent.get(INVOICES)

    assert (answer.status_code, answer.json()["code"]) == (503, "SessionFailed")
    assert OPEN in answer.json()["detail"]


def test_invoices_that_the_user_may_not_read_are_named(agent: RunningAgent) -> None:
    agent.fault(faults.Fault("no_right", count=None, object="AR_InvoiceHistoryInquiry_bus"))

    answer = agent.get(INVOICES)

    assert answer.status_code == 503
    assert "AR_InvoiceHistoryInquiry_bus" in answer.json()["detail"]
