"""HL7 v2: reads messages of results (ORU) and others into claims, lines and laboratory values.

Tolerant by design: real messages break the rules of their version, so nothing is validated against one. Source: HL7
v2.5.1 chapter 2 (encoding), 3 (PID), 7 (OBR, OBX).
"""

from __future__ import annotations

import base64
import binascii
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import BinaryIO, Final

from consilia.formats import claims, dates, pdf, text, vitals
from consilia.formats.limits import LIMITS
from consilia.formats.plain import clean, language_of
from consilia.formats.results import LOINC, SYSTEMS, LabValue, Results, VitalValue
from consilia.formats.values import Claim, ClaimKind, DateCandidate, DateKind, PageText, Reading
from consilia.formats.verdicts import Reason, Unreadable, Verdict

MEDIA_TYPE: Final = "x-application/hl7-v2+er7"
START: Final = re.compile(r"^[\ufeff\x0b\s]*(?:MSH|FHS|BHS)(?=\W)")
SEGMENT: Final = re.compile(r"[A-Z][A-Z0-9]{2}$")
ESCAPES: Final = {"F": "|", "S": "^", "T": "&", "R": "~", "E": "\\", ".br": "\n"}
ESCAPE: Final = re.compile(r"\\(F|S|T|R|E|\.br|X[0-9A-Fa-f]{2,200})\\")
MOMENT: Final = re.compile(r"(\d{4})(\d{2})(\d{2})")
NUMERIC: Final = frozenset({"NM", "SN"})
CODED: Final = frozenset({"CE", "CWE", "CNE", "CF"})
MEASURED: Final = NUMERIC | CODED | {"ST"}
RESULT_MESSAGES: Final = frozenset({"ORU", "OUL"})
PAPER: Final = frozenset({"TX", "FT"})
# Identifiers of images travel in the same segments.
IDENTIFIER: Final = re.compile(r"(?:\d+\.){4,}\d+")
RESULT_CHARACTERS: Final = 120  # a longer string is a sentence of a report
SEX: Final = {"F": "f", "M": "m"}


@dataclass(frozen=True, slots=True)
class Segment:
    """One line of a message; fields count from 1 as in the standard, for MSH too."""

    name: str
    fields: tuple[str, ...]

    def field(self, number: int) -> str:
        """A field as sent."""
        return self.fields[number] if number < len(self.fields) else ""

    def part(self, number: int, component: int = 1) -> str:
        """A component (from 1) of a field's first repetition, unescaped."""
        parts = self.field(number).split("~")[0].split("^")
        return unescaped(parts[component - 1].split("&")[0]) if component <= len(parts) else ""


def unescaped(words: str) -> str:
    """Words without escape sequences (chapter 2.7)."""
    return clean(ESCAPE.sub(_letter, words), most=LIMITS.line_characters).strip()


