"""From a seal to its renderings: FHIR document, signed PDF, sheet for the doctor; bytes only, no row is written.

The canonical JSON and the FHIR document are the same at each run; a PDF is not, because an ECDSA signature holds a
random number. The first PDF that is kept counts.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from consilia.opinions import seal as seals
from consilia.opinions import sealing
from consilia.opinions.models import Seal
from consilia.reports import fhir, pades, pdf, pdf_keys
from consilia.reports.renderings.words import LABELS
from consilia.vault import actions as vault
from consilia.vault import queries as vault_queries

FONTS: Final = Path("node_modules") / "@expo-google-fonts"


@dataclass(frozen=True, slots=True)
class Made:
    """The files of one seal: the signed PDF and the FHIR document Bundle."""

    pdf: bytes
    fhir: bytes


def make(row: Seal, *, at: datetime) -> Made:
    """Renders and signs. Raises what the vault raises for bytes that are gone or damaged."""
    document = seals.read(sealing.canonical_bytes(row))
    beside = sealed(row)
    with translation.override(document.header.language):
        if isinstance(document, seals.SealedDocument):
            bundle = fhir.opinion(document, beside, address=address(), say=_)
            paper = pdf.opinion(document, beside, fonts=fonts(), address=address(), fhir=bundle, say=_)
        else:
            bundle = fhir.addendum(document, beside, address=address(), say=_)
            paper = pdf.addendum(document, beside, fonts=fonts(), address=address(), say=_)
        label = _(LABELS["signature_field"]).format(name=document.credentials.name)
    signer = pdf_keys.signer(row.signed_by, at)
    moment = row.signed_at if pdf_keys.begins(signer) <= row.signed_at else at
    return Made(pades.sign(paper, signer, at=moment, label=label), bundle)


def sheet(row: Seal) -> bytes:
    """The sheet to take to the doctor as PDF; kept as a derived file, so it may be made again."""
    name = f"sheet/{row.pk}"
    known = vault_queries.get_derived(row.opinion.case_id, name)
    if known is not None:
        return known
    document = document_of(row)
    with translation.override(document.header.language):
        made = pdf.doctor_sheet(document, sealed(row), fonts=fonts(), address=address(), say=_)
    vault.put_derived(row.opinion.case_id, name, made)
    return made


def document_of(row: Seal) -> seals.SealedDocument:
    """The opinion of a seal of kind opinion, read and checked from the vault."""
    document = seals.read(sealing.canonical_bytes(row))
    if not isinstance(document, seals.SealedDocument):
        raise TypeError("the seal is that of an addendum")
    return document


def sealed(row: Seal) -> seals.Seal:
    """What stands beside the bytes."""
    return seals.Seal(row.sha256, row.signature, row.public_key, row.check_code)


def fonts() -> Path:
    """The folder of fonts for paper."""
    return Path(settings.CHECKOUT) / FONTS


def address() -> str:
    """The verification page as it is printed: without scheme and without code."""
    parts = urlsplit(settings.CONSILIA_PUBLIC_URL)
    return f"{parts.netloc}{parts.path.rstrip('/')}/verify"
