"""What a settings file may say, and how clearly it is refused otherwise."""

from pathlib import Path
from typing import Any

import pytest

from infra.customers import SettingsError, load, merge

MINIMAL: dict[str, Any] = {
    "customer": '"acme"',
    "region": '"us-east-1"',
    "agent": {"url": '"https://agent.acme.example"'},
    "stores": {
        "main": {
            "letter": '"W"',
            "store_hash": '"abc"',
            "api": {"url": '"https://api.bigcommerce.com"'},
            "companies": {"USD": '"ABC"'},
        }
    },
    "stages": {"dev": {}, "prod": {}},
}

SECOND_STORE = {
    "letter": '"X"',
    "store_hash": '"def"',
    "api": {"url": '"https://api.bigcommerce.com"'},
    "companies": {"USD": '"ABC"'},
}

PIN = "ab" * 32


def write(folder: Path, **changes: Any) -> str:
    """Write the smallest good file with some changes; values are TOML."""
    path = folder / "acme.toml"
    path.write_text("\n".join(toml(merge(MINIMAL, changes))))
    return str(path)


def toml(table: dict[str, Any], name: str = "") -> list[str]:
    lines = [f"{key} = {value}" for key, value in table.items() if isinstance(value, str)]
    for key, value in table.items():
        if isinstance(value, dict):
            path = f"{name}.{key}".lstrip(".")
            lines += [f"[{path}]", *toml(value, path)]  # pyright: ignore[reportUnknownArgumentType]
    return lines


def store(**changes: Any) -> dict[str, Any]:
    return {"stores": {"main": changes}}


def test_the_smallest_file_is_enough(tmp_path: Path):
    settings = load(write(tmp_path), "dev")

    assert settings.prefix == "acme-dev"
    assert settings.schedules.backfill_minutes == 5
    assert settings.limits.reserved_receive is None


def test_the_example_is_usable_at_every_stage_it_names():
    stages = [load("example", stage).stage for stage in ("dev", "prod")]

    assert stages == ["dev", "prod"]


def test_a_stage_overrides_single_settings_and_keeps_the_others(tmp_path: Path):
    changes = {"schedules": {"due_minutes": "2"}}
    path = write(tmp_path, stages={"dev": {"schedules": {"backfill_minutes": "3"}}}, **changes)

    schedules = load(path, "dev").schedules

    assert (schedules.due_minutes, schedules.backfill_minutes) == (2, 3)


def test_production_is_guarded_by_default(tmp_path: Path):
    settings = load(write(tmp_path), "prod")

    assert settings.edge.waf
    assert settings.safety.deletion_protection


def test_production_can_be_told_to_do_without_the_firewall(tmp_path: Path):
    path = write(tmp_path, stages={"prod": {"edge": {"waf": "false"}}})

    settings = load(path, "prod")

    assert not settings.edge.waf
    assert settings.safety.deletion_protection


