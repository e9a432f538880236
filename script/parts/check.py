"""Runs every check side by side and prints each with its result; a check that fails shows what it said."""

# ruff: noqa: S603  (commands of ours, words of ours)

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True)
class Result:
    name: str
    good: bool
    seconds: float
    said: str


def main() -> int:
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as home, ThreadPoolExecutor(max_workers=os.cpu_count() or 2) as pool:
        environment = {**os.environ, "CONSILIA_HOME": home, "DJANGO_SETTINGS_MODULE": "consilia.config.settings"}
        # The slowest first: on two cores that is the shortest way through.
        results = list(pool.map(lambda step: told(step[0], step[1], environment), steps()))
    for result in results:
        if not result.good:
            print(f"\n--- {result.name}\n{result.said.strip()}")
    failed = [result.name for result in results if not result.good]
    print(f"\n{'All checks are good' if not failed else 'To mend: ' + ', '.join(failed)} ({seconds_since(started)})")
    return 1 if failed else 0


def steps() -> list[tuple[str, list[str]]]:
    """Name and command of every check; what has nothing to look at yet is left out."""
    python = sys.executable
    templates = [str(path.relative_to(ROOT)) for path in sorted((ROOT / "src").rglob("templates/**/*.html"))]
    found: list[tuple[str, list[str]]] = [
        ("types", ["mypy"]),
        ("contracts", ["lint-imports"]),
        ("migrations", [python, "-m", "django", "makemigrations", "--check", "--dry-run"]),
        ("notice", [python, "script/parts/notice.py", "--check"]),
        ("docs fresh", [python, "-m", "consilia.cli", "docs", "--check"]),
        ("format", ["ruff", "format", "--check", "--exclude", "**/migrations/**", "."]),
        ("lint", ["ruff", "check", "."]),
    ]
    if templates:
        found.append(("template form", ["djade", "--check", "--target-version", "5.2", *templates]))
        found.append(("template lint", ["djlint", "--lint", "--quiet", *templates]))
    return found


def told(name: str, command: list[str], environment: dict[str, str]) -> Result:
    """Runs one check and says at once how it went."""
    started = time.monotonic()
    done = subprocess.run(
        command,
        cwd=ROOT,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        errors="replace",
    )
    result = Result(name, done.returncode == 0, time.monotonic() - started, done.stdout + done.stderr)
    print(f"{'good' if result.good else 'BAD '}  {name:<14} {result.seconds:5.1f} s", flush=True)
    return result


def seconds_since(started: float) -> str:
    return f"{time.monotonic() - started:.0f} s"


if __name__ == "__main__":
    sys.exit(main())
