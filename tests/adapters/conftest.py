import socket
from collections.abc import Callable, Generator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from sandbox.certificates import Identity, make_identity
from sandbox.sage100 import com, seed
from sandbox.sage100.faults import Fault
from tests.adapters.bigcommerce_shop import RunningShop, running_shop
from tests.adapters.cloud import account
from tests.adapters.ebws_service import RunningEbws, ebws_world, running_ebws
from tests.adapters.harness_worlds import HarnessWorld
from tests.adapters.sage_worlds import OPEN_ONLY, Case, FakeWorld, World, case_in, world_of
from tests.adapters.servers import Act, Server, serving
from tests.adapters.table_worlds import Tables, tables_of
from tests.agent.harness import RunningAgent, make_settings, running_agent
from tests.agent.tampering import Rules, TamperedCom, without_columns
from tests.faults.agent import Promises
from tests.unit.ports import FakeClock
from tests.unit.sage import FakeSage
from tieout.ports import Ledger
from tieout_agent.seam import ComModule

NOW = datetime.now(UTC)  # noqa: TID251 - certificates are judged by the real clock

Serve = Callable[..., Server]
OUR_COLUMNS = ("UDF_TIEOUT_REV", "UDF_TIEOUT_MARKER$")
FULL = ["fake", "harness", "harness without columns", "agent", "agent without columns"]
HISTORIES = ("SO_SalesOrderHistoryInquiry_bus", "AR_InvoiceHistoryInquiry_bus")


@pytest.fixture(scope="session")
def identity(tmp_path_factory: pytest.TempPathFactory) -> Identity:
    return make_identity(tmp_path_factory.mktemp("genuine"), "genuine", now=NOW)


@pytest.fixture(scope="session")
def other_identity(tmp_path_factory: pytest.TempPathFactory) -> Identity:
    return make_identity(tmp_path_factory.mktemp("other"), "other", now=NOW)


@pytest.fixture(scope="session")
def expired_identity(tmp_path_factory: pytest.TempPathFactory) -> Identity:
    long_ago = datetime(2020, 1, 1, tzinfo=UTC)
    return make_identity(tmp_path_factory.mktemp("expired"), "expired", now=long_ago)


@pytest.fixture
def serve(identity: Identity) -> Generator[Serve]:
    """Start servers that play acts; they end with the test."""
    with ExitStack() as stack:

        def start(*acts: Act, by: Identity = identity) -> Server:
            return stack.enter_context(serving(by, *acts))

        yield start


@pytest.fixture
def unused_port() -> int:
    """A port on which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


@pytest.fixture(scope="session")
def _running_shop(identity: Identity) -> Generator[RunningShop]:
    with running_shop(identity) as running:
        yield running


@pytest.fixture
def shop(_running_shop: RunningShop) -> RunningShop:
    """The simulated BigCommerce, as on its first day."""
    _running_shop.start_anew()
    return _running_shop


@pytest.fixture(scope="module")
def agent(tmp_path_factory: pytest.TempPathFactory) -> Generator[RunningAgent]:
    """One agent for all tests of a module, over a freshly seeded Sage 100."""
    with started(tmp_path_factory.mktemp("agent")) as running:
        yield running


@pytest.fixture(scope="module")
def plain_agent(tmp_path_factory: pytest.TempPathFactory) -> Generator[RunningAgent]:
    """The same for a company that has no columns of ours: revisions are in the journal alone."""
    rules: Rules = {("SO_SalesOrder_bus", "sGetColumns"): without_columns(*OUR_COLUMNS)}
    with started(tmp_path_factory.mktemp("plain"), TamperedCom(rules)) as running:
        yield running


@pytest.fixture(scope="module")
def blind_agent(tmp_path_factory: pytest.TempPathFactory) -> Generator[RunningAgent]:
    """The same for a company whose user may not read any history."""
    with started(tmp_path_factory.mktemp("blind")) as running:
        for name in HISTORIES:
            running.fault(Fault("no_right", count=None, object=name))
        yield running


@contextmanager
def started(folder: Path, module: ComModule = com) -> Generator[RunningAgent]:
    home = folder / "home"
    seed.fill(home)
    with running_agent(make_settings(folder, home), module=module) as running:
        yield running


@pytest.fixture(scope="module")
def ebws(identity: Identity, tmp_path_factory: pytest.TempPathFactory) -> Generator[RunningEbws]:
    """eBusiness Web Services for all tests of a module, over a freshly seeded Sage 100."""
    home = tmp_path_factory.mktemp("ebws") / "home"
    seed.fill(home)
    with running_ebws(identity, home) as running:
        yield running


@pytest.fixture(params=[*FULL, "ebws"])
def world(request: pytest.FixtureRequest) -> Generator[World]:
    """Each implementation of the port `Sage` in turn."""
    with _opened(request) as opened:
        yield opened


@pytest.fixture(params=FULL)
def full_world(request: pytest.FixtureRequest) -> Generator[World]:
    """Each that can do all that the port has: search markers and histories, change, keep deadlines."""
    with _opened(request) as opened:
        yield opened


@contextmanager
def _opened(request: pytest.FixtureRequest) -> Generator[World]:
    made: dict[str, Callable[[], World]] = {
        "fake": FakeWorld,
        "harness": HarnessWorld,
        "harness without columns": lambda: HarnessWorld(has_rev_column=False),
    }
    if request.param in made:
        yield made[request.param]()
    elif request.param == "ebws":
        with ebws_world(request.getfixturevalue("ebws")) as real:
            yield real
    else:
        name = "agent" if request.param == "agent" else "plain_agent"
        with world_of(request.getfixturevalue(name)) as real:
            yield real


@pytest.fixture(params=["fake", "harness", "agent", "ebws"])
def blind_world(request: pytest.FixtureRequest) -> Generator[World]:
    """The same where the history is not told: only what is open can be seen."""
    with _opened_blind(request) as opened:
        yield opened


@pytest.fixture(params=["fake", "harness", "agent"])
def blind_agent_world(request: pytest.FixtureRequest) -> Generator[World]:
    """The same with all else that the port has."""
    with _opened_blind(request) as opened:
        yield opened


@contextmanager
def _opened_blind(request: pytest.FixtureRequest) -> Generator[World]:
    if request.param == "fake":
        yield FakeWorld(FakeSage(FakeClock(), guarantees=OPEN_ONLY))
    elif request.param == "harness":
        yield HarnessWorld(promises=Promises(history=False, invoice_history=False))
    elif request.param == "ebws":
        with ebws_world(request.getfixturevalue("ebws")) as real:
            yield real
    else:
        with world_of(request.getfixturevalue("blind_agent")) as real:
            yield real


@pytest.fixture
def case(world: World) -> Case:
    """A sales order that isn't there yet."""
    return case_in(world)


@pytest.fixture
def full_case(full_world: World) -> Case:
    """The same where the port can do all that it has."""
    return case_in(full_world)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture(params=["fake", "harness", "dynamodb"])
def tables(
    request: pytest.FixtureRequest, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> Generator[Tables]:
    """Each implementation of the ports that are kept in tables, in turn."""
    with account(monkeypatch):
        yield tables_of(request.param, clock)


@pytest.fixture
def ledger(tables: Tables) -> Ledger:
    return tables.ledger
