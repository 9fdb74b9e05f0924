import hashlib
import socket
import ssl
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec

from tests.agent.harness import FakeClock, RunningAgent, make_settings
from tieout_agent.certificate import ensure_certificate
from tieout_agent.settings import SettingsError


def test_the_certificate_names_hosts_and_addresses_from_the_settings(
    tmp_path: Path, clock: FakeClock
) -> None:
    names = ["sage.example.com", "10.1.2.3", "fe80::1"]
    settings = make_settings(tmp_path, tmp_path, certificate_names=names)

    ensure_certificate(settings, clock)

    certificate = x509.load_pem_x509_certificate(settings.certificate_file.read_bytes())
    alternatives = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert alternatives.get_values_for_type(x509.DNSName) == ["sage.example.com"]
    addresses = [str(each) for each in alternatives.get_values_for_type(x509.IPAddress)]
    assert addresses == ["10.1.2.3", "fe80::1"]


def test_the_certificate_is_p_256_and_valid_for_years_from_yesterday(
    tmp_path: Path, clock: FakeClock
) -> None:
    settings = make_settings(tmp_path, tmp_path)

    ensure_certificate(settings, clock)

    certificate = x509.load_pem_x509_certificate(settings.certificate_file.read_bytes())
    key = certificate.public_key()
    assert isinstance(key, ec.EllipticCurvePublicKey)
    assert isinstance(key.curve, ec.SECP256R1)
    assert certificate.not_valid_before_utc == datetime(2026, 11, 19, 12, 0, tzinfo=UTC)
    assert certificate.not_valid_after_utc.year == 2031


def test_the_private_key_is_for_its_owner_alone(tmp_path: Path, clock: FakeClock) -> None:
    settings = make_settings(tmp_path, tmp_path)

    ensure_certificate(settings, clock)

    assert settings.key_file.stat().st_mode & 0o077 == 0


def test_a_second_start_keeps_the_certificate(tmp_path: Path, clock: FakeClock) -> None:
    settings = make_settings(tmp_path, tmp_path)
    first = ensure_certificate(settings, clock)

    second = ensure_certificate(settings, clock)

    assert second == first


def test_a_key_without_its_certificate_is_named(tmp_path: Path, clock: FakeClock) -> None:
    settings = make_settings(tmp_path, tmp_path)
    ensure_certificate(settings, clock)
    settings.certificate_file.unlink()

    with pytest.raises(SettingsError, match=r"agent\.crt does not"):
        ensure_certificate(settings, clock)


def test_a_certificate_file_without_a_certificate_is_named(
    tmp_path: Path, clock: FakeClock
) -> None:
    settings = make_settings(tmp_path, tmp_path)
    ensure_certificate(settings, clock)
    settings.certificate_file.write_text("nothing of the kind")

    with pytest.raises(SettingsError, match="no readable PEM certificate"):
        ensure_certificate(settings, clock)


def test_the_fingerprint_is_that_of_the_certificate_served(agent: RunningAgent) -> None:
    assert hashlib.sha256(served_certificate(agent, ssl.TLSVersion.TLSv1_3)).hexdigest() == (
        agent.fingerprint
    )


def test_tls_1_2_is_served(agent: RunningAgent) -> None:
    assert served_certificate(agent, ssl.TLSVersion.TLSv1_2)


def served_certificate(agent: RunningAgent, version: ssl.TLSVersion) -> bytes:
    context = ssl.create_default_context(cafile=agent.settings.certificate_file)
    context.minimum_version = context.maximum_version = version
    port = agent.client.base_url.port
    with (
        socket.create_connection(("127.0.0.1", port), timeout=5) as plain,
        context.wrap_socket(plain, server_hostname="127.0.0.1") as secure,
    ):
        return secure.getpeercert(binary_form=True) or b""
