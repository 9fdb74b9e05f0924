"""The agent client against answers that the agent should never give, or that lie about who gave them."""

import json
from decimal import Decimal

import pytest

from tests.adapters.agent_calls import (
    AGENT,
    BUYER,
    CHANGES,
    CREATES,
    DATE,
    GUARD,
    NOON,
    NUMBER,
    ORDER,
    READS,
    WRITES,
    Call,
    create,
    create_customer,
    delete,
    find_customers,
    given,
    hold,
    look_up,
    problem,
    raised,
    read_customer,
    replace,
    said,
)
from tests.adapters.conftest import Serve
from tests.adapters.servers import answer, replying
from tieout.adapters.sage_agent import LARGEST_REQUEST, SageAgent
from tieout.domain.customers import FoundCustomer
from tieout.domain.identity import CustomerKey
from tieout.domain.sales_orders import SalesOrder
from tieout.errors import (
    NotSentError,
    OutcomeUnknownError,
    RejectedError,
    RetryableError,
    SetupError,
)
from tieout.ports import Created


@pytest.mark.parametrize("status", [200, 201, 301, 302, 400, 403, 404, 407, 412, 500])
@pytest.mark.parametrize("call", READS)
def test_a_read_that_something_else_answered_is_for_the_operator(
    serve: Serve, call: Call, status: int
) -> None:
    server = serve(replying(answer(status, json.dumps(ORDER).encode())))

    assert type(raised(server, call)) is SetupError


@pytest.mark.parametrize("status", [502, 503, 504])
@pytest.mark.parametrize("call", READS)
def test_a_read_that_a_gateway_gave_up_can_be_repeated(
    serve: Serve, call: Call, status: int
) -> None:
    server = serve(replying(answer(status, b"<html>", kind="text/html")))

    assert type(raised(server, call)) is RetryableError


@pytest.mark.parametrize(
    "status", [200, 201, 302, 401, 403, 404, 412, 422, 429, 500, 502, 503, 504]
)
@pytest.mark.parametrize("call", WRITES)
def test_a_write_that_something_else_answered_has_an_unknown_outcome(
    serve: Serve, call: Call, status: int
) -> None:
    server = serve(replying(answer(status, json.dumps(ORDER).encode())))

    assert type(raised(server, call)) is OutcomeUnknownError
    assert len(server.received) == 1


@pytest.mark.parametrize(
    ("status", "code", "of_read", "of_write"),
    [
        (408, "BodyTooSlow", RetryableError, NotSentError),
        (429, "LockedOut", RetryableError, NotSentError),
        (503, "Busy", RetryableError, NotSentError),
        (503, "Paused", RetryableError, NotSentError),
        (503, "NoLicence", RetryableError, NotSentError),
        (503, "Locked", RetryableError, NotSentError),
        (503, "SessionFailed", RetryableError, NotSentError),
        (504, "SageTimeout", RetryableError, OutcomeUnknownError),
        (500, "Internal", RetryableError, OutcomeUnknownError),
        (401, "Unauthorized", SetupError, SetupError),
        (403, "Forbidden", SetupError, SetupError),
        (404, "UnknownCompany", SetupError, SetupError),
        (404, "NotFound", SetupError, SetupError),
        (405, "MethodNotAllowed", SetupError, SetupError),
        (412, "Something", SetupError, SetupError),
        (413, "BodyTooLarge", SetupError, RejectedError),
        (428, "PreconditionRequired", SetupError, SetupError),
    ],
)
def test_each_problem_is_for_who_must_act(
    serve: Serve,
    *,
    status: int,
    code: str,
    of_read: type[Exception],
    of_write: type[Exception],
) -> None:
    server = serve(replying(problem(status, code)))

    kinds = [type(raised(server, call)) for call in (look_up, read_customer, find_customers)]
    writes = [type(raised(server, call)) for call in WRITES]

    assert (set(kinds), set(writes)) == ({of_read}, {of_write})


@pytest.mark.parametrize("call", [look_up, read_customer])
def test_a_bad_request_of_ours_is_for_the_operator(serve: Serve, call: Call) -> None:
    assert type(raised(serve(replying(problem(400, "BadRequest"))), call)) is SetupError


