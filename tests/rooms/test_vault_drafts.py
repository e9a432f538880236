"""Drafts: what comes in one go counts once it is kept, several at a time, and leaves nothing when it is not."""

from __future__ import annotations

import gc
import hashlib
import os
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from consilia.kernel.ids import new_id
from consilia.vault import actions, disk, places, queries
from consilia.vault.actions import Draft
from consilia.vault.errors import Absent, Erased, VaultFull

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.fixture
def case() -> UUID:
    return new_id()


def drafts_of(case: UUID) -> list[str]:
    folder = places.staging(case)
    return sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []


def written(case: UUID, content: bytes) -> Draft:
    draft = Draft(case)
    for start in range(0, len(content), 100_000):
        draft.write(memoryview(content)[start : start + 100_000])
    return draft


@pytest.mark.parametrize("size", [0, 1, 65_536, 65_537, 5_000_000])
def test_what_was_written_is_read_back(case: UUID, size: int) -> None:
    content = os.urandom(size)
    (stored,) = actions.keep([written(case, content)])
    assert (stored.sha256, stored.size) == (hashlib.sha256(content).hexdigest(), size)
    with queries.open_object(case, stored.sha256) as opened:
        assert opened.whole() == content
    assert drafts_of(case) == []


def test_several_are_kept_with_one_wait_for_the_folder(case: UUID, monkeypatch: pytest.MonkeyPatch) -> None:
    waits: list[str] = []
    whole = disk.sync_folder
    drafts = [written(case, bytes([number])) for number in range(20)]
    actions.put(case, [b"the folder is there"])
    monkeypatch.setattr(disk, "sync_folder", lambda folder: (waits.append(folder.name), whole(folder)))
    assert len({one.sha256 for one in actions.keep(drafts)}) == 20
    assert waits == [str(case)]


def test_the_same_bytes_twice_are_one_object(case: UUID) -> None:
    drafts = [written(case, b"the same"), written(case, b"the same")]
    first, second = actions.keep(drafts)
    for draft in drafts:
        draft.forget()
    assert first == second
    assert drafts_of(case) == []
    with queries.open_object(case, first.sha256) as opened:
        assert opened.whole() == b"the same"


def test_nothing_is_there_before_it_is_kept_and_nothing_is_left_when_it_is_forgotten(case: UUID) -> None:
    with Draft(case) as draft:
        draft.write(b"half of it")
        stored = draft.finish()
        assert draft.finish() == stored
        with pytest.raises(Absent):
            queries.open_object(case, stored.sha256)
        assert len(drafts_of(case)) == 1
        assert b"half of it" not in draft.path.read_bytes()
    assert drafts_of(case) == []


def test_a_draft_of_a_killed_process_is_swept(case: UUID) -> None:
    draft = written(case, b"x" * 100)
    draft.finish()
    os.utime(draft.path, (0, 0))
    assert actions.sweep(older_than=timedelta(days=7), at=NOON) >= 1
    assert drafts_of(case) == []


def test_a_draft_that_nobody_holds_gives_its_descriptor_back(case: UUID) -> None:
    before = len(os.listdir("/proc/self/fd"))
    for _time in range(20):
        Draft(case).write(b"x")
    gc.collect()
    assert len(os.listdir("/proc/self/fd")) <= before + 1


def test_a_full_disk_has_a_name_and_an_erased_case_takes_no_draft(case: UUID, monkeypatch: pytest.MonkeyPatch) -> None:
    draft = written(case, b"x")

    def full(*_words: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "pwritev", full)
    with pytest.raises(VaultFull):
        draft.finish()
    monkeypatch.undo()
    draft.forget()
    actions.erase_case(case, at=NOON)
    with pytest.raises(Erased):
        Draft(case)


def test_a_case_that_is_erased_while_it_is_written_keeps_nothing(case: UUID) -> None:
    draft = written(case, b"x")
    actions.erase_case(case, at=NOON)
    with pytest.raises((Erased, FileNotFoundError)):
        actions.keep([draft])
    draft.forget()
    assert not list((places.objects() / str(case)).glob("*"))
