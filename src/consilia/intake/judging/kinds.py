"""Kinds: which kind of paper a record is, by headings and words of content in any language; with a reason."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from consilia.clinical import papers
from consilia.clinical.library import Library
from consilia.clinical.phrases import Hit, PhraseIndex, folded, tokens
from consilia.formats.values import ClaimKind
from consilia.formats.verdicts import Reason
from consilia.intake.judging.record import Record

UNKNOWN: Final = "unknown"
NOT_MEDICAL: Final = "not_medical"
STATEMENT: Final = "patient_statement"
# What a heading counts where it stands: as the title, near it, among the first lines, in a file's name, in the text.
TITLE, NEAR_TITLE, HEAD, NAME, BODY = 7.0, 4.0, 2.5, 2.0, 0.8
WORD: Final = 0.7
MOST_WORDS: Final = 8
HEAD_LINES: Final = 14
LEAST: Final = 1.6  # what is needed to say anything at all
LONGEST_HEADING: Final = 95  # characters
LETTER_LINES: Final = 60
IN_A_LETTER: Final = 0.3
LEAST_SECTIONS: Final = 3
WRITTEN: Final = 1.5
FIELD: Final = re.compile(r"[^\W\d][\w .'-]{1,28}:\s*\S")
# Papers about one examination; who names several of them writes about them all.
OF_ONE_EXAMINATION: Final = frozenset(
    {
        "radiology_report",
        "pathology_report",
        "lab_report",
        "cardiology_report",
        "ecg",
        "function_test",
        "procedure_note",
        "medication_list",
        "operative_note",
    }
)
LETTERS: Final = ("consultation_note", "discharge_summary", "progress_note")
COLUMNS: Final = 3  # so many words with wide gaps between are the headings of a table
CELLS: Final = re.compile(r"\s{2,}")
NAMES_IT: Final = 0.8  # how much of a heading a line must be to be a title
FOREIGN: Final = 0.35  # weight of words of another language than the paper's
# A row of a laboratory table: words, a number, and a unit or a range after it.
LAB_ROW: Final = re.compile(
    r"^\D{2,40}\s[<>]?\d{1,5}(?:[.,]\d{1,4})?\s*(?:[A-Za-zµμ%Ωа-я^*x]{1,6}\d{0,2}\S{0,8}\s+)?[\[(]?(?:[<>≤≥]\s?\d|\d+(?:[.,]\d+)?\s?[-–]\s?\d)"
)


class _Meaning(NamedTuple):
    language: str
    kind: str
    heading: bool
    phrase: str


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of the table of document kinds, how sure it is from 0 to 1, and the words or codes that said so."""

    kind: str
    confidence: float
    reason: str
    language: str = ""


@dataclass(slots=True)
class _Tally:
    score: dict[str, float]
    why: dict[str, list[str]]

    def add(self, kind: str, weight: float, why: str) -> None:
        self.score[kind] += weight
        if weight >= HEAD or len(self.why[kind]) < 6:
            self.why[kind].append(why)


class _Written(NamedTuple):
    """Kinds that a letter or notes may be, what said so, and the lines whose headings are only parts of it."""

    kinds: tuple[str, ...] = ()
    why: str = ""
    parts: frozenset[str] = frozenset()


