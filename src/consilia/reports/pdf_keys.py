"""The P-256 keys on paper: one authority of the service, one certificate an expert, made when first needed."""

from __future__ import annotations

import base64
import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from cryptography import x509
from django.conf import settings
from django.db import transaction

from consilia.experts.models import Expert
from consilia.reports import certificates
from consilia.reports.certificates import Certified
from consilia.reports.models import PdfKey
from consilia.vault import actions as vault
from consilia.vault import disk
from consilia.vault import queries as vault_queries

FILE: Final = "authority.json"
_BEFORE: Final = timedelta(days=1)  # a clock that was put back must not make yesterday's authority invalid
_MARGIN: Final = timedelta(days=1)  # so long before its end a certificate signs nothing more


def authority(at: datetime) -> Certified:
    """The service's own authority from the key store; made once, whoever comes first."""
    path = _path()
    if not path.exists():
        made = certificates.new_authority(settings.CONSILIA_SERVICE_NAME, at=at - _BEFORE)
        disk.write_whole(path, _packed(made), replace=False)
    return _unpacked(path.read_bytes())


def trust_root() -> str:
    """The certificate (PEM) against which paper of this service is checked; empty while nothing was ever signed."""
    path = _path()
    return _unpacked(path.read_bytes()).certificate if path.exists() else ""


@transaction.atomic
def signer(expert: Expert, at: datetime) -> Certified:
    """The live certificate and key of an expert; a new one when there is none or it is about to end."""
    Expert.objects.select_for_update(of=("self",)).get(pk=expert.pk)
    row = PdfKey.objects.filter(expert=expert, revoked_at=None).first()
    if row is not None and _ends(row) - _MARGIN < at:
        PdfKey.objects.filter(pk=row.pk).update(revoked_at=at)
        row = None
    if row is None:
        row = _make(expert, at)
    with vault_queries.open_object(expert.pk, row.private_sha256) as stored:
        return Certified(row.certificate, stored.whole())


def begins(certified: Certified) -> datetime:
    """From when on the certificate counts."""
    return x509.load_pem_x509_certificate(certified.certificate.encode()).not_valid_before_utc


def _make(expert: Expert, at: datetime) -> PdfKey:
    made = certificates.new_certificate(authority(at), expert.name, expert.country, at=at)
    stored = vault.put(expert.pk, [made.private_key])  # in the vault an expert has a data key of her own
    return PdfKey.objects.create(expert=expert, certificate=made.certificate, private_sha256=stored.sha256, made_at=at)


def _ends(row: PdfKey) -> datetime:
    return x509.load_pem_x509_certificate(row.certificate.encode()).not_valid_after_utc


def _path() -> Path:
    return Path(settings.CONSILIA_KEYS) / FILE


def _packed(made: Certified) -> bytes:
    key = base64.b64encode(made.private_key).decode()
    return json.dumps({"certificate": made.certificate, "private_key": key}).encode()


def _unpacked(words: bytes) -> Certified:
    held = json.loads(words)
    return Certified(held["certificate"], base64.b64decode(held["private_key"]))
