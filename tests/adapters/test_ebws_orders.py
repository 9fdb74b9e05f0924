"""Sales orders over eBusiness Web Services: what counts as there, in time, changed, and too much."""

from collections.abc import Callable
from contextlib import closing
from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from tests.adapters.conftest import Serve
from tests.adapters.ebws_answers import (
    CREATED,
    HEADER,
    KIND,
    LINE,
    customer,
    envelope,
    fault,
    sales_order,
    sent,
)
from tests.adapters.ebws_calls import (
    BUYER,
    DOCUMENT,
    IN_TIME,
    MARKER,
    NOON,
    NUMBER,
    ROW,
    Call,
    client,
    create,
    each_read,
    each_write,
    look_up,
    told,
)
from tests.adapters.servers import answer, replying, saying
from tests.unit.ports import FakeClock
from tieout.adapters.ebws import MOST_LINES, PROMISED
from tieout.domain.sales_orders import Guard, SalesOrder
from tieout.errors import (
    RejectedError,
    RetryableError,
    SetupError,
)
from tieout.ports import Created


def test_what_was_found_is_told_as_sage_has_it(serve: Serve) -> None:
    server = serve(replying(sent(sales_order())))

    with closing(client(server.pinned())) as sage:
        found = sage.look_up(NUMBER, marker=MARKER)

    assert (found.at, found.guarantees, found.marker_matches) == (NOON, PROMISED, (NUMBER,))
    assert found.found is not None
    assert (found.found.marker, found.found.customer, found.found.rev) == (MARKER, BUYER, 0)
    assert found.found.lines == (LINE,)


def test_an_order_with_another_marker_is_no_match(serve: Serve) -> None:
    server = serve(replying(sent(sales_order({**HEADER, "CustomerPONo": "4711"}))))

    with closing(client(server.pinned())) as sage:
        found = sage.look_up(NUMBER, marker=MARKER)

    assert found.found is not None
    assert (found.found.marker, found.marker_matches) == ("4711", ())


def test_only_a_key_that_does_not_exist_means_absent(serve: Serve) -> None:
    server = serve(replying(sent(fault("CI_NoKey", "Sales order W000250 does not exist."))))

    with closing(client(server.pinned())) as sage:
        found = sage.look_up(NUMBER, marker=MARKER)

    assert (found.found, found.marker_matches, found.at) == (None, (), NOON)


@each_read
@pytest.mark.parametrize(
    "spoken",
    [
        sent(fault("CI_NOF", "Company ABC is not on file.")),
        sent(fault("X", "An exception occurred.")),
        sent(fault("X", "No Access")),
        sent(fault("Server", "Gone.", mas=False)),
        sent(sales_order({**HEADER, "SalesOrderNo": "W000251"})),
        sent(customer({"ARDivisionNo": "00", "CustomerNo": "OTHER"})),
        sent('<GetSalesOrderResponse xmlns="http://mas90.sage.com/ws"/>'),
        sent('<GetCustomerResponse xmlns="http://mas90.sage.com/ws"/>'),
        answer(404, b"Not Found", kind="text/html"),
        answer(500, b"Error", kind="text/html"),
        answer(503, b"Service Unavailable", kind="text/html"),
        sent(sales_order(), status=500),
        answer(200, b"", kind=KIND),
    ],
)
def test_nothing_else_means_absent(serve: Serve, call: Call, spoken: bytes) -> None:
    server = serve(replying(spoken))

    with pytest.raises((RetryableError, SetupError)):
        told(server, call)


def test_an_answer_without_its_time_is_of_no_use(serve: Serve) -> None:
    server = serve(replying(answer(200, envelope(sales_order()).encode(), kind=KIND)))

    with pytest.raises(RetryableError, match="date"):
        told(server, look_up)


def test_number_buyer_and_marker_go_into_the_new_order(serve: Serve) -> None:
    server = serve(replying(sent(CREATED)))

    told(server, create)

    body = server.received[0].decode()
    for text in ("W000250", "BUY0001", MARKER, "Jane Doe", "A-1"):
        assert f">{text}<" in body


@each_write
def test_after_its_deadline_a_write_is_not_sent(serve: Serve, call: Call) -> None:
    server, clock = serve(replying(sent(sales_order()))), FakeClock(NOON)

    with closing(client(server.pinned(), clock=clock)) as sage:
        look_up(sage)
        clock.advance(timedelta(seconds=21))
        late = call(sage)

    assert late is Created.TOO_LATE
    assert len(server.received) == 1


