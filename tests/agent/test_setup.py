import hashlib
import json
import socket
import ssl
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sandbox.sage100 import faults, seed
from sandbox.sage100.store import SYSTEM, Store, database
from sandbox.sage100.tables_sy import SY_COMPANY
from tests.agent import fake_windows
from tests.agent.harness import running_agent, seeded_home
from tests.agent.setting_up import answers, free_port, installed, options, setup
from tieout_agent.certificate import ensure_certificate, prepare_next, switch_to_next
from tieout_agent.clock import SystemClock
from tieout_agent.commands.asking import MOST_TRIES
from tieout_agent.commands.interview import Given
from tieout_agent.errors import SettingsError
from tieout_agent.port import who_listens
from tieout_agent.protection import load_protection
from tieout_agent.security import key_hash
from tieout_agent.settings import read_settings
from tieout_agent.settings_file import read_values, write_values


@pytest.fixture
def home(tmp_path: Path, seeded: Path) -> Path:
    return seeded_home(tmp_path, seeded)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "Tieout" / "agent.json"


@pytest.fixture
def system(home: Path) -> Iterator[Store]:
    store = Store(database(home, SYSTEM))
    yield store
    store.close()


def shown_keys(output: str) -> dict[str, str]:
    lines = (line for line in output.splitlines() if line.startswith("API key ("))
    return {line.partition("(")[2].partition(")")[0]: line.rpartition(" ")[2] for line in lines}


def test_answers_become_an_installation(path: Path, home: Path) -> None:
    port = free_port()

    done = setup(path, typed=answers(home, port))

    settings = read_settings(path)
    assert done.exit_code == 0, done.output
    assert (settings.home, settings.user, settings.port) == (str(home), seed.USER, port)
    assert settings.password.get_secret_value() == seed.PASSWORD
    assert settings.companies == ("ABC", "CAN")
    assert settings.certificate_names == ("sage.lan", "127.0.0.1")
    assert "ABC: Summit Outdoor Supply" in done.output


def test_fingerprint_and_one_key_of_each_scope_are_shown_and_the_keys_not_kept(
    path: Path, home: Path
) -> None:
    done = setup(path, typed=answers(home, free_port()))

    settings, keys = read_settings(path), shown_keys(done.output)
    certificate = ssl.PEM_cert_to_DER_cert(settings.certificate_file.read_text())
    assert hashlib.sha256(certificate).hexdigest() in done.output
    assert {key.scope: key.sha256 for key in settings.keys} == {
        scope: key_hash(key.encode()) for scope, key in keys.items()
    }
    assert set(keys) == {"write", "read"}
    assert not any(key in path.read_text() for key in keys.values())


