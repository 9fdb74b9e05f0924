"""The agent's settings: one JSON or TOML file, read once at start."""

import os
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Annotated, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    StringConstraints,
    ValidationError,
    field_validator,
    model_validator,
)

from tieout_agent.errors import SettingsError
from tieout_agent.planted import Trust
from tieout_agent.protection import DEFAULT, load_protection
from tieout_agent.settings_file import Values, protection_of, read_values

CompanyCode = Annotated[str, StringConstraints(pattern=r"^[0-9A-Z]{3}$")]
KeyHash = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]

JOURNAL_NAME = "tieout-agent.journal"

Scope = Literal["read", "write"]
"""What a key opens: `read` looks, and has previews reckoned; `write` may do everything."""

KEYS_PER_SCOPE = 2
"""One in use and the one that replaces it; more would only be forgotten ones."""

RUNNING_NAME = "tieout-agent.running"
LOGS_NAME = "logs"

_PATHS = ("certificate_file", "key_file", "pause_file", "journal_file", "log_folder")


class ApiKey(BaseModel):
    """One key, as the agent keeps it: its SHA-256 and what it opens.

    Attributes:
        sha256: Of the key as a caller sends it, in lower-case hexadecimal digits.
        scope: What it opens.
        made: The day it was made, so that a person sees which of two is the older.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    sha256: KeyHash
    scope: Scope
    made: date | None = None


class Settings(BaseModel):
    r"""How one agent is set up.

    Attributes:
        host: Address to listen on.
        port: Port to listen on; 0 takes a free one.
        home: Folder `MAS90\Home` of the Sage 100 server, handed to `Init`.
        user: The Sage user that the agent logs on as; its role needs the tasks that are used.
        password: That user's password.
        companies: Company codes that callers may name.
        com: The module that speaks to ProvideX; the default is the real one.
        certificate_file: The service's certificate, PEM. Created when missing.
        key_file: Its private key, PEM. Created when missing.
        certificate_names: Host names and addresses that the certificate is for.
        api_keys: The keys that callers may have, two of each scope while one is being replaced.
        api_key_hashes: What 0.1.0 had in their place: keys that may all write. Read only where
            `api_keys` is absent.
        pause_file: While this file exists, the agent keeps off Sage.
        protection: The module that seals secrets; none where file modes keep them.
        service_account: The Windows account that the service runs as; empty for the system's own.
        journal_file: What was asked of Sage and done; None puts it beside the pause file.
        log_folder: Where log files go, 100 MB at most; None puts a folder `logs` beside the pause
            file.
        call_seconds: Longest time from a call's arrival to its answer; a caller that reads for
            25 s must hear the answer.
        hang_seconds: A call that is still at work in Sage after this time hangs for good, and the
            agent's worker process is started anew; longer than `call_seconds`.
        queue_limit: Calls that may wait for Sage.
        idle_close_seconds: Sage session is closed after this rest, which frees its licence.
        session_max_seconds: Sage session is opened anew after this age.
        open_sessions: Companies whose sessions stay open side by side. One session per process is
            what practice shows Sage to bear (Sage 100 reference: threads, speed, lifetime).
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    host: str = "0.0.0.0"  # noqa: S104 - a service for other machines; every call needs a key
    port: int = Field(default=8443, ge=0, le=65535)
    home: str
    user: str
    password: SecretStr
    companies: tuple[CompanyCode, ...] = Field(min_length=1, max_length=50)
    com: str = "tieout_agent.com"
    certificate_file: Path = Path("tieout-agent.crt")
    key_file: Path = Path("tieout-agent.key")
    certificate_names: tuple[str, ...] = Field(default=("localhost",), min_length=1, max_length=20)
    api_keys: tuple[ApiKey, ...] = Field(default=(), max_length=2 * KEYS_PER_SCOPE)
    api_key_hashes: tuple[KeyHash, ...] = Field(default=(), max_length=KEYS_PER_SCOPE)
    protection: str = DEFAULT
    service_account: str = ""
    pause_file: Path = Path("tieout-agent.paused")
    journal_file: Path | None = None
    log_folder: Path | None = None
    call_seconds: float = Field(default=20, gt=0, le=24)
    hang_seconds: float = Field(default=120, gt=0, le=3600)
    queue_limit: int = Field(default=32, ge=1, le=32)
    idle_close_seconds: float = Field(default=300, gt=0, le=3600)
    session_max_seconds: float = Field(default=4 * 3600, gt=0, le=24 * 3600)
    open_sessions: int = Field(default=1, ge=1, le=10)

    @field_validator("api_keys")
    @classmethod
    def _two_of_a_scope(cls, keys: tuple[ApiKey, ...]) -> tuple[ApiKey, ...]:
        for scope, count in Counter(key.scope for key in keys).items():
            if count > KEYS_PER_SCOPE:
                raise ValueError(f"{count} keys may {scope}; {KEYS_PER_SCOPE} are the most")
        return keys

    @model_validator(mode="after")
    def _some_key(self) -> "Settings":
        if not self.keys:
            raise ValueError("api_keys is missing; `tieout-agent keys add` makes a key")
        return self

    @property
    def keys(self) -> tuple[ApiKey, ...]:
        """The keys that count, those of an older settings file included."""
        old = (ApiKey(sha256=value, scope="write") for value in self.api_key_hashes)
        return self.api_keys or tuple(old)

    @model_validator(mode="after")
    def _patient(self) -> "Settings":
        if self.hang_seconds <= self.call_seconds:
            raise ValueError("hang_seconds has to be longer than call_seconds")
        return self

    @property
    def journal(self) -> Path:
        """Where the journal is."""
        return self.journal_file or self.pause_file.with_name(JOURNAL_NAME)

    @property
    def logs(self) -> Path:
        """The folder of the log files."""
        return self.log_folder or self.pause_file.with_name(LOGS_NAME)

    @property
    def running_file(self) -> Path:
        """The file that one running agent holds, beside the journal that it alone may write."""
        return self.journal.with_name(RUNNING_NAME)


