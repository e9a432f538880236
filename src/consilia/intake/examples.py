"""Examples: what was recognised and what a person called it, in words of content alone, to mend those words against.

No word of a paper is kept as such: a word stays where the lists of content have it and it is no name of the case; of
all others three dots are left. So an example may outlive its paper.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Final
from uuid import UUID

from consilia.accounts.models import Patient
from consilia.clinical import papers
from consilia.clinical.library import Library
from consilia.clinical.phrases import tokens
from consilia.formats.values import ClaimKind, Line, PageText, Reading
from consilia.formats.verdicts import Verdict
from consilia.intake.judging.kinds import HEAD_LINES, Recognition, recognition_of
from consilia.intake.judging.record import Record
from consilia.intake.models import Example
from consilia.records.models import Document

UNTOLD: Final = "…"
HEADINGS: Final = 3  # lines at the top of a paper that say what it is
MOST_PHRASES: Final = 60


def keep(document: Document, record: Record, patient: Patient, library: Library) -> None:
    """Keeps the word of a person on a paper, in the place of one that was kept before."""
    names = _names(record, patient)
    told = {
        "language": document.language,
        "recognised": document.recognised_kind,
        "confidence": document.kind_confidence,
        "kind": document.kind,
        "date_confidence": document.date_confidence,
        "date_was_right": document.document_date == document.recognised_date,
        "headings": list(_headings(record, _vocabulary(library) - names)),
        "phrases": _phrases(record, recognition_of(library), names),
    }
    Example.objects.update_or_create(document=document, defaults=told)


def forget(document_id: UUID) -> None:
    """A person took her word back: it is no example."""
    Example.objects.filter(document_id=document_id).delete()


@dataclass(frozen=True, slots=True)
class Told:
    """An example as it is handed to reviewers; `now` is what today's words make of what is left of the paper."""

    language: str
    recognised: str
    confidence: float
    kind: str
    now: str
    date_confidence: float
    date_was_right: bool
    headings: tuple[str, ...]
    phrases: tuple[tuple[str, str], ...]


def told(library: Library) -> Iterator[Told]:
    """All examples by language and kind, none of them with a word about whose it was."""
    recognition = recognition_of(library)
    for row in Example.objects.order_by("language", "kind", "recognised", "id"):
        yield Told(
            language=row.language,
            recognised=row.recognised,
            confidence=row.confidence,
            kind=row.kind,
            now=recognition.kind_of(_what_is_left(row), row.language).kind,
            date_confidence=row.date_confidence,
            date_was_right=row.date_was_right,
            headings=tuple(row.headings),
            phrases=tuple((kind, phrase) for kind, phrase in row.phrases),
        )


def _what_is_left(row: Example) -> Record:
    """A paper of the headings, and far below them the phrases."""
    lines = [*row.headings, *("" for _line in range(HEAD_LINES)), *(phrase for _kind, phrase in row.phrases)]
    page = PageText(1, 0.0, 0.0, tuple(Line(line) for line in lines))
    return Record("", "", 0, Reading(Verdict.READ, pages=(page,), title_lines=tuple(row.headings)))


def _names(record: Record, patient: Patient) -> frozenset[str]:
    """Every word of a name that the case or the paper says is somebody's."""
    claimed = [claim.value for claim in record.reading.claims if claim.kind is ClaimKind.NAME]
    said = " ".join((patient.given_name, patient.family_name, patient.former_name, *claimed))
    return frozenset(token.word for token in tokens(said))


def _vocabulary(library: Library) -> frozenset[str]:
    entries = [loaded.entry for loaded in library.all_of("paper_words")]
    return frozenset(
        token.word
        for entry in entries
        if isinstance(entry, papers.PaperWords)
        for kind in entry.kind
        for phrase in (*kind.headings, *kind.words)
        for token in tokens(phrase)
        if token.word.isalpha()
    )


def _headings(record: Record, words: frozenset[str]) -> Iterator[str]:
    lines = record.reading.title_lines or record.lines
    for line in lines[:HEADINGS]:
        said = (token.word if token.word in words else UNTOLD for token in tokens(line))
        yield " ".join(word for word, _alike in groupby(said))


def _phrases(record: Record, recognition: Recognition, names: frozenset[str]) -> list[tuple[str, str]]:
    """The phrases of content that stand in the paper, each with its kind."""
    found = dict.fromkeys((hit.payload.kind, hit.payload.phrase) for hit in recognition.index.find(record.tokens))
    return [pair for pair in found if not names & {token.word for token in tokens(pair[1])}][:MOST_PHRASES]