@each_write
@pytest.mark.parametrize("ours", [NOON - timedelta(minutes=30), NOON + timedelta(minutes=30)])
def test_the_deadline_is_reckoned_on_sages_clock(serve: Serve, call: Call, ours: datetime) -> None:
    server = serve(saying(sent(sales_order())), saying(sent(fault("WS_AlreadyExists", "Yes."))))
    clock = FakeClock(ours)

    with closing(client(server.pinned(), clock=clock)) as sage:
        look_up(sage)
        clock.advance(timedelta(seconds=19))

        assert call(sage) is Created.EXISTS


def test_an_order_of_more_lines_than_could_be_shown_again_is_not_sent(serve: Serve) -> None:
    server = serve(replying(sent(CREATED)))
    document = SalesOrder({}, (ROW,) * (MOST_LINES + 1), Decimal(1))

    with closing(client(server.pinned())) as sage, pytest.raises(RejectedError, match="301 lines"):
        sage.create(NUMBER, document, customer=BUYER, not_after=IN_TIME, rev=1)

    assert server.received == []


def test_an_order_of_more_text_than_could_be_shown_again_is_not_sent(serve: Serve) -> None:
    server = serve(replying(sent(CREATED)))
    document = SalesOrder({"Comment": "x" * 1_000_001}, (ROW,), Decimal(1))

    with closing(client(server.pinned())) as sage, pytest.raises(RejectedError, match="larger"):
        sage.create(NUMBER, document, customer=BUYER, not_after=IN_TIME, rev=1)

    assert server.received == []


def test_an_order_in_sage_is_not_changed_and_a_person_is_told_to(serve: Serve) -> None:
    server = serve(replying(sent(CREATED)))
    guard = Guard("0f" * 16, IN_TIME, 2)
    with closing(client(server.pinned())) as sage:
        changes: list[Callable[[], object]] = [
            lambda: sage.replace(NUMBER, DOCUMENT, guard=guard),
            lambda: sage.hold(NUMBER, on=True, comment="", guard=guard),
            lambda: sage.delete(NUMBER, guard=guard),
        ]
        for change in changes:
            with pytest.raises(RejectedError) as caught:
                change()
            assert str(NUMBER) in caught.value.next_action

    assert server.received == []


def test_no_customer_is_ever_found_by_e_mail(serve: Serve) -> None:
    server = serve(replying(sent(CREATED)))

    with closing(client(server.pinned())) as sage:
        assert sage.find_customers("jane@example.com") == ()
    assert server.received == []


def test_a_revision_of_the_agents_is_read_where_it_wrote_one(serve: Serve) -> None:
    field = "<Field><MasFieldName>UDF_TIEOUT_REV</MasFieldName><Value>3</Value></Field>"
    header = {
        name: text
        for name, text in HEADER.items()
        if name not in ("OrderDate", "OrderStatus", "SalesOrderNo")
    }
    order = sales_order(
        header, more=f"<OtherFields>{field}</OtherFields><SalesOrderNo>{NUMBER}</SalesOrderNo>"
    )
    server = serve(replying(sent(order)))

    with closing(client(server.pinned())) as sage:
        found = sage.look_up(NUMBER, marker=MARKER).found

    assert found is not None
    assert found.rev == 3


@pytest.mark.parametrize(
    ("header", "same"),
    [
        ({"OrderStatus": "O"}, True),
        ({"SalesOrderPrinted": "Y"}, True),
        ({"PickingSheetPrinted": "Y"}, True),
        ({"UserUpdatedKey": "0000000009"}, True),
        ({"DateTimeUpdated": "2026-11-21T10:11:12"}, True),
        ({"OrderStatus": "H"}, False),
        ({"FreightAmt": "9.00"}, False),
        ({"OrderDate": "2026-11-21T00:00:00"}, False),
        ({"Comment": "Call first"}, False),
    ],
)
def test_the_stamp_moves_with_a_persons_changes_and_not_with_sages_own(
    serve: Serve, header: dict[str, str], *, same: bool
) -> None:
    server = serve(saying(sent(sales_order())), saying(sent(sales_order({**HEADER, **header}))))

    with closing(client(server.pinned())) as sage:
        before = sage.look_up(NUMBER, marker=MARKER).found
        after = sage.look_up(NUMBER, marker=MARKER).found

    assert before is not None
    assert after is not None
    assert (before.stamp == after.stamp) is same


def test_the_stamp_moves_with_the_lines(serve: Serve) -> None:
    other = sales_order(HEADER, LINE, LINE)
    server = serve(saying(sent(sales_order())), saying(sent(other)))

    with closing(client(server.pinned())) as sage:
        stamps = {getattr(sage.look_up(NUMBER, marker=MARKER).found, "stamp", "") for _ in range(2)}

    assert len(stamps) == 2


def test_a_number_out_of_all_proportion_is_no_answer(serve: Serve) -> None:
    server = serve(replying(sent(sales_order({**HEADER, "FreightAmt": "9" * 16}))))

    with pytest.raises(RetryableError, match="proportion"):
        told(server, look_up)
