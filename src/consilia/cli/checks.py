"""Looks at the installation: data folder, space, keys, database, front-end files, leftovers of a killed run."""

from __future__ import annotations

import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

from consilia.cli import lock
from consilia.cli.findings import Finding, good, note, wrong
from consilia.kernel.refusal import Refused
from consilia.vault import keys as vault_keys
from consilia.vault.errors import VaultError

LEAST_SPACE, LITTLE_SPACE = 1 << 30, 10 << 30  # bytes: below the first uploads fail soon, below the second plan ahead


def data_folder() -> Iterator[Finding]:
    home = Path(settings.CONSILIA_HOME)
    if open_to_others(home):
        yield wrong(f"Other users of this machine can look into the data folder. Run: chmod 700 {home}")
    try:
        with tempfile.NamedTemporaryFile(dir=home) as file:
            file.write(b"doctor")
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        yield wrong(f"The data folder {home} cannot be written: {error.strerror}.")
        return
    yield good(f"The data folder {home} can be written")


def open_to_others(path: Path) -> bool:
    return bool(path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO))


def space() -> Iterator[Finding]:
    free = shutil.disk_usage(settings.CONSILIA_HOME).free
    words = f"{free / (1 << 30):.1f} GB are free for the data folder"
    if free < LEAST_SPACE:
        yield wrong(f"Only {words}: uploads will soon be refused. Make room or move the data folder.")
    else:
        yield note(f"{words}; one case can bring several.") if free < LITTLE_SPACE else good(words)


def keys() -> Iterator[Finding]:
    """The master key opens every case: it must be there, whole, and closed to others."""
    try:
        vault_keys.masters()
    except (VaultError, OSError):
        yield wrong("The master key is not 32 bytes in base64: no case can be opened. Put the right one back.")
    path = Path(settings.CONSILIA_MASTER_KEY_FILE)
    if not path.exists():
        yield good("The master key comes from outside the data folder")
        return
    for closed in (path, path.parent):
        if open_to_others(closed):
            mode = "600" if closed is path else "700"
            yield wrong(f"Other users of this machine can read the keys. Run: chmod {mode} {closed}")
    yield good("The master key is there; keep a copy of it apart from the backups")


def database() -> Iterator[Finding]:
    try:
        connection.ensure_connection()
    except DatabaseError as error:
        yield wrong(f"The database does not answer: {str(error).strip().splitlines()[0]}")
        return
    yield good(f"The database answers ({connection.display_name})")
    executor = MigrationExecutor(connection)
    due = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if due:
        yield wrong(f"{len(due)} changes of the database are not applied. Start consilia serve once.")
    else:
        yield good("All changes of the database are applied")
    if connection.vendor == "sqlite":
        yield from sqlite()


def sqlite() -> Iterator[Finding]:
    """WAL with synchronous=FULL keeps every acknowledged row through a power cut; anything else does not."""
    with connection.cursor() as cursor:
        journal, synchronous, check = (
            str(cursor.execute(f"PRAGMA {name}").fetchone()[0])
            for name in ("journal_mode", "synchronous", "quick_check(5)")
        )
    if (journal, synchronous) != ("wal", "2"):
        yield wrong(f"SQLite runs with journal_mode={journal}, synchronous={synchronous}; it must be wal and 2 (FULL).")
    if check == "ok":
        yield good("The database file is whole")
    else:
        yield wrong(f"The database file is damaged ({check}). Restore the last backup.")


def front_end() -> Iterator[Finding]:
    checkout = Path(settings.CHECKOUT)
    if (checkout / "package-lock.json").exists() and not (checkout / "node_modules").is_dir():
        yield wrong("The front-end packages are not installed. Run script/setup.")
    if (Path(settings.STATIC_ROOT) / "staticfiles.json").exists():
        yield good("Styles, scripts and fonts are collected")
    else:
        yield note("Styles and scripts are not collected: pages work, but browsers cannot keep them. Run script/setup.")


def mode() -> Iterator[Finding]:
    if settings.DEBUG:
        yield wrong("CONSILIA_DEBUG is on: error pages show what belongs to patients. Switch it off.")
    local = settings.CONSILIA_PUBLIC_URL.startswith(("http://localhost", "https://localhost"))
    if settings.CONSILIA_DEMO and not local:
        yield wrong("The demo is on though people reach this service from outside. Set CONSILIA_DEMO=0.")
    elif settings.CONSILIA_DEMO:
        yield note(
            "The demo is on: whoever has the sign-in links is whoever they choose. Set CONSILIA_DEMO=0 for real use."
        )
    if not local and not settings.CONSILIA_PUBLIC_URL.startswith("https://"):
        yield wrong("CONSILIA_PUBLIC_URL does not begin with https://: records would travel open to read.")


def leftovers() -> Iterator[Finding]:
    home = Path(settings.CONSILIA_HOME)
    living = ", ".join(f"{process.name} {process.pid}" for process in lock.left_behind(home))
    try:
        lock.probe(home)
    except Refused:
        yield good(f"Consilia runs now ({living})")
        return
    if living:
        yield wrong(f"A killed run has left {living} behind. The next consilia serve ends what is left.")
    else:
        yield good("No process of a killed run is left")
