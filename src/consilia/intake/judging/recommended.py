"""Recommended: every examination that the reports of a case recommend, and whether a later record shows it was done."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from consilia.clinical import papers
from consilia.intake.identity import Identity
from consilia.intake.judging.advice import Advice, Advised
from consilia.intake.judging.findings import Paper, Unread
from consilia.intake.judging.studies import Place

# Papers that do not recommend: the patient's own words, forms, values, and what is no paper.
SILENT: Final = frozenset(
    """
    patient_statement consent_form advance_directive vitals_home not_medical appointment_letter lab_report ips
    ccd_summary prescription medication_list smart_health_card smart_health_link fhir_patient_record unknown
    hl7v2_message anamnesis clinical_case fhir_resource fhir_lab_report
    """.split()  # noqa: SIM905 - a list of words is read as words
)
APPOINTMENT: Final = "appointment_letter"
HEAD_LINES: Final = 12
LONGEST_HEADING: Final = 95


@dataclass(frozen=True, slots=True)
class Recommendation:
    """An examination that a report recommends. `done` is None when it cannot be told; `evidence` are paths.

    `language` is the one of the report, and of its words.
    """

    examination: str
    id: str
    recommended_in: str
    recommended_on: str
    done: bool | None
    evidence: tuple[str, ...]
    quote: str
    why: str
    confidence: float
    also_in: tuple[str, ...] = ()
    language: str = ""


@dataclass(frozen=True, slots=True)
class Case:
    """What may recommend and what may show that it was done."""

    papers: Sequence[Paper]
    places: Sequence[Place]
    unread: Sequence[Unread]


@dataclass(frozen=True, slots=True)
class _About:
    """What a paper is about, without what it only recommends; `heading` are its words of that near its head."""

    paper: Paper
    heading: str
    text: str


def found(case: Case, advice: Advice) -> tuple[Recommendation, ...]:
    """All recommendations by day; what is still open is told once, where it was said first."""
    told: list[Recommendation] = []
    known = [_about(paper, advice) for paper in case.papers if paper.record.is_readable and paper.copy is None]
    speaking = [paper for paper in case.papers if paper.counts and paper.kind.kind not in SILENT]
    for paper in sorted(speaking, key=lambda paper: (paper.dated.value or "9999", paper.path)):
        for one in advice.found(paper.record.lines, paper.language, paper.dated.value):
            recommendation = _judged(paper, one, case, known, advice)
            place = next((at for at, other in enumerate(told) if _same(other, recommendation, advice)), None)
            if place is None:
                told.append(recommendation)
            else:
                told[place] = replace(told[place], also_in=(*told[place].also_in, paper.path))
    return tuple(told)


def _same(earlier: Recommendation, later: Recommendation, advice: Advice) -> bool:
    """Said again: the same examination of no other part, which was not done in between."""
    if earlier.id != later.id or (earlier.recommended_in == later.recommended_in and earlier.quote != later.quote):
        return False
    one, other = advice.sites(earlier.examination), advice.sites(later.examination)
    fits = not one or not other or bool(one & other)
    return fits and (earlier.done is not True or earlier.evidence == later.evidence)


def _judged(paper: Paper, one: Advised, case: Case, known: Sequence[_About], advice: Advice) -> Recommendation:
    later = [about for about in known if about.paper.path != paper.path and _not_before(about.paper, paper)]
    done, evidence, why = _done(paper, one, case, later, advice)
    return Recommendation(
        examination=one.words,
        id=one.examination,
        recommended_in=paper.path,
        recommended_on=paper.dated.value,
        done=done,
        evidence=evidence,
        quote=one.quote,
        why=why,
        confidence=one.confidence,
        language=paper.language,
    )


def _done(
    paper: Paper, one: Advised, case: Case, later: Sequence[_About], advice: Advice
) -> tuple[bool | None, tuple[str, ...], str]:
    examination = advice.examinations[one.examination]
    showing = [about.paper for about in later if _shows(about, one, examination, advice)]
    sure = [other.path for other in showing if other.identity not in {Identity.MISMATCH, Identity.SUSPECT}]
    sure += [root for root in _studies(paper, one, examination, case, advice) if root not in sure]
    if sure:
        return True, tuple(sure), "a later record shows it"
    if held := [other.path for other in showing if other.identity is Identity.SUSPECT]:
        return None, tuple(held), "a record that may show it is held"
    if locked := [other.path for other in case.unread if one.examination in advice.named(_stem(other.path))]:
        return None, tuple(locked), "a file with its name could not be read"
    booked = [
        about.paper.path
        for about in later
        if about.paper.kind.kind == APPOINTMENT and one.examination in advice.named(about.text)
    ]
    return False, tuple(booked), "an appointment and no result" if booked else "no later record shows it"


def _not_before(other: Paper, paper: Paper) -> bool:
    return bool(other.dated.value) and other.dated.value >= paper.dated.value


def _stem(path: str) -> str:
    return path.rpartition("/")[2].rpartition(".")[0].replace("_", " ")


def _about(paper: Paper, advice: Advice) -> _About:
    """Title, short lines at the head and name of a paper say what it is about."""
    lines = paper.record.lines
    passages = advice.recommending(lines, paper.language) if paper.kind.kind not in SILENT else ()
    aside = {number for passage in passages for number in passage.sentence.lines}
    kept = [(number, line) for number, line in enumerate(lines) if number not in aside]
    told = {lines[number].strip() for number in aside} - {line.strip() for _, line in kept}
    titles = [title for title in paper.record.reading.title_lines[:3] if title.strip() not in told]
    head = [*titles, *(line for number, line in kept if number < HEAD_LINES), _stem(paper.path)]
    return _About(
        paper,
        heading="\n".join(line for line in head if len(line) <= LONGEST_HEADING),
        text="\n".join(line for _, line in kept),
    )


def _shows(about: _About, one: Advised, examination: papers.Examination, advice: Advice) -> bool:
    kind = about.paper.kind.kind
    if kind not in examination.kinds and not (kind == "fhir_lab_report" and "lab_report" in examination.kinds):
        return bool(not examination.kinds and one.examination in advice.named(about.paper.title))
    if examination.any_title:
        return kind == "lab_report" or _fits(one.sites, about.heading, advice)
    text = about.text if examination.in_text else about.heading
    return one.examination in advice.named(text) and _fits(one.sites, about.heading, advice)


def _fits(sites: frozenset[str], heading: str, advice: Advice) -> bool:
    """No other part of the body: what names none may be about any."""
    named = advice.sites(heading)
    return not sites or not named or bool(sites & named)


def _studies(paper: Paper, one: Advised, examination: papers.Examination, case: Case, advice: Advice) -> Iterator[str]:
    for place in case.places:
        for study in place.studies:
            held = study.identity in {Identity.MISMATCH, Identity.SUSPECT}
            later = study.on >= paper.dated.value and bool(study.on)
            about = f"{study.description} {study.body_part}"
            # The study that a report is about has the report's day; the one that it asks for comes after.
            later = later and (study.on > paper.dated.value or not paper.kind.kind.startswith("radiology"))
            if later and not held and study.modality in examination.modality and _fits(one.sites, about, advice):
                yield place.root
