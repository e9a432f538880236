"""Erased rows: they are gone from the files of the database, not only from its answers."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection

from consilia.vault import database
from consilia.vault.errors import VaultError

ERASE = """
import os, sys
os.environ["CONSILIA_HOME"] = sys.argv[1]
os.environ.pop("CONSILIA_DATABASE_URL", None)
import django; django.setup()
from django.db import connection
from consilia.vault import database
with connection.cursor() as cursor:
    cursor.execute("CREATE TABLE letter (words TEXT)")
    cursor.executemany("INSERT INTO letter VALUES (%s)", [("CANARY" * 50,)] * 2000)
    cursor.execute("DELETE FROM letter")
print(database.scrub_free_pages(["letter"]))
"""


def test_no_word_of_an_erased_row_is_left_in_the_files_of_sqlite(tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    subprocess.run([sys.executable, "-c", ERASE, str(tmp_path)], env=environment, check=True, capture_output=True)
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert tmp_path / "consilia.sqlite3" in files
    assert [path.name for path in files if b"CANARY" in path.read_bytes()] == []


@pytest.mark.django_db(transaction=True)
def test_what_postgresql_cannot_promise_is_said() -> None:
    said = database.scrub_free_pages(["audit_head"])
    assert ("write-ahead log until" in said) == (connection.vendor == "postgresql")


@pytest.mark.django_db
def test_erased_rows_cannot_be_scrubbed_before_they_are_committed() -> None:
    with pytest.raises(VaultError):
        database.scrub_free_pages(["audit_head"])
