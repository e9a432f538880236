"""Boxes: the figures of the scorer on the boxes and on their variants, and what each run costs."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

from benchmarks import intake_data, varying

ROOT = Path(__file__).resolve().parent.parent
FIRST_SEED = 101
AT_MOST = {"wrong patient false alarms", "needless identity questions"}


def measure(data: Path, scorer: Path | None, variants: int, space: Path, jobs: int) -> None:
    """A first and a second run of every box; with a scorer its figures on the boxes and, apart, on their variants."""
    known = intake_data.boxes(data)
    if not known:
        intake_data.note("no boxes below dev/shoeboxes")
        return
    cache = space / "cache"
    first, second = (sum(seconds(box / "inbox", box / "request.json", cache, jobs) for box in known) for _ in range(2))
    intake_data.figure("boxes second run by first", second / first, 0.10, at_most=True)
    intake_data.figure("boxes seconds a box", first / len(known), 60, at_most=True)
    if scorer is None:
        intake_data.note("no scorer: boxes are not scored")
        return
    scored("boxes", known, cache, scorer, jobs)
    if made := [made_of(box, seed, space) for box in known for seed in range(FIRST_SEED, FIRST_SEED + variants)]:
        scored("variants", made, cache, scorer, jobs)


def made_of(box: Path, seed: int, space: Path) -> Path:
    """Another box of a known one, made once."""
    out = space / f"{box.name}-{seed}"
    if not (out / "expected.json").is_file():
        varying.vary(box, seed, out)
    return out


def command(cache: Path, jobs: int) -> list[str]:
    """What runs the intake; a folder and a request are appended."""
    return [sys.executable, "-m", "consilia.cli", "intake", "--json", "--jobs", str(jobs), "--cache", str(cache)]


def environment() -> dict[str, str]:
    """What a run needs to find our modules."""
    return {"PYTHONPATH": str(ROOT / "src"), "PATH": os.environ.get("PATH", "/usr/bin:/bin")}


def seconds(inbox: Path, request: Path | None, cache: Path, jobs: int) -> float:
    """How long one run takes, start of Python included."""
    begun = time.perf_counter()
    words = [*command(cache, jobs), str(inbox), *([str(request)] if request else [])]
    subprocess.run(words, capture_output=True, check=True, env=environment())
    return time.perf_counter() - begun


def scored(group: str, known: list[Path], cache: Path, scorer: Path, jobs: int) -> None:
    """The scorer's figures under a name of their own, and the faults that it tells."""
    run = " ".join(command(cache, jobs))
    words = [sys.executable, str(scorer), "--faults", "--run", run, *map(str, known)]
    done = subprocess.run(words, capture_output=True, text=True, check=False, env=environment())
    names = {box.name for box in known}
    for line in done.stdout.splitlines():
        words = line.split()
        if words and words[0] in {"ok", "SHORT"} and "goal" in words:
            at = words.index("goal")
            name = " ".join(words[1 : at - 1])
            tell = float(words[at - 1]), float(words[at + 1])
            intake_data.figure(f"{group} {name}", *tell, at_most=name in AT_MOST)
        elif line.partition(": ")[0] in names and not line.endswith(" s"):
            intake_data.note(line)
