"""The second half of a restore: tables filled, tombstones replayed, every hash, chain and signature verified."""

from __future__ import annotations

import time

from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from consilia.audit import actions as audit
from consilia.cli import dump
from consilia.cli.backups import DATABASE, Backup
from consilia.kernel.refusal import Refusal, Refused
from consilia.reports import erasure
from consilia.vault import actions as vault
from consilia.vault import queries


def settle(backup: Backup, started: float) -> int:
    """Exit code 0 when everything that was restored is whole; prints how old it is and how long it took."""
    refuse_newer(backup)
    if connection.vendor == "postgresql":
        dump.read_tables(backup.place(DATABASE))
    else:
        call_command("migrate", verbosity=0)  # an older backup: its rows must be readable before any is erased again
    erased = vault.erased_cases()
    for case_id in erased:
        vault.erase_case(case_id, at=timezone.now())
    objects = [pair for pair in vault.erased_objects() if pair[0] not in erased]
    erasure.replay(erased, objects, at=timezone.now())
    report = audit.verify()
    damaged = queries.scrub()
    for finding in report.findings:
        print(f"WRONG  trail {finding.chain}, event {finding.sequence}: {finding.sentence}")
    for found in damaged:
        print(f"WRONG  object {found.key}: {found.reason}")
    age = timezone.now() - backup.at
    print(f"Erased again: {len(erased)} cases, {len(objects)} removed files.")
    print(f"Trail: {report.events} events in {report.chains} chains.")
    print(f"What came after {backup.at:%Y-%m-%d %H:%M:%S} UTC is not in it ({age.total_seconds():.0f} s).")
    print(f"Restored and verified in {time.monotonic() - started:.1f} s.")
    return 0 if report.ok and not damaged else 1


def refuse_newer(backup: Backup) -> None:
    """An older backup is brought up to date by the next start; a newer one cannot be understood."""
    unknown = set(backup.migrations) - dump.known_migrations()
    if unknown:
        reason = f"This backup is of a newer version of Consilia (it knows {', '.join(sorted(unknown)[:3])})."
        raise Refused(Refusal("backup_newer", reason))
    if backup.engine == "postgresql" and set(backup.migrations) != dump.known_migrations():
        reason = "This backup is of an older version of Consilia: restore it with that version, then update."
        raise Refused(Refusal("backup_older", reason))
