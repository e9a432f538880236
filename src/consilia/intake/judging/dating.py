"""Dating: the day of a paper, which is not the day it was printed, nor a birth, nor the day of another paper."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Final

from consilia.formats import dates
from consilia.formats.values import ClaimKind, DateCandidate, DateKind
from consilia.intake.judging.record import Record

FOOT_LINES: Final = 4
HEAD_LINES: Final = 25
PLANNED_KINDS: Final = frozenset({"appointment_letter"})
MEASURED_KINDS: Final = frozenset({"vitals_home"})
# A date in a heading belongs to the paper; between two dates of a stay or of a course of treatment the last one does.
SPAN: Final = re.compile(r"\s*(?:[-–—]|bis(?: zum)?|al?|to|until|au|hasta|до|по|do|tot|ile|ате?|até)\s*", re.I)


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


def date_of(record: Record, kind: str, title_lines: tuple[str, ...]) -> Dated:
    """The best of what the paper says of its day, by the kind of paper it is."""
    births = _births(record)
    found = [one for one in record.reading.date_candidates if one.value not in births and _is_day(one.value)]
    if kind in PLANNED_KINDS:
        return _planned(record, found, births)
    if kind in MEASURED_KINDS:
        return _last(record, found, births)
    return _labelled(found, kind) or _in_titles(title_lines, births) or _at_the_edges(record, found, births)


def named_days(record: Record, most: int) -> tuple[Day, ...]:
    """The days that may be the paper's: head and foot first, then the lines between; no births, each day once."""
    lines = (*record.lines[:HEAD_LINES], *reversed(record.lines[-FOOT_LINES:]), *record.lines[HEAD_LINES:])
    births, month_first = _births(record), _month_first(record)
    found: dict[str, Day] = {}
    for line in lines:
        for day in dates.find(line, month_first=month_first):
            for value in filter(None, (day.value, day.alternative)):
                if value not in births and _plausible(value):
                    found.setdefault(value, Day(value, line.strip()))
        if len(found) >= most:
            break
    return tuple(found.values())[:most]


def _births(record: Record) -> set[str]:
    births = {claim.value for claim in record.reading.claims if claim.kind is ClaimKind.BIRTH_DATE}
    births |= {other for claim in record.reading.claims for other in claim.alternatives}
    return births | {
        day.value for line in record.lines[:HEAD_LINES] for day in dates.find(line) if _born(line, day.start)
    }


def _is_day(value: str) -> bool:
    return bool(re.fullmatch(r"\d{4}-\d\d-\d\d", value))


def _born(line: str, place: int) -> bool:
    """A star before a day is a birth, as genealogists and doctors' letters write it."""
    return line[:place].rstrip().endswith("*")


def _labelled(found: list[DateCandidate], kind: str) -> Dated | None:
    order = [(DateKind.DOCUMENT, 0.93), (DateKind.EXAMINATION, 0.9), (DateKind.RECEIVED, 0.6)]
    if any(one.label == "effectiveDateTime" for one in found) and kind.endswith("_report"):
        order.reverse()  # FHIR says both; a report is known by the day of what it reports
        order.sort(key=lambda pair: pair[0] is not DateKind.EXAMINATION)
    for wanted, confidence in order:
        for one in found:
            if one.kind is wanted:
                other = next(iter(one.alternatives), "")
                sure = confidence - (0.3 if other else 0)
                return Dated(one.value, round(sure, 2), f"“{one.label}” {one.value}", other)
    return None


def _in_titles(lines: tuple[str, ...], births: set[str]) -> Dated | None:
    for line in lines[:3]:
        days = [one for one in dates.find(line) if one.value not in births]
        if days:
            last = days[-1] if len(days) > 1 and SPAN.search(line[days[-2].end : days[-1].start] or " - ") else days[0]
            return Dated(last.value, 0.85, f"in the heading “{line.strip()[:60]}”", last.alternative)
    return None


def _at_the_edges(record: Record, found: list[DateCandidate], births: set[str]) -> Dated:
    """A date that stands alone at the foot is where letters are signed; then one alone at the head."""
    lines = record.lines
    foot = [(line, 0.75) for line in reversed(lines[-FOOT_LINES:])]
    head = [(line, 0.65) for line in lines[:HEAD_LINES]]
    alone = [(line, sure) for line, sure in (*foot, *head) if len(line) <= 40]
    for line, sure in alone:
        for one in dates.find(line):
            if one.value not in births and _plausible(one.value):
                return Dated(one.value, sure, f"stands alone: “{line.strip()}”", one.alternative)
    for candidate in found:
        if candidate.kind is DateKind.MENTIONED and candidate.label != "exif":
            return Dated(candidate.value, 0.5, f"“{candidate.label}” {candidate.value}")
    days = sorted({day.value for line in lines for day in dates.find(line)} - births)
    days = [day for day in days if _plausible(day)]
    if days:
        return Dated(days[-1], 0.4, "the last day that is named")
    return Dated(reason="no date on it")


def _planned(record: Record, found: list[DateCandidate], births: set[str]) -> Dated:
    planned = [one for one in found if one.kind is DateKind.PLANNED]
    if planned:
        return Dated(planned[0].value, 0.85, f"“{planned[0].label}” {planned[0].value}")
    days = [day for line in record.lines for day in dates.find(line, month_first=_month_first(record))]
    days = [day for day in days if day.value not in births]
    if days:
        latest = max(days, key=lambda day: day.value)
        return Dated(latest.value, 0.7, "the day of the appointment", latest.alternative)
    return Dated(reason="no date on it")


def _month_first(record: Record) -> bool:
    shown = dates.shows_month_first(list(record.lines))
    return record.reading.language[:2] == "en" if shown is None else shown


def _last(record: Record, found: list[DateCandidate], births: set[str]) -> Dated:
    days = {one.value for one in found} | {day.value for line in record.lines for day in dates.find(line)}
    days = {day for day in days - births if _plausible(day)}
    if not days:
        return Dated(reason="no date on it")
    return Dated(max(days), 0.9, "the last of its measurements")


def _plausible(day: str) -> bool:
    return date.fromisoformat(day).year >= 1950
