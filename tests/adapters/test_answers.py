"""JSON with limits, exact numbers, dates and waits of an answer."""

from datetime import UTC, datetime
from decimal import Decimal

import httpx
import pytest

from tieout.adapters.answers import JSON_DEPTH, LONGEST_WAIT, Answer, utc_from_rfc_2822
from tieout.errors import OutcomeUnknownError, RetryableError


def made(
    body: bytes = b"{}", *, kind: str = "application/json", writing: bool = False, **headers: str
) -> Answer:
    rows = {name.replace("_", "-"): value for name, value in headers.items()}
    return Answer("The server", writing, 200, httpx.Headers({"Content-Type": kind, **rows}), body)


def nested(depth: int) -> bytes:
    return b'[{"a":' * (depth // 2) + b"1" + b"}]" * (depth // 2)


BROKEN = [
    b"", b"{", b"{}}", b'{"a":1,}', b"\xff\xfe", b'"\xe9"', b'{"total":NaN}', b"[Infinity]",
    b"[-Infinity]", b"[" * 100_000, b"[" + b"9" * 5000 + b"]", b"<html>",
    b"[1e99999999999999999999]", b"[1e-99999999999999999999]",
]  # fmt: skip


@pytest.mark.parametrize("body", BROKEN, ids=range(len(BROKEN)))
def test_broken_json_leaves_a_read_to_be_repeated(body: bytes) -> None:
    with pytest.raises(RetryableError) as caught:
        made(body).json()

    assert type(caught.value) is RetryableError


@pytest.mark.parametrize("body", BROKEN, ids=range(len(BROKEN)))
def test_broken_json_leaves_a_write_unknown(body: bytes) -> None:
    with pytest.raises(OutcomeUnknownError):
        made(body, writing=True).json()


def test_a_document_cut_at_any_byte_is_broken() -> None:
    whole = b'{"id":250,"lines":[{"sku":"A-1","total":"1.00"},{"sku":"B-2"}]}'

    for end in range(len(whole)):
        with pytest.raises(RetryableError):
            made(whole[:end]).json()


@pytest.mark.parametrize("kind", ["text/html", "", "text/json", "application/jsonp"])
def test_what_says_it_is_not_json_is_not_read_as_json(kind: str) -> None:
    with pytest.raises(RetryableError, match="isn't JSON"):
        made(kind=kind).json()


@pytest.mark.parametrize(
    "kind",
    ["application/json", "application/json; charset=utf-8", "Application/Problem+JSON"],
)
def test_what_says_it_is_json_is_read(kind: str) -> None:
    assert made(kind=kind).json() == {}


def test_json_may_be_nested_up_to_the_limit_and_no_deeper() -> None:
    made(nested(JSON_DEPTH)).json()

    with pytest.raises(RetryableError, match="nested"):
        made(nested(JSON_DEPTH + 2)).json()


def test_numbers_are_exact() -> None:
    assert made(b"[0.1, 19.99, 12345678901234567890.01]").json() == [
        Decimal("0.1"),
        Decimal("19.99"),
        Decimal("12345678901234567890.01"),
    ]


@pytest.mark.parametrize("body", [b"[]", b"1", b"null", b'"x"'])
def test_something_else_than_an_object_is_no_object(body: bytes) -> None:
    with pytest.raises(RetryableError, match="no object"):
        made(body).json_object()


@pytest.mark.parametrize("body", [b"{}", b"null", b"[1]", b"[{}, []]"])
def test_something_else_than_objects_in_a_list_is_no_list_of_objects(body: bytes) -> None:
    with pytest.raises(RetryableError, match="list"):
        made(body).json_objects()


@pytest.mark.parametrize(
    "text",
    [
        "Tue, 05 Mar 2019 21:40:11 +0000",
        "Tue, 05 Mar 2019 21:40:11 GMT",
        "Tue, 05 Mar 2019 21:40:11 -0000",
        "Tue, 05 Mar 2019 15:40:11 -0600",
    ],
)
def test_a_date_is_read_as_utc(text: str) -> None:
    moment = utc_from_rfc_2822(text)

    assert moment == datetime(2019, 3, 5, 21, 40, 11, tzinfo=UTC)
    assert moment.tzinfo is UTC


@pytest.mark.parametrize(
    "text",
    [
        "", "now", "2019-03-05", "Tue, 35 Mar 2019 21:40:11 +0000",
        "Tue, 05 Mar 99999 21:40:11 GMT", "Fri, 31 Dec 9999 23:59:59 -1200",
    ],
)  # fmt: skip
def test_what_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not a date"):
        utc_from_rfc_2822(text)


def test_an_answer_without_a_date_is_not_trusted_with_time() -> None:
    with pytest.raises(RetryableError, match="no date"):
        made().date()


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("0", 0), ("30", 30), ("99999", LONGEST_WAIT), ("", None), ("-1", None), ("soon", None)],
)
def test_a_wait_is_whole_seconds_and_an_hour_at_most(text: str, seconds: int | None) -> None:
    assert made(retry_after=text).wait() == seconds


@pytest.mark.parametrize("text", ["9" * 13, "1.5", "٣", "+1"])
def test_a_number_in_a_header_is_plain_digits(text: str) -> None:
    headers = httpx.Headers([(b"x-left", text.encode())])

    assert Answer("The server", False, 200, headers, b"").whole_number("X-Left") is None  # noqa: FBT003
