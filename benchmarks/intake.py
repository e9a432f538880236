"""Intake: how well and how fast a folder of records is judged, on boxes and single papers whose right answer is known.

    python benchmarks/intake.py DATA [--only boxes|kinds|labs|languages|speed|memory ...] [--variants N] [--jobs N]

DATA is the folder with dev/shoeboxes, dev/TRUTH.tsv and dev/LABS.tsv; what is not there is told and left out. Prints
one line a figure, `name value goal number`, and as remarks what was confused, missed or wrong. With --variants each box
is varied N times (seeds 101, 102 ...; see script/vary).
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "src"), str(ROOT)]

from benchmarks import intake_boxes, intake_cost, intake_data, intake_labs, intake_papers  # noqa: E402

from consilia.clinical.library import load  # noqa: E402

PARTS = ("boxes", "kinds", "languages", "labs", "speed", "memory")
OF_PAPERS = {"kinds", "languages", "labs"}


def papers(data: Path, parts: Iterable[str], jobs: int) -> None:
    """All that is measured on single papers, which are read once for it."""
    truth, library = intake_data.truth(data), load()
    records = intake_data.records(data, jobs)
    both = {"kinds", "languages"} & set(parts)
    if both and truth:
        intake_papers.measure(truth, records, library, only="" if len(both) > 1 else both.pop())
    if "labs" in parts:
        intake_labs.measure(intake_data.rows(data / "dev" / "LABS.tsv"), truth, records, library)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--only", choices=PARTS, nargs="+", default=PARTS, help="parts; all when not given")
    parser.add_argument("--variants", type=int, default=0, metavar="N")
    parser.add_argument("--scorer", type=Path, help="score_intake.py; by default beside the data")
    parser.add_argument("--space", type=Path, help="keep variants and readings here; else they are thrown away")
    parser.add_argument("--jobs", type=int, default=2, metavar="N", help="files that are read at the same time")
    words = parser.parse_args()
    beside = words.data.parent / "tools" / "score_intake.py"
    scorer = words.scorer or (beside if beside.is_file() else None)
    with tempfile.TemporaryDirectory() as thrown:
        space = words.space or Path(thrown)
        if "boxes" in words.only:
            intake_boxes.measure(words.data, scorer, words.variants, space, words.jobs)
        if OF_PAPERS & set(words.only):
            papers(words.data, words.only, words.jobs)
        if "speed" in words.only:
            intake_cost.speed(words.data, Path(thrown), words.jobs)
        if "memory" in words.only:
            intake_cost.memory(words.data, Path(thrown), words.jobs)
    return 0


if __name__ == "__main__":
    sys.exit(main())
