"""`consilia restore FOLDER` fills an empty data folder from a backup, erases again what was erased, verifies all."""

from __future__ import annotations

import argparse
import importlib
import os
import shutil
import time
from pathlib import Path

import django

from consilia.cli import backups, copies
from consilia.cli.backups import DATA, DATABASE, KEYS, SQLITE, Backup
from consilia.kernel.refusal import Refusal, Refused

SETTLE = "consilia.cli.settle"  # imported after set-up: it reads tables


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", type=Path, help="the folder that consilia backup has written")
    parser.add_argument("--keys", type=Path, help="the folder of the keys, when they were kept apart")
    parser.add_argument("--tombstones", type=Path, help="tombstones younger than the backup, when they were kept apart")


def run(words: argparse.Namespace) -> int:
    """The data folder is filled beside its place and moved there whole; only then are the settings touched.

    They make new keys in a data folder that has none, and those would open nothing.
    """
    started = time.monotonic()
    backup = backups.read(words.folder, words.keys)
    home = Path(os.environ.get("CONSILIA_HOME", "var")).resolve()
    refuse_unfit(backup, home)
    draft = home.with_name(f".{home.name}.restoring")
    shutil.rmtree(draft, ignore_errors=True)  # of a restore that was killed
    fill(backup, draft, words.tombstones)
    if home.exists():
        home.rmdir()
    draft.rename(home)
    copies.sync_folders(home.parent, deep=False)
    try:
        django.setup()
        return int(importlib.import_module(SETTLE).settle(backup, started))
    except Refused:
        home.rename(draft)  # so that it can be tried again
        raise


def refuse_unfit(backup: Backup, home: Path) -> None:
    backups.refuse_used(home, "a restore needs an empty data folder (CONSILIA_HOME).")
    given = any(os.environ.get(name) for name in ("CONSILIA_DATABASE_URL", "CONSILIA_DATABASE_URL_FILE"))
    if given != (backup.engine == "postgresql"):
        reason = f"This backup is of {backup.engine}: " + (
            "set CONSILIA_DATABASE_URL to an empty database." if not given else "unset CONSILIA_DATABASE_URL."
        )
        raise Refused(Refusal("other_database", reason))


def fill(backup: Backup, draft: Path, tombstones: Path | None) -> None:
    """Copies every file into the draft, each compared with the manifest first."""
    for part, target in ((DATA, draft), (KEYS, draft / "keys")):
        for name in backup.parts[part]:
            copies.copy_file(backup.file(part, name), target / name)
    for name in backup.parts[DATABASE]:
        backup.file(DATABASE, name)  # compared now: a damaged one must not be found half-way
    if backup.engine == "sqlite":
        copies.copy_file(backup.file(DATABASE, SQLITE), draft / SQLITE)
    for path in copies.files(tombstones) if tombstones else ():
        if not (draft / "tombstones" / path.name).exists():
            copies.copy_file(path, draft / "tombstones" / path.name)
    for folder in [draft, *(path for path in draft.rglob("*") if path.is_dir())]:
        folder.chmod(0o700)
    copies.sync_folders(draft)
