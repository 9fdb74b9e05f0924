"""The service's own certificate: created on first start, known by its fingerprint, replaced in time."""

import hashlib
import ipaddress
import ssl
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from tieout_agent.clock import Clock
from tieout_agent.errors import SettingsError
from tieout_agent.settings import Settings
from tieout_agent.settings_file import write_private

VALID_FOR = timedelta(days=5 * 365)
"""Long, since callers pin this very certificate and a change needs a person on both sides."""

NEXT, LAST = ".next", ".last"
"""Endings of the certificate that comes, and of the one that went."""

BACKDATED = timedelta(days=1)
"""Start of validity lies back, so that a caller whose clock is behind does not refuse it."""


def ensure_certificate(settings: Settings, clock: Clock) -> str:
    """Create certificate and key when both are missing, and say the certificate's fingerprint.

    Returns:
        SHA-256 of the certificate in DER form, as 64 lower-case hexadecimal digits.

    Raises:
        SettingsError: Only one of the two files is there, or the certificate is not readable.
    """
    certificate, key = settings.certificate_file, settings.key_file
    if certificate.exists() != key.exists():
        present, missing = (certificate, key) if certificate.exists() else (key, certificate)
        raise SettingsError(
            f"{present} exists but {missing} does not. "
            "Put the missing file back, or remove the other one to have both created."
        )
    if not certificate.exists():
        _create(settings.certificate_names, clock, certificate=certificate, key=key)
    return fingerprint(certificate)


@dataclass(frozen=True, slots=True)
class Facts:
    """What a person wants to know of a certificate.

    Attributes:
        fingerprint: SHA-256 in DER form, as callers pin it.
        names: Host names and addresses that it is for.
        ends: When it ceases to be valid.
    """

    fingerprint: str
    names: tuple[str, ...]
    ends: datetime

    def days_left(self, now: datetime) -> int:
        """Say how many whole days it is still valid; below nothing once it has ended."""
        return (self.ends - now).days


def facts(certificate: Path) -> Facts:
    """Read a certificate.

    Raises:
        SettingsError: It is missing or not readable.
    """
    digits = fingerprint(certificate)
    read = x509.load_pem_x509_certificate(certificate.read_bytes())
    try:
        extension = read.extensions.get_extension_for_class(x509.SubjectAlternativeName)
    except x509.ExtensionNotFound:
        return Facts(digits, (), read.not_valid_after_utc)
    names = tuple(str(name.value) for name in extension.value)
    return Facts(digits, names, read.not_valid_after_utc)


def prepare_next(settings: Settings, clock: Clock) -> str:
    """Make the next certificate beside the present one; nobody uses it yet.

    Returns:
        Its fingerprint, which callers need before it is used.

    Raises:
        SettingsError: One is prepared already.
    """
    certificate, key = (_ending(path, NEXT) for path in _pair(settings))
    if certificate.exists() or key.exists():
        raise SettingsError(
            f"{certificate} is prepared already. Use it with `tieout-agent certificate switch`, or "
            "remove it and its key to have another one made."
        )
    _create(settings.certificate_names, clock, certificate=certificate, key=key)
    return fingerprint(certificate)


def switch_to_next(settings: Settings) -> str:
    """Put the prepared certificate in the place of the present one, which is kept beside it.

    Returns:
        Its fingerprint.

    Raises:
        SettingsError: None is prepared.
    """
    coming = [_ending(path, NEXT) for path in _pair(settings)]
    for path in coming:
        if not path.exists():
            raise SettingsError(
                f"There is no {path}. Make the next certificate with `tieout-agent certificate "
                "renew`, give its fingerprint to the callers, then switch."
            )
    for path, present in zip(coming, _pair(settings), strict=True):
        if present.exists():
            present.replace(before(present))
        path.replace(present)
    return fingerprint(settings.certificate_file)


def before(certificate: Path) -> Path:
    """Say where the certificate is kept that this one has replaced."""
    return _ending(certificate, LAST)


def _pair(settings: Settings) -> tuple[Path, Path]:
    return settings.certificate_file, settings.key_file


def _ending(path: Path, ending: str) -> Path:
    return path.with_name(path.name + ending)


def fingerprint(certificate: Path) -> str:
    """Say SHA-256 of the first certificate in a PEM file, in DER form, lower-case hexadecimal."""
    try:
        der = ssl.PEM_cert_to_DER_cert(_first(certificate.read_text("ascii")))
    except (ValueError, OSError) as error:
        raise SettingsError(f"{certificate} holds no readable PEM certificate.") from error
    return hashlib.sha256(der).hexdigest()


def _first(pem: str) -> str:
    end = "-----END CERTIFICATE-----"
    return pem[pem.index("-----BEGIN CERTIFICATE-----") : pem.index(end) + len(end)]


def _create(names: tuple[str, ...], clock: Clock, *, certificate: Path, key: Path) -> None:
    private = ec.generate_private_key(ec.SECP256R1())
    made = _self_signed(private, names, clock)
    secret = private.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    write_private(key, secret)
    certificate.write_bytes(made.public_bytes(serialization.Encoding.PEM))


def _self_signed(
    key: ec.EllipticCurvePrivateKey, names: tuple[str, ...], clock: Clock
) -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "tieout-agent")])
    start = clock.now() - BACKDATED
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(start + VALID_FOR)
    )
    for extension, critical in _extensions(key, names):
        builder = builder.add_extension(extension, critical=critical)
    return builder.sign(key, hashes.SHA256())


def _extensions(
    key: ec.EllipticCurvePrivateKey, names: tuple[str, ...]
) -> list[tuple[x509.ExtensionType, bool]]:
    identifier = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
    return [
        (x509.SubjectAlternativeName([_general_name(name) for name in names]), False),
        (x509.BasicConstraints(ca=False, path_length=None), True),
        (x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), False),
        (identifier, False),
        (x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(identifier), False),
    ]


def _general_name(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)
