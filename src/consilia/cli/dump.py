"""The database as files and back: one moment of it, whole, on SQLite and on PostgreSQL."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

from django.apps import apps
from django.core.management import call_command
from django.core.management.color import no_style
from django.db import connection, transaction
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from consilia.cli.backups import SQLITE
from consilia.kernel.refusal import Refusal, Refused

TRAIL = "audit_event"
PIECE = 1 << 20  # bytes
APPLIED = "django_migrations"  # filled by the migrations themselves


def migrations() -> list[str]:
    """The changes that this database has seen, as "app.name"."""
    return sorted(f"{app}.{name}" for app, name in MigrationRecorder(connection).applied_migrations())


def known_migrations() -> set[str]:
    """The changes that this version of Consilia knows."""
    return {f"{app}.{name}" for app, name in MigrationLoader(None).disk_migrations}


def write(folder: Path) -> None:
    """Writes one consistent moment of the database into the folder, while the service goes on."""
    folder.mkdir(parents=True, mode=0o700)
    if connection.vendor == "sqlite":
        write_sqlite(folder / SQLITE)
    else:
        write_tables(folder)


def write_sqlite(path: Path) -> None:
    connection.ensure_connection()
    target = sqlite3.connect(path)
    try:
        connection.connection.backup(target)
        target.execute("PRAGMA journal_mode=DELETE")  # one file, no log beside it
    finally:
        target.close()
    path.chmod(0o600)


def write_tables(folder: Path) -> None:
    """One file a table, in PostgreSQL's binary COPY form, all of the same moment."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        for table in tables():
            copy_out(table, folder / table)


def read_tables(folder: Path) -> None:
    """Fills an empty PostgreSQL database: makes the tables, then everything in one transaction."""
    if connection.introspection.table_names():
        raise Refused(Refusal("database_not_empty", "The database is not empty; a restore needs an empty one."))
    call_command("migrate", interactive=False, verbosity=0)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        for table in tables():
            if table != TRAIL:  # empty, and its triggers refuse; rows that the migrations made are in the backup too
                cursor.execute(f"DELETE FROM {quoted(table)}")  # noqa: S608  (a name from the database itself)
        for table in tables():
            copy_in(table, folder / table)
        for statement in connection.ops.sequence_reset_sql(
            no_style(), list(apps.get_models(include_auto_created=True))
        ):
            cursor.execute(statement)


def copy_out(table: str, path: Path) -> None:
    words = f"COPY {quoted(table)} TO STDOUT (FORMAT BINARY)"
    with path.open("wb") as file, raw_cursor() as raw, raw.copy(words) as pieces:
        for piece in pieces:
            file.write(piece)


def copy_in(table: str, path: Path) -> None:
    words = f"COPY {quoted(table)} FROM STDIN (FORMAT BINARY)"
    with path.open("rb") as file, raw_cursor() as raw, raw.copy(words) as pieces:
        while piece := file.read(PIECE):
            pieces.write(piece)


def tables() -> list[str]:
    return sorted(set(connection.introspection.table_names()) - {APPLIED})


def quoted(table: str) -> str:
    return connection.ops.quote_name(table)


def raw_cursor() -> Any:
    """psycopg's own cursor on the same connection: Django's has no COPY."""
    return connection.connection.cursor()
