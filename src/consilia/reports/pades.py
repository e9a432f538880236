"""The signature on the PDF: PAdES B-B with a P-256 key and a certificate of `consilia.reports.certificates`.

The field is a tagged widget made before signing, so that the signed file still conforms to PDF/UA-1. Keys and the clock
are passed in; nothing is stored and nothing is fetched.
"""

from __future__ import annotations

import asyncio
from datetime import datetime
from io import BytesIO
from typing import Final

import pikepdf
from asn1crypto import keys as asn1_keys  # type: ignore[import-untyped]
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import fields, signers
from pyhanko.sign.signers import pdf_cms
from pyhanko_certvalidator.registry import SimpleCertificateStore

from consilia.reports.certificates import Certified

FIELD: Final = "Signature"
_PRINTED_AND_LOCKED = 132


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
