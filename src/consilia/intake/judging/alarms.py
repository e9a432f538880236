"""Alarms: words in the patient's own message, or a report's urgent finding, that a person must look at at once.

Words only raise. Nothing here clears an alarm and nothing here diagnoses: only her own answer or a person decides.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from consilia.clinical import papers
from consilia.clinical.library import Library
from consilia.clinical.phrases import Hit, PhraseIndex, Token, tokens
from consilia.intake.judging.record import Record

SENTENCE: Final = re.compile(r"[^.!?…\n。؟]+[.!?…]*", re.S)
BEFORE: Final = 4  # words before a symptom in which a "no" denies it
AFTER: Final = 4
URGENT: Final = "urgent"
LONGEST_QUOTE: Final = 300
CLAUSE_ENDS: Final = re.compile(
    r"[,;:—–]|\b(?:but|however|aber|jedoch|ma|però|pero|mais|mas|но|ama|maar|ale|але|لكن|אבל)\b"
)


class _Part(NamedTuple):
    language: str
    role: str  # symptom, urgent, negation, after, past, others, conditions
    alarm: str = ""
    flag: str = ""
    group: int = 0
    groups: int = 0


@dataclass(frozen=True, slots=True)
class Alarm:
    """One alarm: which question of the red flags it belongs to, the sentence as it stands, and where."""

    id: str
    flag: str
    quote: str
    path: str
    language: str
    confidence: float


class Listening:
    """The alarm words of a library, ready to be used on many texts."""

    def __init__(self, library: Library) -> None:
        entries = [loaded.entry for loaded in library.all_of("alarm_words")]
        files = [entry for entry in entries if isinstance(entry, papers.AlarmWords)]
        self.index = PhraseIndex(pair for file in files for pair in _phrases(file))

    def in_message(self, text: str, path: str, year: int) -> list[Alarm]:
        """Alarms of the patient's own words; `year` is the year of writing, so that an older one is past."""
        sentences = [self._sentence(match[0], year) for match in SENTENCE.finditer(text) if match[0].strip()]
        found: dict[str, Alarm] = {}
        for place, (words, hits) in enumerate(sentences):
            following = sentences[place + 1][1] if place + 1 < len(sentences) else []
            for alarm in self._raised(words, hits, following, path):
                found.setdefault(alarm.id, alarm)
        return list(found.values())

    def _raised(self, quote: str, hits: list[Hit[_Part]], following: list[Hit[_Part]], path: str) -> Iterator[Alarm]:
        """An alarm begins in a sentence with its first group; the others may stand in the sentence after."""
        own: dict[tuple[str, str], set[int]] = {}
        for hit in hits:
            own.setdefault((hit.payload.language, hit.payload.alarm), set()).add(hit.payload.group)
        for hit in hits:
            part = hit.payload
            met = own[part.language, part.alarm]
            later = {
                one.payload.group
                for one in following
                if (one.payload.language, one.payload.alarm) == (part.language, part.alarm)
            }
            if 0 in met and len(met | later) == part.groups:
                sure = 0.9 if len(met) == part.groups else 0.7
                yield Alarm(part.alarm, part.flag, quote[:LONGEST_QUOTE], path, part.language, sure)

    def _sentence(self, sentence: str, year: int) -> tuple[str, list[Hit[_Part]]]:
        """The symptoms of one sentence that are not denied, long past, somebody else's or only supposed."""
        words = tokens(sentence)
        hits = list(self.index.find(words))
        roles = {(hit.payload.language, hit.payload.role) for hit in hits}
        old = any(1900 < int(number) < year for number in re.findall(r"(?<!\d)\d{4}(?!\d)", sentence))
        symptoms = []
        for hit in hits:
            if hit.payload.role != "symptom" or old:
                continue
            silent = any((hit.payload.language, role) in roles for role in ("past", "others", "conditions"))
            if not silent and not _denied(hit, hits, words, sentence):
                symptoms.append(hit)
        return sentence.strip(), symptoms

    def in_report(self, record: Record) -> list[Alarm]:
        """A report that says of itself that its finding is urgent."""
        for match in SENTENCE.finditer(record.text):
            words = tokens(match[0])
            hits = list(self.index.find(words))
            for hit in hits:
                supposed = any(
                    other.payload.role == "conditions" and other.payload.language == hit.payload.language
                    for other in hits
                )
                if hit.payload.role == URGENT and not supposed and not _denied(hit, hits, words, match[0]):
                    quote = match[0].strip()[:LONGEST_QUOTE]
                    return [Alarm(URGENT, "", quote, record.path, hit.payload.language, 0.8)]
        return []


def _phrases(file: papers.AlarmWords) -> Iterator[tuple[str, _Part]]:
    roles = (
        (URGENT, file.urgent),
        ("negation", file.negations),
        ("after", file.negations_after),
        ("past", file.past),
        ("others", file.others),
        ("conditions", file.conditions),
    )
    for role, phrases in roles:
        yield from ((phrase, _Part(file.language, role)) for phrase in phrases)
    for alarm in file.alarm:
        for number, group in enumerate(alarm.groups):
            part = _Part(file.language, "symptom", alarm.id, alarm.flag, number, len(alarm.groups))
            yield from ((phrase, part) for phrase in group)


def _denied(hit: Hit[_Part], hits: Sequence[Hit[_Part]], words: tuple[Token, ...], sentence: str) -> bool:
    """A "no" shortly before the symptom, or a "there is none" shortly behind it, within the same clause."""
    for other in hits:
        if other.payload.language != hit.payload.language or _is_of_a_symptom(other, hits):
            continue
        if other.payload.role == "negation" and 0 < hit.first - other.last <= BEFORE:
            between = sentence[other.end : hit.start]
        elif other.payload.role == "after" and 0 < other.first - hit.last <= AFTER:
            between = sentence[hit.end : other.start]
        else:
            continue
        if not CLAUSE_ENDS.search(between.lower()):
            return True
    return False


def _is_of_a_symptom(negation: Hit[_Part], hits: Sequence[Hit[_Part]]) -> bool:
    """The "no" of "no feeling" is the symptom itself."""
    return any(
        one.payload.role == "symptom" and one.first <= negation.first and negation.last <= one.last for one in hits
    )


_kept: list[tuple[Library, Listening]] = []


def listening_of(library: Library) -> Listening:
    """The Listening of a library; the last one is kept, because making it takes longer than using it."""
    if not _kept or _kept[0][0] is not library:
        _kept[:] = [(library, Listening(library))]
    return _kept[0][1]
