"""The signature on the PDF: PAdES B-B with a P-256 key and a certificate of the service's own authority.

The field is a tagged widget made before signing, so that the signed file still conforms to PDF/UA-1. Keys and the clock
are passed in; nothing is stored and nothing is fetched.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta
from io import BytesIO
from typing import Final

import pikepdf
from asn1crypto import keys as asn1_keys  # type: ignore[import-untyped]
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import fields, signers
from pyhanko.sign.signers import pdf_cms
from pyhanko_certvalidator.registry import SimpleCertificateStore

FIELD: Final = "Signature"
AUTHORITY_YEARS: Final = 20
EXPERT_DAYS: Final = 2 * 365
_SKEW = timedelta(minutes=5)
_PRINTED_AND_LOCKED = 132


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


def sign(pdf: bytes, signer: Certified, *, at: datetime, label: str) -> bytes:
    """The PDF with the tagged field and the signature. `label`: what a screen reader says of it."""
    writer = IncrementalPdfFileWriter(BytesIO(with_field(pdf, label)))
    # The library would write the metadata anew, with the machine's time and in a form of its own: the claims that the
    # compiler made and checked stay as they are.
    writer._update_meta = _nothing
    metadata = signers.PdfSignatureMetadata(
        field_name=FIELD, md_algorithm="sha256", subfilter=fields.SigSeedSubFilter.PADES
    )
    return asyncio.run(_signed(writer, signers.PdfSigner(metadata, _signer(signer)), at))


def with_field(pdf: bytes, label: str) -> bytes:
    """The PDF with an empty, invisible signature field that is part of the structure tree."""
    with pikepdf.open(BytesIO(pdf)) as file:
        page = file.pages[-1]
        key = int(file.Root.StructTreeRoot.get("/ParentTreeNextKey", 0))
        widget = file.make_indirect(_widget(page, key, label))
        _tag(file, page, widget, key)
        page.obj.Annots = pikepdf.Array([*page.obj.get("/Annots", []), widget])
        page.obj.Tabs = pikepdf.Name.S
        file.Root.AcroForm = pikepdf.Dictionary(Fields=pikepdf.Array([widget]), SigFlags=3)
        made = BytesIO()
        file.save(made, fix_metadata_version=False, deterministic_id=True)
    return made.getvalue()


def _nothing() -> None:
    """Stands in for a step that must not happen."""


def _widget(page: pikepdf.Page, key: int, label: str) -> pikepdf.Dictionary:
    # No appearance: PDF/A-3 (ISO 19005-3, 6.3.3) asks none of a widget without width and height.
    return pikepdf.Dictionary(
        Type=pikepdf.Name.Annot,
        Subtype=pikepdf.Name.Widget,
        FT=pikepdf.Name.Sig,
        T=FIELD,
        TU=label,
        F=_PRINTED_AND_LOCKED,
        Rect=[0, 0, 0, 0],
        P=page.obj,
        StructParent=key,
    )


def _tag(file: pikepdf.Pdf, page: pikepdf.Page, widget: pikepdf.Object, key: int) -> None:
    # PDF/UA-1 (ISO 14289-1, 7.18.4): a widget is nested within a Form structure element, by an object reference.
    root = file.Root.StructTreeRoot
    whole = root.K[0] if isinstance(root.K, pikepdf.Array) else root.K
    reference = pikepdf.Dictionary(Type=pikepdf.Name.OBJR, Obj=widget, Pg=page.obj)
    form = file.make_indirect(
        pikepdf.Dictionary(
            Type=pikepdf.Name.StructElem, S=pikepdf.Name.Form, P=whole, Pg=page.obj, K=pikepdf.Array([reference])
        )
    )
    kids = whole.get("/K", pikepdf.Array([]))
    whole.K = pikepdf.Array([*(kids if isinstance(kids, pikepdf.Array) else [kids]), form])
    pikepdf.NumberTree(root.ParentTree)[key] = form
    root.ParentTreeNextKey = key + 1


async def _signed(writer: IncrementalPdfFileWriter, signer: signers.PdfSigner, at: datetime) -> bytes:
    # The steps of PdfSigner.sign_pdf one by one, because it takes the time from the machine and not from us.
    session = signer.init_signing_session(writer, existing_fields_only=True)
    session.system_time = at
    reserved = await session.estimate_signature_container_size(None)
    prepared = session.prepare_tbs_document(validation_info=None, bytes_reserved=reserved)
    digest, made = prepared.digest_tbs_document()
    attributes = pdf_cms.PdfCMSSignedAttributes(signing_time=at)
    await (await prepared.perform_signature(digest.document_digest, attributes)).post_signature_processing(made)
    return bytes(made.getvalue())


def _signer(signer: Certified) -> signers.SimpleSigner:
    # The certificate of the authority is not put in: no signature covers it, and whoever verifies has it already.
    return signers.SimpleSigner(
        signing_cert=_asn1(signer.certificate),
        signing_key=asn1_keys.PrivateKeyInfo.load(signer.private_key),
        cert_registry=SimpleCertificateStore(),
        embed_roots=False,
    )


def _asn1(pem: str) -> asn1_x509.Certificate:
    certificate = x509.load_pem_x509_certificate(pem.encode())
    return asn1_x509.Certificate.load(certificate.public_bytes(serialization.Encoding.DER))


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
