import pytest

from sandbox import seed
from tests.agent.harness import RunningAgent, in_seconds

NEW = {
    "CustomerName": "Alpine Outfitters",
    "AddressLine1": "1 Pearl St",
    "EmailAddress": "Buyer@Alpine.example",
    "SalespersonDivisionNo": "00",
    "SalespersonNo": "0100",
    "TaxSchedule": "NONTAX",
    "TermsCode": "00",
}


def test_a_new_customer_is_created_and_read_back(agent: RunningAgent) -> None:
    answer = agent.create_customer("00-WEB0001", NEW)

    stored = answer.json()
    assert answer.status_code == 201
    assert stored["warnings"] == []
    assert stored["customer"]["CustomerNo"] == "WEB0001"
    assert {name: stored["customer"][name] for name in NEW} == NEW


def test_a_created_customer_can_be_read(agent: RunningAgent) -> None:
    created = agent.create_customer("00-WEB0001", NEW).json()

    answer = agent.get("/ABC/AR/Customer/00-WEB0001")

    assert answer.status_code == 200
    assert answer.json() == {"customer": created["customer"], "stamp": created["stamp"]}


def test_the_same_customer_twice_is_refused(agent: RunningAgent) -> None:
    agent.create_customer("00-WEB0001", NEW)

    again = agent.create_customer("00-WEB0001", NEW | {"CustomerName": "Another"})

    assert (again.status_code, again.json()["code"]) == (412, "CustomerExists")
    assert agent.get("/ABC/AR/Customer/00-WEB0001").json()["customer"]["CustomerName"] == (
        "Alpine Outfitters"
    )


def test_the_same_number_in_another_division_is_another_customer(agent: RunningAgent) -> None:
    agent.create_customer("00-WEB0001", NEW)

    assert agent.create_customer("01-WEB0001", NEW).status_code == 201


def test_an_absent_customer_is_a_404_even_when_a_longer_number_exists(agent: RunningAgent) -> None:
    agent.create_customer("00-WEB0001", NEW)

    answer = agent.get("/ABC/AR/Customer/00-WEB000")

    assert (answer.status_code, answer.json()["code"]) == (404, "CustomerAbsent")


@pytest.mark.parametrize(
    ("values", "column"),
    [
        ({"ZipCode": "99999"}, "ZipCode"),
        ({"CustomerName": "x" * 51}, "CustomerName"),
        ({"SalespersonNo": "9999"}, "SalespersonNo"),
    ],
)
def test_what_sage_refuses_of_a_customer_is_named(
    agent: RunningAgent, values: dict[str, str], column: str
) -> None:
    answer = agent.create_customer("00-WEB0001", NEW | values)

    assert (answer.status_code, answer.json()["code"]) == (422, "Refused")
    assert (answer.json()["object"], answer.json()["column"]) == ("AR_Customer_bus", column)
    assert agent.get("/ABC/AR/Customer/00-WEB0001").status_code == 404


def test_a_customer_is_not_created_after_the_deadline(agent: RunningAgent) -> None:
    answer = agent.create_customer("00-WEB0001", NEW, X_Not_After=in_seconds(-1))

    assert (answer.status_code, answer.json()["code"]) == (412, "DeadlinePassed")
    assert agent.get("/ABC/AR/Customer/00-WEB0001").status_code == 404


@pytest.mark.parametrize("missing", ["If-None-Match", "X-Not-After"])
def test_a_customer_is_not_created_without_its_preconditions(
    agent: RunningAgent, missing: str
) -> None:
    headers = {"If-None-Match": "*", "X-Not-After": in_seconds(60)}
    del headers[missing]

    answer = agent.client.put(
        "/v1/ABC/AR/Customer/00-WEB0001", json={"customer": NEW}, headers=headers
    )

    assert (answer.status_code, answer.json()["code"]) == (428, "PreconditionRequired")
    assert missing in answer.json()["detail"]


def test_a_customer_is_found_by_e_mail_in_any_case(agent: RunningAgent) -> None:
    agent.create_customer("00-WEB0001", NEW)

    answer = agent.get("/ABC/AR/Customer", email="bUYER@alpine.EXAMPLE")

    assert answer.json()["truncated"] is False
    assert [found["CustomerNo"] for found in answer.json()["customers"]] == ["WEB0001"]


