"""Reading records as pages show them. Rooms above decide who may; they hold a Reader and hand in its case."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Min, QuerySet, Sum
from django.utils.translation import gettext

from consilia.kernel.refusal import NotFound
from consilia.records import gaps
from consilia.records.actions import ASKED
from consilia.records.models import NOT_MEDICAL, Document, Instance, Original, Series, Standing

IN_STACK = ("position", "number", "uid")  # slices by their place in the body, then by number
ORDER = ("series__number", "series_id", *IN_STACK)  # of a viewer


@dataclass(frozen=True, slots=True)
class Line:
    """One file that is no picture of a study. `compared`: rows of kind, in_file, in_case, result."""

    id: UUID
    path: str
    size: int
    media_type: str
    standing: str
    reason: str
    source: str
    received_at: datetime
    compared: tuple[dict[str, str], ...]
    decided_at: datetime | None
    kind: str = ""
    title: str = ""
    on: date | None = None
    issuer: str = ""
    language: str = ""
    pages: int = 0
    has_page_images: bool = False
    like: str = ""  # path of the record of which it is a copy
    is_asked: bool = False  # the patient calls a held one hers and waits for the desk
    aside_because: str = ""  # the desk's words for a file that it set aside
    is_no_record: bool = False  # set aside by the desk, or as it came
    is_objected: bool = False  # and the patient calls it a record
    asks: bool = False  # a person is to say what it is
    asks_password: bool = False

    @property
    def name(self) -> str:
        return self.path.rpartition("/")[2]


@dataclass(frozen=True, slots=True)
class StudyLine:
    """The pictures of one study that share a standing."""

    id: UUID
    standing: str
    modalities: tuple[str, ...]
    on: date | None
    description: str
    institution: str
    pictures: int
    path: str
    received_at: datetime
    decided_at: datetime | None = None
    compared: tuple[dict[str, str], ...] = ()
    reason: str = ""
    is_asked: bool = False
    aside_because: str = ""
    is_objected: bool = False

    @property
    def name(self) -> str:
        """The first file of the study: the folder says more than the number of a picture."""
        return self.path.rpartition("/")[0] or self.path


@dataclass(frozen=True, slots=True)
class Kept:
    """Every file of a case once, oldest first; two queries whatever their number."""

    lines: tuple[Line, ...]
    studies: tuple[StudyLine, ...]


def of_case(case_id: UUID) -> Kept:
    """All that came for a case, whatever its standing."""
    rows = Original.objects.filter(case_id=case_id, tombstone_at=None, instance=None)
    return Kept(
        tuple(_line(row) for row in rows.select_related("document", "duplicate_of").order_by("received_at", "path")),
        _studies(case_id),
    )


def _line(row: Original) -> Line:
    paper: Document | None = getattr(row, "document", None)
    return Line(
        id=row.pk,
        path=row.path,
        size=row.size,
        media_type=row.media_type,
        standing=row.standing,
        reason=row.reason,
        source=row.source,
        received_at=row.received_at,
        compared=tuple(row.identity_reasons),
        decided_at=row.decided_at,
        like=row.duplicate_of.path if row.duplicate_of else "",
        kind=paper.kind if paper else "",
        title=paper.title if paper else "",
        on=paper.document_date if paper else None,
        issuer=paper.issuer if paper else "",
        language=paper.language if paper else "",
        pages=paper.pages if paper else 0,
        has_page_images=paper.has_page_images if paper else False,
        is_asked=row.standing == Standing.HELD and row.decision_reason == ASKED,
        aside_because=row.decision_reason if row.reason == NOT_MEDICAL else "",
        is_no_record=row.is_no_record,
        is_objected=row.objected_at is not None,
        asks_password=row.asks_password,
        asks=paper.asks if paper else False,
    )


def _studies(case_id: UUID) -> tuple[StudyLine, ...]:
    rows = (
        Instance.objects.filter(series__study__case_id=case_id, original__tombstone_at=None)
        .order_by()
        .values(
            "series__study_id",
            "series__study__study_date",
            "series__study__description",
            "series__study__institution",
            "series__modality",
            "original__standing",
            "original__reason",
            "original__identity_reasons",
            "original__decision_reason",
        )
        .annotate(
            objected_at=Min("original__objected_at"),
            pictures=Count("pk"),
            path=Min("original__path"),
            received_at=Min("original__received_at"),
            decided_at=Min("original__decided_at"),
        )
    )
    groups: defaultdict[tuple[UUID, str], list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        groups[row["series__study_id"], row["original__standing"]].append(dict(row))
    lines = [_study_line(study_id, standing, rows) for (study_id, standing), rows in groups.items()]
    return tuple(sorted(lines, key=lambda line: (line.on or date.max, line.path)))


def _study_line(study_id: UUID, standing: str, rows: list[dict[str, Any]]) -> StudyLine:
    first = min(rows, key=lambda row: row["path"])
    is_held = standing == Standing.HELD
    return StudyLine(
        id=study_id,
        standing=standing,
        modalities=tuple(sorted({row["series__modality"] for row in rows})),
        on=first["series__study__study_date"],
        description=first["series__study__description"],
        institution=first["series__study__institution"],
        pictures=sum(row["pictures"] for row in rows),
        path=first["path"],
        received_at=min(row["received_at"] for row in rows),
        decided_at=next((row["decided_at"] for row in rows if row["decided_at"]), None),
        # What one held picture of a study claims, the others claim, too.
        compared=tuple(first["original__identity_reasons"]) if is_held else (),
        reason=first["original__reason"] if is_held else "",
        is_asked=is_held and all(row["original__decision_reason"] == ASKED for row in rows),
        aside_because=first["original__decision_reason"] if first["original__reason"] == NOT_MEDICAL else "",
        is_objected=any(row["objected_at"] for row in rows),
    )


def original(case_id: UUID, original_id: UUID) -> Original:
    """A record of the case with its document, removed ones excepted. Raises NotFound."""
    found = (
        Original.objects.filter(pk=original_id, case_id=case_id, tombstone_at=None)
        .exclude(standing=Standing.REMOVED)
        .select_related("document", "duplicate_of", "came_out_of")
        .first()
    )
    if found is None:
        raise NotFound
    return found


@dataclass(frozen=True, slots=True)
class Stack:
    """One series as a stack: `frames` are (instance, frame number) from the first slice to the last."""

    id: UUID
    modality: str
    description: str
    body_part: str
    laterality: str
    frames: int
    not_shown: int
    window: tuple[float, float] | None
    gaps: tuple[str, ...] = ()  # what seems to be missing, in the language of the page


@dataclass(frozen=True, slots=True)
class StudyPage:
    """A study with its stacks; held and taken ones have pages of their own kind above."""

    id: UUID
    on: date | None
    description: str
    institution: str
    stacks: tuple[Stack, ...]
    held: bool


def study(case_id: UUID, study_id: UUID, *, standings: tuple[str, ...] = (Standing.TAKEN,)) -> StudyPage:
    """The study with what may be seen of it. Raises NotFound for another case's, or when nothing may be seen."""
    images = Instance.objects.filter(series__study=study_id, series__study__case_id=case_id)
    of_series: defaultdict[UUID, list[Instance]] = defaultdict(list)
    for row in _in_order(images.filter(original__standing__in=standings)).select_related("series__study", "original"):
        of_series[row.series_id].append(row)
    if not of_series:
        raise NotFound
    found = next(iter(of_series.values()))[0].series.study
    stacks = [_stack(instances[0].series, instances) for instances in of_series.values()]
    held = any(row.original.standing == Standing.HELD for part in of_series.values() for row in part)
    return StudyPage(found.pk, found.study_date, found.description, found.institution, tuple(stacks), held)