def test_a_folder_that_was_given_from_where_one_stands_is_kept_whole(
    path: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(home.parent)
    relative = Path(home.name)

    done = setup(path, typed=answers(relative, free_port()))

    assert done.exit_code == 0, done.output
    assert read_values(path)["home"] == str(home)


def test_settings_and_private_key_are_for_the_service_alone(path: Path, home: Path) -> None:
    setup(path, typed=answers(home, free_port()))

    settings = read_settings(path)
    for private in (path, settings.key_file, path.parent):
        assert private.stat().st_mode & 0o077 == 0, private


def test_on_windows_the_password_is_sealed_and_the_files_are_closed_off(
    path: Path, home: Path
) -> None:
    sealing = ("--protection", "tests.agent.fake_windows")

    done = setup(path, *sealing, typed=answers(home, free_port()))

    assert done.exit_code == 0, done.output
    assert read_values(path)["password"]["protected"].startswith("dpapi:")
    assert read_settings(path).password.get_secret_value() == seed.PASSWORD
    for private in (path.parent, read_settings(path).key_file):
        assert load_protection("tests.agent.fake_windows").is_closed_off(private)


def test_a_folder_that_was_there_before_is_left_as_open_as_it_was(
    tmp_path: Path, home: Path
) -> None:
    sealing = ("--protection", "tests.agent.fake_windows")

    setup(tmp_path / "agent.json", *sealing, typed=answers(home, free_port()))

    assert str(tmp_path) not in fake_windows.lists


@pytest.mark.parametrize("owner", ["S-1-5-21-1-2-3-1001", "S-1-5-32-544"])
def test_the_usual_folder_of_windows_is_refused_if_somebody_else_made_it(
    tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch, *, owner: str
) -> None:
    monkeypatch.setenv("PROGRAMDATA", str(tmp_path))
    folder = tmp_path / "Tieout"
    folder.mkdir()
    fake_windows.owners[str(folder)] = owner
    fake_windows.grants[str(folder)] = [(fake_windows.EVERYBODY, 0, 0x2)]
    sealing = ("--protection", "tests.agent.fake_windows")

    done = setup(folder / "agent.json", *sealing, typed=answers(home, free_port()))

    assert isinstance(done.exception, SettingsError)
    assert "move it away and run `tieout-agent setup`" in str(done.exception)
    assert list(folder.iterdir()) == []


def test_the_usual_folder_of_windows_is_closed_off_though_it_was_there(
    tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PROGRAMDATA", str(tmp_path))
    folder = tmp_path / "Tieout"
    folder.mkdir()
    sealing = ("--protection", "tests.agent.fake_windows")

    setup(folder / "agent.json", *sealing, typed=answers(home, free_port()))

    assert load_protection("tests.agent.fake_windows").is_closed_off(folder)


def test_the_same_works_without_anybody_there(path: Path, home: Path, tmp_path: Path) -> None:
    done = setup(path, *options(home, tmp_path / "password", port=free_port()))

    assert done.exit_code == 0, done.output
    assert read_settings(path).companies == ("ABC", "CAN")


def test_without_anybody_there_a_missing_answer_is_named(path: Path) -> None:
    done = setup(path, "--unattended")

    assert done.exit_code == 2
    assert "--home" in done.output
    assert not path.exists()


def test_without_anybody_there_a_wrong_answer_ends_it(
    path: Path, home: Path, tmp_path: Path
) -> None:
    given = [*options(home, tmp_path / "password", port=free_port()), "--company", "XYZ"]

    done = setup(path, *given)

    assert isinstance(done.exception, SettingsError)
    assert "does not open this company" in str(done.exception)
    assert not path.exists()


@pytest.mark.parametrize(
    ("answer", "wrong", "said"),
    [
        ("home", "/no/such/folder", "No folder /no/such/folder is there"),
        ("user", "\nsomebody", "does not let this user in"),
        ("companies", "abc", "abc is no company code"),
        ("companies", "XYZ", "does not open this company"),
        ("companies", " ", "At least one company"),
        ("names", "sage_lan!", "no name or address"),
        ("port", "70000", "70000 is no port"),
        ("port", "no", "no is no port"),
    ],
)
def test_a_wrong_answer_is_explained_and_can_be_corrected(
    path: Path, home: Path, *, answer: str, wrong: str, said: str
) -> None:
    port = free_port()
    right: dict[str, str] = dict(zip(_ASKED, answers(home, port).splitlines(), strict=True))
    again = f"{seed.PASSWORD}\n{seed.USER}" if answer == "user" else right[answer]

    done = setup(path, typed=answers(home, port, **{answer: f"{wrong}\n{again}"}))

    assert done.exit_code == 0, done.output
    assert said in done.output
    assert read_settings(path).port == port


_ASKED = ("home", "user", "password", "companies", "names", "port")


def test_a_wrong_password_asks_for_user_and_password_again(path: Path, home: Path) -> None:
    password = f"wrong\n{seed.USER}\n{seed.PASSWORD}"

    done = setup(path, typed=answers(home, free_port(), password=password))

    assert done.exit_code == 0, done.output
    assert "does not let this user in" in done.output
    assert "wrong\n" not in done.output


def test_a_user_is_not_locked_out_by_trying(path: Path, home: Path) -> None:
    wrong = "\n".join(["wrong", *([seed.USER, "wrong"] * 3)])

    done = setup(path, typed=answers(home, free_port(), password=wrong))

    assert isinstance(done.exception, SettingsError)
    assert not path.exists()


def test_nobody_is_asked_for_ever(path: Path, home: Path) -> None:
    done = setup(path, typed=answers(home, free_port(), names="!\n" * MOST_TRIES))

    assert isinstance(done.exception, SettingsError)
    assert f"{MOST_TRIES} answers were wrong" in str(done.exception)


def test_the_folder_above_is_answered_with_the_one_that_is_meant(
    path: Path, home: Path, tmp_path: Path
) -> None:
    sage = tmp_path / "Sage"
    (sage / "MAS90" / "Home").mkdir(parents=True)

    done = setup(path, typed=answers(home, free_port(), home=f"{sage}\n{home}"))

    assert done.exit_code == 0, done.output
    assert f"Give {sage / 'MAS90' / 'Home'}" in done.output


def test_a_folder_without_a_sage_is_told(path: Path, home: Path, tmp_path: Path) -> None:
    empty = tmp_path / "elsewhere" / "Home"
    empty.mkdir(parents=True)

    done = setup(path, typed=answers(home, free_port(), home=f"{empty}\n{home}"))

    assert done.exit_code == 0, done.output
    assert "Sage 100 does not start" in done.output


def test_a_company_without_external_access_is_told_where_to_allow_it(
    path: Path, home: Path, system: Store
) -> None:
    company = system.get(SY_COMPANY, "CAN") or {}
    system.put(SY_COMPANY, company | {"AllowExternalAccess": "N"})

    done = setup(path, typed=answers(home, free_port(), companies="ABC CAN\nABC"))

    assert done.exit_code == 0, done.output
    assert "Allow External Access" in done.output
    assert read_settings(path).companies == ("ABC",)


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (faults.Fault("no_licence"), "no licence free"),
        (faults.Fault("poison"), "SessionFailed"),
    ],
)
def test_what_sage_lacks_at_the_moment_is_told_and_tried_again(
    path: Path, home: Path, system: Store, *, fault: faults.Fault, said: str
) -> None:
    faults.add(system, fault)
    again = f"{seed.PASSWORD}\n{seed.USER}\n{seed.PASSWORD}"

    done = setup(path, typed=answers(home, free_port(), password=again))

    assert said in done.output or "stopped answering" in done.output
    assert done.exit_code == 0, done.output


