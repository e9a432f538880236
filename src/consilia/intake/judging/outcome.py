"""Outcome: what a case file means: its checklist, what to ask, the course of things, whether an opinion fits."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from consilia.clinical.library import Library
from consilia.clinical.papers import ASK_BELOW
from consilia.formats.dicom_classes import study_title
from consilia.intake.identity import Identity
from consilia.intake.judging.case_file import CaseFile
from consilia.intake.judging.studies import Study
from consilia.kernel.days import day_of
from consilia.suitability import Assessment, Facts, PresentRecord, Readiness, assess, readiness
from consilia.suitability.filling import IMAGING_STUDY, own_words

DOCTORS: Final = frozenset({"consultation_note", "discharge_summary", "tumor_board", "emergency_note", "letter"})
UNSURE: Final = frozenset({Identity.SUSPECT, Identity.MISMATCH})


@dataclass(frozen=True, slots=True)
class Event:
    """One line of the course: a day, what came then, and the file that says so."""

    on: str
    what: str
    kind: str
    path: str


@dataclass(frozen=True, slots=True)
class Question:
    """Something that only the patient can answer: a code, the words that go into its sentence, and the file."""

    code: str
    about: str
    path: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What follows from a case file."""

    case_type: str
    readiness: Readiness
    assessment: Assessment
    timeline: tuple[Event, ...]
    questions: tuple[Question, ...]


def outcome_of(found: CaseFile, library: Library) -> Outcome:
    """The checklist of what she said she has, judged on what came; what is open; what it means for an opinion."""
    said_of = f"{found.request.diagnosis} {found.request.proposed_treatment}"
    case_type = library.checklist_for(said_of)
    ready = readiness(library.checklist(case_type), present(found), found.today)
    return Outcome(
        case_type=case_type,
        readiness=ready,
        assessment=assess(_facts(found, ready), library, language=found.request.language),
        timeline=course(found),
        questions=tuple(_questions(found)),
    )


def present(found: CaseFile) -> list[PresentRecord]:
    """What may fill a place of the checklist: her own papers, no copy and nothing held, and her studies."""
    records = [
        PresentRecord(
            kind="lab_report" if paper.kind.kind == "fhir_lab_report" else paper.kind.kind,
            on=day_of(paper.dated.value),
            title=paper.first_words,
            record_id=paper.path,
        )
        for paper in found.counting
        if paper.identity not in UNSURE
    ]
    pictured = [_study(root, study) for root, study in _studies(found)]
    return [*records, *pictured, *own_words(bool(found.request.questions))]


def _studies(found: CaseFile) -> Iterator[tuple[str, Study]]:
    for place in found.places:
        yield from ((place.root, study) for study in place.studies if study.identity not in UNSURE)


def _study(root: str, study: Study) -> PresentRecord:
    return PresentRecord(
        kind=IMAGING_STUDY,
        on=day_of(study.on),
        title=study.description,
        record_id=root,
        modality=study.modality,
        body_part=study.body_part,
        partial="; ".join(study.faults),
    )


def _facts(found: CaseFile, ready: Readiness) -> Facts:
    """What the records alone can say; what they cannot stays unknown, and unknown is never suitable."""
    request = found.request
    undone = [one for one in found.recommended if one.done is not True]
    letter = any(paper.kind.kind in DOCTORS and paper.identity not in UNSURE for paper in found.counting)
    return Facts(
        alarm_now="yes" if found.alarms else "unknown",
        patient_country=request.country,
        age_years=_age(request.birth_date, found.today),
        named_diagnosis="yes" if request.diagnosis else "unknown",
        tests_recommended="some_open" if undone else ("all_done" if found.recommended else "unknown"),
        doctor_report="yes" if letter else "unknown",
        essential_missing=ready.essential_labels(request.language),
        question="treatment" if request.proposed_treatment else ("diagnosis" if request.diagnosis else "unknown"),
    )


def _age(birth: date, today: date) -> int | None:
    if birth.year <= 1900:
        return None
    return today.year - birth.year - ((today.month, today.day) < (birth.month, birth.day))


def course(found: CaseFile) -> tuple[Event, ...]:
    """The papers, studies and open recommendations that count, by day."""
    return tuple(sorted(_events(found), key=lambda event: (event.on, event.path)))


def _events(found: CaseFile) -> Iterator[Event]:
    for paper in found.counting:
        if paper.dated.value and paper.identity not in UNSURE:
            yield Event(paper.dated.value, paper.title, paper.kind.kind, paper.path)
    for root, study in _studies(found):
        if study.on:
            yield Event(study.on, study_title(study.modality, study.description), IMAGING_STUDY, root)
    for one in found.recommended:
        if one.recommended_on and one.done is not True:
            yield Event(one.recommended_on, one.quote, "recommended", one.recommended_in)


def _questions(found: CaseFile) -> Iterator[Question]:
    """The worst first: whose it is, what could not be read, what was recommended, what we are not sure of."""
    for paper in found.held:
        yield Question("whose_is_this", paper.title, paper.path)
    for unread in found.unread:
        yield Question("send_again" if unread.reason.value != "password" else "password", unread.path, unread.path)
    for one in found.recommended:
        if one.done is not True:
            yield Question("was_this_done", one.examination, one.recommended_in)
    for root, study in _studies(found):
        if study.faults:
            yield Question("images_incomplete", f"{study_title(study.modality, study.description)} {study.on}", root)
    for paper in found.counting:
        if paper.kind.confidence < ASK_BELOW:
            yield Question("what_is_this", paper.title, paper.path)
        elif paper.dated.alternative:
            yield Question("which_date", f"{paper.dated.value} / {paper.dated.alternative}", paper.path)
