"""Triggers that refuse to change or remove events, for SQLite and PostgreSQL.

They stop mistakes and curious insiders with a database prompt; whoever may drop them is found by the chain and by the
signed checkpoints. There is no way around them in the product: erasing a case leaves its events, which name nobody.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from django.db.backends.base.base import BaseDatabaseWrapper

_WORDS: Final = "events of the audit trail are only ever added"


def _refusing(name: str, event: str, condition: str = "") -> str:
    """SQLite's form of a trigger that refuses; the condition says when (always, if empty)."""
    return f"CREATE TRIGGER {name} BEFORE {event} ON audit_event {condition} BEGIN SELECT RAISE(ABORT, '{_WORDS}'); END"


_MAKE: Final = {
    "sqlite": (
        _refusing("audit_event_no_update", "UPDATE"),
        _refusing("audit_event_no_delete", "DELETE"),
        # SQLite's REPLACE removes the older row without asking the trigger for removals.
        _refusing(
            "audit_event_no_replace",
            "INSERT",
            "WHEN EXISTS (SELECT 1 FROM audit_event "
            "WHERE id = NEW.id OR (chain = NEW.chain AND sequence = NEW.sequence))",
        ),
    ),
    "postgresql": (
        "CREATE OR REPLACE FUNCTION audit_event_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{_WORDS}' USING ERRCODE = 'integrity_constraint_violation'; END $$",
        "CREATE TRIGGER audit_event_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_event "
        "FOR EACH STATEMENT EXECUTE FUNCTION audit_event_refuse()",
    ),
}
_DROP: Final = {
    "sqlite": (
        "DROP TRIGGER IF EXISTS audit_event_no_update",
        "DROP TRIGGER IF EXISTS audit_event_no_delete",
        "DROP TRIGGER IF EXISTS audit_event_no_replace",
    ),
    "postgresql": (
        "DROP TRIGGER IF EXISTS audit_event_no_change ON audit_event",
        "DROP FUNCTION IF EXISTS audit_event_refuse()",
    ),
}


def make(connection: BaseDatabaseWrapper) -> None:
    _run(connection, _MAKE[connection.vendor])


def drop(connection: BaseDatabaseWrapper) -> None:
    _run(connection, _DROP[connection.vendor])


@contextmanager
def lifted(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """Without triggers for a moment: for emptying a test database, and for proofs that play the intruder."""
    drop(connection)
    try:
        yield
    finally:
        make(connection)


def _run(connection: BaseDatabaseWrapper, statements: tuple[str, ...]) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
