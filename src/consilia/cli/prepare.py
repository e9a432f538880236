"""Brings the database up to date and, in demo mode, fills the demo cast; prints what a person should read as JSON.

Runs in a process of its own, so that the supervisor stays small and holds neither tables nor keys of cases.
"""

from __future__ import annotations

import importlib
import importlib.util
import json
import os
import sys
from collections.abc import Callable, Iterable

import django
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

DEMO = "consilia.cli.demo"  # `prepare()` fills the cast and returns pairs of name and sign-in link


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "consilia.config.settings")
    django.setup()
    migrated = migrate()
    json.dump({"migrated": migrated, "links": sign_in_links()}, sys.stdout)


def migrate() -> int:
    """Number of migrations that were due; looking costs a tenth of what the migrate command does."""
    executor = MigrationExecutor(connection)
    due = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if due:
        call_command("migrate", interactive=False, verbosity=0)
    return len(due)


def sign_in_links() -> list[tuple[str, str]]:
    """Name and link of every demo person; none outside the demo."""
    if not settings.CONSILIA_DEMO or not importlib.util.find_spec(DEMO):
        return []
    fill: Callable[[], Iterable[tuple[str, str]]] | None = getattr(importlib.import_module(DEMO), "prepare", None)
    return [(str(name), str(link)) for name, link in fill()] if fill else []


if __name__ == "__main__":
    main()
