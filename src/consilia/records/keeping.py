"""Keeping: what one file of an upload is told to be, and the rows that are made of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from consilia.records.models import Document, Instance, Original, Series, Standing, Study

LONGEST_HEADINGS = 2_000  # characters
Shelves = dict[tuple[str, str], Series]  # the series of a case that a batch has met, by UIDs of study and series


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
    came_out_of: UUID | None = None
    pages: tuple[int, int] | None = None  # first and last (from 1) of a part of the file it came out of


@dataclass(frozen=True, slots=True)
class Paper:
    """What is known of a document; unknown stays empty."""

    kind: str = "unknown"
    kind_confidence: float = 0.0
    items: Sequence[str] = ()
    title: str = ""
    headings: str = ""
    document_date: date | None = None
    date_confidence: float = 0.0
    language: str = ""
    issuer: str = ""
    pages: int = 1
    has_page_images: bool = True
    carrier: Carrier | None = None


@dataclass(frozen=True, slots=True)
class Carrier:
    """The DICOM object in which a paper came (PS3.3 A.45 encapsulated documents, A.35 reports); UIDs as in the file."""

    study_uid: str
    series_uid: str
    instance_uid: str
    sop_class: str


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
    orientation: Sequence[float] = field(default_factory=tuple)
    rows: int = 0
    columns: int = 0
    frames: int = 1
    window_center: float | None = None
    window_width: float | None = None
    spacing: Sequence[float] = field(default_factory=tuple)
    transfer_syntax: str = ""
    not_shown_because: str = ""


def keep_paper(original: Original, paper: Paper) -> None:
    carrier = paper.carrier or Carrier("", "", "", "")
    Document.objects.create(
        original=original,
        kind=paper.kind,
        kind_confidence=paper.kind_confidence,
        items=list(paper.items),
        title=paper.title[:300],
        headings=paper.headings[:LONGEST_HEADINGS],
        document_date=paper.document_date,
        date_confidence=paper.date_confidence,
        language=paper.language[:16],
        issuer=paper.issuer[:200],
        pages=max(paper.pages, 1),
        has_page_images=paper.has_page_images,
        study_uid=carrier.study_uid,
        series_uid=carrier.series_uid,
        instance_uid=carrier.instance_uid,
        sop_class=carrier.sop_class,
    )


def keep_picture(original: Original, picture: Picture, shelves: Shelves) -> None:
    """The first instance with a UID stays; one whose original was removed or set aside makes room for the new one."""
    key = picture.study_uid[:64], picture.series_uid[:64]
    if key not in shelves:
        shelves[key] = _shelf(original.case_id, picture)
    series = shelves[key]
    known = Instance.objects.filter(series=series, uid=picture.uid[:64]).select_related("original").first()
    if known is not None:
        if known.original.standing not in {Standing.REMOVED, Standing.IGNORED}:
            return
        known.delete()
    Instance.objects.create(
        series=series,
        uid=picture.uid[:64],
        original=original,
        sop_class=picture.sop_class[:64],
        number=picture.number,
        position=picture.position,
        orientation=list(picture.orientation),
        rows=picture.rows,
        columns=picture.columns,
        frames=max(picture.frames, 1),
        window_center=picture.window_center,
        window_width=picture.window_width,
        spacing=list(picture.spacing),
        transfer_syntax=picture.transfer_syntax[:64],
        not_shown_because=picture.not_shown_because,
    )


def _shelf(case_id: UUID, picture: Picture) -> Series:
    study, _new = Study.objects.get_or_create(
        case_id=case_id,
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
    return series
