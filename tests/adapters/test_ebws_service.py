"""Our client against the simulated service, which is strict, and which fails in the ways the real one does."""

from collections.abc import Generator
from contextlib import closing
from dataclasses import replace

import pytest

from sandbox.sage100 import faults, seed
from sandbox.sage100.store import SYSTEM, Store, database
from tests.adapters.ebws_service import Logons, RunningEbws, Secret, ebws_world
from tests.adapters.sage_worlds import BUYER, IN_TIME, AgentWorld, Case, case_in, line
from tieout.adapters.ebws_door import LACKS, EbwsDoor
from tieout.domain.agents import Capability
from tieout.domain.identity import Company, CustomerKey
from tieout.domain.sales_orders import differences
from tieout.errors import (
    NotSentError,
    OutcomeUnknownError,
    RejectedError,
    SetupError,
)
from tieout.ports import Created

GENUINE = Secret(seed.USER, seed.PASSWORD)


@pytest.fixture
def service(ebws: RunningEbws) -> Generator[RunningEbws]:
    """The service with nothing wrong at first, and again afterwards."""
    ebws.start_anew()
    yield ebws
    ebws.start_anew()
    for level, name in (("system", "1"), ("company", "ABC"), ("user", seed.USER)):
        ebws.switch(level, name, enabled=True)


@pytest.fixture
def world(service: RunningEbws) -> Generator[AgentWorld]:
    with ebws_world(service) as made:
        yield made


@pytest.fixture
def case(world: AgentWorld) -> Case:
    return case_in(world)


def sage_fails(service: RunningEbws, fault: faults.Fault) -> None:
    with closing(Store(database(service.home, SYSTEM))) as system:
        faults.add(system, fault)


def test_no_element_ever_comes_out_of_its_order(service: RunningEbws, case: Case) -> None:
    document = case.document(
        line(0, "2", "19.99"),
        {"ItemCode": "/C", "CommentText": "A gift"},
        ShipToName="Jane Doe",
        ShipToAddress2="",
        EmailAddress="jane@example.com",
        FreightAmt="8.00",
        DiscountAmt="1.50",
        Comment="Web order 250",
    )

    assert case.create(document) is Created.YES

    assert differences(document, case.found(), BUYER) == ()
    assert service.state()["ignored"] == []


@pytest.mark.parametrize("kind", ["drop_answer", "cut_answer", "bad_gateway", "garbage"])
def test_an_order_whose_answer_was_lost_is_in_sage_and_is_found(
    service: RunningEbws, case: Case, kind: str
) -> None:
    service.trouble(kind, operation="CreateSalesOrder")

    with pytest.raises(OutcomeUnknownError):
        case.create()

    assert case.found().marker == case.marker
    assert case.create() is Created.EXISTS


@pytest.mark.parametrize("kind", ["drop_request", "unavailable"])
def test_of_an_order_that_was_lost_on_its_way_nobody_can_tell(
    service: RunningEbws, case: Case, kind: str
) -> None:
    service.trouble(kind, operation="CreateSalesOrder")

    with pytest.raises(OutcomeUnknownError):
        case.create()

    assert case.sage.look_up(case.number, marker=case.marker).found is None


def test_a_question_that_got_no_answer_is_asked_again(service: RunningEbws, case: Case) -> None:
    case.create()
    service.trouble("drop_answer", operation="GetSalesOrder")

    assert case.found().number == case.number


@pytest.mark.parametrize(
    ("level", "name"), [("system", "1"), ("company", "ABC"), ("user", seed.USER)]
)
def test_web_services_have_to_be_enabled_on_three_levels(
    service: RunningEbws, case: Case, *, level: str, name: str
) -> None:
    service.switch(level, name, enabled=False)

    with pytest.raises(SetupError, match="enable it for system, company and user"):
        case.sage.look_up(case.number, marker=case.marker)


