"""Dates: reads the dates of papers in many languages and says when one can be read in two ways."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from babel.dates import get_month_names

from consilia.formats.plain import folded

# Arabic names the months in two ways: as in Egypt and the Gulf, and as from Syria to Iraq.
LANGUAGES: Final = ("it", "de", "en", "es", "fr", "pt", "nl", "pl", "ru", "tr", "ro", "uk", "ar", "ar_SY", "he")
EARLIEST: Final = 1890
LATEST: Final = 9999
CENTURY_TURN: Final = 50


def _month_words() -> dict[str, int]:
    words: dict[str, int] = {}
    for language in LANGUAGES:
        for width in ("wide", "abbreviated"):
            for context in ("format", "stand-alone"):
                for number, word in get_month_names(width, context=context, locale=language).items():
                    words.setdefault(folded(str(word)).rstrip("."), int(number))
    return words


MONTHS: Final = _month_words()
_MONTH: Final = "|".join(sorted((re.escape(word) for word in MONTHS), key=len, reverse=True))
# Every pattern is linear: bounded repetition only, so no line can make it slow.
ISO: Final = re.compile(r"(?<!\d)(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?!\d)")
NUMERIC: Final = re.compile(r"(?<![\d.])(\d{1,2})[ ]?([./-])[ ]?(\d{1,2})[ ]?\2[ ]?(\d{4}|\d{2})(?![\d.]\d)(?!\d)")
DAY_MONTH: Final = re.compile(
    rf"(?<!\d)(\d{{1,2}})(?:\.|º|er|st|nd|rd|th)?[ ](?:de[ ]|di[ ]|ב)?({_MONTH})\.?,?[ ](?:de[ ]|del[ ])?(\d{{4}})"
)
MONTH_DAY: Final = re.compile(rf"\b({_MONTH})\.?[ ](\d{{1,2}})(?:st|nd|rd|th)?,?[ ](\d{{4}})")


@dataclass(frozen=True, slots=True)
class FoundDate:
    """A date in a line: ISO value, where it stands, and its other reading when day and month can be swapped."""

    value: str
    start: int
    end: int
    alternative: str = ""


def iso(year: int, month: int, day: int) -> str:
    """ISO 8601 of a real calendar day, "" when there is no such day."""
    if not EARLIEST <= year <= LATEST:
        return ""
    try:
        return datetime.date(year, month, day).isoformat()
    except ValueError:
        return ""


def _numeric(match: re.Match[str], month_first: bool) -> FoundDate | None:
    first, second, year = int(match[1]), int(match[3]), int(match[4])
    if len(match[4]) == 2:
        year += 1900 if year >= CENTURY_TURN else 2000
    by_day, by_month = iso(year, second, first), iso(year, first, second)
    one, other = (by_month, by_day) if month_first and match[2] == "/" else (by_day, by_month)
    if not (one or other):
        return None
    # Only a slash is read both ways; dots and hyphens are day first everywhere.
    ambiguous = match[2] == "/" and one and other != one
    return FoundDate(one or other, match.start(), match.end(), other if ambiguous else "")


def find(text: str, *, month_first: bool = False) -> Iterator[FoundDate]:
    """Every date of a line, in the order in which they stand there."""
    flat = folded(text)
    found = [_numeric(match, month_first) for match in NUMERIC.finditer(flat)]
    triples = [(m, m[1], m[2], m[3]) for m in ISO.finditer(flat)]
    triples += [(m, m[3], str(MONTHS[m[2]]), m[1]) for m in DAY_MONTH.finditer(flat)]
    triples += [(m, m[3], str(MONTHS[m[1]]), m[2]) for m in MONTH_DAY.finditer(flat)]
    for match, year, month, day in triples:
        if value := iso(int(year), int(month), int(day)):
            found.append(FoundDate(value, match.start(), match.end()))
    yield from sorted((date for date in found if date), key=lambda date: date.start)


def shows_month_first(lines: list[str]) -> bool | None:
    """What the document itself shows: True or False when a date can be read one way only, None when none can."""
    orders = {
        int(match[3]) > 12
        for line in lines
        for match in NUMERIC.finditer(line)
        if match[2] == "/" and (int(match[1]) > 12) != (int(match[3]) > 12)
    }
    return orders.pop() if len(orders) == 1 else None


def from_dicom(text: str) -> str:
    """ISO date of a DICOM DA value (YYYYMMDD, or YYYY.MM.DD of ACR-NEMA), else the value as it stands."""
    match = re.fullmatch(r"(\d{4})[.-]?(\d{2})[.-]?(\d{2})", text.strip())
    return (iso(int(match[1]), int(match[2]), int(match[3])) if match else "") or text.strip()
