import json
from pathlib import Path
from typing import Any

import pytest

from tieout_agent.settings import SettingsError, read_settings

VALUES: dict[str, Any] = {
    "home": "C:\\Sage\\MAS90\\Home",
    "user": "tieout",
    "password": "secret-password",
    "companies": ["ABC"],
    "api_keys": [{"sha256": "0" * 64, "scope": "write"}],
}


def written(folder: Path, **changes: Any) -> Path:
    path = folder / "agent.json"
    path.write_text(json.dumps(VALUES | changes))
    return path


def test_a_json_file_with_the_needed_settings_is_enough(tmp_path: Path) -> None:
    settings = read_settings(written(tmp_path))

    assert settings.com == "tieout_agent.com"
    assert settings.certificate_file == tmp_path / "tieout-agent.crt"


def test_a_toml_file_does_as_well(tmp_path: Path) -> None:
    path = tmp_path / "agent.toml"
    path.write_text(
        "home = 'C:\\Sage\\MAS90\\Home'\nuser = 'tieout'\npassword = 'x'\n"
        f"companies = ['ABC']\napi_key_hashes = ['{'0' * 64}']\n"
    )

    assert read_settings(path).home == "C:\\Sage\\MAS90\\Home"


def test_absolute_paths_stay_as_they_are(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere" / "agent.crt"

    settings = read_settings(written(tmp_path, certificate_file=str(elsewhere)))

    assert settings.certificate_file == elsewhere


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"companies": []}, "companies"),
        ({"companies": ["ab"]}, "companies"),
        ({"api_key_hashes": ["0" * 64] * 3}, "api_key_hashes"),
        ({"api_key_hashes": ["plain key"]}, "api_key_hashes"),
        ({"api_keys": []}, "api_keys is missing"),
        ({"api_keys": [{"sha256": "0" * 64, "scope": "write"}] * 3}, "3 keys may write"),
        ({"api_keys": [{"sha256": "0" * 64, "scope": "all"}]}, "api_keys.0.scope"),
        ({"api_keys": [{"sha256": "0" * 64, "scope": "read"}] * 5}, "api_keys"),
        ({"port": 70000}, "port"),
        ({"call_seconds": 25}, "call_seconds"),
        ({"surprise": 1}, "surprise"),
    ],
)
def test_a_wrong_setting_is_named_and_no_value_shown(
    tmp_path: Path, changes: dict[str, Any], named: str
) -> None:
    with pytest.raises(SettingsError, match=named) as wrong:
        read_settings(written(tmp_path, **changes))

    assert "secret-password" not in str(wrong.value)


def test_settings_of_0_1_0_are_read_and_their_keys_may_write(tmp_path: Path) -> None:
    path = tmp_path / "agent.json"
    older = {name: value for name, value in VALUES.items() if name != "api_keys"}
    path.write_text(json.dumps(older | {"api_key_hashes": ["a" * 64, "b" * 64]}))

    keys = read_settings(path).keys

    assert [(key.sha256[0], key.scope) for key in keys] == [("a", "write"), ("b", "write")]


def test_older_keys_count_no_more_where_keys_have_scopes(tmp_path: Path) -> None:
    settings = read_settings(written(tmp_path, api_key_hashes=["a" * 64]))

    assert [key.sha256[0] for key in settings.keys] == ["0"]


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"nothing\.json can't be read"):
        read_settings(tmp_path / "nothing.json")


def test_a_file_that_is_no_json_is_named(tmp_path: Path) -> None:
    path = tmp_path / "agent.json"
    path.write_text("{")

    with pytest.raises(SettingsError, match="neither valid JSON nor TOML"):
        read_settings(path)


def test_the_password_does_not_show_when_settings_are_printed(tmp_path: Path) -> None:
    assert "secret-password" not in repr(read_settings(written(tmp_path)))
