"""Intake: how well and how fast a folder of records is judged, on boxes and single papers whose right answer is known.

    python benchmarks/intake.py DATA [--variants N] [--only boxes|kinds|labs|speed]

DATA is the folder with dev/shoeboxes, dev/TRUTH.tsv and dev/LABS.tsv. Prints one line a figure, `name value goal`, and
the kinds that were confused. With --variants each box is varied N times (seeds 101, 102 ...; see script/vary).
"""

from __future__ import annotations

import argparse
import collections
import csv
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "src"), str(ROOT)]

from benchmarks import varying  # noqa: E402

from consilia.clinical.library import load  # noqa: E402
from consilia.formats.verdicts import Verdict  # noqa: E402
from consilia.intake import folder  # noqa: E402
from consilia.intake.identity import Identity, Judgement  # noqa: E402
from consilia.intake.judging import case_file, kinds  # noqa: E402
from consilia.intake.judging.record import Record  # noqa: E402

FIRST_SEED = 101
NOBODY = Judgement(Identity.NO_IDENTITY, ())


def line(name: str, value: float, goal: float) -> None:
    """`name value goal`, words of a name joined by underscores."""
    print(f"{name.replace(' ', '_')} {value:.3f} {goal}", flush=True)


def boxes(data: Path, variants: int, scorer: Path | None) -> None:
    """The figures of the scorer on the boxes and, apart, on their variants; and the time of a first and second run."""
    known = sorted((data / "dev" / "shoeboxes").iterdir())
    with tempfile.TemporaryDirectory() as space:
        cache = Path(space) / "cache"
        first, second = (sum(run(box, cache)[0] for box in known) for _ in range(2))
        line("second run by first", second / first, 0.10)
        line("seconds a box", first / len(known), 60)
        if scorer:
            scored("boxes", known, cache, scorer)
        made = []
        for box in known if scorer else []:
            for seed in range(FIRST_SEED, FIRST_SEED + variants):
                made.append(Path(space) / f"{box.name}-{seed}")
                varying.vary(box, seed, made[-1])
        if made and scorer:
            scored("variants", made, cache, scorer)


def run(box: Path, cache: Path) -> tuple[float, dict[str, Any]]:
    """(seconds, case file) of one box."""
    started = time.perf_counter()
    words = ["--json", "--cache", str(cache), str(box / "inbox"), str(box / "request.json")]
    done = subprocess.run(
        [sys.executable, "-m", "consilia.cli", "intake", *words],
        capture_output=True,
        text=True,
        check=True,
        env={"PYTHONPATH": str(ROOT / "src"), "PATH": "/usr/bin:/bin"},
    )
    return time.perf_counter() - started, json.loads(done.stdout)


def scored(group: str, known: list[Path], cache: Path, scorer: Path) -> None:
    command = f"{sys.executable} -m consilia.cli intake --json --cache {cache}"
    done = subprocess.run(
        [sys.executable, str(scorer), "--run", command, *map(str, known)],
        capture_output=True,
        text=True,
        check=False,
        env={"PYTHONPATH": str(ROOT / "src"), "PATH": "/usr/bin:/bin"},
    )
    for row in done.stdout.splitlines():
        words = row.split()
        if words and words[0] in {"ok", "SHORT"} and "goal" in words:
            at = words.index("goal")
            line(f"{group} {' '.join(words[1 : at - 1])}", float(words[at - 1]), float(words[at + 1]))


def papers(data: Path) -> None:
    """Kind, language and day of every paper of TRUTH.tsv; the average over kinds counts each kind once."""
    with (data / "dev" / "TRUTH.tsv").open(encoding="utf-8") as opened:
        truth = {row["path"]: row for row in csv.DictReader(opened, delimiter="\t")}
    records = {record.path: record for record in folder.read(data / "dev", jobs=2)}
    recognition = kinds.recognition_of(load())
    tally: dict[str, list[int]] = collections.defaultdict(lambda: [0, 0])
    confused: collections.Counter[tuple[str, str]] = collections.Counter()
    right = {"language": [0, 0], "date": [0, 0]}
    for path, row in truth.items():
        found = told(records.get(path), recognition)
        wanted = row["document_type"]
        tally[wanted][0] += found["kind"] == wanted
        tally[wanted][1] += 1
        if found["kind"] != wanted:
            confused[wanted, found["kind"]] += 1
        for name, column in (("language", "language"), ("date", "document_date")):
            if row[column] and not wanted.startswith("dicom"):
                right[name][0] += found[name] == (row[column][:2] if name == "language" else row[column])
                right[name][1] += 1
    line("kinds macro average", sum(good / count for good, count in tally.values()) / len(tally), 0.85)
    for name, goal in (("language", 0.98), ("date", 0.95)):
        line(f"papers {name}", right[name][0] / max(right[name][1], 1), goal)
    for (wanted, got), count in confused.most_common():
        print(f"# {wanted} taken for {got}: {count}")


def told(record: Record | None, recognition: kinds.Recognition) -> dict[str, str]:
    """kind, language and date of one file, in the words of TRUTH.tsv."""
    nothing = {"kind": "unknown", "language": "", "date": ""}
    if record is None:
        return nothing
    if record.is_ignored:
        index = record.reading.media_type.endswith("dicomdir")
        return nothing | {"kind": "dicomdir" if index else "not_medical"}
    if record.reading.instance is not None:
        instance = record.reading.instance
        return nothing | {"kind": f"dicom_{instance.modality.lower() or 'file'}", "date": instance.study_date}
    if not record.is_readable and record.reading.verdict is not Verdict.ARCHIVE:
        return nothing
    paper = case_file.paper_of(record, recognition, NOBODY)
    return {"kind": paper.kind.kind, "language": paper.language, "date": paper.dated.value}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--variants", type=int, default=0)
    parser.add_argument("--scorer", type=Path, help="score_intake.py; by default beside the data")
    parser.add_argument("--only", choices=["boxes", "kinds"])
    words = parser.parse_args()
    beside = words.data.parent / "tools" / "score_intake.py"
    scorer = words.scorer or (beside if beside.is_file() else None)
    if words.only != "kinds":
        boxes(words.data, words.variants, scorer)
    if words.only != "boxes":
        papers(words.data)
    return 0


if __name__ == "__main__":
    sys.exit(main())
