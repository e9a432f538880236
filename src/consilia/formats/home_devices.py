"""Home devices: telephones, cuffs and scales; a day's readings become one value, so that years fit into memory.

The export of a telephone is read as a stream of tags, because its prologue is often not well-formed and the file may
be larger than memory. Sources: Apple Health export.xml, Open mHealth schemas, CSV of blood pressure cuffs.
"""

from __future__ import annotations

import csv
import datetime
import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from html import unescape
from typing import Any, BinaryIO, Final

from consilia.formats import dates, text, vitals
from consilia.formats.dicom_shape import size_of
from consilia.formats.limits import LIMITS
from consilia.formats.plain import clean, folded
from consilia.formats.results import Results, VitalValue
from consilia.formats.values import Claim, ClaimKind, DateCandidate, DateKind, Reading
from consilia.formats.verdicts import Reason, Unreadable, Verdict

PHONE: Final = "application/x-health-export+xml"
CSV: Final = "text/csv"
MHEALTH: Final = "application/x-open-mhealth+json"
CHUNK: Final = 1 << 20
TAG_BYTES: Final = 16_384
RECORD: Final = re.compile(rb'<Record\s[^<>]*?type="HKQuantityTypeIdentifier(\w+)"[^<>]*>')
ME: Final = re.compile(rb"<Me\s[^<>]*>")
ATTRIBUTE: Final = re.compile(rb'(\w+)="([^"]*)"')
READ_ATTRIBUTE: Final = re.compile(rb'\s(value|startDate|unit|sourceName)="([^"]*)"')  # of a million records
IDENTIFIER: Final = b"HKCharacteristicTypeIdentifier"
SEXES: Final = {"HKBiologicalSexFemale": "f", "HKBiologicalSexMale": "m"}
# Headings of a cuff's or scale's columns, folded; language by language as the devices write them.
COLUMNS: Final = {
    "8480-6": ("systol", "sys ", "sys(", "sistol", "систол", "sistolik", "oberer"),
    "8462-4": ("diastol", "dia ", "dia(", "диастол", "diyastol", "unterer"),
    "8867-4": ("puls", "pouls", "heart rate", "herzfrequenz", "frequenza", "frecuencia", "пульс", "nabiz", "bpm"),
    "29463-7": ("weight", "gewicht", "peso", "poids", "вес", "kilo"),
    "59408-5": ("spo2", "oxygen", "sauerstoff", "saturaz", "saturac", "saturat"),
    "8310-5": ("temperat", "температ"),
    "2339-0": ("glucos", "glukos", "blutzucker", "glicem", "glucem", "глюкоз", "blood sugar"),
}
UNITS: Final = {"8480-6": "mmHg", "8462-4": "mmHg", "8867-4": "/min", "59408-5": "%"}
LEAST_ROWS: Final = 2
UNIT_IN_HEADING: Final = re.compile(r"[(\[]([^)\]]{1,12})[)\]]")


@dataclass(slots=True)
class Day:
    """The readings of one kind on one day."""

    total: float
    low: float
    high: float
    count: int
    unit: str
    device: str

    def take(self, value: float) -> None:
        """One more reading."""
        self.total += value
        self.low, self.high = min(self.low, value), max(self.high, value)
        self.count += 1


class Days:
    """Readings gathered by kind and day; bounded by the days of a life."""

    def __init__(self) -> None:
        self._days: dict[tuple[str, str], Day] = {}

    def take(self, code: str, day: str, value: float, unit: str, device: str) -> None:
        """One reading of a kind (LOINC) on an ISO day."""
        known = self._days.get((code, day))
        if known is not None and known.unit == unit:
            known.take(value)
        elif len(self._days) < LIMITS.results * 5:
            self._days.setdefault((code, day), Day(value, value, value, 1, unit, device))

    def values(self) -> tuple[VitalValue, ...]:
        """The newest days first, as many as cross the pipe."""
        ordered = sorted(self._days.items(), key=lambda item: (item[0][1], item[0][0]), reverse=True)
        return tuple(
            VitalValue(
                vitals.name_of(code),
                round(day.total / day.count, 2),
                day.unit,
                moment,
                day.low,
                day.high,
                day.count,
                code,
                day.device,
            )
            for (code, moment), day in ordered[: LIMITS.results]
        )


