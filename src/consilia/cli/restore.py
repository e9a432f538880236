"""`consilia restore FOLDER` fills an empty data folder from a backup, erases again what was erased, verifies all."""

from __future__ import annotations

import argparse
import json
import os
import shutil
import time
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from consilia.cli import copies
from consilia.kernel.refusal import Refusal, Refused

MANIFEST, FORMAT = "manifest.json", 1
DATABASE, DATA, KEYS = "database", "data", "keys"


@dataclass(frozen=True, slots=True)
class Backup:
    """A backup as its manifest describes it; `parts` maps part -> file name -> what was written."""

    folder: Path
    keys: Path
    at: datetime
    engine: str
    migrations: tuple[str, ...]
    parts: dict[str, dict[str, copies.Copied]]

    def place(self, part: str) -> Path:
        return self.keys if part == KEYS else self.folder / part


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", type=Path, help="the folder that consilia backup has written")
    parser.add_argument("--keys", type=Path, help="the folder of the keys, when they were kept apart")
    parser.add_argument("--tombstones", type=Path, help="tombstones kept apart that are younger than the backup")


def run(words: argparse.Namespace) -> int:
    """The data folder is filled beside its place and moved there whole; only then is anything read as a case.

    The settings make keys in the data folder when they find none, so they may be touched only after that move.
    """
    started = time.monotonic()
    backup = read(words.folder, words.keys)
    home = Path(os.environ.get("CONSILIA_HOME", "var")).resolve()
    refuse_used(home)
    draft = home.with_name(f".{home.name}.restoring")
    shutil.rmtree(draft, ignore_errors=True)  # of a restore that was killed
    fill(backup, draft)
    if home.exists():
        home.rmdir()
    draft.rename(home)
    copies.sync_folders(home.parent)
    return words.finish(backup, started)


def read(folder: Path, keys: Path | None) -> Backup:
    try:
        manifest: dict[str, Any] = json.loads((folder / MANIFEST).read_text())
        if manifest["format"] != FORMAT:
            raise Refused(Refusal("backup_newer", "This backup was written by another version of Consilia."))
        parts = {
            part: {name: copies.Copied(**row) for name, row in rows.items()} for part, rows in manifest["parts"].items()
        }
        at = datetime.fromisoformat(manifest["at"])
        return Backup(folder, keys or folder / KEYS, at, manifest["engine"], tuple(manifest["migrations"]), parts)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise Refused(Refusal("no_backup", f"{folder} holds no whole backup.")) from error
