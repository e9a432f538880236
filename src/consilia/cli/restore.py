"""`consilia restore FOLDER`: fills an empty data folder from a backup and says whether all of it is what it was."""

from __future__ import annotations

import argparse
import os
import sys
import time
from pathlib import Path

import django
from django.core.management import call_command
from django.db import transaction
from django.utils import timezone

from consilia.kernel import actor


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", type=Path, help="the folder that `consilia backup` wrote")
    parser.add_argument("--keys", type=Path, help="the keys file; default: the newest one beside the folder")


def run(words: argparse.Namespace) -> int:
    """0 when every hash, the trail and the tombstones agree; 1 with what does not."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "consilia.config.settings")
    django.setup()
    from consilia.audit import actions as audit  # noqa: PLC0415  (tables can be imported after set-up only)
    from consilia.audit.kinds import Kind  # noqa: PLC0415
    from consilia.vault import backup  # noqa: PLC0415
    from consilia.vault.errors import VaultError  # noqa: PLC0415

    started, at, folder = time.monotonic(), timezone.now(), words.folder.resolve()
    try:
        keys_file = words.keys or backup.newest_keys_file(folder)
        restored = backup.restore(folder, keys_file, at=at)
    except (VaultError, OSError) as error:
        print(f"consilia: nothing was restored: {error}.", file=sys.stderr)
        return 1
    call_command("migrate", interactive=False, verbosity=0)  # a backup of an older version
    report = audit.verify()
    with transaction.atomic():
        audit.record(Kind.RESTORED, actor=actor.system("cli"), at=at, detail={"count": str(restored.files)})
    print(f"Files     {restored.files}, {restored.size / 1e6:.1f} MB; every hash compared")
    print(f"Trail     {report.events} events in {report.chains} chains, {report.checkpoints} checkpoints; verified")
    print(f"Erased    {len(restored.kept_erased)} cases stay erased")
    for sentence in [*restored.findings, *(f"{found.chain}: {found.sentence}" for found in report.findings)]:
        print(f"NOT WELL  {sentence}")
    print(f"RPO       the backup was {(at - restored.made_at).total_seconds():.0f} s old: what came after it is lost")
    print(f"RTO       {time.monotonic() - started:.1f} s for this restore")
    return 0 if report.ok and not restored.findings else 1