@pytest.mark.parametrize("call", WRITES)
def test_a_bad_request_that_names_no_column_is_for_the_operator(serve: Serve, call: Call) -> None:
    assert type(raised(serve(replying(problem(400, "BadRequest"))), call)) is SetupError


@pytest.mark.parametrize("call", WRITES)
def test_a_bad_request_that_names_a_column_is_for_the_office(serve: Serve, call: Call) -> None:
    server = serve(replying(problem(400, "BadRequest", column="City", detail="City is odd.")))

    error = raised(server, call)

    assert isinstance(error, RejectedError)
    assert (error.reason, error.code) == ("City is odd.", "City")


def test_only_the_code_for_absent_means_absent(serve: Serve) -> None:
    absent = problem(404, "SalesOrderAbsent")

    found = given(serve(replying(absent)), look_up)
    error = raised(serve(replying(problem(404, "CustomerAbsent"))), look_up)

    assert getattr(found, "found", ORDER) is None
    assert isinstance(error, SetupError)


@pytest.mark.parametrize(
    ("code", "created"),
    [
        ("SalesOrderExists", Created.EXISTS),
        ("CustomerExists", Created.EXISTS),
        ("DeadlinePassed", Created.TOO_LATE),
    ],
)
@pytest.mark.parametrize("call", CREATES)
def test_a_failed_precondition_is_a_definite_answer(
    serve: Serve, *, call: Call, code: str, created: Created
) -> None:
    assert given(serve(replying(problem(412, code))), call) is created


def test_an_absence_without_a_date_proves_nothing(serve: Serve) -> None:
    undated = problem(404, "SalesOrderAbsent").replace(f"Date: {DATE}".encode(), b"X-Date: 1")

    assert type(raised(serve(replying(undated)), look_up)) is RetryableError


def test_the_wait_that_the_agent_asks_for_is_passed_on(serve: Serve) -> None:
    busy = problem(503, "Busy").replace(b"Date:", b"Retry-After: 15\r\nDate:")

    server = serve(replying(busy))

    waits = [getattr(raised(server, call), "retry_after", None) for call in (look_up, *WRITES)]

    assert set(waits) == {15}


BROKEN_ORDERS: list[object] = [
    [], None, "x", {}, ORDER | {"salesOrder": None}, ORDER | {"salesOrder": []},
    ORDER | {"salesOrder": {"SalesOrderNo": "W000250"}}, ORDER | {"salesOrder": {"Lines": []}},
    ORDER | {"salesOrder": {"SalesOrderNo": "W000250", "Lines": [1]}},
    ORDER | {"salesOrder": {"SalesOrderNo": "W000250", "Lines": [{"ItemCode": {}}]}},
    ORDER | {"where": "elsewhere"}, ORDER | {"rev": "one"},
    *(ORDER | {"writtenStamp": stamp} for stamp in (0, False, 7, ["0f"], {"a": "0f"}, "\ud800")),
    ORDER | {"salesOrder": {"SalesOrderNo": "W000250", "Lines": [], "CustomerPONo": "\ud800"}},
    *(
        ORDER | {"salesOrder": {"SalesOrderNo": "W000250", "Lines": [], "TaxableAmt": amount}}
        for amount in ("abc", "NaN", "Infinity", "1e999", "1,50", "9" * 400)
    ),
    ORDER | {"salesOrder": {"SalesOrderNo": "W000250", "Lines": [{"UnitPrice": "x"}]}},
]  # fmt: skip


@pytest.mark.parametrize("document", [*BROKEN_ORDERS, ORDER | {"markerMatches": None}])
def test_a_found_order_that_is_none_is_asked_for_again(serve: Serve, document: object) -> None:
    assert type(raised(serve(replying(said(document))), look_up)) is RetryableError


@pytest.mark.parametrize("document", BROKEN_ORDERS)
def test_a_yes_that_shows_no_order_leaves_the_outcome_unknown(
    serve: Serve, document: object
) -> None:
    created, changed = serve(replying(said(document, 201))), serve(replying(said(document)))

    errors = [raised(created, create), raised(changed, replace), raised(changed, hold)]

    assert {type(error) for error in errors} == {OutcomeUnknownError}