class Recognition:
    """The words and codes of a library, ready to be used on many records."""

    def __init__(self, library: Library) -> None:
        entries = [loaded.entry for loaded in library.all_of("paper_words")]
        files = [entry for entry in entries if isinstance(entry, papers.PaperWords)]
        self.index = PhraseIndex(
            (phrase, _Meaning(file.language, kind.kind, heading, phrase))
            for file in files
            for kind in file.kind
            for heading, phrases in ((True, kind.headings), (False, kind.words))
            for phrase in phrases
        )
        self.greetings = PhraseIndex((phrase, file.language) for file in files for phrase in file.greetings)
        self.sections = PhraseIndex((phrase, folded(phrase)) for file in files for phrase in file.sections)
        codes = [loaded.entry for loaded in library.all_of("paper_codes")]
        self.codes = {
            code: row.kind
            for entry in codes
            if isinstance(entry, papers.PaperCodes)
            for row in entry.coded
            for code in row.loinc
        }

    def language_of(self, record: Record) -> tuple[str, str]:
        """(language, reason): what the reader found, unless the words of another language clearly outnumber its.

        Of languages with as many words, those that stand in the paper with the very same accents decide.
        """
        votes: dict[str, set[str]] = defaultdict(set)
        for hit in self.index.find(record.tokens):
            votes[hit.payload.language].add(hit.payload.phrase)
        said = record.reading.language[:2]
        best = _best(votes, record.lines)
        if best and best != said and len(votes[best]) >= 2 * len(votes.get(said, ())) + 3:
            return best, f"{len(votes[best])} words of lists"
        return said, "language of the text" if said else ""

    def kind_of(self, record: Record, language: str = "") -> Kind:
        """The kind of a record that could be read or that has at least a name."""
        return _decided(self._tally(record, language), record)

    def ranked(self, record: Record, language: str = "") -> tuple[Kind, ...]:
        """Every kind for which something speaks, the likeliest first; confidence is its share of all that speaks."""
        tally = self._tally(record, language)
        whole = sum(tally.score.values()) + 1.0
        likeliest = sorted(((score, kind) for kind, score in tally.score.items() if score > 0), reverse=True)
        return tuple(Kind(kind, round(score / whole, 2), _reason(tally, kind)) for score, kind in likeliest)

    def letter_of(self, record: Record) -> tuple[str, ...]:
        """The lines from the greeting on; none when no colleague is greeted."""
        for place, line in enumerate(record.lines[:LETTER_LINES]):
            if len(line) <= LONGEST_HEADING and self.greetings.has(line):
                return record.lines[place:]
        return ()

    def title_of(self, record: Record, kind: str, letter: tuple[str, ...]) -> str:
        """The line that names the paper as what it is; else the likeliest title, "" when that is a line of a letter."""
        titles = record.reading.title_lines
        for line in dict.fromkeys((*titles, *record.lines[:HEAD_LINES])):
            if len(line) <= LONGEST_HEADING and self._names(line, kind):
                return line.strip()
        parts = {line.strip() for line in letter}
        offered = (title for title in (record.reading.title, *titles) if title and title not in parts)
        return next((title for title in offered if len(CELLS.split(title)) < COLUMNS), "")

    def _names(self, line: str, kind: str) -> bool:
        hits = self._longest(line, heading=True)
        return any(hit.payload.kind == kind and _as_heading(line, hit) >= NAMES_IT for hit in hits)

    def _tally(self, record: Record, language: str) -> _Tally:
        tally = _Tally(defaultdict(float), defaultdict(list))
        self._headings(record, language, tally)
        self._words(record, language, tally)
        self._name(record, tally)
        _layout(record, tally)
        _several(tally, written=self._written(record))
        return tally

    def _headings(self, record: Record, language: str, tally: _Tally) -> None:
        titles = [title for title in record.reading.title_lines if len(title) <= LONGEST_HEADING]
        seen: set[tuple[str, str]] = set()
        places = [(title, TITLE if not place else NEAR_TITLE) for place, title in enumerate(titles[:3])]
        places += [(line, HEAD) for line in record.lines[:HEAD_LINES] if len(line) <= LONGEST_HEADING]
        parts = self._written(record).parts
        for line, weight in places:
            if line in parts:
                weight *= IN_A_LETTER
            for hit in self._longest(line, heading=True):
                meaning = hit.payload
                if (meaning.kind, meaning.phrase) not in seen:
                    seen.add((meaning.kind, meaning.phrase))
                    counts = weight * _spoken(meaning, language) * _as_heading(line, hit)
                    tally.add(meaning.kind, counts, f"“{line.strip()[:60]}”")

    def _written(self, record: Record) -> _Written:
        """Whether a doctor writes to another or takes notes in sections, and which lines belong to that."""
        if letter := self.letter_of(record):
            return _Written(LETTERS[:2], "a greeting among colleagues", frozenset(letter))
        lines = record.lines[:LETTER_LINES]
        sections = {phrase: place for place, line in enumerate(lines) for phrase in self._heads(line)}
        if len(sections) >= LEAST_SECTIONS:
            return _Written(LETTERS, "parts of a doctor's notes", frozenset(record.lines[min(sections.values()) :]))
        return _Written()

    def _heads(self, line: str) -> Iterator[str]:
        """The section that a line heads: it stands alone or before a colon."""
        for hit in self.sections.find(tokens(line[:LONGEST_HEADING])):
            if not hit.first and line[hit.end :].strip()[:1] in {"", ":"}:
                yield hit.payload

    def _longest(self, line: str, *, heading: bool) -> list[Hit[_Meaning]]:
        """The hits of a line without those that lie within a longer one: a discharge letter is no letter."""
        hits = [hit for hit in self.index.find(tokens(line)) if hit.payload.heading is heading]
        return [
            hit
            for hit in hits
            if not any(
                other.first <= hit.first and hit.last <= other.last and other.last - other.first > hit.last - hit.first
                for other in hits
            )
        ]

    def _words(self, record: Record, language: str, tally: _Tally) -> None:
        found: dict[str, dict[str, float]] = defaultdict(dict)
        for hit in self.index.find(record.tokens):
            meaning = hit.payload
            weight = (BODY if meaning.heading else WORD) * _spoken(meaning, language)
            found[meaning.kind][meaning.phrase] = max(weight, found[meaning.kind].get(meaning.phrase, 0.0))
        for kind, phrases in found.items():
            strongest = sorted(phrases.items(), key=lambda pair: -pair[1])[:MOST_WORDS]
            for phrase, weight in strongest:
                tally.add(kind, weight, phrase)

    def _name(self, record: Record, tally: _Tally) -> None:
        stem = record.name.rpartition(".")[0] or record.name
        for hit in self._longest(stem.replace("_", " "), heading=True):
            tally.add(hit.payload.kind, NAME if hit.payload.kind != NOT_MEDICAL else 1.0, f"name: {record.name}")


