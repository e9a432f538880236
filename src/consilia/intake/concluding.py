"""Concluding: what the records of a case say together: values, radiation, what was recommended, the course of things.

Made of what counts now and kept encrypted with a mark of what it was made of: it is never older than the records.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property
from typing import Any, Final
from uuid import UUID

from django.db.models import Count, OuterRef, Q, Subquery
from pydantic import TypeAdapter, ValidationError

from consilia.cases import content
from consilia.cases.models import Case
from consilia.cases.queries import lists
from consilia.clinical.library import Library
from consilia.clinical.radiation import NUCLEAR
from consilia.formats.dicom_classes import REPORTS
from consilia.formats.results import DoseValue, VitalValue
from consilia.formats.verdicts import Reason, Verdict
from consilia.intake.identity import Identity, Judgement
from consilia.intake.judging import advice, checked, concluded, exposed, measured, outcome, recommended
from consilia.intake.judging.case_file import CaseFile
from consilia.intake.judging.checked import Word
from consilia.intake.judging.concluded import Quoted
from consilia.intake.judging.dating import Dated
from consilia.intake.judging.exposed import Exposed, Pictured
from consilia.intake.judging.findings import Paper, Unread
from consilia.intake.judging.kinds import Kind
from consilia.intake.judging.measured import Lab
from consilia.intake.judging.outcome import Event
from consilia.intake.judging.recommended import Recommendation
from consilia.intake.judging.record import Record, Request
from consilia.intake.judging.studies import Place, Study
from consilia.records import readings
from consilia.records.models import CheckedValue, Document, Instance, Original, Series, Standing
from consilia.vault import actions as vault
from consilia.vault import queries as vault_queries

NAME: Final = "conclusions"
VERSION: Final = 2  # of what conclusions are; raised when what was drawn before must be drawn again
PAPER: Final = ("kind", "document_date", "language")
CHECKED: Final = ("original_id", "key", "value", "unit", "is_left_out", "role", "at")
SERIES: Final = ("study__study_date", "study__description", "modality", "body_part")
HERS: Final = Judgement(Identity.MATCH, ())  # what is taken was hers or was released


@dataclass(frozen=True, slots=True)
class Conclusions:
    """What follows from the records that count; every path begins with the id of its record or study (`record_id`)."""

    mark: str
    labs: tuple[Lab, ...]
    vitals: tuple[tuple[VitalValue, str], ...]
    doses: tuple[tuple[DoseValue, str], ...]
    recommended: tuple[Recommendation, ...]
    course: tuple[Event, ...]
    quoted: tuple[Quoted, ...]
    exposed: tuple[Exposed, ...]
    left_out: tuple[Lab, ...] = ()  # values that do not count, because a person said so


CONCLUSIONS: Final = TypeAdapter(Conclusions)


def record_id(path: str) -> UUID:
    """The id of the record, or for pictures of the study, that a path of Conclusions names."""
    return UUID(path.partition("/")[0])


def of_case(case_id: UUID, *, at: datetime) -> Conclusions:
    """What the records say now; see `drawn`."""
    return drawn(case_id, at=at)[1]


def drawn(case_id: UUID, *, at: datetime) -> tuple[Case, Conclusions]:
    """The case with its patient, and what its records say now: made again when a record or the content has changed.

    One query when nothing has; making it reads every paper of the case: the worker does it after an upload. What
    people said about single values is laid over it each time.
    """
    library = content.library()
    case = _marked(case_id)
    mark = _mark(case, library)
    kept = _kept(case_id)
    if kept is not None and kept.mark == mark:
        return case, _as_said(kept, case)
    made = _made(case, _Rows(case_id), library, mark, at.date())
    vault.put_derived(case_id, NAME, CONCLUSIONS.dump_json(made))
    return case, _as_said(made, case)


def _as_said(found: Conclusions, case: Case) -> Conclusions:
    """With the words of people about single values in the place of what was read."""
    rows = lists.rows_of(case, "its_checked")
    words: defaultdict[str, dict[str, Word]] = defaultdict(dict)
    for row in rows:
        said = Word(row["value"], row["unit"], bool(row["is_left_out"]), row["role"], lists.moment(row["at"]))
        words[str(UUID(row["original_id"]))][row["key"]] = said
    counting, left_out = checked.laid_over(found.labs, words)
    return replace(found, labs=counting, left_out=left_out)


def _kept(case_id: UUID) -> Conclusions | None:
    kept = vault_queries.get_derived(case_id, NAME)
    try:
        return None if kept is None else CONCLUSIONS.validate_json(kept)
    except ValidationError:  # by a version that knew it in another shape
        return None


def _marked(case_id: UUID) -> Case:
    """The case with the rows that its mark is made of: one query, whatever the number of records."""
    taken = {"original__standing": Standing.TAKEN}
    papers = Document.objects.filter(**taken)
    pictures = Series.objects.annotate(taken=lists.counted(Instance.objects.filter(**taken), key="series_id"))
    unread = Original.objects.filter(standing=Standing.UNREADABLE, tombstone_at=None)
    rows = Case.objects.select_related("patient", "self_check")
    marked: Case = rows.annotate(
        its_papers=lists.listed(papers, "original_id", *PAPER, key="original__case_id"),
        its_pictures=lists.listed(pictures.filter(taken__gt=0), "id", *SERIES, "taken", key="study__case_id"),
        its_unread=lists.listed(unread, "id", "path"),
        its_checked=lists.listed(CheckedValue.objects.all(), *CHECKED, key="original__case_id"),
    ).get(pk=case_id)
    return marked


def _mark(case: Case, library: Library) -> str:
    """Changes with everything that conclusions are drawn from."""
    said = [sorted(map(str, lists.rows_of(case, name))) for name in ("its_papers", "its_pictures", "its_unread")]
    born = case.patient.birth_date.isoformat()
    return hashlib.sha256(json.dumps([VERSION, *said, born, library.digest]).encode()).hexdigest()


class _Rows:
    """The rows of one case that conclusions are drawn from."""

    def __init__(self, case_id: UUID) -> None:
        self.case_id = case_id

    @cached_property
    def papers(self) -> list[Document]:
        rows = Document.objects.filter(original__case_id=self.case_id, original__standing=Standing.TAKEN)
        return list(rows.select_related("original").order_by("original__received_at", "pk"))

    @cached_property
    def studies(self) -> list[dict[str, Any]]:
        """One row a study, modality and part of the body."""
        rows = Instance.objects.filter(series__study__case_id=self.case_id, original__standing=Standing.TAKEN)
        found = rows.order_by().values("series__study_id", *(f"series__{name}" for name in SERIES))
        counted = found.annotate(number=Count("pk"))
        return sorted(counted, key=lambda row: tuple(str(value) for value in row.values()))

    @cached_property
    def dosed(self) -> list[Instance]:
        """What states radiation: structured reports, and the first image of each nuclear series."""
        mine = Instance.objects.filter(series__study__case_id=self.case_id, original__standing=Standing.TAKEN)
        first = mine.filter(series=OuterRef("pk")).order_by("number", "pk").values("pk")[:1]
        nuclear = Series.objects.filter(study__case_id=self.case_id, modality__in=NUCLEAR).annotate(
            first=Subquery(first)
        )
        rows = mine.filter(Q(sop_class__startswith=REPORTS) | Q(pk__in=nuclear.values("first")))
        return list(rows.select_related("original", "series").order_by("pk"))

    @cached_property
    def unread(self) -> list[tuple[UUID, str]]:
        rows = Original.objects.filter(case_id=self.case_id, standing=Standing.UNREADABLE, tombstone_at=None)
        return list(rows.order_by("pk").values_list("pk", "path"))


def _made(case: Case, rows: _Rows, library: Library, mark: str, today: date) -> Conclusions:
    language = case.patient.language
    papers = tuple(_paper(row, language) for row in rows.papers)
    places = _places(rows.studies)
    unread = tuple(Unread(f"{key}/{path}", Verdict.UNREADABLE, Reason.NONE) for key, path in rows.unread)
    words = advice.advice_of(library)
    advised = recommended.found(recommended.Case(papers, places, unread), words)
    doses = {f"{row.series.study_id}/{row.pk}": readings.of(row.original).results.doses for row in rows.dosed}
    nobody = Request("", "", today)  # whose they are was decided record by record
    found = CaseFile(nobody, papers, places, unread, (), (), {}, today, recommended=advised, doses=doses)
    figures = measured.doses(found)
    return Conclusions(
        mark=mark,
        labs=measured.labs(found),
        vitals=measured.vitals(found),
        doses=figures,
        recommended=advised,
        course=outcome.course(found),
        quoted=concluded.quoted(papers, words),
        exposed=exposed.exposed(_pictured(rows.studies), figures, papers, case.patient.birth_date),
    )


def _paper(row: Document, language: str) -> Paper:
    """The paper as its row says it is: a person may have corrected what was recognised."""
    original = row.original
    reading = readings.of(original, language)
    record = Record(f"{original.pk}/{original.path}", original.sha256, original.size, reading)
    on = row.document_date.isoformat() if row.document_date else ""
    return Paper(record, Kind(row.kind, row.kind_confidence, ""), row.language, "", Dated(on), HERS)


def _places(rows: list[dict[str, Any]]) -> tuple[Place, ...]:
    """One place a study and modality."""
    parts: defaultdict[tuple[UUID, str], list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        parts[row["series__study_id"], row["series__modality"]].append(row)
    return tuple(_place(*key, same) for key, same in parts.items())


def _place(study_id: UUID, modality: str, rows: list[dict[str, Any]]) -> Place:
    on = rows[0]["series__study__study_date"]
    study = Study(
        uid="",
        on=on.isoformat() if on else "",
        modality=modality,
        modalities=(modality,),
        description=rows[0]["series__study__description"],
        body_part=" ".join(row["series__body_part"] for row in rows),
        institution="",
        series=0,
        instances=sum(row["number"] for row in rows),
        identity=Identity.MATCH,
        faults=(),
        paths=(),
    )
    return Place(f"{study_id}/", dicomdir=False, named=0, studies=(study,))


def _pictured(rows: list[dict[str, Any]]) -> tuple[Pictured, ...]:
    """One a study, with the modalities and parts of the body of all its series."""
    parts: defaultdict[UUID, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        parts[row["series__study_id"]].append(row)
    return tuple(
        Pictured(
            path=f"{key}/",
            on=same[0]["series__study__study_date"],
            description=same[0]["series__study__description"],
            modalities=tuple(dict.fromkeys(row["series__modality"] for row in same)),
            body_parts=tuple(dict.fromkeys(row["series__body_part"] for row in same)),
        )
        for key, same in parts.items()
    )
