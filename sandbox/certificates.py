"""Self-signed certificates for the simulators' HTTPS ports."""

import datetime as dt
import hashlib
import ipaddress
import ssl
import tempfile
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

# The sandbox is started anew far more often than this; a forgotten key file soon is worthless.
LIFETIME = dt.timedelta(days=30)
# A clock that jumps back a little must not make a new certificate invalid.
SLACK = dt.timedelta(minutes=5)


@dataclass(frozen=True)
class Identity:
    """A certificate and its key, as PEM files."""

    certificate: Path
    key: Path

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the certificate's DER form, as 64 hex digits."""
        der = ssl.PEM_cert_to_DER_cert(self.certificate.read_text())
        return hashlib.sha256(der).hexdigest()


def make_identity(folder: Path, name: str, *, now: dt.datetime) -> Identity:
    """Write a new certificate for ``127.0.0.1`` and ``localhost``, with its key, into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    identity = Identity(folder / f"{name}.crt", folder / f"{name}.key")
    key = ec.generate_private_key(ec.SECP256R1())
    certificate = _certificate(key, name, now)
    identity.certificate.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    identity.key.touch(mode=0o600)
    identity.key.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return identity


def ensure_identity(certificate: Path, key: Path, name: str, *, now: dt.datetime) -> Identity:
    """Return the identity in two files; both are made anew when one of them is missing."""
    if not (certificate.exists() and key.exists()):
        for path in (certificate, key):
            path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=key.parent) as folder:
            made = make_identity(Path(folder), name, now=now)
            made.key.replace(key)
            certificate.write_bytes(made.certificate.read_bytes())
    return Identity(certificate, key)


def _certificate(key: ec.EllipticCurvePrivateKey, name: str, now: dt.datetime) -> x509.Certificate:
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"Tieout sandbox {name}")])
    names = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - SLACK)
        .not_valid_after(now + LIFETIME)
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
