"""What a backup is: three parts, each a folder of hashed files, and a manifest that is written last of all."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from consilia.cli import copies
from consilia.cli.copies import Copied
from consilia.kernel.refusal import Refusal, Refused

FORMAT = 1
MANIFEST = "manifest.json"
DATABASE, DATA, KEYS = "database", "data", "keys"
SQLITE = "consilia.sqlite3"  # name of the database in the data folder and in the backup

Parts = dict[str, dict[str, Copied]]


@dataclass(frozen=True, slots=True)
class Backup:
    """A backup as its manifest describes it; `parts` maps part -> file name -> what was written."""

    folder: Path
    keys: Path
    at: datetime
    engine: str
    migrations: tuple[str, ...]
    parts: Parts

    def place(self, part: str) -> Path:
        return self.keys if part == KEYS else self.folder / part

    def file(self, part: str, name: str) -> Path:
        """A file of the backup, as it was written. Raises Refused when it is not."""
        return copies.checked(self.place(part), name, self.parts[part][name])


def write(backup: Backup) -> None:
    """Writes the manifest: a folder without it is no backup."""
    manifest = {
        "format": FORMAT,
        "at": backup.at.isoformat(),
        "engine": backup.engine,
        "migrations": backup.migrations,
        "parts": {
            part: {name: asdict(copied) for name, copied in found.items()} for part, found in backup.parts.items()
        },
    }
    draft = backup.folder / f".{MANIFEST}"
    draft.write_text(json.dumps(manifest, indent=1))
    draft.chmod(0o600)
    draft.rename(backup.folder / MANIFEST)
    copies.sync_folders(backup.folder)


def read(folder: Path, keys: Path | None = None) -> Backup:
    """Reads the manifest. Raises Refused when there is none, or one that this version does not know."""
    try:
        manifest: dict[str, Any] = json.loads((folder / MANIFEST).read_text())
        parts = {part: {name: Copied(**row) for name, row in rows.items()} for part, rows in manifest["parts"].items()}
        at, known = datetime.fromisoformat(manifest["at"]), manifest["format"] == FORMAT
        backup = Backup(folder, keys or folder / KEYS, at, manifest["engine"], tuple(manifest["migrations"]), parts)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise Refused(Refusal("no_backup", f"{folder} holds no whole backup.")) from error
    if not known:
        raise Refused(Refusal("backup_format", "This backup was written by another version of Consilia."))
    return backup


def refuse_used(place: Path, words: str) -> None:
    """Raises Refused when a folder is not new or empty."""
    if place.exists() and (not place.is_dir() or any(place.iterdir())):
        raise Refused(Refusal("folder_used", f"{place} is not empty; {words}"))
