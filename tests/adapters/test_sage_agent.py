"""The agent client against the agent's real code over the simulated Sage 100."""

import itertools
from collections.abc import Generator, Mapping
from contextlib import closing
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from tests.adapters.agent_calls import Keys
from tests.adapters.sage_worlds import client_of
from tests.agent.harness import RunningAgent, sku
from tieout.adapters.sage_agent import MOST_LINES, SageAgent
from tieout.domain.customers import FoundCustomer
from tieout.domain.identity import CustomerKey, SalesOrderNo
from tieout.domain.sales_orders import SalesOrder, Where
from tieout.errors import NotSentError, RejectedError, RetryableError, SetupError
from tieout.ports import Created

BUYER = CustomerKey("00", "BUY0001")
CUSTOMER = {"SalespersonDivisionNo": "00", "SalespersonNo": "0100", "TermsCode": "00"}
numbers = itertools.count(1000)


@pytest.fixture
def sage(agent: RunningAgent) -> Generator[SageAgent]:
    with closing(client_of(agent)) as made:
        yield made


def fresh() -> tuple[SalesOrderNo, str]:
    """A sales order number and its marker that no other test uses."""
    number = next(numbers)
    return SalesOrderNo(f"W{number:06d}"), f"W-{number}-x7"


def document(marker: str, *, lines: int = 2, header: Mapping[str, str] | None = None) -> SalesOrder:
    columns = {"OrderDate": "20261120", "CustomerPONo": marker, "TaxSchedule": "NONTAX"}
    line = {"ItemCode": sku(0), "QuantityOrdered": "2", "UnitPrice": "19.99"}
    return SalesOrder(columns | dict(header or {}), (line,) * lines, Decimal("39.98") * lines)


def soon() -> datetime:
    return datetime.now(UTC) + timedelta(seconds=20)  # noqa: TID251 - the agent's own clock


def create(sage: SageAgent, number: SalesOrderNo, order: SalesOrder, *, rev: int = 1) -> Created:
    return sage.create(number, order, customer=BUYER, not_after=soon(), rev=rev)


def test_what_was_created_is_found(sage: SageAgent) -> None:
    number, marker = fresh()

    created = create(sage, number, document(marker, header={"ShipToName": "Jane Doe"}))

    found = sage.look_up(number, marker=marker).found
    assert (created, found is not None) == (Created.YES, True)
    assert found is not None
    assert (found.number, found.where, found.rev) == (number, Where.OPEN, 1)
    assert (found.marker, found.header["ShipToName"]) == (marker, "Jane Doe")
    assert (found.header["ARDivisionNo"], found.header["CustomerNo"]) == ("00", "BUY0001")
    assert (found.total, len(found.lines)) == (Decimal("79.96"), 2)
    assert found.stamp


def test_what_was_not_created_is_absent_at_a_time_of_sages_clock(sage: SageAgent) -> None:
    number, marker = fresh()

    answer = sage.look_up(number, marker=marker)

    assert (answer.found, answer.marker_matches) == (None, ())
    assert abs(answer.at - datetime.now(UTC)) < timedelta(seconds=5)  # noqa: TID251


def test_an_order_is_found_by_its_marker_under_another_number(sage: SageAgent) -> None:
    (number, marker), (other, _) = fresh(), fresh()
    create(sage, other, document(marker))

    answer = sage.look_up(number, marker=marker)

    assert answer.marker_matches == (other,)
    assert answer.found is not None
    assert answer.found.number == other


def test_a_number_that_exists_is_not_created_again(sage: SageAgent) -> None:
    number, marker = fresh()
    create(sage, number, document(marker))

    assert create(sage, number, document(marker), rev=2) is Created.EXISTS


def test_a_create_after_its_deadline_is_too_late(sage: SageAgent) -> None:
    number, marker = fresh()
    past = soon() - timedelta(seconds=21)

    created = sage.create(number, document(marker), customer=BUYER, not_after=past, rev=1)

    assert created is Created.TOO_LATE
    assert sage.look_up(number, marker=marker).found is None


def test_an_order_of_500_lines_is_created_and_found(sage: SageAgent) -> None:
    number, marker = fresh()

    create(sage, number, document(marker, lines=500))

    found = sage.look_up(number, marker=marker).found
    assert found is not None
    assert len(found.lines) == 500


def test_more_lines_than_the_agent_takes_park_the_order(sage: SageAgent) -> None:
    number, marker = fresh()

    with pytest.raises(RejectedError, match="1001 lines"):
        create(sage, number, document(marker, lines=MOST_LINES + 1))


@pytest.mark.parametrize(
    ("column", "value", "action"),
    [
        ("ShipToZipCode", "99999", "ZIP"),
        ("ShipToName", "J" * 61, "Shorten"),
        ("WarehouseCode", "999", "settings"),
        ("TaxSchedule", "NOWHERE", "settings"),
        ("ShipToAddress1", "1 Main\tStreet", "Shorten"),
        ("ShipToName", "張偉明", "Shorten"),
    ],
)
def test_a_refusal_says_what_and_what_to_do(
    sage: SageAgent, *, column: str, value: str, action: str
) -> None:
    number, marker = fresh()

    with pytest.raises(RejectedError) as caught:
        create(sage, number, document(marker, header={column: value}))

    assert column in caught.value.reason
    assert action in caught.value.next_action
    assert caught.value.code == column


