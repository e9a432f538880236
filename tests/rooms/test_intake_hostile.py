"""Hostile files through the real upload: each ends in a standing, is kept as it came, and costs only itself."""

from __future__ import annotations

import hashlib
import os
from collections import defaultdict
from pathlib import Path

import pytest
from tests import cast, make
from tests.make import NOON

from consilia.formats.verdicts import Reason
from consilia.intake import actions, words
from consilia.intake.models import Upload, UploadState
from consilia.jobs import runner
from consilia.records.models import Original, Standing
from consilia.vault import queries as vault

pytestmark = pytest.mark.django_db
A_FOLDER = 1  # file of each folder; all of them run in the proof
SLOW = {"bomb_nested.zip"}  # opens 4,369 entries, each of them synced: in the proof


def sample(folder: Path) -> list[Path]:
    """The first files of each folder, and the real bombs."""
    found: defaultdict[Path, list[Path]] = defaultdict(list)
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            found[path.parent].append(path)
    chosen = [path for paths in found.values() for path in paths[:A_FOLDER]]
    bombs = (path for path in folder.rglob("*bomb*") if path.name not in SLOW)
    return sorted({*chosen, *bombs})


@pytest.fixture
def no_waiting_for_the_disk(monkeypatch):
    """This is about reading; power cuts have tests of their own, and a busy disk would take minutes here."""
    for name in ("fsync", "fdatasync"):
        monkeypatch.setattr(os, name, lambda descriptor: None)


@pytest.mark.usefixtures("no_waiting_for_the_disk")
def test_hostile_files_cost_only_themselves(test_data):
    case = make.case_collecting()
    ana = make.reader(cast.ANA, case)
    sent = {}
    for path in sample(test_data / "badinput"):
        if path.is_file():
            content = path.read_bytes()
            name = str(path.relative_to(test_data / "badinput"))
            upload = actions.put_whole(ana, path=name, chunks=[content], size=len(content), key=name, at=NOON)
            sent[upload.pk] = hashlib.sha256(content).hexdigest()
    runner.drain(NOON)  # an error of any job rises here

    assert set(Upload.objects.values_list("state", flat=True)) == {UploadState.SORTED}
    known = {reason.value for reason in Reason} | set(words.OURS) | {""}
    for original in Original.objects.filter(case_id=case.pk):
        assert original.standing in Standing.values
        assert original.reason in known, original.path
        assert original.standing in {Standing.TAKEN, Standing.HELD} or words.reason(original.reason), original.path
    for upload in Upload.objects.all():
        assert upload.sha256 == sent[upload.pk]
        own = Original.objects.get(upload_id=upload.pk, path=upload.path)
        with vault.open_object(case.pk, own.sha256) as stored:
            assert hashlib.sha256(stored.whole()).hexdigest() == sent[upload.pk]
