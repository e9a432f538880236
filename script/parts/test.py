"""Runs every part of the tests, one after the other, and ends with one line that sums them all up."""

# ruff: noqa: S603  (commands of ours, words of ours)

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
COUNT = re.compile(r"(\d+) (passed|failed|skipped|errors?|xfailed|xpassed)")
KINDS = {"error": "failed", "errors": "failed", "xpassed": "failed", "xfailed": "skipped"}
NO_TESTS = 5  # pytest's exit code for "nothing was collected"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")


@dataclass(frozen=True, slots=True)
class Part:
    """A run of pytest: its name, its folders, its database, its processes (two where it pays)."""

    name: str
    folders: tuple[str, ...]
    database: str = "sqlite"
    processes: int = 1


PARTS = (
    Part("pure", ("pure",), processes=2),
    Part("rooms", ("rooms", "pages"), processes=2),
    Part("postgres", ("rooms", "pages"), database="postgres", processes=2),
    Part("wire", ("wire",)),
    Part("house", ("house",)),
    Part("journeys", ("journeys",)),
)


def main() -> int:
    words, passed_on = arguments()
    total: Counter[str] = Counter()
    no_browser = tools_missing()
    for part in PARTS:
        if words.only in (None, part.name):
            total += run(part, passed_on, no_browser)
    print(f"\n{total['passed']} passed, {total['failed']} failed, {total['skipped']} skipped")
    return 1 if total["failed"] else 0


def arguments() -> tuple[argparse.Namespace, list[str]]:
    parser = argparse.ArgumentParser(prog="script/test", description=__doc__)
    parser.add_argument("--only", choices=[part.name for part in PARTS], help="run this part alone")
    return parser.parse_known_args()


def run(part: Part, passed_on: list[str], no_browser: str) -> Counter[str]:
    """One part: what pytest prints is shown as it comes; counted is what its last line says."""
    folders = [f"tests/{name}" for name in part.folders if any((ROOT / "tests" / name).rglob("test_*.py"))]
    print(f"\n== {part.name}", flush=True)
    if not folders:
        print("nothing here yet")
        return Counter()
    if part.name == "journeys" and no_browser:
        print(f"skipped: {no_browser}")
        return Counter(skipped=len(list((ROOT / "tests/journeys").rglob("test_*.py"))))
    started = time.monotonic()
    code, text = pytest(part, folders, passed_on)
    print(f"   {part.name}: {time.monotonic() - started:.0f} s")
    return counted(code, text)


def pytest(part: Part, folders: list[str], passed_on: list[str]) -> tuple[int, str]:
    """pytest's exit code and all that it printed."""
    command = [
        sys.executable,
        "-m",
        "pytest",
        *folders,
        "--tb=short",
        "--continue-on-collection-errors",
        "-o",
        "DJANGO_SETTINGS_MODULE=",
        *passed_on,
    ]
    if part.processes > 1:
        command += ["-n", str(part.processes), "--dist", "loadfile"]
    environment = {**os.environ, "CONSILIA_TEST_ON": part.database}
    lines: list[str] = []
    with subprocess.Popen(
        command,
        cwd=ROOT,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
        errors="replace",
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            print(line, end="", flush=True)
            lines.append(line)
    return process.returncode, "".join(lines)


def counted(code: int, text: str) -> Counter[str]:
    """The figures of pytest's closing line; an end without figures is a failure, never a silence."""
    closing = next((line for line in reversed(text.splitlines()) if " in " in line and COUNT.search(line)), "")
    figures: Counter[str] = Counter()
    for number, kind in COUNT.findall(closing):
        figures[KINDS.get(kind, kind)] += int(number)
    if code not in (0, NO_TESTS) and not figures["failed"]:
        figures["failed"] += 1
    return figures


def tools_missing() -> str:
    """The reason why there is no browser, or nothing; as root, it and pdfsig are installed with apt."""
    if browser() and shutil.which("pdfsig"):
        return ""
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return "" if browser() else "no Chromium here, and only root may install it (apt-get install chromium)."
    print("installing Chromium and pdfsig with apt", flush=True)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (["apt-get", "update", "-qq"], ["apt-get", "install", "-y", "-qq", "chromium", "poppler-utils"]):
        done = subprocess.run(
            command, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
        )
        if done.returncode and not browser():
            said = done.stderr.strip().splitlines()
            return f"Chromium could not be installed: {said[-1] if said else done.returncode}"
    return ""


def browser() -> str | None:
    return next((path for name in BROWSERS if (path := shutil.which(name))), None)


if __name__ == "__main__":
    sys.exit(main())