def test_the_stack_tag_is_two_characters_that_never_change(tmp_path: Path):
    settings = load(write(tmp_path), "dev")

    # SHA-256 of "acme-dev" begins with the bits 00011 00010.
    assert settings.stack_tag == "32"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"limits": {"max_concurrency": "1"}}, "limits.max_concurrency: .* equal to 2"),
        ({"schedules": {"due_minutes": "0"}}, "schedules.due_minutes"),
        ({"schedules": {"due_minutes": "3"}}, "schedules.due_minutes"),
        ({"schedules": {"backfill_minutes": "1"}}, "schedules.backfill_minutes"),
        ({"schedules": {"backfill_minutes": "6"}}, "schedules.backfill_minutes"),
        (store(letter='"w"'), "stores.main.letter: 'w' must be one upper-case letter"),
        (store(letter='"WX"'), "one upper-case letter"),
        (store(letter='"É"'), "one upper-case letter"),
        (store(letter='"1"'), "one upper-case letter"),
        (store(overflow_letter='"W"'), "share letter W in company ABC"),
        ({"stores": {"other": {**SECOND_STORE, "letter": '"W"'}}}, "share letter W in company ABC"),
        ({"limits": {"reserved_workers": "4"}}, "at least `max_concurrency`"),
        ({"agent": {"url": '"http://agent.acme.example"'}}, "agent.url: must be a plain https"),
        ({"agent": {"url": '"https://me:pw@agent.acme.example"'}}, "without user name"),
        ({"agent": {"trust": '"pin"'}}, "`pins` goes with trust"),
        ({"agent": {"pins": f'["{PIN}"]'}}, "`pins` goes with trust"),
        ({"agent": {"trust": '"own_ca"'}}, "`ca_pem` goes with trust"),
        ({"agent": {"trust": '"none"'}}, "agent.trust"),
        ({"agent": {"allow_networks": '["169.254.169.254/32"]'}}, "never safe to call"),
        ({"agent": {"allow_networks": '["0.0.0.0/0"]'}}, "never safe to call"),
        ({"agent": {"allow_networks": '["::/0"]'}}, "never safe to call"),
        ({"agent": {"verify": "false"}}, "agent.verify: is not a setting"),
        ({"schedules": {"time_zone": '"Mars/Base"'}}, "time_zone: 'Mars/Base' is no time zone"),
        ({"schedules": {"recount_hour": "24"}}, "schedules.recount_hour"),
        ({"schedules": {"selftest_hour": "-1"}}, "schedules.selftest_hour"),
        ({"edge": {"door": {"url": '"http://127.0.0.1"'}}}, "edge.door.url: must be a plain"),
        ({"customer": '"Acme"'}, "customer"),
        ({"region": '"nowhere"'}, "region"),
    ],
)
def test_a_wrong_setting_is_named_with_its_reason(
    tmp_path: Path, changes: dict[str, Any], words: str
):
    path = write(tmp_path, **changes)

    with pytest.raises(SettingsError, match=words):
        load(path, "dev")


@pytest.mark.parametrize(
    "network", ["127.0.0.1/32", "126.0.0.0/7", "::1/128", "::ffff:127.0.0.1/128"]
)
@pytest.mark.parametrize("where", ["agent", "store"])
def test_loopback_is_for_the_sandbox_and_never_for_production(
    tmp_path: Path, network: str, where: str
):
    endpoint = {"allow_networks": f'["{network}"]'}
    path = write(tmp_path, **({"agent": endpoint} if where == "agent" else store(api=endpoint)))

    assert load(path, "dev").stage == "dev"
    with pytest.raises(SettingsError, match="loopback"):
        load(path, "prod")


def test_production_is_tested_by_its_own_door_and_no_other(tmp_path: Path):
    path = write(tmp_path, edge={"door": {"url": '"https://elsewhere.example"'}})

    assert load(path, "dev").edge.door is not None
    with pytest.raises(SettingsError, match="would prove nothing"):
        load(path, "prod")


def test_two_stores_may_share_a_letter_in_different_companies(tmp_path: Path):
    other = {**SECOND_STORE, "letter": '"W"', "companies": {"USD": '"CAN"'}}
    path = write(tmp_path, stores={"other": other})

    settings = load(path, "dev")

    assert sorted(settings.stores) == ["main", "other"]


def test_an_unknown_stage_is_refused_with_the_known_ones(tmp_path: Path):
    path = write(tmp_path)

    with pytest.raises(SettingsError, match=r"no \[stages.test\] \(there is: dev, prod\)"):
        load(path, "test")


def test_a_missing_file_says_what_to_copy():
    with pytest.raises(
        SettingsError, match=r"nobody\.toml can't be read .* copy customers/example"
    ):
        load("nobody", "dev")


def test_a_file_that_is_no_toml_is_refused(tmp_path: Path):
    path = tmp_path / "acme.toml"
    path.write_text("customer = ")

    with pytest.raises(SettingsError, match="no valid TOML"):
        load(str(path), "dev")


def test_a_huge_file_is_refused_unread(tmp_path: Path):
    path = tmp_path / "acme.toml"
    path.write_text("#" * 300_000)

    with pytest.raises(SettingsError, match="larger than"):
        load(str(path), "dev")
