"""The settings file as it lies on the disk: JSON or TOML, with its secrets sealed."""

import json
import os
import tomllib
from pathlib import Path
from typing import Any, cast

from tieout_agent.errors import SettingsError
from tieout_agent.planted import Trust
from tieout_agent.protection import DEFAULT, Protection, load_protection

Values = dict[str, Any]

TOML = ".toml"


def read_values(path: Path, keeper: str = DEFAULT) -> Values:
    """Read a settings file as it is: nothing filled in, nothing opened.

    Args:
        path: The file.
        keeper: The module that sees whose file it is; never the one that the file itself names.

    Raises:
        SettingsError: Somebody else may have written it; it can't be read, or is neither JSON nor
            TOML.
    """
    refuse_planted(path, keeper)
    values = _parsed(path)
    # The account has to be known to tell who may write: nobody else could have named it by now.
    refuse_planted(path, keeper, account=str(values.get("service_account", "")))
    return values


def refuse_planted(path: Path, keeper: str, *, account: str | None = None) -> None:
    """Pass, if nobody else may have written a settings file or anything in its folder.

    Args:
        path: The file, which may not be there yet.
        keeper: The module that sees whose file it is.
        account: The service's account; None as long as it is not known.

    Raises:
        SettingsError: Somebody else has a hand in it.
    """
    trust = Trust(load_protection(keeper).windows)
    trust.check([path.absolute().parent, path.absolute()], account=account)


def _parsed(path: Path) -> Values:
    try:
        text = path.read_text("utf-8")
        values: Any = tomllib.loads(text) if path.suffix == TOML else json.loads(text)
    except OSError as error:
        raise SettingsError(
            f"{path} can't be read: {error.strerror}. As an administrator, name the settings file "
            "with --settings, or make one with `tieout-agent setup`."
        ) from error
    except ValueError as error:
        raise SettingsError(f"{path} is neither valid JSON nor TOML: {error}") from error
    if not isinstance(values, dict):
        raise SettingsError(f"{path} has to hold one JSON object with the settings.")
    return cast("Values", values)


def write_values(path: Path, values: Values) -> None:
    """Write a settings file, the old one whole or the new one whole, for our eyes only.

    Raises:
        SettingsError: It is TOML, which a person writes.
        OSError: It can't be written.
    """
    if path.suffix == TOML:
        raise SettingsError(
            f"{path} is TOML, which no command writes. Save it as JSON, or correct it by hand."
        )
    beside = path.with_name(f"{path.name}.new")
    beside.unlink(missing_ok=True)
    try:
        write_private(beside, (json.dumps(values, indent=2) + "\n").encode())
        protection_of(values).close_off(beside)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def protection_of(values: Values) -> Protection:
    """Say how the secrets of a settings file are kept.

    Raises:
        SettingsError: The module that the file names is not there.
    """
    name, account = values.get("protection", DEFAULT), values.get("service_account", "")
    return load_protection(str(name), str(account))


def write_private(path: Path, content: bytes) -> None:
    """Write a new file that only its owner may read; on Windows the folder's rights decide."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
