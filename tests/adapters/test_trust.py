"""Which servers are spoken to, with real TLS: a stranger never hears a byte of HTTP."""

import ssl
from collections.abc import Callable, Generator
from contextlib import contextmanager

import pytest

from sandbox.certificates import Identity
from tests.adapters.conftest import Serve
from tests.adapters.servers import Server, answer, connection, replying
from tieout.adapters.answers import Answer
from tieout.adapters.http import Https, Patience
from tieout.adapters.trust import trust_of
from tieout.errors import SetupError
from tieout.settings import Connection

QUICK = Patience(read=2, total=3, retry_waits=())
PUBLIC_URL = "https://api.bigcommerce.com"
Call = Callable[[Connection], Answer]


@contextmanager
def caller(to: Connection) -> Generator[Https]:
    https = Https(to, peer="The server", patience=QUICK)
    try:
        yield https
    finally:
        https.close()


def read(to: Connection) -> Answer:
    with caller(to) as https:
        return https.read("/secret", headers={"X-Key": "key"})


def write(to: Connection) -> Answer:
    with caller(to) as https:
        return https.write("/secret", headers={"X-Key": "key"}, body=b"{}")


def own_ca(server: Server, identity: Identity, host: str = "127.0.0.1") -> Connection:
    return connection(
        f"https://{host}:{server.port}",
        trust="own_ca",
        ca_pem=identity.certificate.read_text(),
    )


@pytest.mark.parametrize("call", [read, write])
def test_a_pinned_server_is_spoken_to(serve: Serve, call: Call) -> None:
    server = serve(replying(answer()))

    got = call(server.pinned())

    assert got.status == 200


@pytest.mark.parametrize("call", [read, write])
def test_an_impostor_hears_not_one_byte_of_a_pinned_call(
    serve: Serve, other_identity: Identity, call: Call
) -> None:
    impostor = serve(replying(answer()))

    with pytest.raises(SetupError, match="isn't pinned; nothing was sent"):
        call(connection(impostor.url, other_identity.fingerprint))

    impostor.settle()
    assert impostor.received == [b""]


def test_the_refusal_of_an_impostor_names_the_fingerprint_to_compare(
    serve: Serve, identity: Identity, other_identity: Identity
) -> None:
    impostor = serve(replying(answer()))

    with pytest.raises(SetupError, match=identity.fingerprint):
        read(connection(impostor.url, other_identity.fingerprint))


def test_a_pinned_certificate_may_have_expired(serve: Serve, expired_identity: Identity) -> None:
    server = serve(replying(answer()), by=expired_identity)

    assert read(server.pinned()).status == 200


def test_of_two_pins_either_certificate_is_spoken_to(
    serve: Serve, identity: Identity, other_identity: Identity
) -> None:
    old, new = serve(replying(answer())), serve(replying(answer()), by=other_identity)
    pins = (identity.fingerprint, other_identity.fingerprint)

    got = [read(connection(server.url, *pins)).status for server in (old, new)]

    assert got == [200, 200]


def test_a_pin_may_be_written_with_colons_and_capitals(serve: Serve, identity: Identity) -> None:
    server = serve(replying(answer()))
    digits = identity.fingerprint.upper()
    pin = ":".join(digits[place : place + 2] for place in range(0, 64, 2))

    assert read(connection(server.url, pin)).status == 200


@pytest.mark.parametrize("pins", [("12ab",), ("g" * 64,), ("a" * 64, "b" * 64, "c" * 64)])
def test_what_is_no_pin_or_one_too_many_is_refused_at_the_start(pins: tuple[str, ...]) -> None:
    with pytest.raises(SetupError, match="pin"):
        trust_of(connection(PUBLIC_URL, *pins))


def test_a_server_of_the_own_ca_is_spoken_to(serve: Serve, identity: Identity) -> None:
    server = serve(replying(answer()))

    assert read(own_ca(server, identity)).status == 200


def test_a_stranger_to_the_own_ca_hears_nothing(serve: Serve, other_identity: Identity) -> None:
    stranger = serve(replying(answer()))

    with pytest.raises(SetupError, match="not trusted"):
        read(own_ca(stranger, other_identity))

    stranger.settle()
    assert stranger.received == [b""]


def test_an_expired_certificate_of_the_own_ca_is_refused(
    serve: Serve, expired_identity: Identity
) -> None:
    server = serve(replying(answer()), by=expired_identity)

    with pytest.raises(SetupError, match="expired"):
        read(own_ca(server, expired_identity))


def test_a_certificate_for_another_name_is_refused(serve: Serve, identity: Identity) -> None:
    server = serve(replying(answer()))
    https = Https(
        own_ca(server, identity, host="shop.example"),
        peer="The server",
        patience=QUICK,
        resolver=lambda _host, _port: ["127.0.0.1"],
    )

    with pytest.raises(SetupError, match="not trusted"):
        https.read("/", headers={})

    https.close()
    server.settle()
    assert server.received == [b""]


def test_a_self_signed_server_is_no_public_one(serve: Serve) -> None:
    server = serve(replying(answer()))

    with pytest.raises(SetupError, match="not trusted"):
        write(connection(server.url, trust="public"))

    server.settle()
    assert server.received == [b""]


def test_an_unreadable_ca_is_refused_at_the_start() -> None:
    with pytest.raises(SetupError, match="no readable CA"):
        trust_of(connection(PUBLIC_URL, trust="own_ca", ca_pem="not a certificate"))


@pytest.mark.parametrize("trust", ["public", "own_ca", "pin"])
def test_no_mode_speaks_a_tls_older_than_1_2(trust: str, identity: Identity) -> None:
    pem = identity.certificate.read_text()

    made = trust_of(connection(PUBLIC_URL, "a" * 64, trust=trust, ca_pem=pem))

    assert made.context.minimum_version == ssl.TLSVersion.TLSv1_2


@pytest.mark.parametrize("trust", ["public", "own_ca"])
def test_every_mode_without_a_pin_checks_chain_and_name(trust: str, identity: Identity) -> None:
    pem = identity.certificate.read_text()

    context = trust_of(connection(PUBLIC_URL, trust=trust, ca_pem=pem)).context

    assert (context.verify_mode, context.check_hostname) == (ssl.CERT_REQUIRED, True)
