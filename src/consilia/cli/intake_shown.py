"""The case file of `consilia intake` as a page of text, in reading order."""

from __future__ import annotations

from collections.abc import Iterator

from consilia.clinical.entries import said
from consilia.clinical.library import Library
from consilia.formats.verdicts import SENTENCES
from consilia.intake.identity import Identity
from consilia.intake.judging import laboratory, measured
from consilia.intake.judging.asking import QUESTIONS
from consilia.intake.judging.case_file import CaseFile
from consilia.intake.judging.findings import Paper
from consilia.intake.judging.laboratory import Row, System
from consilia.intake.judging.outcome import Outcome
from consilia.suitability.readying import ItemState

ASK = "?"
BLANK = "..."
LETTER = "missing_record"


def page(found: CaseFile, follows: Outcome, library: Library) -> str:
    """The page; parts that have nothing to say are left out."""
    parts = (
        _head(found),
        _part("EMERGENCY? A person must look at once", (f"“{one.quote}” [{one.path}]" for one in found.alarms)),
        _part("Outcome", _outcome(follows)),
        _part("Documents by date", _papers(found, library)),
        _part("Studies", _studies(found)),
        _part("Recommended examinations", _recommended(found)),
        _part("Laboratory", _labs(found, library)),
        _part("Measured at home; nobody watches these values", _vitals(found)),
        _part("Radiation as stated", _doses(found)),
        _part("Checklist", _checklist(follows, found.request.language)),
        _part(
            "Open questions",
            (f"{QUESTIONS[one.code] % {'about': one.about}} [{one.path}]" for one in follows.questions),
        ),
        _part("Letters for what is missing and needed", _letters(found, follows, library)),
        _part("Held: perhaps another person's", _held(found)),
        _part("Duplicates", _copies(found)),
        _part("Could not be read", (f"{one.path}: {SENTENCES[one.reason]}" for one in found.unread)),
        _part("Set aside", (f"{one.path} ({one.reason})" for one in found.aside)),
    )
    return "\n".join(part for part in parts if part)


def _head(found: CaseFile) -> str:
    request = found.request
    return f"Case file of {request.given_name} {request.family_name}, born {request.birth_date}\n{request.diagnosis}\n"


def _part(title: str, lines: Iterator[str]) -> str:
    body = [f"  {line}" for line in lines]
    return "\n".join([title, "-" * len(title), *body, ""]) if body else ""


def _papers(found: CaseFile, library: Library) -> Iterator[str]:
    for paper in sorted(found.papers, key=lambda one: (one.dated.value or "9999", one.path)):
        if paper.copy is None and paper.identity is not Identity.MISMATCH:
            yield f"{paper.dated.value or 'no date   '}  {_kind(paper, library)}  {paper.title[:60]}  [{paper.path}]"


def _kind(paper: Paper, library: Library) -> str:
    sure = "" if paper.kind.confidence >= 0.55 else ASK
    return f"{library.kind(paper.kind.kind).label[:34]}{sure} ({paper.language or '-'})"


def _studies(found: CaseFile) -> Iterator[str]:
    for place in found.places:
        for study in place.studies:
            said = f"{study.on}  {study.modality}  {study.description}  {study.series} series, {study.instances} images"
            yield f"{said}  [{place.root}] {study.identity.value}"
            yield from (f"    {fault}" for fault in study.faults)


def _outcome(follows: Outcome) -> Iterator[str]:
    yield f"{follows.assessment.outcome.value} (checklist: {follows.case_type})"
    yield from (f"{reason.message} {reason.what_to_do}" for reason in follows.assessment.reasons)


def _recommended(found: CaseFile) -> Iterator[str]:
    for one in found.recommended:
        state = {True: "done", False: "open", None: "not known"}[one.done]
        shown = f" by {', '.join(one.evidence)}" if one.evidence else ""
        yield f"{state:9} {one.examination}  ({one.recommended_on}, {one.recommended_in}; {one.why}{shown})"


def _labs(found: CaseFile, library: Library) -> Iterator[str]:
    """By analyte and date; a converted value with what was printed."""
    language = found.request.language
    for series in laboratory.table(measured.labs(found), library, system=System.NEWEST, language=language):
        yield f"{series.name}{', ' if series.method else ''}{series.method}"
        yield from (f"  {_lab(row)}".rstrip() for row in series.rows)


def _lab(row: Row) -> str:
    shown, said = row.shown, row.lab.value
    printed = f"printed {said.value} {said.unit}" if shown.converted else ""
    check = "please check" if row.doubts else ""
    return f"{row.lab.on:10} {shown.value:>9} {shown.unit:12} {said.reference:12} {said.flag:2} {printed:24} {check}"


def _vitals(found: CaseFile) -> Iterator[str]:
    by_name: dict[str, list[float]] = {}
    for value, _path in measured.vitals(found):
        by_name.setdefault(f"{value.name} ({value.unit})", []).append(value.value)
    for name, values in by_name.items():
        yield f"{name}: {len(values)} days, {min(values):g} to {max(values):g}"


def _doses(found: CaseFile) -> Iterator[str]:
    for value, path in measured.doses(found):
        if value.event in {"", "total"}:
            yield f"{value.name}: {value.value:g} {value.unit} {value.date} [{path}]"


def _checklist(follows: Outcome, language: str) -> Iterator[str]:
    for line in follows.readiness.items:
        needed = "*" if line.item.essential else " "
        yield f"{needed} {line.state.value:10} {said(line.item.label, language)}  {line.detail or line.why}".rstrip()


def _letters(found: CaseFile, follows: Outcome, library: Library) -> Iterator[str]:
    """One letter a missing record that is needed, in the language of her country; a hospital's name is not known."""
    request = found.request
    language = library.letter_language(LETTER, request.country) if request.country else "en"
    letter = library.letter(LETTER, language, request.country)
    for line in follows.readiness.items:
        if line.item.essential and line.state is ItemState.MISSING:
            words = {
                "record": said(line.item.label, language),
                "patient": f"{request.given_name} {request.family_name}",
                "birth_date": request.birth_date.isoformat(),
                "hospital": BLANK,
                "link": BLANK,
                "valid_until": BLANK,
                "date": found.today.isoformat(),
            }
            subject, body = letter.fill(words)
            yield subject
            yield from body.strip().splitlines()
            yield ""


def _held(found: CaseFile) -> Iterator[str]:
    for paper in found.held:
        said = "; ".join(f"{line.kind} {line.in_file!r} / {line.in_case!r}" for line in paper.judgement.lines)
        yield f"{paper.path}: {paper.identity.value}: {said}"


def _copies(found: CaseFile) -> Iterator[str]:
    for paper in found.papers:
        if paper.copy:
            yield f"{paper.path} is {paper.copy.of} again ({paper.copy.reason})"