def test_a_company_that_is_locked_is_told(path: Path, home: Path, system: Store) -> None:
    faults.add(system, faults.Fault("exclusive_lock"))

    done = setup(path, typed=answers(home, free_port(), companies="ABC\nABC"))

    assert "Sage 100 is locked" in done.output
    assert done.exit_code == 0, done.output


def test_a_port_in_use_is_told(path: Path, home: Path) -> None:
    with socket.socket() as listener:
        listener.bind(("0.0.0.0", 0))
        listener.listen()
        taken = listener.getsockname()[1]
        done = setup(path, typed=answers(home, taken) + f"{free_port()}\n")

    assert f"Port {taken} is in use" in done.output
    assert done.exit_code == 0, done.output


def test_an_address_of_another_machine_is_told(path: Path, home: Path, tmp_path: Path) -> None:
    given = options(home, tmp_path / "password", port=free_port())

    done = setup(path, *given, "--host", "192.0.2.1")

    assert "Nothing can listen at 192.0.2.1" in str(done.exception)


def test_the_port_of_the_agent_itself_is_no_hindrance(tmp_path: Path, home: Path) -> None:
    path = installed(tmp_path, home)
    settings = read_settings(path)

    with running_agent(settings):
        done = setup(path, "--unattended")

    assert done.exit_code == 0, done.output


def test_the_agent_itself_is_no_hindrance_to_another_name_for_it(
    tmp_path: Path, home: Path
) -> None:
    path = installed(tmp_path, home)
    settings = read_settings(path)

    with running_agent(settings):
        done = setup(path, "--unattended", "--name", "sage.example.com")

    assert done.exit_code == 0, done.output
    assert read_settings(path).certificate_names == ("sage.example.com",)


def test_the_agent_is_known_by_its_certificate_until_it_is_restarted_with_the_next(
    tmp_path: Path, home: Path
) -> None:
    path = installed(tmp_path, home)
    settings = read_settings(path)

    with running_agent(settings):
        prepare_next(settings, SystemClock())
        switch_to_next(settings)
        listener = who_listens(settings)

    assert listener == "agent"


