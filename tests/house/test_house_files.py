"""The house keeps its form: file length, imports at the top, nothing that belongs to one machine."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LONGEST = 400
TEXT = {
    ".py",
    ".html",
    ".css",
    ".js",
    ".toml",
    ".md",
    ".sh",
    ".typ",
    ".in",
    ".txt",
    ".json",
    ".yaml",
    ".yml",
    ".csv",
    "",
}
# An import in a function carries its reason on the same line, behind the noqa.
REASON = re.compile(r"noqa: PLC0415\s+\S.{8,}")


def kept(*endings: str) -> Iterator[Path]:
    """The files that git keeps or would keep, by ending."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    for name in listed.stdout.splitlines():
        path = ROOT / name
        if path.is_file() and (not endings or path.suffix in endings):
            yield path


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


def test_no_file_is_longer_than_400_lines_without_a_reason_in_the_decisions():
    reasons = "\n".join(path.read_text() for path in (ROOT / "docs" / "decisions").glob("*.md"))
    long = {
        named(path): lines
        for path in kept(".py", ".html", ".css", ".js")
        if "migrations" not in path.parts  # written by a tool
        and (lines := len(path.read_text(errors="replace").splitlines())) > LONGEST
        and named(path) not in reasons
    }
    assert long == {}, f"look for the second subject, or give the reason in docs/decisions/: {long}"


def test_imports_stand_at_the_top_because_late_ones_hide_circles():
    late = [
        f"{named(path)}:{inner.lineno}"
        for path in kept(".py")
        if named(path).startswith("src/") and "migrations" not in path.parts
        for outer in ast.walk(ast.parse(path.read_text()))
        if isinstance(outer, (ast.FunctionDef, ast.AsyncFunctionDef))
        for inner in ast.walk(outer)
        if isinstance(inner, (ast.Import, ast.ImportFrom))
        and not REASON.search(path.read_text().splitlines()[inner.lineno - 1])
    ]
    assert late == []


def test_every_module_says_first_what_it_promises():
    silent = [
        named(path)
        for path in kept(".py")
        if named(path).startswith("src/")
        and "migrations" not in path.parts
        and path.read_text().strip()
        and not ast.get_docstring(ast.parse(path.read_text()))
    ]
    assert silent == []


def test_the_package_writes_no_signals_and_no_saves_of_its_own():
    broken = [
        named(path)
        for path in kept(".py")
        if named(path).startswith("src/")
        and re.search(
            r"^\s+def save\(self|from django\.db\.models import signals|django\.db\.models\.signals",
            path.read_text(),
            re.M,
        )
    ]
    assert broken == []


@pytest.mark.parametrize("lock", ["base.txt", "dev.txt", "node.txt", "build.txt"])
def test_python_locks_hold_hashes_and_no_addresses(lock):
    text = (ROOT / "requirements" / lock).read_text()
    pinned = re.findall(r"^[a-z0-9][^\s=]*==\S+", text, re.M)
    assert pinned
    assert "://" not in text
    assert "--index-url" not in text
    assert len(re.findall(r"^[a-z0-9][^\n]*\\\n\s+--hash=sha256:", text, re.M)) == len(pinned)


def test_the_front_end_lock_holds_no_addresses():
    lock = ROOT / "package-lock.json"
    if not lock.exists():
        pytest.skip("there are no front-end packages yet")
    assert '"resolved"' not in lock.read_text()
    assert "omit-lockfile-registry-resolved=true" in (ROOT / ".npmrc").read_text().replace(" ", "")


def test_nothing_names_the_machine_it_was_written_on():
    # Put together so that this file does not find itself.
    places = re.compile(
        "|".join((r"(?<![\w.])/wor" + r"k/(?:main|shared|\.)", r"/roo" + r"t/", r"/opt/" + r"pypi", r"/tmp" + r"/w/"))
    )
    found = [
        f"{named(path)}: {match.group()}"
        for path in kept()
        if path.suffix in TEXT and path.stat().st_size < 2_000_000
        for match in places.finditer(path.read_text(errors="replace"))
    ]
    assert found == []


def test_versions_stand_above_the_floor_under_which_holes_are_known():
    floors = {"pydicom": (3, 0, 2), "django": (5, 2), "pynetdicom": (3, 0, 4)}
    text = (ROOT / "requirements" / "base.txt").read_text()
    for name, floor in floors.items():
        match = re.search(rf"^{name}==([\d.]+)", text, re.M)
        if match:  # what is not installed needs no floor
            assert tuple(int(part) for part in match.group(1).split(".")) >= floor, name
    assert re.search(r"^pydicom==", text, re.M)


def test_rooms_stand_in_one_line():
    done = subprocess.run(
        [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:]
