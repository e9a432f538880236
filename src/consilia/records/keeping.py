"""Keeping: what one file of an upload is told to be, and the rows that are made of it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from consilia.kernel.ids import new_id
from consilia.records.models import Document, Instance, Original, Series, Standing, Study

LONGEST_HEADINGS = 2_000  # characters
Shelf = tuple[str, str]  # UIDs of study and series
GIVES_WAY = frozenset({Standing.REMOVED, Standing.IGNORED})  # what stands so leaves its UID to what comes after it


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
    record_id: UUID = field(default_factory=new_id)


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


@dataclass(frozen=True, slots=True)
class Kept:
    """What is to be kept of one file, and what it holds when that is known."""

    came: Came
    what: Paper | Picture | None = None


def keep_rows(case_id: UUID, files: Sequence[Kept], *, at: datetime) -> list[Original]:
    """The rows of files that came, in as many queries for one as for many; in the caller's transaction."""
    originals = Original.objects.bulk_create([_original(case_id, one.came, at) for one in files])
    pairs = list(zip(originals, files, strict=True))
    papers = [(original, one.what) for original, one in pairs if isinstance(one.what, Paper)]
    Document.objects.bulk_create([_document(original, paper) for original, paper in papers])
    _keep_pictures(case_id, [(original, one.what) for original, one in pairs if isinstance(one.what, Picture)])
    return originals


def _original(case_id: UUID, came: Came, at: datetime) -> Original:
    return Original(
        id=came.record_id,
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
        came_out_of_id=came.came_out_of,
        first_page=came.pages[0] if came.pages else None,
        last_page=came.pages[1] if came.pages else None,
        received_at=at,
    )


def _document(original: Original, paper: Paper) -> Document:
    carrier = paper.carrier or Carrier("", "", "", "")
    return Document(
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


def _keep_pictures(case_id: UUID, pictures: Sequence[tuple[Original, Picture]]) -> None:
    """The first instance with a UID stays; one whose original was removed or set aside makes room for the new one."""
    if not pictures:
        return
    series = _series(case_id, [picture for _original, picture in pictures])
    uids = {picture.uid[:64] for _original, picture in pictures}
    taken = _make_room(series.values(), uids)
    rows = []
    for original, picture in pictures:
        one = series[_shelf_of(picture)]
        if (one.pk, picture.uid[:64]) not in taken:
            taken.add((one.pk, picture.uid[:64]))
            rows.append(_instance(original, one, picture))
    Instance.objects.bulk_create(rows)


def _make_room(series: Collection[Series], uids: Collection[str]) -> set[tuple[UUID, str]]:
    """Series and UID of what stays; rows that give way are removed."""
    known = Instance.objects.filter(series__in=series, uid__in=uids)
    rows = list(known.values_list("pk", "series_id", "uid", "original__standing"))
    if going := [pk for pk, _series, _uid, standing in rows if standing in GIVES_WAY]:
        Instance.objects.filter(pk__in=going).delete()
    return {(series_id, uid) for _pk, series_id, uid, standing in rows if standing not in GIVES_WAY}


def _instance(original: Original, series: Series, picture: Picture) -> Instance:
    return Instance(
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


def _shelf_of(picture: Picture) -> Shelf:
    return picture.study_uid[:64], picture.series_uid[:64]


def _series(case_id: UUID, pictures: Sequence[Picture]) -> dict[Shelf, Series]:
    """The series of each, made with the words of the first of its pictures where there is none."""
    firsts: dict[Shelf, Picture] = {}
    for picture in pictures:
        firsts.setdefault(_shelf_of(picture), picture)
    return {shelf: _one_series(case_id, picture) for shelf, picture in firsts.items()}


def _one_series(case_id: UUID, picture: Picture) -> Series:
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
