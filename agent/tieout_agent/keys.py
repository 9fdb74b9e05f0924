"""The API keys in a settings file: made, listed and taken away, two of a scope while one changes."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any, cast, get_args

from tieout_agent.errors import SettingsError
from tieout_agent.security import key_hash, new_api_key
from tieout_agent.settings import KEYS_PER_SCOPE, ApiKey, Scope
from tieout_agent.settings_file import Values

SCOPES: tuple[Scope, ...] = get_args(Scope)

SHORTEST_NAME = 8
"""Digits of a key's SHA-256 by which it is named: enough for four keys, short enough to type."""


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key that was just made: shown once, and never kept.

    Attributes:
        scope: What it opens.
        key: The key itself.
    """

    scope: Scope
    key: str = field(repr=False)


def name_of(key: ApiKey) -> str:
    """Say by which name a person names a key."""
    return key.sha256[:SHORTEST_NAME]


def keys_of(values: Values) -> list[ApiKey]:
    """Read the keys of a settings file, those of an older one included.

    Raises:
        SettingsError: They are no keys.
    """
    try:
        kept = [ApiKey.model_validate(key) for key in values.get("api_keys", ())]
        old = cast("list[Any]", values.get("api_key_hashes", ()))
        return kept or [ApiKey(sha256=value, scope="write") for value in old]
    except (ValueError, TypeError) as error:
        raise SettingsError(
            "The keys in the settings file can't be read. Mend `api_keys`."
        ) from error


def with_new_key(values: Values, scope: Scope, today: date) -> tuple[Values, NewKey]:
    """Add a key of a scope.

    Raises:
        SettingsError: There are two of it already.
    """
    keys = keys_of(values)
    if sum(key.scope == scope for key in keys) >= KEYS_PER_SCOPE:
        raise SettingsError(
            f"There are {KEYS_PER_SCOPE} keys that may {scope} already. Remove the one that nobody "
            "uses any more with `tieout-agent keys remove`, then add the new one."
        )
    made = NewKey(scope, new_api_key())
    added = ApiKey(sha256=key_hash(made.key.encode()), scope=scope, made=today)
    return _with_keys(values, [*keys, added]), made


def without_key(values: Values, name: str) -> tuple[Values, ApiKey]:
    """Take a key away.

    Raises:
        SettingsError: No key, or more than one, is named so; or it is the last of all.
    """
    keys = keys_of(values)
    named = [key for key in keys if len(name) >= SHORTEST_NAME and key.sha256.startswith(name)]
    if len(named) != 1:
        raise SettingsError(
            f"No one key is called {name}. `tieout-agent keys list` tells how they are called."
        )
    if len(keys) == 1:
        raise SettingsError("This is the last key. Add the one that replaces it first.")
    return _with_keys(values, [key for key in keys if key != named[0]]), named[0]


def with_missing_keys(values: Values, today: date) -> tuple[Values, list[NewKey]]:
    """Add a key of each scope that has none."""
    made: list[NewKey] = []
    for scope in reversed(SCOPES):
        if not any(key.scope == scope for key in keys_of(values)):
            values, new = with_new_key(values, scope, today)
            made.append(new)
    return values, made


def _with_keys(values: Values, keys: list[ApiKey]) -> Values:
    kept = {name: value for name, value in values.items() if name != "api_key_hashes"}
    return kept | {"api_keys": [key.model_dump(mode="json", exclude_none=True) for key in keys]}
