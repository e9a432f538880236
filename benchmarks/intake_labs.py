"""Laboratory: analyte, number and unit of every value of LABS.tsv, and wrong numbers that nobody is asked about."""

from __future__ import annotations

import datetime
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from benchmarks.intake_data import Row, figure, note

from consilia.clinical.library import Library
from consilia.intake.judging import case_file, measured
from consilia.intake.judging.record import Record, Request

GOALS = {"native": 0.98, "scan": 0.90, "fax and photo": 0.70}
SURE_BUT_WRONG = 0.002
TODAY = datetime.date(2026, 1, 1)  # no value depends on it
NUMBER = re.compile(r"[<>≤≥]?\s?\d[\d .,]*")
CODE = re.compile(r"\s*\(LOINC [\d-]+\)")


class Value(NamedTuple):
    """A value so that ways of writing the same one are equal; the day counts where a paper has several."""

    analyte: str
    number: str
    unit: str
    day: str


@dataclass(frozen=True, slots=True)
class Compared:
    """What stands on one paper and what is shown of it; `wrong` are the sure ones whose number does not stand there."""

    path: str
    wanted: Counter[Value]
    got: Counter[Value]
    sure: int
    wrong: tuple[str, ...]


def measure(labs: list[Row], truth: Mapping[str, Row], records: Mapping[str, Record], library: Library) -> None:
    """Prints the share of right values in each group of papers and of wrong ones among the sure."""
    papers: dict[str, list[Row]] = defaultdict(list)
    for row in labs:
        if NUMBER.fullmatch(row["value_as_printed"]):
            papers[row["path"]].append(row)
    compared = []
    for path, rows in papers.items():
        shown = values(records[path], truth.get(path), library) if path in records else ()
        compared.append(compare(path, rows, shown))
    tell(compared)


def compare(path: str, rows: list[Row], shown: Iterable[measured.Lab]) -> Compared:
    """One paper; laboratory values that are words or were not measured yet are left out."""
    dated = len({row["reference_or_date"] for row in rows if path.startswith("labs/")}) > 1
    found = [lab for lab in shown if NUMBER.fullmatch(lab.value.value)]
    wanted = Counter(
        value_of(row["analyte"], row["value_as_printed"], row["unit"], row["reference_or_date"] if dated else "")
        for row in rows
    )
    read = [value_of(lab.value.analyte, lab.value.value, lab.value.unit, lab.on if dated else "") for lab in found]
    numbers = {value._replace(unit="") for value in wanted}
    sure = [value for value, lab in zip(read, found, strict=True) if not lab.check]
    wrong = [" ".join(value) for value in sure if value._replace(unit="") not in numbers]
    return Compared(path, wanted, Counter(read), len(sure), tuple(wrong))


def tell(compared: list[Compared]) -> None:
    """The figures of all papers, and paper by paper what was missed."""
    for group, goal in GOALS.items():
        own = [paper for paper in compared if group_of(paper.path) == group]
        if own:
            right = sum((paper.wanted & paper.got).total() for paper in own)
            figure(f"labs {group}", right / sum(paper.wanted.total() for paper in own), goal)
    if sure := sum(paper.sure for paper in compared):
        figure("labs sure but wrong", sum(len(paper.wrong) for paper in compared) / sure, SURE_BUT_WRONG, at_most=True)
    for paper in compared:
        for wrong in paper.wrong:
            note(f"sure but wrong: {paper.path}: {wrong}")
        if missed := paper.wanted - paper.got:
            some = "; ".join(" ".join(filter(None, value)) for value in list(missed)[:4])
            note(f"{paper.path}: missed {missed.total()} of {paper.wanted.total()}: {some}")


def values(record: Record, row: Row | None, library: Library) -> tuple[measured.Lab, ...]:
    """What is shown of one paper to the person whose it is."""
    family, _, given = (row or {}).get("patient_name", "").partition(", ")
    born = (row or {}).get("birth_date", "")
    request = Request(given, family, datetime.date.fromisoformat(born or "1900-01-01"))
    return measured.labs(case_file.judge([record], request, library, TODAY))


def group_of(path: str) -> str:
    """How the paper came, by its name."""
    if re.search(r"_(fax|photo)\.", path):
        return "fax and photo"
    return "scan" if re.search(r"scan|\.(tif|jpg)$", path) else "native"


def value_of(analyte: str, number: str, unit: str, day: str) -> Value:
    """10⁹/L, 10^9/l and 10*9/L are one unit, 212.0 is 212; spaces and points of a name do not tell it apart."""
    name = "".join(letter for letter in _folded(CODE.sub("", analyte)) if letter.isalnum())
    figures = re.sub(r"\s", "", number).replace(",", ".")
    figures = figures.rstrip("0").rstrip(".") if "." in figures else figures
    return Value(name, figures, re.sub(r"[\s^*]|^x(?=10)", "", _folded(unit)), day)


def _folded(words: str) -> str:
    return unicodedata.normalize("NFKC", words).casefold()
