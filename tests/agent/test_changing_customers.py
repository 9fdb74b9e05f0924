"""A customer is changed only as its caller saw it, column by column, and each request once."""

from typing import Any

import pytest

from sandbox.sage100.tables_ar import AR_CUSTOMER
from tests.agent.harness import RunningAgent, in_seconds, order, running_agent
from tests.agent.tampering import Answer, TamperedCom, after, always, remarking
from tieout_agent.settings import Settings

NEW = {
    "CustomerName": "Alpine Outfitters",
    "AddressLine1": "1 Pearl St",
    "City": "Boulder",
    "SalespersonDivisionNo": "00",
    "SalespersonNo": "0100",
    "TermsCode": "00",
}
KEY = "00-WEB0001"
PATH = f"/ABC/AR/Customer/{KEY}"
CUSTOMER = "AR_Customer_bus"


@pytest.fixture
def stamp(agent: RunningAgent) -> str:
    """The stamp of a customer that is there."""
    return agent.create_customer(KEY, NEW).json()["stamp"]


def by_hand(agent: RunningAgent, **columns: str) -> None:
    """Change the customer at a screen of Sage's."""
    store = agent.store()
    record = store.get(
        AR_CUSTOMER, AR_CUSTOMER.key_of({"ARDivisionNo": "00", "CustomerNo": "WEB0001"})
    )
    assert record is not None
    store.put(AR_CUSTOMER, record | columns)
    store.close()


def customer(agent: RunningAgent) -> dict[str, Any]:
    return agent.get(PATH).json()["customer"]


@pytest.mark.usefixtures("stamp")
def test_just_the_named_columns_are_set(agent: RunningAgent) -> None:
    answer = agent.patch_customer(KEY, {"AddressLine1": "2 Pearl St", "City": ""})

    assert (answer.status_code, answer.json()["warnings"]) == (200, [])
    assert customer(agent) == answer.json()["customer"]
    wanted = NEW | {"AddressLine1": "2 Pearl St", "City": ""}
    assert {name: customer(agent)[name] for name in NEW} == wanted


@pytest.mark.usefixtures("stamp")
def test_the_answer_has_the_stamp_for_the_next_change(agent: RunningAgent) -> None:
    first = agent.patch_customer(KEY, {"City": "Golden"}).json()["stamp"]

    second = agent.patch_customer(KEY, {"City": "Vail"}, X_Rev="3", If_Match=f'"{first}"')

    assert second.status_code == 200
    assert customer(agent)["City"] == "Vail"


def test_a_change_that_the_caller_has_not_seen_is_not_overwritten(
    agent: RunningAgent, stamp: str
) -> None:
    by_hand(agent, City="Golden")

    answer = agent.patch_customer(KEY, {"City": "Vail"}, If_Match=f'"{stamp}"')

    assert (answer.status_code, answer.json()["code"]) == (412, "CustomerChanged")
    assert customer(agent)["City"] == "Golden"


def test_balances_and_dates_that_sage_keeps_are_no_change(agent: RunningAgent, stamp: str) -> None:
    by_hand(agent, OpenOrderAmt="12.50", DateUpdated="20261231", TimeUpdated="23.5")

    answer = agent.patch_customer(KEY, {"City": "Vail"}, If_Match=f'"{stamp}"')

    assert answer.status_code == 200


@pytest.mark.usefixtures("stamp")
def test_an_older_revision_comes_too_late(agent: RunningAgent) -> None:
    agent.patch_customer(KEY, {"City": "Vail"}, X_Rev="7")

    answer = agent.patch_customer(KEY, {"City": "Golden"}, X_Rev="6")

    assert (answer.status_code, answer.json()["code"]) == (412, "RevisionNotNewer")
    assert "revision 7" in answer.json()["detail"]
    assert customer(agent)["City"] == "Vail"


@pytest.mark.usefixtures("stamp")
def test_a_customer_is_not_changed_after_the_deadline(agent: RunningAgent) -> None:
    answer = agent.patch_customer(KEY, {"City": "Vail"}, X_Not_After=in_seconds(-1))

    assert (answer.status_code, answer.json()["code"]) == (412, "DeadlinePassed")
    assert customer(agent)["City"] == "Boulder"


def test_a_customer_that_is_not_there_is_not_changed(agent: RunningAgent) -> None:
    answer = agent.patch_customer(KEY, {"City": "Vail"})

    assert (answer.status_code, answer.json()["code"]) == (404, "CustomerAbsent")


def test_the_very_same_change_is_made_once(agent: RunningAgent, stamp: str) -> None:
    first = agent.patch_customer(KEY, {"City": "Vail"}, If_Match=f'"{stamp}"')
    by_hand(agent, City="Golden")

    again = agent.patch_customer(KEY, {"City": "Vail"}, If_Match=f'"{stamp}"')

    assert "X-Tieout-Journal" not in first.headers
    assert (again.status_code, again.headers["X-Tieout-Journal"]) == (200, "repeat")
    assert again.json()["customer"]["City"] == "Golden"


