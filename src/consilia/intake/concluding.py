"""Concluding: what the records of a case say together: values, radiation, what was recommended, the course of things.

Made of what counts now and kept encrypted with a mark of what it was made of: it is never older than the records.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any, Final
from uuid import UUID

from django.db.models import Count
from pydantic import TypeAdapter, ValidationError

from consilia.cases import content
from consilia.cases.models import Case
from consilia.clinical.library import Library
from consilia.formats.dicom_objects import REPORTS
from consilia.formats.results import DoseValue, VitalValue
from consilia.formats.verdicts import Reason, Verdict
from consilia.intake.identity import Identity, Judgement
from consilia.intake.judging import advice, measured, outcome, recommended
from consilia.intake.judging.case_file import CaseFile
from consilia.intake.judging.dating import Dated
from consilia.intake.judging.findings import Paper, Unread
from consilia.intake.judging.kinds import Kind
from consilia.intake.judging.measured import Lab
from consilia.intake.judging.outcome import Event
from consilia.intake.judging.recommended import Recommendation
from consilia.intake.judging.record import Record, Request
from consilia.intake.judging.studies import Place, Study
from consilia.records import readings
from consilia.records.models import Document, Instance, Original, Standing
from consilia.vault import actions as vault
from consilia.vault import queries as vault_queries

NAME: Final = "conclusions"
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


CONCLUSIONS: Final = TypeAdapter(Conclusions)


def record_id(path: str) -> UUID:
    """The id of the record, or for pictures of the study, that a path of Conclusions names."""
    return UUID(path.partition("/")[0])


def of_case(case: Case, *, at: datetime) -> Conclusions:
    """What the records say now; made again when a record, its kind, its day or the content has changed.

    Four queries when nothing has; making it reads every paper of the case: the worker does it after an upload.
    """
    library = content.library()
    rows = _Rows(case.pk)
    mark = rows.mark(library)
    kept = _kept(case.pk)
    if kept is not None and kept.mark == mark:
        return kept
    made = _made(case, rows, library, mark, at.date())
    vault.put_derived(case.pk, NAME, CONCLUSIONS.dump_json(made))
    return made


def _kept(case_id: UUID) -> Conclusions | None:
    kept = vault_queries.get_derived(case_id, NAME)
    try:
        return None if kept is None else CONCLUSIONS.validate_json(kept)
    except ValidationError:  # by a version that knew it in another shape
        return None


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
        """One row a study and modality."""
        rows = Instance.objects.filter(series__study__case_id=self.case_id, original__standing=Standing.TAKEN)
        names = ("series__study_id", "series__study__study_date", "series__study__description", "series__modality")
        found = rows.order_by().values(*names).annotate(number=Count("pk"))
        return sorted(found, key=lambda row: (str(row["series__study_id"]), row["series__modality"]))

    @cached_property
    def reports(self) -> list[Instance]:
        """Structured reports of DICOM: those of radiation hold figures."""
        rows = Instance.objects.filter(series__study__case_id=self.case_id, original__standing=Standing.TAKEN)
        return list(rows.filter(sop_class__startswith=REPORTS).select_related("original", "series").order_by("pk"))

    @cached_property
    def unread(self) -> list[tuple[UUID, str]]:
        rows = Original.objects.filter(case_id=self.case_id, standing=Standing.UNREADABLE, tombstone_at=None)
        return list(rows.order_by("pk").values_list("pk", "path"))

    def mark(self, library: Library) -> str:
        """Changes with everything that conclusions are drawn from."""
        papers = [(row.original_id, row.kind, row.document_date, row.language) for row in self.papers]
        studies = [list(row.values()) for row in self.studies]
        said = [papers, studies, [row.pk for row in self.reports], self.unread, library.digest]
        return hashlib.sha256(json.dumps(said, default=str).encode()).hexdigest()


def _made(case: Case, rows: _Rows, library: Library, mark: str, today: date) -> Conclusions:
    language = case.patient.language
    papers = tuple(_paper(row, language) for row in rows.papers)
    places = tuple(_place(row) for row in rows.studies)
    unread = tuple(Unread(f"{key}/{path}", Verdict.UNREADABLE, Reason.NONE) for key, path in rows.unread)
    advised = recommended.found(recommended.Case(papers, places, unread), advice.advice_of(library))
    doses = {f"{row.series.study_id}/{row.pk}": readings.of(row.original).results.doses for row in rows.reports}
    nobody = Request("", "", today)  # whose they are was decided record by record
    found = CaseFile(nobody, papers, places, unread, (), (), {}, today, recommended=advised, doses=doses)
    return Conclusions(
        mark, measured.labs(found), measured.vitals(found), measured.doses(found), advised, outcome.course(found)
    )


def _paper(row: Document, language: str) -> Paper:
    """The paper as its row says it is: a person may have corrected what was recognised."""
    original = row.original
    reading = readings.of(original, language)
    record = Record(f"{original.pk}/{original.path}", original.sha256, original.size, reading)
    on = row.document_date.isoformat() if row.document_date else ""
    return Paper(record, Kind(row.kind, row.kind_confidence, ""), row.language, "", Dated(on), HERS)


def _place(row: dict[str, Any]) -> Place:
    on = row["series__study__study_date"]
    modality = row["series__modality"]
    study = Study(
        uid="",
        on=on.isoformat() if on else "",
        modality=modality,
        modalities=(modality,),
        description=row["series__study__description"],
        body_part="",
        institution="",
        series=0,
        instances=row["number"],
        identity=Identity.MATCH,
        faults=(),
        paths=(),
    )
    return Place(f"{row['series__study_id']}/", dicomdir=False, named=0, studies=(study,))
