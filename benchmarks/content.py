"""Time of the content library: loading all of it, and judging one case (suitability, readiness, the law of a pair).

    python benchmarks/content.py

Prints one line a figure, `name value goal number` (at most the goal): ratios out of this one run, then milliseconds.
Loading is measured against parsing the same files alone, a case against loading. Times are of this process, not of
the clock on the wall.
"""

from __future__ import annotations

import csv
import statistics
import sys
import time
import tomllib
from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "src"))

from consilia.clinical import library as libraries  # noqa: E402 - the path comes first
from consilia.clinical import packs  # noqa: E402
from consilia.suitability import Facts, PresentRecord, Where, assess, assess_law, readiness  # noqa: E402

ROUNDS = 15
CASES = 200
LOAD, CASE = 300.0, 1.0  # milliseconds
TO_PARSE = 4.0  # loading to parsing the files alone
TO_LOAD = 0.01  # a case to loading
TODAY = date(2026, 11, 23)


def parse(files: Iterable[Path]) -> None:
    """What any reader of these files must do at least."""
    for path in files:
        text = path.read_text()
        if path.suffix == ".toml":
            tomllib.loads(text)
        else:
            list(csv.reader(text.splitlines()))


def judge(library: libraries.Library) -> Callable[[], None]:
    """One case as pages judge it: her answers, her records against the list, her country and the expert's."""
    facts = Facts(located_in="PT", patient_country="PT", age_years=55, alarm_now="no", alarm_today="no")
    records = [PresentRecord(kind=kind, on=TODAY, title="a record") for kind in library.kinds()[:12]]
    where = Where("PT", "PT", "DE")

    def once() -> None:
        assess(facts, library)
        readiness(library.checklist("breast_cancer"), records, TODAY)
        assess_law(where, library)

    return once


def milliseconds(work: Callable[[], object], times: int = 1) -> float:
    """Median of the rounds, for one time."""
    found = []
    for _round in range(ROUNDS):
        started = time.process_time()
        for _ in range(times):
            work()
        found.append((time.process_time() - started) * 1000 / times)
    return statistics.median(found)


def main() -> int:
    folders = (libraries.SHIPPED, *packs.folders())
    files = [path for folder in folders for path in sorted(folder.rglob("*")) if path.suffix in {".toml", ".csv"}]
    library = libraries.read()
    parsing, loading = milliseconds(lambda: parse(files)), milliseconds(libraries.read)
    case = milliseconds(judge(library), CASES)
    figures = (
        ("load_to-parse", loading / parsing, TO_PARSE),
        ("case_to-load", case / loading, TO_LOAD),
        ("load_milliseconds", loading, LOAD),
        ("case_milliseconds", case, CASE),
    )
    for label, value, goal in figures:
        print(f"{label} {value:.4g} goal {goal:g}{'' if value <= goal else '   OVER'}")
    print(f"\n{len(library.files)} entries in {len(files)} files, {sum(path.stat().st_size for path in files)} bytes")
    return int(any(value > goal for _label, value, goal in figures))


if __name__ == "__main__":
    raise SystemExit(main())
