"""`consilia backup FOLDER`: everything into one new folder, and the keys into a file of their own beside it."""

from __future__ import annotations

import argparse
import os
import sys
import time
from pathlib import Path

import django
from django.db import transaction
from django.utils import timezone

from consilia.kernel import actor


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", type=Path, help="a new folder; the keys file is written beside it")


def run(words: argparse.Namespace) -> int:
    """0 when the backup is whole; 1 with a sentence when it could not be made."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "consilia.config.settings")
    django.setup()
    from consilia.audit import actions as audit  # noqa: PLC0415  (tables can be imported after set-up only)
    from consilia.audit.kinds import Kind  # noqa: PLC0415
    from consilia.vault import backup  # noqa: PLC0415
    from consilia.vault.errors import VaultError  # noqa: PLC0415

    started, at = time.monotonic(), timezone.now()
    try:
        audit.checkpoint(at)
        made = backup.make(words.folder.resolve(), at=at)
    except VaultError as error:
        print(f"consilia: no backup was made: {error}.", file=sys.stderr)
        return 1
    with transaction.atomic():
        audit.record(Kind.BACKUP_MADE, actor=actor.system("cli"), at=at, detail={"count": str(made.files)})
    print(f"Backup    {made.folder}")
    print(f"          {made.files} files, {made.size / 1e6:.1f} MB, {time.monotonic() - started:.1f} s")
    print(f"Keys      {made.keys_file}")
    print("          Keep this file apart from the backup: both together open every case.")
    print(f"          Delete it on {made.keys_until:%Y-%m-%d}; the newest keys file opens all older backups,")
    print("          and older keys files would bring erased cases back.")
    print(f"RPO       what comes after {at:%Y-%m-%d %H:%M:%S} UTC is not in this backup")
    return 0
