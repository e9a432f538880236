"""Folders of content for tests: files put into them, and approvals of exactly these files."""

from __future__ import annotations

import hashlib
import tomllib
from datetime import UTC, datetime
from pathlib import Path

from consilia.clinical.approvals import Approval

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


def put(folder: Path, name: str, text: str) -> Path:
    """Writes a file and returns the folder."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return folder


def approve(
    folder: Path,
    name: str,
    *seats: str,
    state: str = "approved",
    at: datetime = NOON,
    into: Path | None = None,
    by: str = "Dr Anna Weber",
) -> Path:
    """Approves the file as it is now in every seat ("lawyer", "translator-de"); returns the folder of content."""
    path = folder / name
    content = path.read_bytes()
    table = path.with_suffix(".csv")
    digest = hashlib.sha256(content + (table.read_bytes() if table.is_file() else b"")).hexdigest()
    version = tomllib.loads(content.decode())["version"]
    for seat in seats:
        role, _, language = seat.partition("-")
        said = {"role": role, "language": language, "state": state, "by": by, "at": at}
        one = Approval(kind=path.parent.name, id=path.stem, version=version, sha256=digest, **said)
        put(into or folder / "approvals", one.path, one.toml())
    return folder