@pytest.mark.parametrize(
    "document", [[], None, {}, ORDER, {"where": "invoiceHistory"}, {"where": None}]
)
def test_a_yes_that_says_not_where_the_deleted_order_is_leaves_the_outcome_unknown(
    serve: Serve, document: object
) -> None:
    assert type(raised(serve(replying(said(document))), delete)) is OutcomeUnknownError


@pytest.mark.parametrize("end", [1, 20, 100, 150])
def test_a_yes_with_broken_json_leaves_the_outcome_unknown(serve: Serve, end: int) -> None:
    body = json.dumps(ORDER).encode()[:end]
    created, changed = (
        serve(replying(answer(201, body, AGENT))),
        serve(replying(answer(200, body, AGENT))),
    )

    errors = [raised(created, create), *(raised(changed, call) for call in CHANGES)]

    assert {type(error) for error in errors} == {OutcomeUnknownError}


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"code":7}', b"<html>"])
def test_a_problem_that_is_none_leaves_the_outcome_unknown(serve: Serve, body: bytes) -> None:
    server = serve(replying(answer(503, body, AGENT)))

    assert {type(raised(server, call)) for call in WRITES} == {OutcomeUnknownError}
    assert type(raised(server, look_up)) is RetryableError


@pytest.mark.parametrize("document", [[], {}, {"customer": None}, {"customer": {"CustomerNo": {}}}])
def test_a_customer_that_is_none_is_not_believed(serve: Serve, document: object) -> None:
    assert type(raised(serve(replying(said(document))), read_customer)) is RetryableError
    assert type(raised(serve(replying(said(document, 201))), create_customer)) is (
        OutcomeUnknownError
    )


@pytest.mark.parametrize(
    "document",
    [[], {}, {"customers": {}}, {"customers": [1]}, {"customers": [{"CustomerNo": "1"}]}],
)
def test_a_list_of_customers_that_is_none_is_not_believed(serve: Serve, document: object) -> None:
    assert type(raised(serve(replying(said(document))), find_customers)) is RetryableError


def test_inactive_customers_are_told_from_active_ones(serve: Serve) -> None:
    rows = [
        {"ARDivisionNo": "00", "CustomerNo": f"C{place}", "CustomerStatus": status}
        for place, status in enumerate(["A", "I", "T"])
    ]

    found = given(serve(replying(said({"customers": rows, "truncated": False}))), find_customers)

    assert found == tuple(
        FoundCustomer(CustomerKey("00", f"C{place}"), active=place != 1) for place in range(3)
    )


def test_columns_are_text_and_unknown_fields_are_ignored(serve: Serve) -> None:
    order = {"SalesOrderNo": "W000250", "CustomerPONo": None, "Count": 3, "Lines": [{"Key": 1}]}
    document = ORDER | {"salesOrder": order, "rev": None, "new": {"field": 1}}

    answered = given(serve(replying(said(document))), look_up)

    found = getattr(answered, "found", None)
    assert found is not None
    assert found.header == {"SalesOrderNo": "W000250", "CustomerPONo": "", "Count": "3"}
    assert (found.rev, found.lines) == (0, ({"Key": "1"},))


@pytest.mark.parametrize(
    ("told", "stamp"),
    [({}, ""), ({"writtenStamp": None}, ""), ({"writtenStamp": "0f", "writtenRev": 1}, "0f")],
)
def test_the_stamp_of_our_last_write_is_nothing_where_the_agent_does_not_know_it(
    serve: Serve, *, told: dict[str, object], stamp: str
) -> None:
    answered = given(serve(replying(said(ORDER | told))), look_up)

    found = getattr(answered, "found", None)
    assert found is not None
    assert found.written_stamp == stamp


