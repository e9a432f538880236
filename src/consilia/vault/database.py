"""The pages of the database: after an erasure they hold no erased word, and what cannot be promised is said."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from django.db import connection

from consilia.vault.errors import VaultError

_SQLITE: Final = (
    "The database file has been rewritten and its write-ahead log emptied; no erased row remains in either."
)
_POSTGRESQL: Final = (
    "The tables have been rewritten. Erased rows may remain in the write-ahead log until PostgreSQL recycles its "
    "segments (max_wal_size), and in archives of that log and standbys for as long as these are kept."
)


def scrub_free_pages(tables: Iterable[str] = ()) -> str:
    """Takes erased rows out of the files of the database; returns a sentence that says what remains where.

    Call it outside a transaction, when the erasing one has been committed (on SQLite the settings keep secure_delete
    on). SQLite: log emptied, whole file rewritten. PostgreSQL: the named tables are rewritten, each under an exclusive
    lock. Raises VaultError inside a transaction, or when a long reader keeps the log of SQLite from being emptied.
    """
    if connection.in_atomic_block:
        raise VaultError("erased rows can be scrubbed only after the transaction that erased them")
    if connection.vendor == "sqlite":
        return _rewrite_file()
    with connection.cursor() as cursor:
        for table in tables:
            if not re.fullmatch(r"[a-z0-9_]+", table):
                raise ValueError(f"{table!r} is not the name of a table")
            cursor.execute(f"VACUUM FULL {table}")
    return _POSTGRESQL


def _rewrite_file() -> str:
    with connection.cursor() as cursor:
        cursor.execute("VACUUM")
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        busy, _, _ = cursor.fetchone()
    if busy:
        raise VaultError("somebody is still reading the old rows; try again in a moment")
    return _SQLITE
