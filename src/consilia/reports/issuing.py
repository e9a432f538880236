"""Issuing: each seal gets its report once (FHIR document, signed PDF), and a case without a missing one is delivered.

The worker does it; no page imports this module, because the library that signs takes long to load. The canonical JSON
and the FHIR document are the same at each run; a PDF is not, because an ECDSA signature holds a random number. The
first PDF that is kept counts.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from consilia.audit import actions as audit
from consilia.audit.kinds import Kind
from consilia.cases import actions as cases
from consilia.cases.actions.desk import tell_owner
from consilia.cases.actions.moving import lock
from consilia.cases.models import Case
from consilia.kernel.actor import system
from consilia.kernel.refusal import NotFound
from consilia.opinions import seal as seals
from consilia.opinions import sealing
from consilia.opinions.models import FollowUp, Seal
from consilia.reports import fhir, pades, pdf, pdf_keys, policy, sealed
from consilia.reports.models import Report
from consilia.reports.renderings.words import LABELS
from consilia.vault import actions as vault


@dataclass(frozen=True, slots=True)
class Made:
    """The files of one seal: the signed PDF and the FHIR document Bundle."""

    pdf: bytes
    fhir: bytes


def issue(seal_id: UUID, *, at: datetime) -> Report:
    """Makes the report of a seal unless it is there, and delivers the case when nothing is missing any more.

    Killed anywhere and run again: one report. Raises NotFound for a seal or case that is gone.
    """
    row = Seal.objects.select_related("opinion__case", "signed_by__person").filter(pk=seal_id).first()
    if row is None:
        raise NotFound
    report = Report.objects.filter(seal=row).first() or _keep(row, make(row, at=at), at)
    _deliver(report.case_id, at)
    return report


def _keep(row: Seal, made: Made, at: datetime) -> Report:
    """The vault first, then the row; who comes second finds the row of the first and leaves it as it is."""
    case_id = row.opinion.case_id
    paper = vault.put(case_id, [made.pdf])
    bundle = vault.put(case_id, [made.fhir])
    with transaction.atomic():
        case = lock(case_id)
        report, is_new = Report.objects.get_or_create(
            seal=row,
            defaults={
                "case": case,
                "pdf_sha256": paper.sha256,
                "fhir_sha256": bundle.sha256,
                "made_at": at,
            },
        )
        if is_new:
            _announce(row, report, case, at)
    return report


def _announce(row: Seal, report: Report, case: Case, at: datetime) -> None:
    detail = {"hash": report.pdf_sha256}
    audit.record(
        Kind.REPORT_ISSUED, case_id=case.pk, actor=system(), entity=("report", report.pk), at=at, detail=detail
    )
    answered = FollowUp.objects.filter(answered_by_seal=row).exists()
    if answered:
        audit.record(
            Kind.FOLLOW_UP_ANSWERED, case_id=case.pk, actor=system(), entity=("opinion", row.opinion_id), at=at
        )
    if row.kind != Seal.Kind.OPINION and not policy.against_reading(case):
        tell_owner(case, "followup_answered" if answered else "message_new", at)


def _deliver(case_id: UUID, at: datetime) -> None:
    if not Seal.objects.filter(opinion__case_id=case_id, report=None).exists():
        cases.deliver(case_id, actor=system(), at=at)


def make(row: Seal, *, at: datetime) -> Made:
    """Renders and signs. Raises what the vault raises for bytes that are gone or damaged."""
    document = seals.read(sealing.canonical_bytes(row))
    beside = sealed.beside(row)
    with translation.override(document.header.language):
        if isinstance(document, seals.SealedDocument):
            bundle = fhir.opinion(document, beside, address=sealed.address(), say=_)
            paper = pdf.opinion(document, beside, fonts=sealed.fonts(), address=sealed.address(), fhir=bundle, say=_)
        else:
            bundle = fhir.addendum(document, beside, address=sealed.address(), say=_)
            paper = pdf.addendum(document, beside, fonts=sealed.fonts(), address=sealed.address(), say=_)
        label = _(LABELS["signature_field"]).format(name=document.credentials.name)
    signer = pdf_keys.signer(row.signed_by, at)
    moment = row.signed_at if pdf_keys.begins(signer) <= row.signed_at else at
    return Made(pades.sign(paper, signer, at=moment, label=label), bundle)
