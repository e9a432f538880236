"""Certificates for the signatures on paper: the service's own authority and those that it gives to experts (P-256).

Keys and the clock are passed in; nothing is stored. Apart from `consilia.reports.pades`, so that who only needs to know
the authority does not load the library that signs.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

AUTHORITY_YEARS: Final = 20
EXPERT_DAYS: Final = 2 * 365
_SKEW = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Certified:
    """A certificate (PEM) and the private key that belongs to it (PKCS #8, DER, not encrypted)."""

    certificate: str
    private_key: bytes


def new_authority(name: str, *, at: datetime) -> Certified:
    """A self-issued authority of the service: signs experts' certificates and nothing else."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, _short(name))])
    builder = (
        _builder(subject, subject, key, at, timedelta(days=365 * AUTHORITY_YEARS))
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(key_cert_sign=True, crl_sign=True), critical=True)
    )
    return _certified(builder.sign(key, hashes.SHA256()), key)


def new_certificate(authority: Certified, name: str, country: str, *, at: datetime) -> Certified:
    """A signing certificate for an expert: `name` as on the licence, `country` of the licence (ISO 3166-1)."""
    key, issuer_key = ec.generate_private_key(ec.SECP256R1()), _private(authority)
    issuer = x509.load_pem_x509_certificate(authority.certificate.encode())
    subject = x509.Name(
        [x509.NameAttribute(NameOID.COUNTRY_NAME, country), x509.NameAttribute(NameOID.COMMON_NAME, _short(name))]
    )
    builder = (
        _builder(subject, issuer.subject, key, at, timedelta(days=EXPERT_DAYS))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(digital_signature=True, content_commitment=True), critical=True)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), critical=False)
    )
    return _certified(builder.sign(issuer_key, hashes.SHA256()), key)


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey, at: datetime, life: timedelta
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(at - _SKEW)
        .not_valid_after(at + life)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )


def _usage(**wanted: bool) -> x509.KeyUsage:
    names = ("digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement")
    every = dict.fromkeys((*names, "key_cert_sign", "crl_sign", "encipher_only", "decipher_only"), False)
    return x509.KeyUsage(**(every | wanted))


def _certified(certificate: x509.Certificate, key: ec.EllipticCurvePrivateKey) -> Certified:
    return Certified(
        certificate.public_bytes(serialization.Encoding.PEM).decode(),
        key.private_bytes(serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()),
    )


def _private(certified: Certified) -> ec.EllipticCurvePrivateKey:
    key = serialization.load_der_private_key(certified.private_key, password=None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise TypeError("the authority's key is no elliptic curve key")
    return key


def _short(name: str) -> str:
    return name.strip()[:64] or "-"  # X.520: a common name has 1 to 64 characters