@pytest.mark.parametrize(
    ("call", "code"), [(create, "SalesOrderAbsent"), (create_customer, "CustomerAbsent")]
)
def test_a_document_that_was_stored_by_this_request_and_deleted_since_is_gone(
    serve: Serve, *, call: Call, code: str
) -> None:
    assert given(serve(replying(problem(404, code))), call) is Created.GONE


def test_a_create_is_sent_as_the_agent_wants_it(serve: Serve) -> None:
    server = serve(replying(said(ORDER, 201)))

    given(server, create)

    head, _, body = server.received[0].partition(b"\r\n\r\n")
    rows = [row.lower() for row in head.split(b"\r\n")]
    assert rows[0] == b"put /v1/abc/so/salesorder/w000250?marker=w-250-x7 http/1.1"
    assert b"if-none-match: *" in rows
    assert b"x-not-after: 2026-11-21t12:00:20.500z" in rows
    assert b"x-rev: 3" in rows
    assert b"content-type: application/json" in rows
    assert not any(row.startswith(b"if-match") for row in rows)
    assert list(json.loads(body)["header"])[:2] == ["ARDivisionNo", "CustomerNo"]


def test_a_customer_is_sent_with_its_deadline_and_never_over_another(serve: Serve) -> None:
    server = serve(replying(said({"customer": {"CustomerNo": "BUY0001"}}, 201)))

    given(server, create_customer)

    rows = [row.lower() for row in server.received[0].partition(b"\r\n\r\n")[0].split(b"\r\n")]
    assert rows[0] == b"put /v1/abc/ar/customer/00-buy0001 http/1.1"
    assert b"if-none-match: *" in rows
    assert b"x-not-after: 2026-11-21t12:00:20.500z" in rows


def test_what_could_change_a_path_is_quoted(serve: Serve) -> None:
    server = serve(replying(problem(404, "CustomerAbsent")))

    given(server, lambda sage: sage.read_customer(CustomerKey("0/", "../A?b#c")))

    assert b"GET /v1/ABC/AR/Customer/0%2F-..%2FA%3Fb%23c HTTP/1.1" in server.received[0]


@pytest.mark.parametrize("replacing", [False, True])
def test_an_order_that_could_not_be_read_back_is_not_sent(serve: Serve, *, replacing: bool) -> None:
    server = serve(replying(said(ORDER, 201)))
    comment = {"ItemCode": "/C", "CommentText": "x" * 2_000}
    document = SalesOrder({}, (comment,) * (LARGEST_REQUEST // 2_000), Decimal(0))

    def call(sage: SageAgent) -> object:
        if replacing:
            return sage.replace(NUMBER, document, guard=GUARD)
        return sage.create(NUMBER, document, customer=BUYER, not_after=NOON, rev=1)

    error = raised(server, call)

    assert isinstance(error, RejectedError)
    assert "larger than could be read back" in error.reason
    assert server.received == []


def test_a_refusal_shows_what_to_mend_and_not_whom_it_is_about(serve: Serve) -> None:
    detail = "Sage 100 refused ShipToZipCode: JANE DOE of BOULDER in 99999: not on file."
    server = serve(replying(problem(422, "Refused", detail=detail, column="ShipToZipCode")))

    error = raised(server, create)

    assert isinstance(error, RejectedError)
    assert error.reason == "Sage 100 refused ShipToZipCode: … of … in 99999: not on file."
    assert "ZIP code" in error.next_action


def test_a_refusal_without_words_or_column_is_still_one_sentence(serve: Serve) -> None:
    errors = [
        raised(serve(replying(problem(422, "Refused", column=column))), create)
        for column in (None, "ItemCode")
    ]

    assert [str(error) for error in errors] == [
        "Sage refused the document.",
        "Sage refused ItemCode.",
    ]


def test_a_refusal_that_forgets_the_column_is_told_with_it(serve: Serve) -> None:
    server = serve(replying(problem(422, "Refused", detail="Not on file.", column="TermsCode")))

    assert str(raised(server, create)) == "Sage refused TermsCode: Not on file."


def test_a_long_refusal_is_cut(serve: Serve) -> None:
    server = serve(replying(problem(422, "Refused", detail="word " * 1000)))

    assert len(str(raised(server, create))) == 300