def test_a_certificate_of_somebody_else_is_not_taken_for_the_agent_s(
    tmp_path: Path, home: Path
) -> None:
    path = installed(tmp_path, home)
    settings = read_settings(path)

    with running_agent(settings):
        settings.certificate_file.unlink()
        settings.key_file.unlink()
        ensure_certificate(settings, SystemClock())
        with pytest.raises(SettingsError, match="another program"):
            who_listens(settings)


def test_another_program_at_the_port_of_an_agent_is_not_taken_for_it(
    tmp_path: Path, home: Path
) -> None:
    path = installed(tmp_path, home)
    with socket.create_server(("127.0.0.1", read_settings(path).port)) as listener:
        stranger = threading.Thread(target=hang_up, args=[listener])
        stranger.start()
        done = setup(path, "--unattended")
        stranger.join()

    assert "in use by another program" in str(done.exception)


def hang_up(listener: socket.socket) -> None:
    connection, _ = listener.accept()
    connection.close()


def test_set_up_again_everything_is_offered_and_kept(tmp_path: Path, home: Path) -> None:
    path = installed(tmp_path, home)
    write_values(path, read_values(path) | {"queue_limit": 7})
    before, certificate = read_settings(path), read_settings(path).certificate_file.read_bytes()

    done = setup(path, typed="\n" * 6)

    assert done.exit_code == 0, done.output
    assert read_settings(path) == before
    assert certificate == before.certificate_file.read_bytes()
    assert shown_keys(done.output) == {}
    assert "that were there" in done.output


def test_set_up_again_one_answer_can_be_changed(tmp_path: Path, home: Path) -> None:
    path = installed(tmp_path, home)

    done = setup(path, "--company", "CAN", "--unattended")

    assert done.exit_code == 0, done.output
    assert read_settings(path).companies == ("CAN",)


def test_settings_of_0_1_0_are_taken_over_with_their_keys(tmp_path: Path, home: Path) -> None:
    path = installed(tmp_path, home)
    older = {name: value for name, value in read_values(path).items() if name != "api_keys"}
    write_values(path, older | {"api_key_hashes": ["a" * 64]})

    done = setup(path, "--unattended")

    kept = [(key.sha256, key.scope) for key in read_settings(path).keys]
    assert kept[0] == ("a" * 64, "write")
    assert "api_key_hashes" not in read_values(path)
    assert set(shown_keys(done.output)) == {"read"}


def test_a_password_that_was_sealed_elsewhere_is_asked_for(tmp_path: Path, home: Path) -> None:
    path = installed(tmp_path, home)
    write_values(path, read_values(path) | {"password": {"protected": "dpapi:b3RoZXI="}})

    done = setup(path, typed=f"\n\n{seed.PASSWORD}\n\n\n\n")

    assert done.exit_code == 0, done.output
    assert read_settings(path).password.get_secret_value() == seed.PASSWORD


def test_an_account_that_windows_lacks_leaves_nothing_behind(
    path: Path, home: Path, tmp_path: Path
) -> None:
    given = options(home, tmp_path / "password", port=free_port())
    sealing = ("--protection", "tests.agent.fake_windows", "--service-account", "nobody")

    done = setup(path, *given, *sealing)

    assert "knows no account nobody" in str(done.exception)
    assert not path.exists()


def test_an_empty_answer_is_none(path: Path, home: Path, tmp_path: Path) -> None:
    given = options(home, tmp_path / "password", port=free_port())

    done = setup(path, *given, "--user", " ")

    assert "An answer is needed" in str(done.exception)


def test_a_password_that_was_given_does_not_show_when_it_is_printed() -> None:
    assert "secret" not in repr(Given(password="secret"))


def test_the_password_is_seen_nowhere(path: Path, home: Path) -> None:
    secret = f"{seed.PASSWORD}-not"

    done = setup(path, typed=answers(home, free_port(), password=secret))

    assert secret not in done.output
    assert secret not in str(done.exception)


def test_the_settings_file_is_json_that_a_person_can_read(tmp_path: Path, home: Path) -> None:
    values: dict[str, Any] = json.loads(installed(tmp_path, home).read_text())

    assert {"home", "user", "companies", "port", "api_keys"} <= set(values)