# The export of a telephone


EXPORTED: Final = re.compile(rb"<ExportDate\s[^>]{0,40}?value=\"(\d{4}-\d\d-\d\d)")


def _tags(file: BinaryIO) -> Iterator[re.Match[bytes]]:
    """Record tags in order; a tag that lies across two pieces is found, too."""
    file.seek(0)
    rest = b""
    while chunk := file.read(CHUNK):
        piece = rest + chunk
        end = 0
        for match in RECORD.finditer(piece):
            end = match.end()
            yield match
        rest = piece[max(end, len(piece) - TAG_BYTES) :]


def _attributes(tag: bytes, wanted: re.Pattern[bytes] = ATTRIBUTE) -> dict[str, str]:
    found = {name.decode(): value.decode("utf-8", "replace") for name, value in wanted.findall(tag)}
    return {name: unescape(value) if "&" in value else value for name, value in found.items()}


def _me(head: bytes) -> Iterator[Claim]:
    if match := ME.search(head):
        said = _attributes(match[0].replace(IDENTIFIER, b""))
        born = said.get("DateOfBirth", "")
        if re.fullmatch(r"\d{4}-\d\d-\d\d", born):
            yield Claim(ClaimKind.BIRTH_DATE, born, "Me")
        if sex := SEXES.get(said.get("BiologicalSex", "")):
            yield Claim(ClaimKind.SEX, sex, "Me")


def read_phone(file: BinaryIO, _path: str = "") -> Reading:
    """Vital signs of a telephone's export, a value a day and kind; raises Unreadable."""
    if size_of(file) > LIMITS.phone_bytes:
        raise Unreadable(Verdict.TOO_LARGE, Reason.TOO_MANY_BYTES)
    file.seek(0)
    head = file.read(CHUNK)
    found = Days()
    codes = {name.encode(): code for name, code in vitals.PHONE.items()} | {b"BloodGlucose": "2339-0"}
    for match in _tags(file):
        if (code := codes.get(match[1])) is None:
            continue
        said = _attributes(match[0], READ_ATTRIBUTE)
        value = vitals.number(said.get("value", ""))
        day = said.get("startDate", "")[:10]
        if value is not None and re.fullmatch(r"\d{4}-\d\d-\d\d", day):
            percent = code == "59408-5" and value <= 1
            found.take(code, day, value * 100 if percent else value, said.get("unit", ""), said.get("sourceName", ""))
    reading = _reading(found.values(), PHONE, tuple(_me(head)))
    exported = EXPORTED.search(head)
    own = (DateCandidate(DateKind.DOCUMENT, exported[1].decode(), "ExportDate"),) if exported else ()
    return replace(reading, date_candidates=(*own, *reading.date_candidates))


def _reading(values: tuple[VitalValue, ...], media_type: str, claims: tuple[Claim, ...] = ()) -> Reading:
    days = [value.date for value in values if value.date]
    page = text.page_of("\n".join(_line(value) for value in values[:2_000]))
    newest = (DateCandidate(DateKind.EXAMINATION, max(days), "newest reading"),) if days else ()
    return Reading(
        Verdict.READ,
        Reason.NONE if values else Reason.NO_CONTENT,
        media_type,
        claims=claims,
        pages=(page,),
        page_count=1,
        date_candidates=newest,
        results=Results(vitals=values),
    )


def _line(value: VitalValue) -> str:
    spread = f" ({value.low:g}-{value.high:g}, n={value.count})" if value.count > 1 else ""
    return f"{value.date}   {value.name}   {value.value:g} {value.unit}{spread}"


# Open mHealth


