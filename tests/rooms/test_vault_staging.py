"""Uploads that grow by pieces: nothing acknowledged is forgotten, nothing unacknowledged is claimed."""

from __future__ import annotations

import hashlib
import os
import random
import resource
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from consilia.kernel.ids import new_id
from consilia.vault import actions, places, queries, staging
from consilia.vault.errors import Absent, VaultBusy, VaultFull, WrongOffset
from consilia.vault.staging import StagedId

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
STEP = 64 * 1024


@pytest.fixture
def staged() -> StagedId:
    return actions.stage(new_id(), at=NOON)


def content(case: UUID, sha256: str) -> bytes:
    with queries.open_object(case, sha256) as stored:
        return stored.whole()


def test_pieces_of_any_size_become_the_file_that_was_sent(staged: StagedId) -> None:
    given, chance, durable = os.urandom(6 * STEP + 11), random.Random(3), 0
    while durable < len(given):
        size = chance.choice([1, 100, STEP - 1, STEP, STEP + 1, 2 * STEP])
        durable = actions.append(staged, durable, [given[durable : durable + size]], at=NOON)
        assert queries.offset(staged) == durable
    stored = actions.close(staged, at=NOON)
    assert stored.sha256 == hashlib.sha256(given).hexdigest()
    assert content(staged.case_id, stored.sha256) == given


def test_a_process_that_did_not_see_the_beginning_still_knows_the_hash(staged: StagedId) -> None:
    given = os.urandom(3 * STEP)
    actions.append(staged, 0, [given[:100_000]], at=NOON)
    staging._running.__init__()  # type: ignore[misc]  # as after a restart: nothing in memory
    actions.append(staged, 100_000, [given[100_000:]], at=NOON)
    assert actions.close(staged, at=NOON).sha256 == hashlib.sha256(given).hexdigest()


def test_an_empty_file_is_a_file(staged: StagedId) -> None:
    stored = actions.close(staged, at=NOON)
    assert (stored.sha256, stored.size) == (hashlib.sha256().hexdigest(), 0)
    assert content(staged.case_id, stored.sha256) == b""


def test_a_piece_at_a_wrong_place_is_refused_and_says_where_to_continue(staged: StagedId) -> None:
    actions.append(staged, 0, [b"12345"], at=NOON)
    for offset in (0, 4, 6):
        with pytest.raises(WrongOffset) as refusal:
            actions.append(staged, offset, [b"x"], at=NOON)
        assert refusal.value.durable == 5


def test_what_arrived_before_the_line_broke_is_kept(staged: StagedId) -> None:
    def breaking() -> Iterator[bytes]:
        yield b"a" * 100_000
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        actions.append(staged, 0, breaking(), at=NOON)
    assert queries.offset(staged) == 100_000
    actions.append(staged, 100_000, [b"b"], at=NOON)
    stored = actions.close(staged, at=NOON)
    assert stored.sha256 == hashlib.sha256(b"a" * 100_000 + b"b").hexdigest()


def test_closing_twice_gives_the_same_answer_until_the_upload_is_discarded(staged: StagedId) -> None:
    actions.append(staged, 0, [b"words"], at=NOON)
    stored = actions.close(staged, at=NOON)
    assert actions.close(staged, at=NOON) == stored
    assert queries.offset(staged) == 5
    with pytest.raises(WrongOffset):
        actions.append(staged, 5, [b"more"], at=NOON)
    actions.discard(staged)
    actions.discard(staged)
    with pytest.raises(Absent):
        queries.offset(staged)
    assert content(staged.case_id, stored.sha256) == b"words"


def test_two_writers_of_one_upload_do_not_mix(staged: StagedId) -> None:
    with staging.Staging(staged), pytest.raises(VaultBusy):
        actions.append(staged, 0, [b"x"], at=NOON)
    assert actions.append(staged, 0, [b"x"], at=NOON) == 1


def test_nothing_lies_on_disk_in_plain_words(staged: StagedId) -> None:
    actions.append(staged, 0, [b"CANARY" * 20_000], at=NOON)
    actions.append(staged, 120_000, [b"CANARY"], at=NOON)
    files = [path for path in staging.folder(staged).rglob("*") if path.is_file()]
    assert len(files) == 2
    assert not any(b"CANARY" in path.read_bytes() for path in files)


def test_the_name_of_an_upload_survives_a_row_of_text(staged: StagedId) -> None:
    assert StagedId.parse(str(staged)) == staged
    for words in ("", "x", "../..", f"{staged.case_id}"):
        with pytest.raises(Absent):
            StagedId.parse(words)


def test_uploads_nobody_continues_are_swept_and_the_others_stay(staged: StagedId) -> None:
    alive = actions.stage(staged.case_id, at=NOON)
    actions.append(alive, 0, [b"x"], at=NOON + timedelta(days=6))
    actions.sweep(older_than=timedelta(days=7), at=NOON + timedelta(days=7, seconds=1))
    assert queries.offset(alive) == 1
    with pytest.raises(Absent):
        queries.offset(staged)


def with_a_disk_of(limit: int, work: str, staged: StagedId, given: bytes) -> str:
    """Runs in a child whose files cannot grow beyond `limit` bytes; returns what became of it."""
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
        try:
            if work == "append":
                actions.append(staged, queries.offset(staged), [given], at=NOON)
            else:
                actions.put(staged.case_id, [given])
            word = b"done"
        except BaseException as error:
            word = type(error).__name__.encode()
        os.write(writing, word)
        os._exit(0)
    os.close(writing)
    os.waitpid(child, 0)
    with os.fdopen(reading) as answer:
        return answer.read()


@pytest.mark.parametrize("room", [1, 100, STEP, STEP + 50, 2 * STEP, 3 * STEP])
def test_a_full_disk_is_said_and_what_was_acknowledged_stays(staged: StagedId, room: int) -> None:
    given = os.urandom(8 * STEP)
    durable = actions.append(staged, 0, [given[: 4 * STEP + 9]], at=NOON)
    limit = (staging.folder(staged) / "body").stat().st_size + room
    assert with_a_disk_of(limit, "append", staged, given[durable:]) == VaultFull.__name__
    assert queries.offset(staged) >= durable
    durable = queries.offset(staged)
    actions.append(staged, durable, [given[durable:]], at=NOON)
    assert content(staged.case_id, actions.close(staged, at=NOON).sha256) == given


def test_a_full_disk_leaves_no_half_object(staged: StagedId) -> None:
    assert with_a_disk_of(100_000, "put", staged, os.urandom(500_000)) == VaultFull.__name__
    assert not (places.objects() / str(staged.case_id)).exists()
    assert not list((places.staging() / str(staged.case_id)).glob("*.put"))