def _letter(match: re.Match[str]) -> str:
    code = match[1]
    if code.startswith("X"):
        return bytes.fromhex(code[1 : 1 + (len(code) - 1) // 2 * 2]).decode("latin-1")
    return ESCAPES[code]


def segments_of(message: str) -> Iterator[Segment]:
    """Segments in order; lines that are none belong to the segment before and are left out."""
    separator = "|"
    for line in re.split(r"[\r\n]+", message.strip("\ufeff\x0b\x1c\r\n ")):
        name = line[:3]
        if not SEGMENT.match(name):
            continue
        if name in {"MSH", "FHS", "BHS"}:
            separator = line[3:4] or "|"
            yield Segment(name, (name, separator, *line[4:].split(separator)))
        else:
            yield Segment(name, tuple(line.split(separator)))


def day_of(moment: str) -> str:
    """ISO day of a time stamp, "" when there is none."""
    match = MOMENT.match(moment.strip())
    return dates.iso(int(match[1]), int(match[2]), int(match[3])) if match else ""


def claims_of(patient: Segment) -> Iterator[Claim]:
    """Identity claims of a PID segment."""
    family, given = patient.part(5, 1), " ".join(part for part in (patient.part(5, 2), patient.part(5, 3)) if part)
    if family or given:
        yield Claim(ClaimKind.NAME, ", ".join(part for part in (family, given) if part), "PID-5")
    if born := day_of(patient.field(7)):
        yield Claim(ClaimKind.BIRTH_DATE, born, "PID-7")
    if sex := patient.part(8):
        yield Claim(ClaimKind.SEX, SEX.get(sex.upper(), sex.lower()), "PID-8")
    for repetition in patient.field(3).split("~"):
        if number := unescaped(repetition.split("^")[0]):
            yield Claim(ClaimKind.PATIENT_ID, number, "PID-3")


@dataclass(slots=True)
class Findings:
    """What the segments of a file say; filled in order."""

    claims: list[Claim]
    dates: list[DateCandidate]
    lines: list[str]
    labs: list[LabValue]
    vitals: list[VitalValue]
    papers: list[bytes]
    panel: str = ""
    panel_code: str = ""
    day: str = ""
    title: str = ""
    is_result: bool = False

    def take(self, index: int, segment: Segment) -> None:
        """Adds what one segment says."""
        where = f"{segment.name}[{index}]"
        if segment.name == "PID":
            self.claims += claims_of(segment)
            self.lines.append("Patient: " + " ".join(segment.part(5, number) for number in (1, 2, 3)).strip())
        elif segment.name == "OBR":
            self._order(segment, where)
        elif segment.name == "OBX":
            self._result(segment, where)
        elif segment.name == "NTE" and (note := unescaped(segment.field(3))):
            self.lines += note.split("\n")
        elif segment.name == "RXA":
            self.lines.append(f"{segment.part(5, 2) or segment.part(5)}, {day_of(segment.field(3))}")
        elif segment.name == "MSH":
            self.is_result = segment.part(9) in RESULT_MESSAGES
            self._date(DateKind.MENTIONED, segment.field(7), where)
            if issuer := segment.part(4):
                self.claims.append(Claim(ClaimKind.ISSUER, issuer, "MSH-4"))

    def _date(self, kind: DateKind, moment: str, where: str) -> str:
        if day := day_of(moment):
            self.dates.append(DateCandidate(kind, day, "", where))
        return day

    def _order(self, segment: Segment, where: str) -> None:
        self.panel, self.panel_code = segment.part(4, 2) or segment.part(4), segment.part(4)
        self.title = self.title or self.panel
        self.day = self._date(DateKind.EXAMINATION, segment.field(7), where)
        reported = self._date(DateKind.DOCUMENT, segment.field(22), where)
        self.day = self.day or reported
        if self.panel:
            self.lines.append(self.panel)

    def _result(self, segment: Segment, where: str) -> None:
        kind, name = segment.part(2), segment.part(3, 2) or segment.part(3)
        if kind in {"ED", "RP"}:
            self._paper(segment, name)
            return
        value = "~".join(part for part in (_value(one, kind) for one in segment.field(5).split("~")) if part)
        if kind in PAPER or len(value) > RESULT_CHARACTERS:
            self.lines += ([name] if name else []) + value.split("\n")
            return
        self.lines.append(" ".join(part for part in (f"{name}:", value, segment.part(6)) if part))
        if kind in MEASURED and name and self.is_result and not IDENTIFIER.fullmatch(value):
            self._measured(segment, name, value, where)

    def _measured(self, segment: Segment, name: str, value: str, where: str) -> None:
        code, system = segment.part(3), SYSTEMS.get(segment.part(3, 3), segment.part(3, 3))
        day = day_of(segment.field(14)) or self.day
        amount = vitals.number(value)
        if system == LOINC and vitals.name_of(code) and amount is not None:
            self.vitals.append(VitalValue(name, amount, segment.part(6), day, amount, amount, 1, code, "", where))
            return
        self.labs.append(
            LabValue(
                name,
                value,
                unit=segment.part(6),
                reference=segment.part(7),
                flag=segment.part(8),
                date=day,
                code=code,
                system=system,
                method=segment.part(17, 2) or segment.part(17),
                panel=self.panel,
                where=where,
            )
        )

    def _paper(self, segment: Segment, name: str) -> None:
        """A document inside the message: base64, in the fifth component."""
        self.lines.append(name)
        parts = segment.field(5).split("^")
        if len(parts) >= 5 and parts[3].lower() == "base64":
            try:
                self.papers.append(base64.b64decode(ESCAPE.sub("", parts[4]), validate=False))
            except (binascii.Error, ValueError):
                return


def _value(repetition: str, kind: str) -> str:
    parts = [unescaped(part) for part in repetition.split("^")]
    if kind == "SN":  # comparator, number, separator, number
        return "".join(parts[:4])
    if kind in CODED:
        return parts[1] if len(parts) > 1 and parts[1] else parts[0]
    return unescaped(repetition)


def _papers(papers: list[bytes]) -> tuple[PageText, ...]:
    """Pages of the documents inside; one that cannot be read costs only itself."""
    pages: list[PageText] = []
    for paper in papers[:10]:
        try:
            pages += pdf.read(io.BytesIO(paper)).pages
        except Unreadable:
            continue
    return tuple(pages)


def read(file: BinaryIO, _path: str = "") -> Reading:
    """Claims, dates, lines and results of the messages in a file; raises Unreadable."""
    message = text.decode(text.load(file))
    found = Findings([], [], [], [], [], [])
    for index, segment in enumerate(segments_of(message)):
        found.take(index, segment)
        if index > LIMITS.results:
            raise Unreadable(Verdict.TOO_LARGE, Reason.TOO_MANY_ELEMENTS)
    page = text.page_of("\n".join(found.lines))
    if not page.lines:
        raise Unreadable(Verdict.EMPTY, Reason.NO_CONTENT)
    inside = _papers(found.papers)
    pages = (page, *(replace(one, number=number) for number, one in enumerate(inside, 2)))
    words = "\n".join(line.text for one in pages for line in one.lines)
    return Reading(
        Verdict.READ,
        Reason.NONE,
        MEDIA_TYPE,
        claims=claims.once(found.claims),
        pages=pages,
        page_count=len(pages),
        title=found.title,
        title_lines=(found.title,) if found.title else (),
        date_candidates=claims.ranked(found.dates),
        language=language_of(words),
        results=Results(tuple(found.labs), tuple(found.vitals)),
    )