def test_an_unknown_item_is_named(sage: SageAgent) -> None:
    number, marker = fresh()
    line = {"ItemCode": "NO-SUCH-ITEM", "QuantityOrdered": "1", "UnitPrice": "1.00"}

    with pytest.raises(RejectedError, match="NO-SUCH-ITEM") as caught:
        create(sage, number, SalesOrder({"CustomerPONo": marker}, (line,), Decimal(1)))

    assert "SKU" in caught.value.next_action


def test_a_customer_is_created_found_and_read(sage: SageAgent) -> None:
    key = CustomerKey("00", "WNEW001")

    created = sage.create_customer(
        key,
        CUSTOMER | {"CustomerName": "Jane Doe", "EmailAddress": "jane.doe@example.com"},
        not_after=soon(),
    )

    columns = sage.read_customer(key)
    assert created is Created.YES
    assert columns is not None
    assert columns["CustomerName"] == "Jane Doe"
    assert sage.find_customers("Jane.Doe@example.com") == (FoundCustomer(key),)


def test_a_customer_that_exists_is_not_created_again(sage: SageAgent) -> None:
    created = sage.create_customer(BUYER, {"CustomerName": "Somebody Else"}, not_after=soon())

    columns = sage.read_customer(BUYER)
    assert created is Created.EXISTS
    assert columns is not None
    assert columns["CustomerName"] != "Somebody Else"


def test_a_customer_that_sage_refuses_parks_the_order_without_naming_the_buyer(
    sage: SageAgent,
) -> None:
    name = "Wilhelmina Featherstonehaugh-Cholmondeley of Upper Basildon on Thames"

    with pytest.raises(RejectedError) as caught:
        sage.create_customer(
            CustomerKey("00", "WNEW002"), CUSTOMER | {"CustomerName": name}, not_after=soon()
        )

    assert name not in caught.value.reason
    assert "Shorten" in caught.value.next_action


def test_a_customer_that_is_not_there_is_none(sage: SageAgent) -> None:
    assert sage.read_customer(CustomerKey("00", "NOBODY1")) is None
    assert sage.find_customers("nobody@example.com") == ()


@pytest.mark.parametrize("email", ["a", "jane", "a@b@c", f"{'a' * 250}@example.com"])
def test_what_is_no_e_mail_address_parks_the_order(sage: SageAgent, email: str) -> None:
    with pytest.raises(RejectedError, match="e-mail") as caught:
        sage.find_customers(email)

    assert email not in caught.value.reason.split()


def test_a_rotated_key_is_fetched_once_for_a_read_and_for_a_write(agent: RunningAgent) -> None:
    number, marker = fresh()
    reading, writing = Keys("tieout_old-key"), Keys("tieout_old-key")

    with closing(client_of(agent, reading)) as sage:
        absent = sage.look_up(number, marker=marker).found
    with closing(client_of(agent, writing)) as sage:
        created = create(sage, number, document(marker))

    assert (absent, created) == (None, Created.YES)
    assert (reading.refreshed, writing.refreshed) == (1, 1)


def test_a_key_that_stays_wrong_is_for_the_operator(agent: RunningAgent) -> None:
    number, marker = fresh()
    with (
        closing(client_of(agent, Keys("tieout_wrong", after_rotation="tieout_wrong"))) as sage,
        pytest.raises(SetupError, match="API key") as caught,
    ):
        sage.look_up(number, marker=marker)

    assert "tieout_wrong" not in str(caught.value)


def test_a_company_that_the_agent_lacks_is_for_the_operator(agent: RunningAgent) -> None:
    number, marker = fresh()
    with (
        closing(client_of(agent, company="XYZ")) as sage,
        pytest.raises(SetupError, match="UnknownCompany"),
    ):
        sage.look_up(number, marker=marker)


def test_a_paused_agent_asks_to_come_back_and_has_written_nothing(
    agent: RunningAgent, sage: SageAgent
) -> None:
    number, marker = fresh()
    pause: Path = agent.settings.pause_file
    pause.touch()

    with pytest.raises(RetryableError) as reading:
        sage.look_up(number, marker=marker)
    with pytest.raises(NotSentError) as writing:
        create(sage, number, document(marker))
    with pytest.raises(NotSentError) as writing_customer:
        sage.create_customer(CustomerKey("00", "WNEW003"), CUSTOMER, not_after=soon())

    pause.unlink()
    waits = [one.value.retry_after for one in (reading, writing, writing_customer)]
    assert waits == [15, 15, 15]
    assert sage.look_up(number, marker=marker).found is None
    assert sage.read_customer(CustomerKey("00", "WNEW003")) is None
