"""Answers: what was printed for the same files, request, day and program, so that a second run only compares bytes.

It starts nothing and imports little: a kept answer is there before the readers would have been loaded.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Final

from consilia.intake import readers

ROOT: Final = Path(__file__).parent.parent
ROOMS: Final = ("kernel", "formats", "clinical", "suitability", "intake", "cli")
"""What decides about an answer: code, word lists and content."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What an answer is drawn from: the folder, the bytes of the request, the day ages count from, how it is told."""

    folder: Path
    request: bytes
    today: date
    told: str


def key_of(asked: Asked) -> str:
    """One word for the program, the day, the request and the name and bytes of every file."""
    files = [[file.relative_to(asked.folder).as_posix(), sha256_of(file)] for file in files_of(asked.folder)]
    request = hashlib.sha256(asked.request).hexdigest()
    said = json.dumps([program(), request, asked.today.isoformat(), asked.told, files])
    return hashlib.sha256(said.encode()).hexdigest()


def get(kept: Path, key: str) -> str | None:
    """The answer that was kept for the very same, None when there is none."""
    try:
        return _file(kept, key).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return None


def put(kept: Path, key: str, answer: str) -> None:
    """Keeps an answer; the file appears whole or not at all."""
    write_whole(_file(kept, key), answer.encode())


def files_of(folder: Path) -> Iterator[Path]:
    """Plain files below the folder; no link is followed."""
    for root, folders, names in os.walk(folder, followlinks=False):
        folders.sort()
        for name in sorted(names):
            file = Path(root) / name
            if file.is_file() and not file.is_symlink():
                yield file


def sha256_of(file: Path) -> str:
    """SHA-256 of a file in hexadecimal digits."""
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def write_whole(file: Path, content: bytes) -> None:
    """The file is there with all its bytes or not at all."""
    file.parent.mkdir(parents=True, exist_ok=True)
    whole = file.with_suffix(f".{os.getpid()}-{os.urandom(4).hex()}")
    whole.write_bytes(content)
    whole.replace(file)


def _file(kept: Path, key: str) -> Path:
    return kept / "answers" / f"{key}.txt"


@cache
def program() -> str:
    """One word for the readers and for everything that judges what they read."""
    files = (file for room in ROOMS for file in sorted((ROOT / room).rglob("*")))
    whole = hashlib.sha256(readers.mark().encode())
    for file in files:
        if file.is_file() and file.suffix != ".pyc":
            whole.update(f"{file.relative_to(ROOT)}\0{file.stat().st_size}\0".encode() + file.read_bytes())
    return whole.hexdigest()
