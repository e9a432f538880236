"""`consilia backup FOLDER` writes everything into one new folder while the service goes on; keys can go elsewhere."""

from __future__ import annotations

import argparse
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.utils import timezone

from consilia.cli import backups, copies, dump, lock
from consilia.cli.backups import DATA, DATABASE, KEYS, SQLITE, Backup

CHECKPOINTS = "checkpoints"
# Not copied with the data: the database (it has a copy of one moment), keys (they go apart), what is made again.
LEFT_OUT = frozenset({SQLITE, f"{SQLITE}-wal", f"{SQLITE}-shm", lock.NAME, "keys", "tmp", "derived", "workers"})


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", type=Path, help="a new or empty folder")
    parser.add_argument("--keys", type=Path, help="another new folder for the keys, kept apart and for days only")


def run(words: argparse.Namespace) -> int:
    """Checkpoints, then the database, then the files: each part vouches only for what was copied after it.

    A checkpoint never names an event that the copied database lacks, and every row's file is older than the row.
    """
    at = timezone.now()
    folder, keys = words.folder, words.keys or words.folder / KEYS
    for place in (folder, keys):
        backups.refuse_used(place, "a backup goes into a new folder.")
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    home = Path(settings.CONSILIA_HOME)
    signed = copies.copy_folder(home / CHECKPOINTS, folder / DATA / CHECKPOINTS)
    dump.write(folder / DATABASE)
    parts = {
        DATABASE: {path.name: copies.measured(path) for path in copies.files(folder / DATABASE)},
        DATA: {f"{CHECKPOINTS}/{name}": copied for name, copied in signed.items()}
        | copies.copy_folder(home, folder / DATA, without=LEFT_OUT | {CHECKPOINTS}),
        KEYS: copies.copy_folder(Path(settings.CONSILIA_KEYS), keys),
    }
    backups.write(Backup(folder, keys, at, connection.vendor, tuple(dump.migrations()), parts))
    count = sum(len(found) for found in parts.values())
    size = sum(copied.size for found in parts.values() for copied in found.values())
    print(f"{count} files, {size / 1e6:.1f} MB are in {folder}: the state of {at:%Y-%m-%d %H:%M:%S} UTC.")
    print(f"The keys are in {keys}. Whoever has both can read every case: keep them apart, and old keys for days only.")
    return 0
