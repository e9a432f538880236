"""Readers: a mark of all that decides how bytes are read; what was read under another mark is read again."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Final

from consilia import formats
from consilia.formats import tongues

SOURCES: Final = Path(formats.__file__).parent


@cache
def mark() -> str:
    """One word for the readers' code and word lists, the libraries beside them and the languages of scans."""
    libraries = sorted({f"{library.name}=={library.version}" for library in metadata.distributions()})
    languages = sorted(f"{data.name} {data.stat().st_size}" for data in tongues.FOLDER.glob("*.traineddata"))
    return hashlib.sha256("\n".join([of_sources(SOURCES), *libraries, *languages]).encode()).hexdigest()


def of_sources(folder: Path) -> str:
    """One word for the names and bytes of a folder's files; what Python compiled lies a folder deeper."""
    files = sorted(file for file in folder.iterdir() if file.is_file())
    return hashlib.sha256(
        b"".join(file.name.encode() + hashlib.sha256(file.read_bytes()).digest() for file in files)
    ).hexdigest()
