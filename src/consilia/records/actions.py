"""Writing records: an original with its verdict, a document or an instance, a person's decision on a held one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from consilia.audit import actions as audit
from consilia.audit.kinds import Kind
from consilia.kernel.actor import Actor
from consilia.kernel.refusal import Invalid, NotFound, Refusal, Refused
from consilia.records.models import Document, Instance, Original, Series, Standing, Study


@dataclass(frozen=True, slots=True)
class Came:
    """A file that came and what was judged about it."""

    path: str
    sha256: str
    size: int
    media_type: str
    standing: Standing
    reason: str = ""
    source: str = "patient"
    upload_id: UUID | None = None
    duplicate_of: UUID | None = None
    claims: Sequence[dict[str, str]] = ()
    identity: str = "unknown"
    identity_reasons: Sequence[dict[str, str]] = ()


@dataclass(frozen=True, slots=True)
class Paper:
    """What is known of a document; unknown stays empty."""

    kind: str = "unknown"
    kind_confidence: float = 0.0
    items: Sequence[str] = ()
    title: str = ""
    document_date: date | None = None
    language: str = ""
    issuer: str = ""
    pages: int = 1
    has_page_images: bool = True


@dataclass(frozen=True, slots=True)
class Picture:
    """A DICOM instance with its place in series and study (UIDs as in the file)."""

    study_uid: str
    series_uid: str
    uid: str
    sop_class: str
    modality: str
    study_date: date | None = None
    study_description: str = ""
    institution: str = ""
    series_number: int | None = None
    series_description: str = ""
    body_part: str = ""
    laterality: str = ""
    number: int | None = None
    position: float | None = None
    rows: int = 0
    columns: int = 0
    frames: int = 1
    window_center: float | None = None
    window_width: float | None = None
    spacing: Sequence[float] = field(default_factory=tuple)
    transfer_syntax: str = ""
    not_shown_because: str = ""


@transaction.atomic
def keep(case_id: UUID, came: Came, what: Paper | Picture | None, *, actor: Actor, at: datetime) -> Original:
    """Keeps one file of an upload with its verdict; the same path of the same upload is kept once (jobs repeat)."""
    known = Original.objects.filter(upload_id=came.upload_id, path=came.path).first() if came.upload_id else None
    if known is not None:
        return known
    original = Original.objects.create(
        case_id=case_id,
        path=came.path[:1000],
        sha256=came.sha256,
        size=came.size,
        media_type=came.media_type,
        standing=came.standing,
        reason=came.reason,
        source=came.source,
        upload_id=came.upload_id,
        duplicate_of_id=came.duplicate_of,
        claims=list(came.claims),
        identity=came.identity,
        identity_reasons=list(came.identity_reasons),
        received_at=at,
    )
    if isinstance(what, Paper):
        _keep_paper(original, what)
    elif isinstance(what, Picture):
        _keep_picture(original, what)
    kind = Kind.RECORD_HELD if came.standing == Standing.HELD else Kind.RECORD_ADDED
    detail = {"reason_code": came.reason} if came.reason else {}
    audit.record(kind, case_id=case_id, actor=actor, entity=("record", original.pk), at=at, detail=detail)
    return original


def _keep_paper(original: Original, paper: Paper) -> None:
    Document.objects.create(
        original=original,
        kind=paper.kind,
        kind_confidence=paper.kind_confidence,
        items=list(paper.items),
        title=paper.title[:300],
        document_date=paper.document_date,
        language=paper.language[:16],
        issuer=paper.issuer[:200],
        pages=max(paper.pages, 1),
        has_page_images=paper.has_page_images,
    )


def _keep_picture(original: Original, picture: Picture) -> None:
    study, _new = Study.objects.get_or_create(
        case_id=original.case_id,
        uid=picture.study_uid[:64],
        defaults={
            "study_date": picture.study_date,
            "description": picture.study_description[:200],
            "institution": picture.institution[:200],
        },
    )
    series, _new = Series.objects.get_or_create(
        study=study,
        uid=picture.series_uid[:64],
        defaults={
            "number": picture.series_number,
            "modality": picture.modality[:16],
            "description": picture.series_description[:200],
            "body_part": picture.body_part[:64],
            "laterality": picture.laterality[:8],
        },
    )
    Instance.objects.get_or_create(
        series=series,
        uid=picture.uid[:64],
        defaults={
            "original": original,
            "sop_class": picture.sop_class[:64],
            "number": picture.number,
            "position": picture.position,
            "rows": picture.rows,
            "columns": picture.columns,
            "frames": max(picture.frames, 1),
            "window_center": picture.window_center,
            "window_width": picture.window_width,
            "spacing": list(picture.spacing),
            "transfer_syntax": picture.transfer_syntax[:64],
            "not_shown_because": picture.not_shown_because,
        },
    )


@transaction.atomic
def release(case_id: UUID, original_id: UUID, *, reason: str, actor: Actor, at: datetime) -> Original:
    """A person of the desk decides that a held record is the patient's; the reason stays beside it."""
    original = _locked(case_id, original_id)
    if original.standing != Standing.HELD:
        raise Refused(Refusal("not_held", _("This record is not held.")))
    if len(reason.strip()) < 5:
        raise Invalid({"reason": _("Write why this record is the patient's: with whom you spoke, what you saw.")})
    _decide(original, "released", Standing.TAKEN, reason, actor, at)
    audit.record(Kind.RECORD_RELEASED, case_id=case_id, actor=actor, entity=("record", original.pk), at=at)
    return original


