"""Puts an installation on the disk: the settings file, the certificate and the API keys."""

from dataclasses import dataclass
from pathlib import Path

from tieout_agent.certificate import ensure_certificate
from tieout_agent.clock import Clock
from tieout_agent.keys import NewKey, with_missing_keys
from tieout_agent.settings import Settings, check_settings, default_file, read_settings
from tieout_agent.settings_file import Values, protection_of, read_values, write_values


@dataclass(frozen=True, slots=True)
class Installed:
    """What setting up has left behind.

    Attributes:
        settings: As the service reads them.
        fingerprint: Of the certificate.
        new_keys: Keys that were made now; those that were there are kept, and not known.
    """

    settings: Settings
    fingerprint: str
    new_keys: tuple[NewKey, ...]


def install(path: Path, values: Values, clock: Clock) -> Installed:
    """Write the settings, and make what is missing: keys of both scopes, and the certificate.

    Args:
        path: Where the settings file is to be; a folder of our own is closed off.
        values: The settings, with the password as it was typed.
        clock: The clock.

    Raises:
        SettingsError: A value is wrong, or a file can't be used.
        OSError: A file can't be written.
    """
    values, new_keys = with_missing_keys(values, clock.now().date())
    check_settings(values, path)
    protection = protection_of(values)
    if _is_ours(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        protection.close_off(path.parent)
    write_values(path, values | {"password": protection.seal(str(values["password"]))})
    settings = read_settings(path)
    fingerprint = ensure_certificate(settings, clock)
    for made in (
        settings.key_file,
        settings.certificate_file,
    ):  # else it is refused as a stranger's
        protection.close_off(made)
    return Installed(settings, fingerprint, tuple(new_keys))


def _is_ours(path: Path) -> bool:
    """Say whether nobody else has anything in the settings' folder.

    That is one which is made now, or the usual one of Windows. There anybody may make folders; one
    that somebody else made has been refused by now, and ours is closed off again.
    """
    usual = default_file()
    return not path.parent.exists() or (usual.is_absolute() and path.absolute() == usual)


def hand_over(path: Path, account: str) -> None:
    """Let the service's account have the settings, the private key, and the folder if it is ours.

    Args:
        path: The settings file.
        account: The Windows account; empty for the system's own.

    Raises:
        SettingsError: Windows knows no such account.
        OSError: The right to do so is missing.
    """
    values, settings = read_values(path), read_settings(path)
    if settings.service_account == account:
        return
    ours = protection_of(values).is_closed_off(path.parent)
    values["service_account"] = account
    write_values(path, values)
    protection = protection_of(values)
    if ours:
        protection.close_off(path.parent)
    if settings.key_file.exists():
        protection.close_off(settings.key_file)
