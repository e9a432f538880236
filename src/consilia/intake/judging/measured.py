"""Measured: laboratory values, vital signs and radiation of a case, each with the file that says it; unconverted."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from consilia.formats.results import DoseValue, LabValue, VitalValue
from consilia.formats.values import place_of_line
from consilia.intake.identity import Identity
from consilia.intake.judging.case_file import CaseFile
from consilia.intake.judging.findings import Paper

SURE: Final = 90  # percent; below it the value is shown with "please check"
# A row of a printed table: analyte, number, unit, range, flag; columns are parted by three spaces or by one.
ROW: Final = re.compile(
    r"^(?P<analyte>[^\W\d][^\d<>\n]{1,45}?(?:\s?[\d-]{1,4}[^\W\d]?)?(?:\s\([^)\n]{1,20}\))?)\s+"
    r"(?P<value>[<>]?\s?\d{1,6}(?:[.,]\d{1,4})?)\s*(?P<mark>[*+HLhl↑↓]{0,2})\s+"
    r"(?P<unit>(?:x\s?)?10\^?\d*\S*/\S+|[%‰]|[A-Za-zµμа-яА-Я]{1,8}(?:[/.]\S{1,14})?|)\s*"
    r"(?P<reference>[<>≤≥]\s?\d+(?:[.,]\d+)?|\d+(?:[.,]\d+)?\s?[-–]\s?\d+(?:[.,]\d+)?)\s*(?P<flag>[*+HLhl↑↓]{0,2})\s*$"
)


@dataclass(frozen=True, slots=True)
class Said:
    """That a person looked at the paper and said what stands there; `read` is what we had read."""

    read: LabValue
    is_left_out: bool
    role: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Lab:
    """A laboratory value as printed; `check` asks a person to look at the crop; `path` says where it stands."""

    value: LabValue
    path: str
    on: str
    check: bool
    said: Said | None = None

    @property
    def read(self) -> LabValue:
        """The value as we read it."""
        return self.said.read if self.said else self.value

    @property
    def key(self) -> str:
        """Names the value within its record; another one as soon as anything of it is read otherwise."""
        read = self.read
        parts = (read.where, *read.box, read.analyte, read.value, read.unit, read.date)
        return hashlib.sha256("\n".join(map(str, parts)).encode()).hexdigest()[:16]


def labs(found: CaseFile) -> tuple[Lab, ...]:
    """By analyte and day; of a paper whose reader gives no values, the rows of its printed table."""
    told = [lab for paper in found.counting if paper.identity is not Identity.SUSPECT for lab in _labs(paper)]
    return tuple(sorted(told, key=lambda lab: (lab.value.analyte.lower(), lab.on, lab.path)))


def _labs(paper: Paper) -> Iterator[Lab]:
    values = paper.record.reading.results.labs
    if not values and paper.kind.kind == "lab_report":
        values = tuple(_rows(paper))
    for value in values:
        yield Lab(value, paper.path, value.date or paper.dated.value, value.confidence < SURE)


def _rows(paper: Paper) -> Iterator[LabValue]:
    for page in paper.record.reading.pages:
        for number, line in enumerate(page.lines):
            if match := ROW.match(re.sub(r"\s{3,}", "   ", line.text.strip())):
                yield LabValue(
                    analyte=match["analyte"].strip(" :"),
                    value=match["value"].replace(" ", ""),
                    unit=match["unit"],
                    reference=match["reference"],
                    flag=match["flag"] or match["mark"],
                    where=place_of_line(page.number, number),
                    box=(line.x0, line.y0, line.x1, line.y1),
                    confidence=min(85, page.confidence) if page.scanned else 95,
                )


def vitals(found: CaseFile) -> tuple[tuple[VitalValue, str], ...]:
    """(value, path) by name and day: evidence from home, not monitored."""
    told = [
        (value, paper.path)
        for paper in found.counting
        if paper.identity is not Identity.SUSPECT
        for value in paper.record.reading.results.vitals
    ]
    return tuple(sorted(told, key=lambda pair: (pair[0].name, pair[0].date)))


def doses(found: CaseFile) -> tuple[tuple[DoseValue, str], ...]:
    """(figure, path) of every study that states one; typical values are not filled in here."""
    return tuple((value, path) for path, values in found.doses.items() for value in values)
