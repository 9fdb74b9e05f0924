import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from typer.testing import CliRunner, Result

from tests.agent.harness import running_agent, seeded_home
from tests.agent.setting_up import installed
from tieout_agent.certificate import Facts, facts
from tieout_agent.commands.app import app
from tieout_agent.settings import read_settings


@pytest.fixture
def path(tmp_path: Path, seeded: Path) -> Path:
    return installed(tmp_path, seeded_home(tmp_path, seeded))


def run(path: Path, *arguments: str) -> Result:
    return CliRunner().invoke(app, ["certificate", *arguments, "--settings", str(path)])


def fingerprint_in(output: str) -> str:
    found = re.search(r"SHA-256: ([0-9a-f]{64})", output)
    assert found, output
    return found[1]


def test_fingerprint_names_and_days_left_are_shown(path: Path) -> None:
    shown = run(path, "show").output

    known = facts(read_settings(path).certificate_file)
    assert fingerprint_in(shown) == known.fingerprint
    assert "sage.lan, 127.0.0.1" in shown
    assert "1823 days" in shown


def test_machines_are_told_the_same(path: Path) -> None:
    told = json.loads(run(path, "show", "--json").output)

    assert told["sha256"] == facts(read_settings(path).certificate_file).fingerprint
    assert told["names"] == ["sage.lan", "127.0.0.1"]
    assert told["daysLeft"] == 1823


def test_the_next_certificate_is_told_before_it_is_used(path: Path) -> None:
    settings = read_settings(path)
    before = facts(settings.certificate_file).fingerprint

    coming = fingerprint_in(run(path, "renew").output)

    key = settings.key_file.with_name("tieout-agent.key.next")
    assert coming != before
    assert facts(settings.certificate_file).fingerprint == before
    assert key.stat().st_mode & 0o077 == 0


def test_after_the_switch_the_agent_shows_the_next_certificate(path: Path) -> None:
    settings = read_settings(path)
    coming = fingerprint_in(run(path, "renew").output)

    switched = fingerprint_in(run(path, "switch").output)

    with running_agent(settings) as agent:
        # Its client trusts this very certificate, though the agent does not know its key.
        assert agent.get("/health").status_code == 401
        assert agent.fingerprint == coming == switched
    assert settings.key_file.with_name("tieout-agent.key.last").exists()


def test_a_certificate_that_is_prepared_is_not_made_twice(path: Path) -> None:
    coming = fingerprint_in(run(path, "renew").output)

    again = run(path, "renew")

    assert "is prepared already" in str(again.exception)
    assert fingerprint_in(run(path, "switch").output) == coming


@pytest.mark.parametrize("missing", ["tieout-agent.crt.next", "tieout-agent.key.next"])
def test_without_a_whole_next_certificate_nothing_is_switched(path: Path, missing: str) -> None:
    settings = read_settings(path)
    before = facts(settings.certificate_file).fingerprint
    run(path, "renew")
    settings.certificate_file.with_name(missing).unlink()

    done = run(path, "switch")

    assert "tieout-agent certificate renew" in str(done.exception)
    assert facts(settings.certificate_file).fingerprint == before


def test_a_switch_works_where_the_present_certificate_was_lost(path: Path) -> None:
    settings = read_settings(path)
    coming = fingerprint_in(run(path, "renew").output)
    settings.certificate_file.unlink()
    settings.key_file.unlink()

    assert fingerprint_in(run(path, "switch").output) == coming


def test_days_left_are_whole_days_and_fall_below_nothing() -> None:
    ends = datetime(2026, 11, 21, 12, tzinfo=UTC)
    known = Facts("0" * 64, (), ends)

    assert known.days_left(ends - timedelta(days=1, hours=23)) == 1
    assert known.days_left(ends + timedelta(hours=1)) == -1


def test_a_certificate_without_names_has_none(tmp_path: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    start = datetime(2026, 1, 1, tzinfo=UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([]))
        .issuer_name(x509.Name([]))
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(start)
        .not_valid_after(start + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    file = tmp_path / "agent.crt"
    file.write_bytes(made.public_bytes(serialization.Encoding.PEM))

    assert facts(file).names == ()
