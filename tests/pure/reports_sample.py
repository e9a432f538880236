"""Fonts, a service authority and the signed paper of the sample opinion, made once for all tests of reports."""

from __future__ import annotations

from datetime import timedelta
from functools import cache
from pathlib import Path

import pypdfium2
import pytest
from tests.pure import opinions_sample as sample

from consilia.opinions import seal
from consilia.reports import certificates, pades, pdf

FONTS = Path(__file__).parents[2] / "node_modules" / "@expo-google-fonts"
ADDRESS = "consilia.example/verify"
needs_fonts = pytest.mark.skipif(
    not any(FONTS.rglob("*.ttf")) if FONTS.is_dir() else True,
    reason="the fonts for paper are not installed (npm packages @expo-google-fonts/*)",
)


def sealed(document: seal.Document) -> seal.Seal:
    return seal.seal(seal.canonical(document), sample.KEY)


def paper(document: seal.SealedDocument, fhir: bytes = b"") -> bytes:
    return pdf.opinion(document, sealed(document), fonts=FONTS, address=ADDRESS, fhir=fhir)


@cache
def authority() -> certificates.Certified:
    return certificates.new_authority("Consilia test service", at=sample.SIGNED_AT - timedelta(days=30))


@cache
def signer() -> certificates.Certified:
    return certificates.new_certificate(authority(), "Dr A. Weber", "DE", at=sample.SIGNED_AT - timedelta(days=1))


@cache
def signed() -> bytes:
    return pades.sign(paper(sample.document(), b"{}"), signer(), at=sample.SIGNED_AT, label="Signature")


def text_of(data: bytes) -> str:
    """The text layer, white space folded."""
    file = pypdfium2.PdfDocument(data)
    try:
        pages = [page.get_textpage().get_text_bounded() for page in file]
    finally:
        file.close()
    return " ".join(" ".join(pages).split())
