"""Reads `customers/<name>.toml` and puts one stage's settings over the common ones."""

import tomllib
from pathlib import Path
from typing import Any, cast

from pydantic import ValidationError

from infra.settings import PRODUCTION, Customer

ROOT = Path(__file__).parents[1]

MAX_FILE_BYTES = 256 * 1024
"""A settings file is a page or two; anything longer is the wrong file."""

PRODUCTION_DEFAULTS: dict[str, Any] = {
    "edge": {"waf": True},
    "safety": {"deletion_protection": True},
}

REASONS = {"missing": "is missing", "extra_forbidden": "is not a setting"}

Table = dict[str, Any]


class SettingsError(ValueError):
    """The settings file can't be used; the text names the file, the setting and what to do."""


def load(customer: str, stage: str) -> Customer:
    """Read one customer's settings for one stage.

    Args:
        customer: a name, for `customers/<name>.toml`, or a path that ends in `.toml`.
        stage: the name of a table `[stages.<stage>]` in that file.

    Raises:
        SettingsError: the file, the stage or a setting is missing or wrong.
    """
    path = _path(customer)
    table = _read(path)
    stages = table.pop("stages", {})
    if stage not in stages:
        known = ", ".join(sorted(stages)) or "none"
        raise SettingsError(f"{path}: there is no [stages.{stage}] (there is: {known}); add it")
    defaults = PRODUCTION_DEFAULTS if stage == PRODUCTION else {}
    merged = merge(merge(defaults, table), stages[stage])
    try:
        return Customer.model_validate({**merged, "stage": stage})
    except ValidationError as error:
        raise SettingsError(explain(error, where=f"{path}, stage {stage}")) from error


def merge(under: Table, over: Table) -> Table:
    """Put one table over another: tables are merged, everything else is replaced."""
    merged = dict(under)
    for key, value in over.items():
        old = merged.get(key)
        both = isinstance(old, dict) and isinstance(value, dict)
        merged[key] = merge(cast("Table", old), cast("Table", value)) if both else value
    return merged


def explain(error: ValidationError, *, where: str) -> str:
    """Say in one line per mistake which setting is wrong and why."""
    lines = [f"{where}: the settings can't be used."]
    for item in error.errors(include_url=False, include_context=False):
        name = ".".join(str(part) for part in item["loc"]) or "the file"
        reason = REASONS.get(item["type"], item["msg"].removeprefix("Value error, "))
        lines.append(f"  {name}: {reason}")
    return "\n".join([*lines, "Correct them and run the command again."])


def _path(customer: str) -> Path:
    name = customer if customer.endswith(".toml") else f"customers/{customer}.toml"
    return ROOT / name


def _read(path: Path) -> Table:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise SettingsError(
            f"{path} can't be read ({error.strerror}); copy customers/example.toml to it"
        ) from error
    if len(data) > MAX_FILE_BYTES:
        raise SettingsError(f"{path} is larger than {MAX_FILE_BYTES} bytes; is it the right file?")
    try:
        return tomllib.loads(data.decode())
    except ValueError as error:
        raise SettingsError(f"{path} is no valid TOML: {error}") from error
