"""`consilia backup FOLDER` writes everything into one new folder while the service goes on; keys can go elsewhere."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.utils import timezone

from consilia.cli import copies, dump
from consilia.cli.lock import NAME as LOCK
from consilia.kernel.refusal import Refusal, Refused

FORMAT = 1
MANIFEST = "manifest.json"
DATABASE, DATA, KEYS = "database", "data", "keys"
# Not copied with the data: the database (it has a copy of one moment), keys (they go apart), what is made again.
LEFT_OUT = frozenset(
    {dump.SQLITE, f"{dump.SQLITE}-wal", f"{dump.SQLITE}-shm", LOCK, "keys", "tmp", "derived", "workers"}
)


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", type=Path, help="a new or empty folder")
    parser.add_argument(
        "--keys", type=Path, help="another new folder for the keys; kept apart and not for long, erasing stays true"
    )


def run(words: argparse.Namespace) -> int:
    """Database first: every row's file is older than the row, so the files copied afterwards hold them all."""
    at = timezone.now()
    folder, keys = words.folder, words.keys or words.folder / KEYS
    for place in (folder, keys):
        refuse_used(place)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    dump.write(folder / DATABASE)
    parts = {
        DATABASE: {path.name: measured(path) for path in copies.files(folder / DATABASE)},
        DATA: copies.copy_folder(Path(settings.CONSILIA_HOME), folder / DATA, without=LEFT_OUT),
        KEYS: copies.copy_folder(Path(settings.CONSILIA_KEYS), keys),
    }
    manifest = {
        "format": FORMAT,
        "at": at.isoformat(),
        "engine": connection.vendor,
        "migrations": dump.migrations(),
        "keys_apart": bool(words.keys),
        "parts": {part: {name: asdict(copied) for name, copied in found.items()} for part, found in parts.items()},
    }
    write_manifest(folder, manifest)
    count = sum(len(found) for found in parts.values())
    size = sum(copied.size for found in parts.values() for copied in found.values())
    print(f"{count} files, {size / 1e6:.1f} MB are in {folder}; it is what it was at {at:%Y-%m-%d %H:%M:%S} UTC.")
    print(f"The keys are in {keys}: whoever has both can read every case. Keep them apart, and keep keys for days only.")
    return 0


def refuse_used(place: Path) -> None:
    if place.exists() and (not place.is_dir() or any(place.iterdir())):
        raise Refused(Refusal("folder_used", f"{place} is not empty; a backup goes into a new folder."))


def measured(path: Path) -> copies.Copied:
    """Size and hash of a file that we have just written."""
    with path.open("rb") as file:
        return copies.Copied(path.stat().st_size, copies.hashlib.file_digest(file, "sha256").hexdigest())


def write_manifest(folder: Path, manifest: dict[str, object]) -> None:
    """Last of all: a folder without it is no backup."""
    draft = folder / f".{MANIFEST}"
    draft.write_text(json.dumps(manifest, indent=1))
    draft.chmod(0o600)
    draft.rename(folder / MANIFEST)
    copies.sync_folders(folder)