@transaction.atomic
def remove(case_id: UUID, original_id: UUID, *, reason: str, actor: Actor, at: datetime) -> Original:
    """Takes a record out of the case; it can be put back for 30 days, then its bytes are deleted."""
    original = _locked(case_id, original_id)
    if original.standing == Standing.REMOVED:
        return original
    _decide(original, "removed", Standing.REMOVED, reason, actor, at)
    audit.record(Kind.RECORD_REMOVED, case_id=case_id, actor=actor, entity=("record", original.pk), at=at)
    return original


@transaction.atomic
def put_back(case_id: UUID, original_id: UUID, *, actor: Actor, at: datetime) -> Original:
    """Undoes a removal; what seemed another person's is held again, never taken."""
    original = _locked(case_id, original_id)
    if original.standing != Standing.REMOVED:
        raise Refused(Refusal("not_removed", _("This record was not removed.")))
    doubtful = original.identity in {"suspect", "mismatch"}
    original.standing = Standing.HELD if doubtful else Standing.TAKEN
    original.decision, original.decision_reason, original.decided_at, original.decided_by_id = "", "", None, None
    original.save(update_fields=["standing", "decision", "decision_reason", "decided_at", "decided_by_id"])
    audit.record(Kind.RECORD_CHANGED, case_id=case_id, actor=actor, entity=("record", original.pk), at=at)
    return original


@transaction.atomic
def erase_rows(case_id: UUID) -> None:
    """Deletes every row of a case's records; called by reports.erasure after the key is destroyed."""
    Instance.objects.filter(series__study__case_id=case_id).delete()
    Study.objects.filter(case_id=case_id).delete()
    Document.objects.filter(original__case_id=case_id).delete()
    Original.objects.filter(case_id=case_id).update(duplicate_of=None)
    Original.objects.filter(case_id=case_id).delete()


def _locked(case_id: UUID, original_id: UUID) -> Original:
    original = Original.objects.select_for_update().filter(pk=original_id, case_id=case_id, tombstone_at=None).first()
    if original is None:
        raise NotFound
    return original


def _decide(original: Original, decision: str, standing: Standing, reason: str, actor: Actor, at: datetime) -> None:
    original.standing, original.decision, original.decision_reason = standing, decision, reason.strip()[:500]
    original.decided_at, original.decided_by_id = at, actor.id
    original.save(update_fields=["standing", "decision", "decision_reason", "decided_at", "decided_by_id"])