@dataclass(frozen=True, slots=True)
class CaseStack:
    """A series of a case as one can choose it: `frames` that count and can be shown."""

    series_id: UUID
    study_uid: str
    series_uid: str
    modality: str
    description: str
    study_description: str
    on: date | None
    frames: int


def case_stacks(case_id: UUID) -> tuple[CaseStack, ...]:
    """Every series of the case with pictures that count, the newest study first: one query."""
    counting = Instance.objects.filter(
        series__study__case_id=case_id, original__standing=Standing.TAKEN, not_shown_because=""
    )
    names = ("study__uid", "uid", "modality", "description", "study__description", "study__study_date")
    rows = counting.order_by().values_list("series_id", *(f"series__{name}" for name in names)).annotate(Sum("frames"))
    stacks = [CaseStack(*row) for row in rows]
    return tuple(sorted(stacks, key=lambda one: (one.on is None, -(one.on or date.min).toordinal(), one.series_id)))


def _in_order(instances: QuerySet[Instance]) -> QuerySet[Instance]:
    """Slices by their place in the body, then by number: the order of a viewer."""
    return instances.order_by(*ORDER)


def _stack(series: Series, instances: list[Instance]) -> Stack:
    shown = [one for one in instances if not one.not_shown_because]
    first = next((one for one in shown if one.window_center is not None and one.window_width), None)
    window = (first.window_center or 0.0, first.window_width or 0.0) if first else None
    return Stack(
        id=series.pk,
        modality=series.modality,
        description=series.description,
        body_part=series.body_part,
        laterality=series.laterality,
        frames=sum(one.frames for one in shown),
        not_shown=len(instances) - len(shown),
        window=window,
        gaps=gaps_of(instances),
    )


def gaps_of(instances: Sequence[Instance]) -> tuple[str, ...]:
    """What seems to be missing from the instances of one series, in the language of the page."""
    return tuple(one.said(gettext) for one in gaps.of([_slice(one) for one in instances]))


def _slice(one: Instance) -> gaps.Slice:
    return gaps.Slice(one.series.modality, one.number, one.frames, bool(one.rows), one.position, tuple(one.orientation))


def frame_at(
    case_id: UUID, series_id: UUID, index: int, *, standings: tuple[str, ...] = (Standing.TAKEN,)
) -> tuple[Instance, int]:
    """The instance and its frame number (from 1) at a place of the stack (from 0). Raises NotFound."""
    rows = Instance.objects.filter(
        series_id=series_id, series__study__case_id=case_id, original__standing__in=standings, not_shown_because=""
    )
    left = index
    for pk, frames in _in_order(rows).values_list("pk", "frames"):
        if 0 <= left < frames:
            return Instance.objects.select_related("original", "series").get(pk=pk), left + 1
        left -= frames
    raise NotFound


def place_of(case_id: UUID, uid: str, number: int) -> tuple[Instance, int]:
    """The picture with this UID that counts in the case, and the place (from 0) of its frame (from 1) in its stack.

    Raises NotFound.
    """
    shown = Instance.objects.filter(
        series__study__case_id=case_id, original__standing=Standing.TAKEN, not_shown_because=""
    )
    found = shown.filter(uid=uid, frames__gte=number).select_related("series__study").first()
    if found is None or number < 1:
        raise NotFound
    before = 0
    for pk, frames in _in_order(shown.filter(series=found.series_id)).values_list("pk", "frames"):
        if pk == found.pk:
            break
        before += frames
    return found, before + number - 1
