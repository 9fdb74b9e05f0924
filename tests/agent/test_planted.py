"""Settings, certificate and journal that somebody else put there, or may change, are not read."""

import grp
import os
import pwd
from pathlib import Path

import pytest

from tests.agent import fake_windows
from tests.agent.harness import seeded_home
from tests.agent.setting_up import installed
from tieout_agent.errors import SettingsError
from tieout_agent.planted import INHERIT_ONLY, Trust, is_private
from tieout_agent.protection import SYSTEM
from tieout_agent.settings import read_settings
from tieout_agent.settings_file import read_values

WINDOWS = "tests.agent.fake_windows"
STRANGER = "S-1-5-21-1-2-3-1001"
ACCOUNT = "SUMMIT\\tieout"
SETTINGS = '{"com": "planted"}'
MAY_ADD, MAY_READ = 0x4, 0x1


@pytest.fixture
def file(tmp_path: Path) -> Path:
    made = tmp_path / "agent.json"
    made.write_text(SETTINGS)
    return made


@pytest.mark.parametrize("which", ["file", "folder"])
def test_what_belongs_to_somebody_else_is_not_read(file: Path, which: str) -> None:
    foreign = file if which == "file" else file.parent
    fake_windows.owners[str(foreign)] = STRANGER

    with pytest.raises(SettingsError, match="belongs neither to the system nor"):
        read_values(file, WINDOWS)


@pytest.mark.parametrize("which", ["file", "folder"])
def test_what_others_may_write_is_not_read(file: Path, which: str) -> None:
    fake_windows.owners[str(file)] = SYSTEM
    opened = file if which == "file" else file.parent
    fake_windows.grants[str(opened)] = [(fake_windows.EVERYBODY, 0, MAY_ADD)]

    with pytest.raises(SettingsError, match="may be changed by others"):
        read_values(file, WINDOWS)


def test_who_may_only_read_or_only_have_what_will_be_made_is_no_writer(file: Path) -> None:
    fake_windows.grants[str(file.parent)] = [
        (fake_windows.EVERYBODY, 0, MAY_READ),
        ("S-1-3-0", INHERIT_ONLY, 0x10000000),
        (SYSTEM, 0, MAY_ADD),
    ]

    assert read_values(file, WINDOWS)["com"] == "planted"


def test_the_service_s_account_may_have_them(file: Path) -> None:
    account = fake_windows.ACCOUNTS[ACCOUNT]
    fake_windows.grants[str(file)] = [(account, 0, MAY_ADD)]
    trust = Trust(fake_windows)

    trust.check([file], account=ACCOUNT)

    with pytest.raises(SettingsError, match="may be changed by others"):
        trust.check([file], account="")


@pytest.mark.parametrize("crowd", ["S-1-1-0", "S-1-5-32-545", "S-1-5-21-1-2-3-513"])
def test_a_crowd_that_the_file_calls_the_service_s_account_is_none(
    file: Path, monkeypatch: pytest.MonkeyPatch, crowd: str
) -> None:
    monkeypatch.setitem(fake_windows.ACCOUNTS, "Users", crowd)
    fake_windows.grants[str(file)] = [(crowd, 0, MAY_ADD)]

    with pytest.raises(SettingsError, match="may be changed by others"):
        Trust(fake_windows).check([file], account="Users")


def test_an_account_that_windows_lacks_lets_nobody_in(file: Path) -> None:
    fake_windows.grants[str(file)] = [(STRANGER, 0, MAY_ADD)]

    with pytest.raises(SettingsError, match="may be changed by others"):
        Trust(fake_windows).check([file], account="nobody")


def test_a_folder_that_leads_elsewhere_is_refused(file: Path, tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(file.parent)

    with pytest.raises(SettingsError, match="leads to another place"):
        read_values(link / file.name, WINDOWS)


def test_elsewhere_a_group_of_ones_own_is_nobody_else(file: Path) -> None:
    file.chmod(0o620)
    mine, me = grp.getgrgid(os.getegid()), pwd.getpwuid(os.geteuid()).pw_name
    alone = mine.gr_name == me and set(mine.gr_mem) <= {me}

    assert may_read(file) == alone


def test_a_group_that_is_not_ours_is_somebody_else() -> None:
    assert not is_private(os.getegid() + 1)


def test_elsewhere_a_file_that_others_may_write_is_not_read(file: Path) -> None:
    file.chmod(0o602)

    with pytest.raises(SettingsError, match="may be changed by other users"):
        read_values(file)


def test_elsewhere_a_folder_that_others_may_write_is_refused(file: Path) -> None:
    file.parent.chmod(0o777)

    with pytest.raises(SettingsError, match="may be changed by other users"):
        read_values(file)


@pytest.mark.parametrize("which", ["certificate_file", "key_file", "journal", "running_file"])
def test_certificate_key_and_journal_are_looked_at_likewise(
    tmp_path: Path, seeded: Path, which: str
) -> None:
    path = installed(tmp_path, seeded_home(tmp_path, seeded))
    beside: Path = getattr(read_settings(path), which)
    beside.touch()
    beside.chmod(0o666)

    with pytest.raises(SettingsError, match=f"{beside.name} may be changed by other users"):
        read_settings(path)


def test_a_file_that_is_not_there_is_nobody_s(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="can't be read"):
        read_values(tmp_path / "agent.json")


def may_read(file: Path) -> bool:
    try:
        return bool(read_values(file))
    except SettingsError:
        return False