def test_two_customers_with_one_e_mail_are_both_found(agent: RunningAgent) -> None:
    buyers = [buyer for buyer in seed.buyers() if buyer.number in seed.TWIN_BUYERS]

    answer = agent.get("/ABC/AR/Customer", email=buyers[0].email)

    assert len(answer.json()["customers"]) == 2


def test_an_e_mail_that_nobody_has_finds_nobody(agent: RunningAgent) -> None:
    answer = agent.get("/ABC/AR/Customer", email="nobody@example.com")

    assert answer.json() == {"customers": [], "truncated": False}


def test_more_than_25_customers_with_one_e_mail_are_cut_off(agent: RunningAgent) -> None:
    for number in range(26):
        agent.create_customer(f"00-WEB{number:04d}", NEW)

    answer = agent.get("/ABC/AR/Customer", email=NEW["EmailAddress"])

    assert len(answer.json()["customers"]) == 25
    assert answer.json()["truncated"] is True


@pytest.mark.parametrize("email", ["a\n@example.com", "no-at-sign", "two@at@example.com", "a@"])
def test_what_is_no_e_mail_address_is_a_bad_request(agent: RunningAgent, email: str) -> None:
    answer = agent.get("/ABC/AR/Customer", email=email)

    assert (answer.status_code, answer.json()["code"]) == (400, "BadRequest")


ODD_TEXTS = ['a"b', '"', '" OR CustomerNo$<>"', "É", "ÉCLAIR", "Škoda", "<|row|>", "x" * 50, "~"]


@pytest.mark.parametrize("text", ODD_TEXTS)
def test_an_e_mail_that_could_break_out_of_the_question_finds_its_customer_alone(
    agent: RunningAgent, text: str
) -> None:
    agent.create_customer("00-WEB0001", NEW)
    agent.create_customer("00-WEB0002", NEW | {"EmailAddress": f"{text}@example.com"})

    answer = agent.get("/ABC/AR/Customer", email=f"{text.lower()}@EXAMPLE.com")

    assert [found["CustomerNo"] for found in answer.json()["customers"]] == ["WEB0002"]


@pytest.mark.parametrize("name", ["Alpine Outfitters", "ALPINE outfitters", " alpine outfitters "])
def test_a_customer_is_found_by_name_in_any_case(agent: RunningAgent, name: str) -> None:
    agent.create_customer("00-WEB0001", NEW)

    answer = agent.get("/ABC/AR/Customer", name=name)

    assert [found["CustomerNo"] for found in answer.json()["customers"]] == ["WEB0001"]
    assert answer.json()["truncated"] is False


@pytest.mark.parametrize(
    "name", ["Alpine Outfitter", "lpine Outfitters", "Alpine  Outfitters", "A"]
)
def test_a_name_that_is_only_like_another_finds_nobody(agent: RunningAgent, name: str) -> None:
    agent.create_customer("00-WEB0001", NEW)

    assert agent.get("/ABC/AR/Customer", name=name).json()["customers"] == []


@pytest.mark.parametrize("name", [*ODD_TEXTS, "Jörg & Söhne", '6" Pipe Co.', "日本"])
def test_a_name_that_could_break_out_of_the_question_finds_its_customer_alone(
    agent: RunningAgent, name: str
) -> None:
    agent.create_customer("00-WEB0001", NEW)
    created = agent.create_customer("00-WEB0002", NEW | {"CustomerName": name}).status_code == 201

    answer = agent.get("/ABC/AR/Customer", name=name.swapcase())

    found = [found["CustomerNo"] for found in answer.json()["customers"]]
    assert found == (["WEB0002"] if created else [])
    assert created is (name != "日本"), "which Sage has no letters for"


@pytest.mark.parametrize("asked", [{}, {"email": "a@example.com", "name": "A"}])
def test_customers_are_found_by_exactly_one_of_e_mail_and_name(
    agent: RunningAgent, asked: dict[str, str]
) -> None:
    answer = agent.get("/ABC/AR/Customer", **asked)

    assert (answer.status_code, answer.json()["code"]) == (400, "BadRequest")


def test_a_customer_in_a_division_that_does_not_exist_is_absent(agent: RunningAgent) -> None:
    answer = agent.get("/ABC/AR/Customer/ZZ-WEB0001")

    assert (answer.status_code, answer.json()["code"]) == (404, "CustomerAbsent")
