import json
from pathlib import Path
from typing import Any

import pytest

from tests.agent import fake_windows
from tieout_agent.errors import SettingsError
from tieout_agent.installing import hand_over
from tieout_agent.protection import ADMINISTRATORS, SYSTEM, Protection, load_protection
from tieout_agent.settings import default_file, read_settings
from tieout_agent.settings_file import read_values, write_values

WINDOWS = "tests.agent.fake_windows"
SECRET = "the password of the tests"
VALUES: dict[str, Any] = {
    "home": "C:\\Sage\\MAS90\\Home",
    "user": "tieout",
    "companies": ["ABC"],
    "api_keys": [{"sha256": "0" * 64, "scope": "write"}],
}


def on_windows(account: str = "") -> Protection:
    return load_protection(WINDOWS, account)


def test_what_is_sealed_shows_nothing_and_opens_again() -> None:
    sealed = on_windows().seal(SECRET)

    assert SECRET not in str(sealed)
    assert on_windows().open(sealed) == SECRET


def test_a_password_that_a_person_typed_is_taken_as_it_is() -> None:
    assert on_windows().open(SECRET) == SECRET


def test_without_windows_the_file_mode_keeps_the_secret() -> None:
    assert load_protection("").seal(SECRET) == SECRET


@pytest.mark.parametrize(
    "sealed",
    ["dpapi:", "dpapi:not base64!", "dpapi:b3RoZXIgbWFjaGluZQ==", "dpapi:c2VhbGVkpaWl"],
)
def test_a_secret_of_another_machine_is_told_and_not_guessed_at(sealed: str) -> None:
    with pytest.raises(SettingsError, match="protected on another machine"):
        on_windows().open({"protected": sealed})


def test_a_sealed_secret_can_t_be_opened_where_there_is_no_windows() -> None:
    with pytest.raises(SettingsError, match="tieout-agent setup"):
        load_protection("").open(on_windows().seal(SECRET))


def test_the_system_administrators_and_the_service_s_account_alone_may_have_a_file(
    tmp_path: Path,
) -> None:
    file = tmp_path / "agent.json"
    protection = on_windows("SUMMIT\\tieout")

    before = protection.is_closed_off(file)
    protection.close_off(file)

    assert not before
    assert protection.is_closed_off(file)
    assert fake_windows.owners[str(file)] == ADMINISTRATORS
    assert fake_windows.lists[str(file)] == [SYSTEM, ADMINISTRATORS, "S-1-5-21-1-2-3-1105"]


def test_an_account_that_windows_lacks_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="knows no account SUMMIT"):
        on_windows("SUMMIT\\nobody").close_off(tmp_path)


def test_a_file_is_closed_off_by_its_mode(tmp_path: Path) -> None:
    file = tmp_path / "agent.json"
    file.touch(mode=0o644)
    protection = load_protection("")

    before = protection.is_closed_off(file)
    protection.close_off(file)

    assert not before
    assert protection.is_closed_off(file)


def test_a_folder_that_is_closed_off_can_still_be_entered(tmp_path: Path) -> None:
    folder = tmp_path / "Tieout"
    folder.mkdir()

    load_protection("").close_off(folder)
    (folder / "agent.json").touch()

    assert load_protection("").is_closed_off(folder)


def test_a_protection_that_is_not_there_says_what_to_correct() -> None:
    with pytest.raises(SettingsError, match='"protection": ""'):
        load_protection("no.such.module")


def test_a_sealed_password_is_read_from_the_settings_file(tmp_path: Path) -> None:
    path = tmp_path / "agent.json"
    sealed = {"password": on_windows().seal(SECRET), "protection": WINDOWS}
    write_values(path, VALUES | sealed)

    settings = read_settings(path)

    assert settings.password.get_secret_value() == SECRET
    assert SECRET not in path.read_text()
    assert on_windows().is_closed_off(path.with_name("agent.json.new"))


def test_a_written_file_is_closed_off_and_keeps_every_setting(tmp_path: Path) -> None:
    path = tmp_path / "agent.json"
    path.write_text("{}")

    write_values(path, VALUES | {"password": "x", "queue_limit": 7})

    assert read_values(path)["queue_limit"] == 7
    assert path.stat().st_mode & 0o077 == 0
    assert [file.name for file in tmp_path.iterdir()] == ["agent.json"]


def test_a_file_that_can_t_be_written_whole_leaves_the_old_one(tmp_path: Path) -> None:
    path = tmp_path / "agent.json"
    write_values(path, VALUES)

    with pytest.raises(TypeError):
        write_values(path, {"home": object()})
    with pytest.raises(SettingsError, match="knows no account"):
        write_values(path, {"protection": WINDOWS, "service_account": "nobody"})

    assert read_values(path) == VALUES
    assert [file.name for file in tmp_path.iterdir()] == ["agent.json"]


@pytest.mark.parametrize("ours", [True, False])
def test_the_service_s_account_is_let_in_when_it_is_chosen_later(
    tmp_path: Path, *, ours: bool
) -> None:
    path = tmp_path / "agent.json"
    write_values(path, VALUES | {"password": "x", "protection": WINDOWS})
    (tmp_path / "tieout-agent.key").touch()
    if ours:
        on_windows().close_off(tmp_path)

    hand_over(path, "SUMMIT\\tieout")

    account = fake_windows.ACCOUNTS["SUMMIT\\tieout"]
    assert read_settings(path).service_account == "SUMMIT\\tieout"
    assert account in fake_windows.lists[str(tmp_path / "tieout-agent.key")]
    assert (account in fake_windows.lists.get(str(tmp_path), [])) is ours


def test_an_account_that_has_the_files_already_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "agent.json"
    write_values(path, VALUES | {"password": "x", "protection": WINDOWS})
    before = path.stat().st_mtime_ns

    hand_over(path, "")

    assert path.stat().st_mtime_ns == before


def test_toml_is_left_to_the_person_who_wrote_it(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="Save it as JSON"):
        write_values(tmp_path / "agent.toml", VALUES)


def test_a_file_of_something_else_is_no_settings_file(tmp_path: Path) -> None:
    path = tmp_path / "agent.json"
    path.write_text(json.dumps(["home"]))

    with pytest.raises(SettingsError, match="one JSON object"):
        read_values(path)


def test_the_settings_are_in_program_data_on_windows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PROGRAMDATA", "/ProgramData")

    assert default_file() == Path("/ProgramData/Tieout/agent.json")


def test_the_settings_are_in_the_present_folder_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PROGRAMDATA", raising=False)

    assert default_file() == Path("tieout-agent.json")