@pytest.mark.parametrize("secret", [Secret(seed.USER, "wrong"), Secret("nobody", seed.PASSWORD)])
def test_a_wrong_logon_is_the_operators(service: RunningEbws, secret: Secret) -> None:
    with closing(service.client(Logons(secret))) as sage, pytest.raises(SetupError, match="secret"):
        sage.read_customer(BUYER)


def test_a_password_that_was_changed_goes_unnoticed(service: RunningEbws) -> None:
    keys = Logons(Secret(seed.USER, "the one before"), GENUINE)

    with closing(service.client(keys)) as sage:
        assert sage.read_customer(BUYER)

    assert keys.refreshed == 1


def test_a_company_that_sage_lacks_is_the_operators(service: RunningEbws) -> None:
    with closing(service.client(company="XYZ")) as sage, pytest.raises(SetupError):
        sage.read_customer(BUYER)


@pytest.mark.parametrize("kind", ["no_licence", "exclusive_lock"])
def test_while_sage_lets_nobody_in_nothing_is_begun(
    service: RunningEbws, case: Case, kind: faults.FaultKind
) -> None:
    sage_fails(service, faults.Fault(kind, count=1))
    with pytest.raises(NotSentError):
        case.create()

    assert case.create() is Created.YES


@pytest.mark.parametrize(
    ("header", "column"),
    [
        ({"ShipToZipCode": "99999"}, "ShipToZipCode"),
        ({"ShipToState": "XXX"}, "ShipToState"),
        ({"Comment": "x" * 31}, "Comment"),
    ],
)
def test_what_sage_refuses_names_its_column_and_stores_nothing(
    case: Case, header: dict[str, str], column: str
) -> None:
    with pytest.raises(RejectedError) as caught:
        case.create(case.document(**header))

    assert caught.value.code == column
    assert caught.value.next_action
    assert case.sage.look_up(case.number, marker=case.marker).found is None


def test_what_broke_inside_the_service_leaves_open_what_happened(
    service: RunningEbws, case: Case
) -> None:
    sage_fails(service, faults.Fault("lost_answer", count=1))

    with pytest.raises(OutcomeUnknownError, match="exception occurred"):
        case.create()

    assert case.found().marker == case.marker


def test_an_order_for_a_customer_whom_sage_lacks_says_so(case: Case) -> None:
    nobody = CustomerKey("00", "NOBODY")

    with pytest.raises(RejectedError) as caught:
        case.sage.create(
            case.number,
            case.document(),
            customer=nobody,
            not_after=case.world.now() + IN_TIME,
            rev=1,
        )

    assert "customer" in caught.value.next_action


def test_an_order_that_is_in_sage_can_not_be_changed(case: Case) -> None:
    case.create()
    before = case.found()
    guard = case.guard()

    with pytest.raises(RejectedError, match="can't change"):
        case.sage.replace(case.number, case.document(line(1, "9", "9.99")), guard=guard)

    assert case.found() == before


def test_the_door_says_whether_the_service_is_there_and_logs_on_to_nothing(
    service: RunningEbws,
) -> None:
    service.switch("user", seed.USER, enabled=False)

    with closing(EbwsDoor(service.pinned(), {"ABC"})) as door:
        well = door.health()
        service.trouble("unavailable", count=None)
        ill = door.health()

    assert (well.ready, well.reason) == (True, "")
    assert not ill.ready
    assert "503" in ill.reason


def test_the_door_is_not_open_to_somebody_else(service: RunningEbws) -> None:
    way = replace(service.pinned(), pins=("ab" * 32,))

    with closing(EbwsDoor(way, {"ABC"})) as door:
        found = door.health()

    assert not found.ready
    assert "nothing was sent" in found.reason


def test_the_door_promises_little_and_lists_nothing(service: RunningEbws) -> None:
    with closing(EbwsDoor(service.pinned(), ["ABC", "CAN"])) as door:
        promised = door.promises()
        with pytest.raises(SetupError, match="list"):
            door.sales_orders(Company("ABC"), prefix="W", after="")

    assert promised == {"ABC": {"createOnly"}, "CAN": {"createOnly"}}
    assert door.lacks == LACKS == set(Capability)
    assert service.state()["calls"] == {}