_kept: list[tuple[Library, Recognition]] = []


def recognition_of(library: Library) -> Recognition:
    """The Recognition of a library; the last one is kept, because making it takes longer than using it."""
    if not _kept or _kept[0][0] is not library:
        _kept[:] = [(library, Recognition(library))]
    return _kept[0][1]


def _spoken(meaning: _Meaning, language: str) -> float:
    return 1.0 if not language or meaning.language == language else FOREIGN


def _as_heading(line: str, hit: Hit[_Meaning]) -> float:
    """How much a line is a heading with the phrase in front: no sentence that goes on, no field ("Ward: emergency")."""
    line = line.strip()
    letters = [letter for letter in line if letter.isalpha()]
    capitals = sum(letter.isupper() for letter in letters) > 0.6 * len(letters)
    early = 1.0 if hit.first <= 1 else 0.8 if hit.first <= 4 else 0.5
    if line.endswith((",", "-", " y", " e", " und", " and")) or (letters and line[:1].islower()):
        return 0.2 * early
    if FIELD.match(line) and hit.start > line.find(":") and not capitals:
        return 0.3 * early
    return early * (0.5 if line.count(" ") > 11 else 1.0)


def _layout(record: Record, tally: _Tally) -> None:
    rows = sum(bool(LAB_ROW.match(line)) for line in record.lines)
    if rows >= 3:
        tally.add("lab_report", min(5.0, 1.0 + rows / 2), f"{rows} rows of a laboratory table")
    labelled = {claim.kind for claim in record.reading.claims}
    if ClaimKind.NAME in labelled or ClaimKind.BIRTH_DATE in labelled:
        tally.score[STATEMENT] *= 0.3
        tally.score[NOT_MEDICAL] *= 0.5
    elif record.lines:
        tally.score[STATEMENT] *= 1.3


def _several(tally: _Tally, written: _Written) -> None:
    """A letter reports several examinations under headings of their own; its own words then count more than theirs."""
    named = [kind for kind in OF_ONE_EXAMINATION if tally.score.get(kind, 0.0) >= LEAST]
    top = max((tally.score[kind] for kind in named), default=0.0)
    if written.kinds or (len(named) >= 3 and top < TITLE):
        for kind in named:
            tally.score[kind] *= 0.55
    for kind in written.kinds:
        tally.add(kind, WRITTEN, written.why)


def _best(votes: Mapping[str, set[str]], lines: Sequence[str]) -> str:
    """The language with the most words; "" where two have as many and none has more in their very spelling."""
    most = max(map(len, votes.values()), default=0)
    first = [one for one, words in votes.items() if len(words) == most]
    if len(first) > 1:
        text = "\n".join(lines).lower()
        spelled = {one: sum(word in text for word in votes[one]) for one in first}
        first = [one for one in first if spelled[one] == max(spelled.values())]
    return first[0] if len(first) == 1 else ""


def _decided(tally: _Tally, record: Record) -> Kind:
    ranked = sorted(tally.score.items(), key=lambda pair: -pair[1])
    if not ranked or ranked[0][1] < LEAST:
        return Kind(UNKNOWN, 0.0, "no words that say what it is")
    (kind, best), second = ranked[0], ranked[1][1] if len(ranked) > 1 else 0.0
    confidence = best / (best + second + 1.0) * min(1.0, 0.5 + best / 10)
    return Kind(kind, round(min(0.99, confidence), 2), _reason(tally, kind))


def _reason(tally: _Tally, kind: str) -> str:
    return "; ".join(dict.fromkeys(tally.why[kind]))[:200]


def codes_among(words: Iterable[str], codes: dict[str, str]) -> str:
    """The kind of the first document code among some words, "" for none."""
    return next((codes[word] for word in words if word in codes), "")


def is_scan(record: Record) -> bool:
    """A picture of paper whose words nobody has read yet."""
    return record.reading.reason is Reason.SCAN and not record.lines
