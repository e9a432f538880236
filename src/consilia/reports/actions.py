"""Writes of reports that people cause: every look leaves a trace, a question goes to the expert."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from consilia.audit import actions as audit
from consilia.audit.kinds import Kind
from consilia.cases.access import Reader, Relation, Right
from consilia.cases.actions.moving import lock, refuse
from consilia.jobs import actions as jobs
from consilia.kernel.refusal import NotFound
from consilia.opinions import sealing
from consilia.opinions.models import FollowUp, Seal
from consilia.reports import policy, sealed
from consilia.reports.models import Report
from consilia.reports.queries import Addendum, OpinionLine
from consilia.vault import queries as vault_queries

FORMATS: Final = {"pdf": "application/pdf", "fhir": "application/fhir+json", "sheet": "application/pdf"}


@dataclass(frozen=True, slots=True)
class File:
    """A file to be handed out: name, media type, bytes."""

    name: str
    media_type: str
    content: bytes


def ask_for_issue(seal_id: UUID, *, at: datetime) -> None:
    """Queues the making of a report; asked for twice it is made once. Call it in the transaction that signs."""
    jobs.queue("reports.issue", key=seal_id, ids={"seal": seal_id}, at=at)


@transaction.atomic
def note_reading(by: Reader, line: OpinionLine, later: Sequence[Addendum] = (), *, at: datetime) -> None:
    """Leaves a trace before anything is shown; the first look of the patient's side is her read receipt.

    `line`, and `later` (the addenda that the page shows, too), come from `queries` for the same reader: what is not to
    be read now has none.
    """
    by.require(Right.READ_REPORT)
    audit.record(Kind.REPORT_OPENED, case_id=by.case_id, actor=by.actor, entity=("report", line.report_id), at=at)
    if not line.is_read and by.relations & {Relation.OWNER, Relation.PROXY}:
        shown = Q(pk=line.report_id) | Q(seal_id__in=[one.seal_id for one in later])
        Report.objects.filter(shown, case_id=by.case_id, first_read_at=None).update(first_read_at=at)


def download(by: Reader, seal_id: UUID, form: str, *, at: datetime) -> File:
    """The bytes of one file of a report (pdf, fhir, sheet); the trace is committed before they go out."""
    with transaction.atomic():
        report = _readable(by, seal_id)
        if form not in FORMATS or (form == "sheet" and report.seal.kind != Seal.Kind.OPINION):
            raise NotFound
        audit.record(
            Kind.REPORT_DOWNLOADED,
            case_id=by.case_id,
            actor=by.actor,
            entity=("report", report.pk),
            at=at,
            detail={"format": form},
        )
    return File(_name(report, form), FORMATS[form], _content(report, form))


def _content(report: Report, form: str) -> bytes:
    if form == "sheet":
        return sealed.sheet(report.seal)
    name = report.pdf_sha256 if form == "pdf" else report.fhir_sha256
    with vault_queries.open_object(report.case_id, name) as stored:
        return stored.whole()


def _name(report: Report, form: str) -> str:
    endings = {"pdf": ".pdf", "fhir": ".fhir.json", "sheet": "-sheet.pdf"}
    return f"{report.seal.number}{endings[form]}"


@transaction.atomic
def ask(by: Reader, opinion_id: UUID, *, text: str, at: datetime) -> FollowUp:
    """One of the three questions after delivery; sent twice it is asked once. Raises Refused, Invalid, NotFound."""
    by.require(Right.CHANGE_CASE)
    refuse(policy.against_asking(lock(by.case_id)))
    same = FollowUp.objects.filter(opinion_id=opinion_id, opinion__case_id=by.case_id, text=text.strip()).first()
    if same is not None:
        return same
    return sealing.ask_follow_up(by, opinion_id, text=text, at=at)


def _readable(by: Reader, seal_id: UUID) -> Report:
    """A report of the reader's case that may be shown now. Raises NotFound, Refused."""
    if not by.may(Right.READ_REPORT):
        by.require(Right.READ_SHARED_REPORT)
    report = Report.objects.select_related("case", "seal__opinion").filter(seal_id=seal_id, case_id=by.case_id).first()
    if report is None:
        raise NotFound
    refuse(policy.against_reading(report.case))
    return report
