"""Dating: the day of a paper, which is not the day it was printed, nor a birth, nor the day of another paper."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from consilia.formats import claims, dates
from consilia.formats.dates import FoundDate
from consilia.formats.values import ClaimKind, DateCandidate, DateKind, line_at
from consilia.intake.judging.record import Record

FOOT_LINES: Final = 4
HEAD_LINES: Final = 25
TITLE_LINES: Final = 10
OPENING_LINES: Final = 6
OPENING_CHARACTERS: Final = 500
LESS_SURE: Final = 0.3
PLANNED_KINDS: Final = frozenset({"appointment_letter"})
MEASURED_KINDS: Final = frozenset({"vitals_home"})
# A date in a heading belongs to the paper; between two dates of a stay or of a course of treatment the last one does.
SPAN: Final = re.compile(r"\s*(?:[-–—]|bis(?: zum)?|al?|to|until|au|hasta|до|по|do|tot|ile|ате?|até)\s*", re.I)
# Before a day that stands alone: nothing, or a place and at most one short word ("Braga, a ").
PLACE: Final = re.compile(r"\s*(?:[^\d,:]{2,30},\s*(?:[^\W\d]{1,3}\.?\s+)?)?")


@dataclass(frozen=True, slots=True)
class Dated:
    """A day (ISO 8601, "" when none is known), how sure it is, the words it came from, and its other reading."""

    value: str = ""
    confidence: float = 0.0
    reason: str = ""
    alternative: str = ""

    @property
    def certainty(self) -> float:
        """From 0 to 1: a day that can be read in two ways is no surer than the toss of a coin."""
        return min(self.confidence, 0.5) if self.alternative else self.confidence


@dataclass(frozen=True, slots=True)
class Day:
    """A day that a paper names (ISO 8601) and the line where it stands."""

    value: str
    line: str


@dataclass(frozen=True, slots=True)
class _Sheet:
    """A paper with what decides how its days are read: births on it, the order of day and month, days with a label."""

    record: Record
    births: frozenset[str]
    month_first: bool
    order_is_shown: bool
    labelled: tuple[DateCandidate, ...]

    def days(self, line: str) -> list[FoundDate]:
        """The days of a line that may be the paper's own, as its order of day and month has them."""
        found = [day for day in dates.find(line, month_first=self.month_first) if not self._is_birth(line, day)]
        return [replace(day, alternative="") if self.order_is_shown else day for day in found]

    def own_days(self, line: str) -> list[FoundDate]:
        """None in a line that says it was printed then, or that names an appointment or an older paper."""
        return [] if claims.sets_aside(line) else [day for day in self.days(line) if _plausible(day.value)]

    def _is_birth(self, line: str, day: FoundDate) -> bool:
        """A star before a day is a birth, as genealogists and doctors' letters write it."""
        return day.value in self.births or line[: day.start].rstrip().endswith("*")


def _sheet(record: Record, born: str) -> _Sheet:
    shown = claims.shown_order(record.lines)
    month_first = claims.likely_order(record.lines, record.reading.language) if shown is None else shown
    births = _births(record, month_first) | {born}
    labelled = tuple(one for one in record.reading.date_candidates if one.value not in births and _is_day(one.value))
    return _Sheet(record, births, month_first, shown is not None, labelled)


def _births(record: Record, month_first: bool) -> frozenset[str]:
    said = [claim for claim in record.reading.claims if claim.kind is ClaimKind.BIRTH_DATE]
    starred = [
        day.value
        for line in record.lines[:HEAD_LINES]
        for day in dates.find(line, month_first=month_first)
        if line[: day.start].rstrip().endswith("*")
    ]
    return frozenset([value for claim in said for value in (claim.value, *claim.alternatives)] + starred)


def date_of(record: Record, kind: str, letter: tuple[str, ...] = (), born: str = "") -> Dated:
    """The best of what the paper says of its day, by the kind of paper.

    `letter`: its lines from a greeting on; `born`: the day (ISO 8601) on which the patient was born, which never is the
    paper's, though many papers print it beside the name without a word.
    """
    sheet = _sheet(record, born)
    if kind in PLANNED_KINDS:
        return _planned(sheet)
    if kind in MEASURED_KINDS:
        return _last(sheet)
    firm, in_passing = _by_firmness(sheet, letter)
    return (
        _labelled(firm, kind)
        or _in_titles(sheet, letter)
        or _signed(sheet)
        or _in_opening(sheet, letter)
        or _labelled(in_passing, kind, LESS_SURE)
        or _at_the_edges(sheet)
        or _mentioned(sheet)
    )


def named_days(record: Record, most: int, born: str = "") -> tuple[Day, ...]:
    """The days that may be the paper's: head and foot first, then the lines between; no births, each day once."""
    lines = (*record.lines[:HEAD_LINES], *reversed(record.lines[-FOOT_LINES:]), *record.lines[HEAD_LINES:])
    sheet = _sheet(record, born)
    found: dict[str, Day] = {}
    for line in lines:
        for day in dates.find(line, month_first=sheet.month_first):
            for value in filter(None, (day.value, day.alternative)):
                if value not in sheet.births and _plausible(value):
                    found.setdefault(value, Day(value, line.strip()))
        if len(found) >= most:
            break
    return tuple(found.values())[:most]


def _is_day(value: str) -> bool:
    return bool(re.fullmatch(r"\d{4}-\d\d-\d\d", value))