def test_the_very_same_change_of_a_customer_that_is_gone_says_so(
    agent: RunningAgent, stamp: str
) -> None:
    agent.patch_customer(KEY, {"City": "Vail"}, If_Match=f'"{stamp}"')
    store = agent.store()
    store.delete(AR_CUSTOMER, AR_CUSTOMER.key_of({"ARDivisionNo": "00", "CustomerNo": "WEB0001"}))
    store.close()

    again = agent.patch_customer(KEY, {"City": "Vail"}, If_Match=f'"{stamp}"')

    assert (again.status_code, again.json()["code"]) == (404, "CustomerAbsent")
    assert again.headers["X-Tieout-Journal"] == "repeat"


@pytest.mark.parametrize(
    ("values", "column"),
    [({"ZipCode": "99999"}, "ZipCode"), ({"City": "Vail", "CustomerName": ""}, "CustomerName")],
)
@pytest.mark.usefixtures("stamp")
def test_of_a_change_that_sage_refuses_nothing_is_stored(
    agent: RunningAgent, values: dict[str, str], column: str
) -> None:
    answer = agent.patch_customer(KEY, values)

    assert (answer.status_code, answer.json()["column"]) == (422, column)
    assert customer(agent)["City"] == "Boulder"
    assert agent.patch_customer(KEY, {"Comment": "x"}).status_code == 200


@pytest.mark.parametrize("missing", ["If-Match", "X-Not-After", "X-Rev"])
def test_a_customer_is_not_changed_without_its_preconditions(
    agent: RunningAgent, missing: str
) -> None:
    headers = {"If-Match": f'"{"0" * 32}"', "X-Not-After": in_seconds(60), "X-Rev": "2"}
    del headers[missing]

    answer = agent.client.patch(f"/v1{PATH}", json={"customer": {"City": "x"}}, headers=headers)

    assert (answer.status_code, answer.json()["code"]) == (428, "PreconditionRequired")
    assert missing in answer.json()["detail"]


@pytest.mark.parametrize("body", [{"customer": {}}, {}, {"customer": {"City": 1}}, {"header": {}}])
def test_a_patch_of_a_wrong_form_is_a_bad_request(
    agent: RunningAgent, body: dict[str, Any]
) -> None:
    headers = {"If-Match": f'"{"0" * 32}"', "X-Not-After": in_seconds(60), "X-Rev": "2"}

    answer = agent.client.patch(f"/v1{PATH}", json=body, headers=headers)

    assert (answer.status_code, answer.json()["code"]) == (400, "BadRequest")


def patched(settings: Settings, on: str, rule: Answer) -> tuple[int, dict[str, Any]]:
    """Change a customer through a Sage that answers one call in its own way."""
    with running_agent(settings) as agent:
        agent.create_customer(KEY, NEW)
    with running_agent(settings, module=TamperedCom({(CUSTOMER, on): rule})) as agent:
        answer = agent.patch_customer(KEY, {"City": "Vail"})
        return answer.status_code, answer.json()


def test_warnings_come_back_with_what_they_are_about(settings: Settings) -> None:
    status, document = patched(settings, "nSetValue", remarking)

    assert status == 200
    assert document["warnings"] == [{"object": CUSTOMER, "column": "City", "message": ""}]
    assert document["customer"]["City"] == "Vail"


@pytest.mark.parametrize("on", ["nSetKeyValue", "nSetKey", "nWrite"])
def test_a_change_that_sage_remarks_on_is_made(settings: Settings, on: str) -> None:
    status, document = patched(settings, on, remarking)

    assert (status, document["customer"]["City"]) == (200, "Vail")
    assert document["warnings"]


@pytest.mark.parametrize(
    ("on", "rule", "expected"),
    [
        ("nSetKey", always(2), (503, "Busy")),
        ("nSetKey", always(0), (422, "Refused")),
        ("nSetKey", always(-1), (422, "Refused")),
        ("nWrite", always(0), (422, "Refused")),
        ("nFind", after(2, 0), (504, "SageTimeout")),
    ],
)
def test_a_record_that_is_not_the_one_that_was_read_is_not_written(
    settings: Settings, on: str, *, rule: Answer, expected: tuple[int, str]
) -> None:
    status, document = patched(settings, on, rule)

    assert (status, document["code"]) == expected


def test_a_change_that_landed_without_its_note_is_not_made_twice(
    settings: Settings, agent: RunningAgent, stamp: str
) -> None:
    # The answer of the commit is lost: it was begun, and nobody knows its end.
    with running_agent(settings, module=TamperedCom({(CUSTOMER, "nFind"): after(1, 0)})) as broken:
        lost = broken.patch_customer(
            KEY,
            {"City": "Vail"},
            If_Match=f'"{stamp}"',
            X_Rev="2",
            X_Not_After=(when := in_seconds(60)),
        )

    again = agent.patch_customer(KEY, {"City": "Vail"}, If_Match=f'"{stamp}"', X_Not_After=when)

    assert lost.status_code == 504
    assert (again.status_code, again.headers.get("X-Tieout-Journal")) == (200, "repeat")
    assert customer(agent)["City"] == "Vail"


def test_an_order_of_the_customer_does_not_move_its_stamp(agent: RunningAgent, stamp: str) -> None:
    entered = agent.create_order("W000250", order(header={"CustomerNo": "WEB0001"}))

    assert entered.status_code == 201
    assert agent.get(PATH).json()["stamp"] == stamp
