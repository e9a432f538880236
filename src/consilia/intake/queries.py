"""Reads of what came: the page of a patient's records, with what is on its way, what needs her and what was taken."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from consilia.cases import policy as cases_policy
from consilia.cases.access import Reader, Right
from consilia.cases.models import Case
from consilia.cases.queries import readiness
from consilia.intake import checking, concluding, deciding, links, requests
from consilia.intake.concluding import Conclusions
from consilia.intake.models import Upload, UploadState
from consilia.kernel.refusal import Refusal
from consilia.records import actions as records_actions
from consilia.records import queries as records
from consilia.records.models import Standing
from consilia.records.queries import Line, StudyLine
from consilia.suitability.readying import ItemState, Readiness, ReadinessItem


@dataclass(frozen=True, slots=True)
class Arriving:
    """A file on its way, in bytes; `state` as in UploadState."""

    id: UUID
    path: str
    offset: int
    size: int
    state: str
    problem: str


@dataclass(frozen=True, slots=True)
class RecordsPage:
    """Every file of the case in one of five groups."""

    arriving: tuple[Arriving, ...]
    reading: int  # uploads that are here and wait to be read
    failed: tuple[Arriving, ...]
    held: tuple[Line, ...]
    held_studies: tuple[StudyLine, ...]
    unreadable: tuple[Line, ...]
    taken: tuple[Line, ...]
    studies: tuple[StudyLine, ...]
    aside: tuple[Line, ...]
    aside_studies: tuple[StudyLine, ...]
    removed: tuple[Line, ...]
    removed_studies: tuple[StudyLine, ...]

    @property
    def needs_you(self) -> int:
        """What waits for her word; what she has called hers already waits for the desk."""
        waiting = sum(not one.is_asked for one in self.held) + sum(not one.is_asked for one in self.held_studies)
        return waiting + len(self.unreadable) + len(self.failed)

    @property
    def to_name(self) -> int:
        """Papers that were taken and of which we are not sure what they are."""
        return sum(line.asks for line in self.taken)

    @property
    def taken_count(self) -> int:
        return len(self.taken) + len(self.studies)

    @property
    def aside_count(self) -> int:
        return len(self.aside) + len(self.aside_studies)

    @property
    def total(self) -> int:
        """Files, each picture of a study counted."""
        pictures = sum(study.pictures for study in (*self.studies, *self.held_studies))
        lines = len(self.held) + len(self.unreadable) + len(self.taken) + len(self.aside) + len(self.failed)
        return pictures + lines + len(self.arriving) + self.reading

    @property
    def is_moving(self) -> bool:
        """True while something is still being read: the page asks again."""
        return self.reading > 0


def records_page(*, reader: Reader, at: datetime) -> RecordsPage:
    """The page of one case; the same number of queries whatever the number of records."""
    reader.require(Right.READ_RECORDS)
    kept = records.of_case(reader.case_id)
    lines = {standing: tuple(one for one in kept.lines if one.standing == standing) for standing in Standing}
    studies = {standing: tuple(one for one in kept.studies if one.standing == standing) for standing in Standing}
    uploads = _uploads(reader.case_id)
    return RecordsPage(
        arriving=tuple(one for one in uploads if one.state == UploadState.ARRIVING),
        reading=sum(one.state == UploadState.QUARANTINED for one in uploads),
        failed=tuple(one for one in uploads if one.state == UploadState.FAILED),
        held=lines[Standing.HELD],
        held_studies=studies[Standing.HELD],
        unreadable=lines[Standing.UNREADABLE],
        taken=lines[Standing.TAKEN],
        studies=studies[Standing.TAKEN],
        aside=(*lines[Standing.DUPLICATE], *lines[Standing.NOT_READ_YET], *lines[Standing.IGNORED]),
        aside_studies=studies[Standing.IGNORED],
        removed=tuple(one for one in lines[Standing.REMOVED] if _can_undo(one.decided_at, at)),
        removed_studies=tuple(one for one in studies[Standing.REMOVED] if _can_undo(one.decided_at, at)),
    )


def _uploads(case_id: UUID) -> tuple[Arriving, ...]:
    rows = Upload.objects.filter(case_id=case_id).exclude(state__in=[UploadState.SORTED, UploadState.DISCARDED])
    return tuple(Arriving(row.pk, row.path, row.offset, row.size, row.state, row.problem) for row in rows)


def _can_undo(decided_at: datetime | None, at: datetime) -> bool:
    return decided_at is not None and at <= decided_at + records_actions.UNDO_WITHIN


@dataclass(frozen=True, slots=True)
class CaseLine:
    """What the pages about records say of their case; `against` speaks against sending more."""

    id: UUID
    reference: str
    coordinator: str
    treating_doctor: str
    against: tuple[Refusal, ...]


def case_line(*, reader: Reader) -> CaseLine:
    """The head of a page about records."""
    reader.require(Right.READ_RECORDS)
    case = Case.objects.select_related("coordinator", "patient").get(pk=reader.case_id)
    name = case.coordinator.given_name if case.coordinator else ""
    against = cases_policy.against_adding_records(case)
    return CaseLine(case.pk, case.reference, name, case.treating_doctor, against)


@dataclass(frozen=True, slots=True)
class ValuesPage:
    """What the records say together; whether the reader may say what stands on a paper, and what speaks against it."""

    found: Conclusions
    may_check: bool
    against_checking: tuple[Refusal, ...]


def values_page(*, reader: Reader, at: datetime) -> ValuesPage:
    """The values of a case for whoever may read its records; what is held or removed says nothing."""
    if not reader.may(Right.READ_AS_EXPERT):
        reader.require(Right.READ_RECORDS)
    case, found = concluding.drawn(reader.case_id, at=at)
    return ValuesPage(found, checking.may(reader), deciding.against_removing(case))


@dataclass(frozen=True, slots=True)
class ReadinessPage:
    """The checklist of a case with the letters and links that were made for it."""

    id: UUID
    reference: str
    found: Readiness
    letters: tuple[requests.RequestLine, ...]
    links: tuple[links.LinkLine, ...]
    against_conditions: tuple[Refusal, ...]  # against saying that a place does not concern her
    draft: requests.Draft | None  # for the most important place for which no letter was made yet

    @property
    def open(self) -> list[ReadinessItem]:
        """Essential places first; within them what is missing before what is half there or old."""
        return _open(self.found)


def readiness_page(*, reader: Reader, today: date, at: datetime) -> ReadinessPage:
    """What is here, what is missing, and what was done about it."""
    reader.require(Right.READ_CASE)
    case = Case.objects.select_related("patient").get(pk=reader.case_id)
    found = readiness.for_case(case, today)
    letters = requests.of_case(reader=reader)
    asked = {one.item for one in letters}
    wanted = (line.item for line in _open(found) if line.item.essential and not line.asks_condition)
    first = next((item.id for item in wanted if item.id not in asked), "")
    draft = requests.draft_for(case, item=first, at=at) if first else None
    made = links.of_case(reader=reader, at=at)
    against = cases_policy.against_saying_conditions(case)
    return ReadinessPage(case.pk, case.reference, found, letters, made, against, draft)


def _open(found: Readiness) -> list[ReadinessItem]:
    rank = {ItemState.MISSING: 0, ItemState.PARTLY: 1, ItemState.TOO_OLD: 2}
    lines = [line for line in found.items if line.state in rank]
    return sorted(lines, key=lambda line: (not line.item.essential, rank[line.state], line.asks_condition))
