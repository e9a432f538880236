"""The database as a file among files: a consistent copy of it, its return, and pages that hold no erased words."""

from __future__ import annotations

import os
import re
import shutil
import sqlite3
import subprocess
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from typing import Final

from django.db import connection

from consilia.vault.errors import VaultError

# Names in the backup folder, by vendor.
FILE: Final = {"sqlite": "database.sqlite3", "postgresql": "database.dump"}


class ToolMissing(VaultError):
    """A program of PostgreSQL is not on the PATH, or is older than the server."""


def snapshot(folder: Path) -> Path:
    """Writes a consistent copy while the service runs; returns the file. Raises ToolMissing, VaultError."""
    target = folder / FILE[connection.vendor]
    if connection.vendor == "sqlite":
        with closing(sqlite3.connect(_sqlite_file())) as source:
            # VACUUM INTO reads in one transaction and leaves free pages, with what was erased from them, behind.
            source.execute("VACUUM INTO ?", (str(target),))
    else:
        _tool("pg_dump", "--format=custom", "--no-owner", f"--file={target}")
    target.chmod(0o600)
    return target


def restore(file: Path) -> None:
    """Puts a copy in the place of an empty database. Raises VaultError when it is not empty or of another vendor."""
    if file.name != FILE[connection.vendor]:
        raise VaultError(f"the backup holds {file.name}, but the settings name a {connection.vendor} database")
    if not is_empty():
        raise VaultError("the database is not empty; restore into an empty one")
    connection.close()
    if connection.vendor == "sqlite":
        path = Path(_sqlite_file())
        for leftover in path.parent.glob(f"{path.name}-*"):  # -wal and -shm belong to the file that is replaced
            leftover.unlink()
        shutil.copyfile(file, path)
        path.chmod(0o600)
    else:
        _tool("pg_restore", "--no-owner", "--exit-on-error", "--single-transaction", _database(), str(file))


def is_empty() -> bool:
    """True when there is no table yet."""
    return not connection.introspection.table_names()


def scrub_free_pages(tables: Iterable[str] = ()) -> str:
    """Takes erased rows out of the files of the database; returns a sentence that says what remains where.

    Call it outside a transaction, after the erasing one has been committed. SQLite: log emptied, file rewritten
    (settings keep secure_delete on). PostgreSQL: the tables named are rewritten under an exclusive lock.
    """
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            for statement in ("PRAGMA wal_checkpoint(TRUNCATE)", "VACUUM", "PRAGMA wal_checkpoint(TRUNCATE)"):
                cursor.execute(statement)
            return "The database file has been rewritten and its log emptied; no erased row remains in them."
        for table in tables:
            if not re.fullmatch(r"[a-z0-9_]+", table):
                raise ValueError(f"{table!r} is not the name of a table")
            cursor.execute(f"VACUUM FULL {table}")
        cursor.execute("CHECKPOINT")
    return (
        "The tables have been rewritten. Erased rows may remain in the write-ahead log until PostgreSQL recycles its "
        "segments (max_wal_size), and in WAL archives and standbys for as long as these are kept."
    )


def _sqlite_file() -> str:
    return str(connection.settings_dict["NAME"])


def _database() -> str:
    return f"--dbname={connection.settings_dict['NAME']}"


def _tool(name: str, *words: str) -> None:
    program = shutil.which(name)
    if program is None:
        raise ToolMissing(f"{name} is not on the PATH; install the client programs of your PostgreSQL server")
    given = connection.settings_dict
    environment = dict(os.environ)
    for variable, setting in (("PGHOST", "HOST"), ("PGPORT", "PORT"), ("PGUSER", "USER"), ("PGPASSWORD", "PASSWORD")):
        if given[setting]:
            environment[variable] = str(given[setting])
    environment["PGDATABASE"] = str(given["NAME"])
    done = subprocess.run([program, *words], env=environment, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        kind = ToolMissing if "version mismatch" in done.stderr else VaultError
        reason = done.stderr.strip().splitlines() or ["no reason given"]
        raise kind(f"{name} failed: {reason[-1]}")