def default_file() -> Path:
    """Say where the settings are when nobody says otherwise."""
    program_data = os.environ.get("PROGRAMDATA")  # noqa: TID251 - this is the agent's settings.py
    if program_data:  # Windows
        return Path(program_data) / "Tieout" / "agent.json"
    return Path("tieout-agent.json")


def read_settings(path: Path) -> Settings:
    """Read the settings file; relative paths in it start at the file's own folder.

    Raises:
        SettingsError: The file can't be read, a value is missing or wrong, the password was
            sealed on another machine, or somebody else may have written it, the certificate, the
            private key, the journal or the running file. Values are never part of the text, since one is a password.
    """
    values = read_values(path)
    values["password"] = protection_of(values).open(values.get("password"))
    settings = check_settings(values, path)
    beside = (settings.certificate_file, settings.key_file, settings.journal, settings.running_file)
    Trust(load_protection(DEFAULT).windows).check(beside, account=settings.service_account)
    return settings


def check_settings(values: Values, path: Path) -> Settings:
    """Check the settings that a file has or is to have; relative paths start at its folder.

    Raises:
        SettingsError: A value is missing or wrong; the text names it and not what it is.
    """
    try:
        settings = Settings.model_validate(values)
    except ValidationError as error:
        raise SettingsError(_explain(path, error)) from error
    return settings.model_copy(update=_from_folder(settings, path.resolve().parent))


def _explain(path: Path, error: ValidationError) -> str:
    wrong = (
        ": ".join(filter(None, (".".join(map(str, item["loc"])), item["msg"])))
        for item in error.errors()
    )
    return f"{path} has settings to correct: {'; '.join(wrong)}"


def _from_folder(settings: Settings, folder: Path) -> dict[str, Path]:
    named = {name: getattr(settings, name) for name in _PATHS}
    return {name: folder / path for name, path in named.items() if path is not None}
