"""Which addresses may be connected to, and that the judged address is the one connected to."""

import ipaddress
from collections.abc import Sequence
from contextlib import closing

import httpcore
import pytest

from tests.adapters.conftest import Serve
from tests.adapters.servers import answer, connection, replying
from tieout.adapters.http import Https, Patience
from tieout.adapters.network import Deadline, allowed_networks, may_connect, resolve
from tieout.errors import NotSentError, SetupError
from tieout.settings import Connection

QUICK = Patience(read=2, total=3, retry_waits=())
EVERYTHING = allowed_networks(["0.0.0.0/0", "::/0"])

PUBLIC = """
1.1.1.1 8.8.8.8 9.255.255.255 11.0.0.0 100.63.255.255 100.128.0.0 126.255.255.255 128.0.0.1
169.253.255.255 169.255.0.0 172.15.255.255 172.32.0.0 192.0.1.0 192.0.3.0 192.88.98.255 192.167.255.255
192.169.0.0 198.17.255.255 198.20.0.0 198.51.99.255 198.51.101.0 203.0.112.255 203.0.114.0 223.255.255.255
168.63.129.15 168.63.129.17 2001:200::1 2001:4860:4860::8888 2003::1 2600:1f18::1 2a00:1450::1 3ffe:ffff::1
"""
NOT_PUBLIC = """
10.0.0.0 10.0.0.1 10.255.255.255 100.64.0.0 100.100.100.200 100.127.255.255 127.0.0.0 127.0.0.1
127.1.2.3 127.255.255.255 172.16.0.0 172.20.1.1 172.31.255.255 192.0.0.0 192.0.0.170 192.0.0.255
192.0.2.1 192.88.99.1 192.168.0.0 192.168.1.1 192.168.255.255 198.18.0.1 198.19.255.255 198.51.100.7
203.0.113.9 ::1 fc00::1 fd12:3456:789a::1 2001:2::1 2001:1ff:ffff::1 2001:db8::1 3fff::1 5f00::1 4000::1
"""
NEVER = """
0.0.0.0 0.1.2.3 169.254.0.0 169.254.0.1 169.254.169.254 169.254.170.2 169.254.255.255 168.63.129.16
224.0.0.1 239.255.255.250 240.0.0.1 255.255.255.254 255.255.255.255 :: ::2 ::7f00:1 ::a00:1
::ffff:0.0.0.0 ::ffff:1.1.1.1 ::ffff:10.0.0.1 ::ffff:127.0.0.1 ::ffff:169.254.169.254 ::ffff:0:7f00:1
64:ff9b::7f00:1 64:ff9b::808:808 64:ff9b:1::1 100::1 2001:0:4136:e378:8000:63bf:3fff:fdd2 2002:7f00:1::
2002:a9fe:a9fe::1 fd00:ec2::254 fe80::1 fe80::a9fe:a9fe febf::1 fec0::1 ff02::1 ff0e::1
"""


@pytest.mark.parametrize("text", PUBLIC.split())
def test_a_public_address_may_be_connected_to(text: str) -> None:
    assert may_connect(ipaddress.ip_address(text), ())


@pytest.mark.parametrize("text", [*NOT_PUBLIC.split(), *NEVER.split()])
def test_any_other_address_is_refused(text: str) -> None:
    assert not may_connect(ipaddress.ip_address(text), ())


@pytest.mark.parametrize("text", NOT_PUBLIC.split())
def test_a_private_address_may_be_allowed(text: str) -> None:
    address = ipaddress.ip_address(text)

    assert may_connect(address, allowed_networks([f"{address}/{address.max_prefixlen}"]))


@pytest.mark.parametrize("text", NEVER.split())
def test_metadata_link_local_multicast_and_disguises_are_refused_though_allowed(text: str) -> None:
    assert not may_connect(ipaddress.ip_address(text), EVERYTHING)


def test_an_allowed_network_that_is_none_is_refused() -> None:
    with pytest.raises(SetupError, match="no network"):
        allowed_networks(["10.0.0.1/8"])


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1", "localhost", "2130706433", "0x7f000001", "0x7f.0.0.1", "0177.0.0.1", "127.1",
        "127.0.1", "[::1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "0.0.0.0", "0", "[::]",
        "169.254.169.254", "2852039166", "0xa9fea9fe", "0251.0376.0251.0376", "[fe80::1]",
        "10.0.0.1", "0xa000001", "192.168.1.1",
    ],
)  # fmt: skip
def test_no_way_of_writing_a_host_leads_inside(host: str) -> None:
    with pytest.raises(SetupError, match=r"not a public one; nothing was sent|not a valid address"):
        read_once(Connection(f"https://{host}:9"))


def read_once(to: Connection) -> None:
    with closing(Https(to, peer="The server", patience=QUICK)) as https:
        https.read("/", headers={})


def test_one_bad_address_among_good_ones_refuses_the_name(serve: Serve) -> None:
    server = serve(replying(answer()))
    https = Https(
        server.pinned(),
        peer="The server",
        patience=QUICK,
        resolver=lambda _host, _port: ["127.0.0.1", "169.254.169.254"],
    )

    with pytest.raises(SetupError, match=r"169\.254\.169\.254"):
        https.read("/", headers={})

    https.close()
    assert server.received == []


def test_a_name_that_changes_its_mind_is_asked_once_and_held_to_its_word(serve: Serve) -> None:
    server = serve(replying(answer()))
    asked: list[str] = []

    def rebinding(host: str, _port: int) -> Sequence[str]:
        asked.append(host)
        return ["127.0.0.1"] if len(asked) == 1 else ["169.254.169.254"]

    to = connection(f"https://rebinding.example:{server.port}", server.identity.fingerprint)
    https = Https(to, peer="The server", patience=QUICK, resolver=rebinding)

    got = https.read("/", headers={})

    https.close()
    assert (got.status, asked) == (200, ["rebinding.example"])


def test_an_address_that_does_not_answer_is_followed_by_the_next(serve: Serve) -> None:
    server = serve(replying(answer()))
    https = Https(
        server.pinned(),
        peer="The server",
        patience=QUICK,
        resolver=lambda _host, _port: ["::1", "127.0.0.1"],
    )

    got = https.read("/", headers={})

    https.close()
    assert got.status == 200


@pytest.mark.parametrize("addresses", [[], ["::1"], ["::1", "127.0.0.1"]])
def test_a_name_without_an_address_that_answers_is_proof_of_nothing_sent(
    addresses: list[str], unused_port: int
) -> None:
    https = Https(
        connection(f"https://shop.example:{unused_port}", "a" * 64),
        peer="The server",
        patience=QUICK,
        resolver=lambda _host, _port: addresses,
    )

    with pytest.raises(NotSentError):
        https.write("/", headers={}, body=b"{}")

    https.close()


def test_a_name_that_can_not_exist_has_no_address() -> None:
    with pytest.raises(httpcore.ConnectError):
        resolve(f"{'a' * 70}.example", 443)


def test_no_operation_begins_after_the_end_of_its_call() -> None:
    deadline = Deadline()

    deadline.start(0)

    with pytest.raises(httpcore.ReadTimeout):
        deadline.cut(5, httpcore.ReadTimeout)


def test_an_operation_gets_what_is_left_and_no_more_than_its_own_limit() -> None:
    deadline = Deadline()

    deadline.start(60)

    left = deadline.cut(None, httpcore.ReadTimeout)
    assert left is not None
    assert 50 < left <= 60
    assert deadline.cut(5, httpcore.ReadTimeout) == 5