def _quantities(value: Any, depth: int = 0) -> Iterator[tuple[str, Any, str]]:
    """(kind, value, unit) of a body; the body may lie in a data point of the same name."""
    if not isinstance(value, dict) or depth > 3:
        return
    for key, inner in value.items():
        if key in vitals.MHEALTH and isinstance(inner, dict):
            yield key, inner.get("value"), str(inner.get("unit", ""))
        elif key == "body":
            yield from _quantities(inner, depth + 1)


def _moment(value: Any) -> str:
    frame = value.get("effective_time_frame") if isinstance(value, dict) else None
    if isinstance(frame, dict):
        interval = frame.get("time_interval")
        moment = frame.get("date_time") or (interval.get("start_date_time") if isinstance(interval, dict) else "")
        return str(moment or "")[:10]
    return ""


def of_json(value: Any) -> Reading | None:
    """Readings of one Open mHealth body, or a list of them; None for other JSON."""
    found = Days()
    count = 0
    for item in value if isinstance(value, list) else [value]:
        body = item.get("body", item) if isinstance(item, dict) else {}
        for kind, amount, unit in _quantities(item):
            if (figure := vitals.number(amount)) is not None:
                found.take(vitals.MHEALTH[kind], _moment(body), figure, clean(unit, most=20), "")
                count += 1
    return _reading(found.values(), MHEALTH) if count else None


# Tables of cuffs and scales


def _columns(header: list[str]) -> dict[int, str]:
    found: dict[int, str] = {}
    for index, heading in enumerate(header):
        flat = folded(heading).strip() + " "
        for code, starts in COLUMNS.items():
            if code not in found.values() and any(start in flat for start in starts):
                found[index] = code
                break
    return found


def _day_of(cells: Iterable[str]) -> str:
    for cell in cells:
        found = next(dates.find(cell[:40]), None)
        if found:
            return found.value
        if re.match(r"\d{4}-\d\d-\d\d[T ]", cell):
            try:
                return datetime.date.fromisoformat(cell[:10]).isoformat()
            except ValueError:
                continue
    return ""


def of_table(reading: Reading, words: str) -> Reading:
    """The Reading of a table, with what a cuff or scale measured and the day it measured last."""
    found = results_of_csv(words)
    newest = tuple(sorted({value.date for value in found.vitals}))[-1:]
    dated = tuple(DateCandidate(DateKind.EXAMINATION, day, "newest reading") for day in newest)
    candidates = (*reading.date_candidates, *dated)
    return replace(reading, media_type=CSV, title="", title_lines=(), date_candidates=candidates, results=found)


def results_of_csv(words: str) -> Results:
    """Vital signs of a table whose headings name them; nothing for other tables."""
    rows = _rows(words)
    place = next((index for index, row in enumerate(rows[:20]) if _columns(row)), None)
    if place is None:
        return Results()
    columns = _columns(rows[place])
    units = {index: _unit(rows[place][index], code) for index, code in columns.items()}
    found: list[VitalValue] = []
    for number, row in enumerate(rows[place + 1 :], place + 1):
        day = _day_of(row)
        for index, code in columns.items():
            amount = vitals.number(row[index]) if index < len(row) else None
            if amount is not None and day and len(found) < LIMITS.results:
                name, where = vitals.name_of(code), f"row:{number}"
                found.append(VitalValue(name, amount, units[index], day, amount, amount, 1, code, "", where))
    return Results(vitals=tuple(found)) if len({value.date for value in found}) >= LEAST_ROWS else Results()


def _unit(heading: str, code: str) -> str:
    match = UNIT_IN_HEADING.search(heading)
    return match[1].strip() if match else UNITS.get(code, "")


def _rows(words: str) -> list[list[str]]:
    first = "\n".join(words.split("\n")[:20])
    mark = max((";", ",", "\t"), key=first.count)
    try:
        return [row for row in csv.reader(io.StringIO(words[: LIMITS.text_characters]), delimiter=mark) if row]
    except csv.Error:
        return []
