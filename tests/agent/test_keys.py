import re
from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from tests.agent.harness import running_agent, seeded_home
from tests.agent.setting_up import installed
from tieout_agent.commands.app import app
from tieout_agent.errors import SettingsError
from tieout_agent.keys import keys_of, name_of, with_new_key, without_key
from tieout_agent.security import KEY_BYTES, key_hash
from tieout_agent.settings import read_settings
from tieout_agent.settings_file import Values, read_values, write_values

TODAY = date(2026, 11, 21)


@pytest.fixture
def path(tmp_path: Path, seeded: Path) -> Path:
    return installed(tmp_path, seeded_home(tmp_path, seeded))


def run(path: Path, *arguments: str) -> Result:
    return CliRunner().invoke(app, ["keys", *arguments, "--settings", str(path)])


def key_in(output: str) -> str:
    found = re.search(r"shown this once: (\S+)", output)
    assert found, output
    return found[1]


def values(*scopes: str) -> Values:
    keys = [{"sha256": str(place) * 64, "scope": scope} for place, scope in enumerate(scopes)]
    return {"api_keys": keys}


def test_a_second_key_is_valid_beside_the_first(path: Path) -> None:
    before = read_settings(path).keys

    done = run(path, "add", "--scope", "write")

    settings = read_settings(path)
    with running_agent(settings) as agent:
        called = agent.client.get(
            "/v1/health", headers={"Authorization": f"Bearer {key_in(done.output)}"}
        )
    assert called.status_code == 200
    assert settings.keys[: len(before)] == before
    assert [key.scope for key in settings.keys].count("write") == 2


def test_a_key_is_shown_once_and_kept_as_its_hash(path: Path) -> None:
    key = key_in(run(path, "add", "--scope", "read").output)

    assert key not in path.read_text()
    assert key not in run(path, "list").output
    assert key_hash(key.encode()) in path.read_text()


def test_a_third_key_of_a_scope_is_refused(path: Path) -> None:
    run(path, "add", "--scope", "write")
    before = path.read_text()

    done = run(path, "add", "--scope", "write")

    assert "Remove the one that nobody uses" in str(done.exception)
    assert path.read_text() == before


def test_a_scope_that_is_none_is_a_wrong_use(path: Path) -> None:
    assert run(path, "add", "--scope", "all").exit_code == 2


def test_keys_are_listed_by_name_scope_and_day(path: Path) -> None:
    listed = run(path, "list").output

    for key in read_settings(path).keys:
        assert name_of(key) in listed
        assert key.sha256 not in listed
        assert str(key.made) in listed


def test_a_removed_key_opens_nothing(path: Path) -> None:
    key = key_in(run(path, "add", "--scope", "write").output)
    name = key_hash(key.encode())[:8]

    done = run(path, "remove", name)

    with running_agent(read_settings(path)) as agent:
        called = agent.client.get("/v1/health", headers={"Authorization": f"Bearer {key}"})
    assert done.exit_code == 0
    assert called.status_code == 401


@pytest.mark.parametrize("name", ["", "0000000", "ffffffff"])
def test_a_key_that_is_not_named_for_certain_is_not_removed(path: Path, name: str) -> None:
    before = path.read_text()

    done = run(path, "remove", name)

    assert "No one key is called" in str(done.exception)
    assert path.read_text() == before


def test_the_last_key_stays() -> None:
    with pytest.raises(SettingsError, match="last key"):
        without_key(values("write"), "00000000")


def test_older_keys_get_their_scope_when_one_is_added() -> None:
    added, _ = with_new_key({"api_key_hashes": ["a" * 64]}, "read", TODAY)

    assert "api_key_hashes" not in added
    assert [(key.scope, key.made) for key in keys_of(added)] == [("write", None), ("read", TODAY)]


def test_a_new_key_does_not_show_when_it_is_printed() -> None:
    _, made = with_new_key(values("write"), "read", TODAY)

    assert made.key not in repr(made)


def test_keys_hold_as_many_random_bytes_as_nobody_guesses() -> None:
    assert KEY_BYTES >= 32


def test_keys_that_can_t_be_read_are_told(path: Path) -> None:
    write_values(path, read_values(path) | {"api_keys": [{"sha256": "short"}]})

    assert "can't be read" in str(run(path, "list").exception)
