"""Runs a proof (tests/proofs/NAME.py, whose main() returns the lines of its figures) and notes what came out."""

# ruff: noqa: S603, S607  (commands of ours, words of ours)

from __future__ import annotations

import datetime
import importlib
import subprocess
import sys
import time
import traceback
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PROOFS = ROOT / "tests" / "proofs"
NOTES = ROOT / "docs" / "reference" / "proofs.md"
OPENING = (
    "# Proofs that were run\n\nWritten by `script/proof NAME`: what was promised, and the figures that came out.\n"
)


def main() -> int:
    known = sorted(path.stem for path in PROOFS.glob("*.py") if not path.stem.startswith("_"))
    if len(sys.argv) < 2:
        print("Proofs:", ", ".join(known) if known else "none yet")
        return 0
    name = sys.argv[1]
    if name not in known:
        print(f"There is no proof {name!r}. Known ones: {', '.join(known) or 'none yet'}.", file=sys.stderr)
        return 2
    return run(name)


def run(name: str) -> int:
    """Runs the proof; a broken assertion, or a line that begins with FAILED, is noted as a failure and ends with 1."""
    sys.path[:0] = [str(ROOT), str(ROOT / "src")]
    started = time.monotonic()
    try:
        figures = importlib.import_module(f"tests.proofs.{name}").main()
    except AssertionError as error:
        traceback.print_exc()
        figures = [f"FAILED: {error}"]
    seconds = time.monotonic() - started
    lines = [figures] if isinstance(figures, str) else [str(line) for line in figures]
    passed = not any(line.startswith("FAILED") for line in lines)
    note(name, lines, passed, seconds)
    print("\n".join([*lines, f"{name}: {'holds' if passed else 'FAILED'} ({seconds:.0f} s)"]))
    return 0 if passed else 1


def note(name: str, lines: list[str], passed: bool, seconds: float) -> None:
    """Adds one dated entry with the commit; files changed since that commit are said to be so."""
    today = datetime.datetime.now(datetime.UTC).date().isoformat()
    commit = git("rev-parse", "--short=12", "HEAD")
    beside_notes = (".", f":!{NOTES.relative_to(ROOT)}")  # another proof may have noted its figures just before
    changed = " with changes" if git("status", "--porcelain", "--untracked-files=no", "--", *beside_notes) else ""
    NOTES.parent.mkdir(parents=True, exist_ok=True)
    if not NOTES.exists():
        NOTES.write_text(OPENING)
    with NOTES.open("a") as notes:
        verdict = "holds" if passed else "FAILED"
        notes.write(f"\n## {name}, {today}, commit {commit}{changed}: {verdict} ({seconds:.0f} s)\n\n")
        notes.writelines(f"- {line}\n" for line in lines)


def git(*words: str) -> str:
    done = subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True, check=False)
    return done.stdout.strip()


if __name__ == "__main__":
    sys.exit(main())
