"""The papers and boxes whose right answer is known, and how a figure is printed."""

from __future__ import annotations

import csv
from pathlib import Path

from consilia.intake import folder
from consilia.intake.judging.record import Record
from consilia.intake.judging.wrapping import unwrapped

Row = dict[str, str]


def figure(name: str, value: float, goal: float, *, at_most: bool = False) -> None:
    """`name value goal number`; what falls short of its goal says so."""
    good = value <= goal if at_most else value >= goal
    sign = "" if good else "   OVER" if at_most else "   SHORT"
    print(f"{name.replace(' ', '_')} {value:.4g} goal {goal:g}{sign}", flush=True)


def note(words: str) -> None:
    """What is no figure: what was confused, what is missing."""
    print(f"# {words}", flush=True)


def truth(data: Path) -> dict[str, Row]:
    """TRUTH.tsv by path; empty when it is not there."""
    return {row["path"]: row for row in rows(data / "dev" / "TRUTH.tsv")}


def rows(file: Path) -> list[Row]:
    """The rows of a table with a heading; none and a note when the file is not there."""
    if not file.is_file():
        note(f"{file.name} is not there: nothing measured by it")
        return []
    with file.open(encoding="utf-8") as opened:
        return list(csv.DictReader(opened, delimiter="\t", quoting=csv.QUOTE_NONE))


def boxes(data: Path) -> list[Path]:
    """Folders with inbox/, request.json and expected.json, by name."""
    return sorted(file.parent for file in (data / "dev" / "shoeboxes").glob("*/expected.json"))


def records(data: Path, jobs: int) -> dict[str, Record]:
    """Everything below dev/, read; a mail is its letter and an archive of one record that record."""
    read = folder.read(data / "dev", jobs=jobs)
    return {record.path: record for record in unwrapped(read).records}
