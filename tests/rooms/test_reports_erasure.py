"""An erased case is gone: the raw bytes of the whole data folder hold no word of it, also after an older backup."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.pure.reports_sample import needs_fonts
from tests.wire.installation import ROOT, Installation

CANARY, ROBIN = b"Kanarienvogel", b"Rotkehlchen"
STEPS = ROOT / "tests" / "rooms" / "reports_canary.py"
pytestmark = [
    needs_fonts,
    pytest.mark.skipif(os.environ.get("CONSILIA_TEST_ON") == "postgres", reason="an installation on a SQLite file"),
]


def holding(home: Path, word: bytes) -> Iterator[str]:
    """Files of the data folder with the word in their bytes (8 and 16 bit) or in their name."""
    for path in sorted(home.rglob("*")):
        if word.decode().lower() in path.name.lower():
            yield f"{path.relative_to(home)} (name)"
        if path.is_file():
            content = path.read_bytes().lower()
            if word.lower() in content or word.decode().lower().encode("utf-16-le") in content:
                yield str(path.relative_to(home))


def step(installation: Installation, name: str) -> str:
    done = installation.python(str(STEPS), name)
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout.strip()


def test_no_canary_is_left_in_the_data_folder_and_an_older_backup_brings_none_back(tmp_path):
    installation = Installation(tmp_path)
    assert installation.python("-m", "django", "migrate", "-v0").returncode == 0
    step(installation, "live")
    assert list(holding(installation.home, CANARY)), "the control: before erasing the bird is there"
    backup = tmp_path / "backup"
    backup.mkdir()
    for path in installation.home.glob("*.sqlite3*"):
        shutil.copy2(path, backup)
    assert list(backup.iterdir())

    step(installation, "erase")
    assert list(holding(installation.home, CANARY)) == []
    assert list(holding(installation.home, ROBIN)), "the neighbour's case is untouched"

    for path in installation.home.glob("*.sqlite3*"):
        path.unlink()
    for path in backup.iterdir():
        shutil.copy2(path, installation.home)
    assert list(holding(installation.home, CANARY)), "the older backup knows the bird"
    assert step(installation, "replay") == "1"
    assert list(holding(installation.home, CANARY)) == []
    assert step(installation, "replay") == "0"
