"""Sealed: what a seal holds, read from the vault for those who show it, and the sheet for the doctor made from it."""

from __future__ import annotations

from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from consilia.opinions import seal as seals
from consilia.opinions import sealing
from consilia.opinions.models import Seal
from consilia.reports import pdf
from consilia.vault import actions as vault
from consilia.vault import queries as vault_queries

FONTS: Final = Path("node_modules") / "@expo-google-fonts"


def sheet(row: Seal) -> bytes:
    """The sheet to take to the doctor as PDF; kept as a derived file, so it may be made again."""
    name = f"sheet/{row.pk}"
    known = vault_queries.get_derived(row.opinion.case_id, name)
    if known is not None:
        return known
    document = document_of(row)
    with translation.override(document.header.language):
        made = pdf.doctor_sheet(document, beside(row), fonts=fonts(), address=address(), say=_)
    vault.put_derived(row.opinion.case_id, name, made)
    return made


def document_of(row: Seal) -> seals.SealedDocument:
    """The opinion of a seal of kind opinion, read and checked from the vault."""
    document = seals.read(sealing.canonical_bytes(row))
    if not isinstance(document, seals.SealedDocument):
        raise TypeError("the seal is that of an addendum")
    return document


def beside(row: Seal) -> seals.Seal:
    """What stands beside the bytes."""
    return seals.Seal(row.sha256, row.signature, row.public_key, row.check_code)


def fonts() -> Path:
    """The folder of fonts for paper."""
    return Path(settings.CHECKOUT) / FONTS


def address() -> str:
    """The verification page as it is printed: without scheme and without code."""
    parts = urlsplit(settings.CONSILIA_PUBLIC_URL)
    return f"{parts.netloc}{parts.path.rstrip('/')}/verify"
