"""Emptying all tables: only a test database may be emptied; no command throws away a trail that has begun."""

from __future__ import annotations

from typing import Any

from django.core.management import CommandError
from django.core.management.commands import flush
from django.db import connections

from consilia.audit import triggers


class Command(flush.Command):
    """Django's own flush, with the triggers lifted on a test database and refused on any other."""

    def handle(self, **options: Any) -> None:
        connection = connections[options["database"]]
        if not _is_for_tests(str(connection.settings_dict["NAME"])):
            raise CommandError("This database holds an audit trail; it is not emptied. Make a new data folder instead.")
        with triggers.lifted(connection):
            super().handle(**options)


def _is_for_tests(name: str) -> bool:
    # Names that Django gives to test databases: in memory on SQLite, with this prefix elsewhere.
    return "mode=memory" in name or name.rpartition("/")[2].startswith("test_")