def _by_firmness(sheet: _Sheet, letter: tuple[str, ...]) -> tuple[list[DateCandidate], list[DateCandidate]]:
    """Labelled days, and apart from them those after "of" in a sentence of the text: "the biopsy of 3 March"."""
    firm: list[DateCandidate] = []
    in_passing: list[DateCandidate] = []
    for one in sheet.labelled:
        (in_passing if _is_in_passing(sheet.record, one, letter) else firm).append(one)
    return firm, in_passing


def _is_in_passing(record: Record, one: DateCandidate, letter: tuple[str, ...]) -> bool:
    place = line_at(one.where)
    if place is None:
        return False
    number, row = place
    page = next((page for page in record.reading.pages if page.number == number), None)
    if page is None or row >= len(page.lines):
        return False
    line = page.lines[row].text
    heads_the_paper = number == 1 and row < TITLE_LINES and line not in letter
    return not heads_the_paper and claims.in_a_sentence(line, one.label)


def _labelled(found: list[DateCandidate], kind: str, less_sure: float = 0.0) -> Dated | None:
    order = [(DateKind.DOCUMENT, 0.93), (DateKind.EXAMINATION, 0.9), (DateKind.RECEIVED, 0.6)]
    if any(one.label == "effectiveDateTime" for one in found) and kind.endswith("_report"):
        order.reverse()  # FHIR says both; a report is known by the day of what it reports
        order.sort(key=lambda pair: pair[0] is not DateKind.EXAMINATION)
    for wanted, confidence in order:
        for one in found:
            if one.kind is wanted:
                other = next(iter(one.alternatives), "")
                sure = confidence - less_sure - (0.3 if other else 0)
                return Dated(one.value, round(sure, 2), f"“{one.label}” {one.value}", other)
    return None


def _in_titles(sheet: _Sheet, letter: tuple[str, ...]) -> Dated | None:
    """What stands after a greeting heads a part of the letter, for example the findings of another day."""
    parts = {line.strip() for line in letter}
    for line in sheet.record.reading.title_lines[:3]:
        if line not in parts and (days := sheet.own_days(line)):
            last = days[-1] if len(days) > 1 and SPAN.search(line[days[-2].end : days[-1].start] or " - ") else days[0]
            return Dated(last.value, 0.85, f"in the heading “{line.strip()[:60]}”", last.alternative)
    return None


def _edges(record: Record) -> list[tuple[str, float]]:
    """Short lines with how sure a day on them is: at the foot, where letters are signed, then at the head."""
    foot = [(line, 0.75) for line in reversed(record.lines[-FOOT_LINES:])]
    head = [(line, 0.65) for line in record.lines[:HEAD_LINES]]
    return [(line, sure) for line, sure in (*foot, *head) if len(line) <= 40]


def _signed(sheet: _Sheet) -> Dated | None:
    """A day that is a line of its own, alone or after a place, is how letters are dated."""
    for line, sure in _edges(sheet.record):
        for day in sheet.own_days(line):
            if PLACE.fullmatch(line[: day.start]) and not line[day.end :].strip(" ."):
                return Dated(day.value, sure, f"stands alone: “{line.strip()}”", day.alternative)
    return None


def _in_opening(sheet: _Sheet, letter: tuple[str, ...]) -> Dated | None:
    """Letters begin with the visit they report: "I saw your patient on 3 March"; of a stay, its last day."""
    opening = " ".join(letter[:OPENING_LINES])[:OPENING_CHARACTERS]
    days = sheet.days(opening)
    if not days or not sheet.own_days(opening[: days[0].end]):
        return None
    is_stay = len(days) > 1 and SPAN.fullmatch(opening[days[0].end : days[1].start])
    day = days[1] if is_stay else days[0]
    return Dated(day.value, 0.6, f"the letter begins: “{opening[: day.end][-60:].strip()}”", day.alternative)


def _at_the_edges(sheet: _Sheet) -> Dated | None:
    for line, sure in _edges(sheet.record):
        for day in sheet.own_days(line):
            return Dated(day.value, sure, f"stands alone: “{line.strip()}”", day.alternative)
    return None


def _mentioned(sheet: _Sheet) -> Dated:
    for candidate in sheet.labelled:
        if candidate.kind is DateKind.MENTIONED and candidate.label != "exif":
            return Dated(candidate.value, 0.5, f"“{candidate.label}” {candidate.value}")
    days = [day for line in sheet.record.lines for day in sheet.own_days(line)]
    if days:
        last = max(days, key=lambda day: day.value)
        return Dated(last.value, 0.4, "the last day that is named", last.alternative)
    return Dated(reason="no date on it")


def _planned(sheet: _Sheet) -> Dated:
    planned = [one for one in sheet.labelled if one.kind is DateKind.PLANNED]
    if planned:
        return Dated(planned[0].value, 0.85, f"“{planned[0].label}” {planned[0].value}")
    days = [day for line in sheet.record.lines for day in sheet.days(line)]
    if days:
        latest = max(days, key=lambda day: day.value)
        return Dated(latest.value, 0.7, "the day of the appointment", latest.alternative)
    return Dated(reason="no date on it")


def _last(sheet: _Sheet) -> Dated:
    days = {one.value for one in sheet.labelled}
    days |= {day.value for line in sheet.record.lines for day in sheet.days(line)}
    days = {day for day in days if _plausible(day)}
    if not days:
        return Dated(reason="no date on it")
    return Dated(max(days), 0.9, "the last of its measurements")


def _plausible(day: str) -> bool:
    return date.fromisoformat(day).year >= 1950
