"""One record of a case for the desk: a document page by page, a study series by series, one frame of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from consilia.cases.access import Reader
from consilia.cases.queries.desk_records import (
    SEEN_BY_DESK,
    SET_ASIDE,
    document_of,
    kind_words,
    may_see,
    source_words,
    title_of,
)
from consilia.kernel.refusal import NotFound
from consilia.records.models import Instance, Original, Standing, Study
from consilia.records.queries import gaps_of


@dataclass(frozen=True, slots=True)
class RecordPage:
    """One document for the page of a record; `original` is for the pictures, never for a template."""

    original: Original
    title: str
    kind: str
    on: date | None
    origin: str
    path: str
    pages: int
    has_pictures: bool
    standing: str
    standing_words: str
    received_at: datetime


def record(*, reader: Reader, original_id: UUID) -> RecordPage:
    """A document of this case, held ones too. Raises NotFound for others, for images and for what was removed."""
    may_see(reader)
    row = (
        Original.objects.filter(Q(standing__in=SEEN_BY_DESK) | SET_ASIDE)
        .filter(pk=original_id, case_id=reader.case_id, tombstone_at=None)
        .select_related("document")
        .first()
    )
    document = document_of(row) if row else None
    if row is None or document is None:
        raise NotFound
    return RecordPage(
        original=row,
        title=title_of(row),
        kind=kind_words(document.kind),
        on=document.document_date,
        origin=document.issuer or source_words(row.source),
        path=row.path,
        pages=document.pages,
        has_pictures=document.has_page_images,
        standing=row.standing,
        standing_words=str(row.get_standing_display()),
        received_at=row.received_at,
    )


@dataclass(frozen=True, slots=True)
class SeriesLine:
    """One series; `count` frames can be shown, in the window of the file (centre, width) where it has one."""

    id: UUID
    title: str
    modality: str
    count: int
    window: tuple[float, float] | None
    gaps: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StudyPage:
    """A study; `hidden` images cannot be shown."""

    id: UUID
    title: str
    on: date | None
    institution: str
    series: tuple[SeriesLine, ...]
    hidden: int
    standing: str  # held when any image is, else taken, else ignored: set aside


def study(*, reader: Reader, study_id: UUID) -> StudyPage:
    """A study with its series; images that were removed are left out. Raises NotFound for one of another case."""
    may_see(reader)
    found = Study.objects.filter(pk=study_id, case_id=reader.case_id).first()
    if found is None:
        raise NotFound
    rows = list(_shown().filter(series__study=found).select_related("series", "original").order_by(*ORDER))
    groups: dict[UUID, list[Instance]] = {}
    for row in rows:
        groups.setdefault(row.series_id, []).append(row)
    return StudyPage(
        found.pk,
        found.description or _("Images"),
        found.study_date,
        found.institution,
        tuple(_series(images) for images in groups.values()),
        sum(1 for row in rows if row.not_shown_because),
        _standing(rows),
    )


def _standing(rows: Sequence[Instance]) -> str:
    found = {row.original.standing for row in rows}
    return next((one for one in (Standing.HELD, Standing.TAKEN, Standing.IGNORED) if one in found), "")


ORDER = ("series__number", "series_id", "position", "number", "id")


def _shown() -> QuerySet[Instance]:
    seen = [Standing.TAKEN, Standing.HELD, Standing.IGNORED]
    return Instance.objects.filter(original__standing__in=seen)


def _series(images: Sequence[Instance]) -> SeriesLine:
    series = images[0].series
    shown = [image for image in images if not image.not_shown_because]
    windows = [(one.window_center, one.window_width) for one in shown]
    window = next(((float(c), float(w)) for c, w in windows if c is not None and w), None)
    title = series.description or series.body_part or series.modality
    count = sum(image.frames for image in shown)
    return SeriesLine(series.pk, title, series.modality, count, window, gaps_of(images))


def frame(*, reader: Reader, series_id: UUID, index: int) -> tuple[Instance, int]:
    """The image and the number (from 1) of the frame at a place (from 0) of a series. Raises NotFound beyond it."""
    may_see(reader)
    rows = _shown().filter(series=series_id, series__study__case_id=reader.case_id, not_shown_because="")
    for pk, frames in rows.order_by(*ORDER).values_list("pk", "frames"):
        if index < frames:
            return Instance.objects.select_related("original", "series").get(pk=pk), index + 1
        index -= frames
    raise NotFound
