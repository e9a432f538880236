"""Objects, keys and erasure: the bytes given are the bytes read, and an erased case is gone for everybody at once."""

from __future__ import annotations

import hashlib
import os
import random
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from django.conf import settings

from consilia.kernel.ids import new_id
from consilia.vault import actions, keys, places, queries, staging
from consilia.vault.errors import Absent, Damaged, Erased

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
STEP = 64 * 1024


@pytest.fixture
def case() -> UUID:
    return new_id()


def stored_file(case: UUID, sha256: str) -> Path:
    return places.objects() / str(case) / sha256


def flip(path: Path, place: int, bit: int = 0) -> None:
    content = bytearray(path.read_bytes())
    content[place] ^= 1 << bit
    path.write_bytes(content)


def served(case: UUID, sha256: str) -> bytes | None:
    try:
        with queries.open_object(case, sha256) as stored:
            return stored.whole()
    except Damaged:
        return None


@pytest.mark.parametrize("size", [0, 1, STEP, STEP + 1, 3 * STEP])
def test_what_ana_gives_is_what_comes_back(case: UUID, size: int) -> None:
    given = os.urandom(size)
    stored = actions.put(case, [given[:10], given[10:]])
    assert (stored.sha256, stored.size) == (hashlib.sha256(given).hexdigest(), size)
    with queries.open_object(case, stored.sha256) as opened:
        assert opened.size == size
        assert opened.whole() == given
        assert opened.read(7, 100) == given[7:107]


def test_the_same_bytes_twice_are_one_object_and_another_case_shares_nothing(case: UUID) -> None:
    other, given = new_id(), b"the same CD" * 1000
    first, again, elsewhere = actions.put(case, [given]), actions.put(case, [given]), actions.put(other, [given])
    assert first == again == elsewhere
    assert [path.name for path in (places.objects() / str(case)).iterdir()] == [first.sha256]
    mine, theirs = stored_file(case, first.sha256), stored_file(other, first.sha256)
    assert mine.stat().st_ino != theirs.stat().st_ino
    assert mine.read_bytes() != theirs.read_bytes()


def test_bringing_the_file_again_heals_a_damaged_object(case: UUID) -> None:
    stored = actions.put(case, [b"scan"])
    flip(stored_file(case, stored.sha256), 60)
    actions.put(case, [b"scan"])
    assert served(case, stored.sha256) == b"scan"


def objects_with_one_flipped_bit(case: UUID, count: int) -> dict[str, bytes]:
    chance, given = random.Random(7), {}
    for _ in range(count):
        plain = os.urandom(chance.randrange(1, 3000))
        stored = actions.put(case, [plain])
        given[stored.sha256] = plain
        path = stored_file(case, stored.sha256)
        flip(path, chance.randrange(path.stat().st_size), chance.randrange(8))
    return given


def test_one_flipped_bit_in_each_object_is_found_in_each_and_none_is_served(case: UUID) -> None:
    given = objects_with_one_flipped_bit(case, 60)
    found = {finding.key for finding in queries.scrub() if finding.key.startswith(str(case))}
    assert found == {f"{case}/{sha256}" for sha256 in given}
    assert [served(case, sha256) for sha256 in given] == [None] * len(given)
    actions.erase_case(case, at=NOON)


def test_the_nightly_look_compares_the_hash_and_not_only_the_tags(case: UUID, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody who holds the key writes other bytes under the old name, correctly sealed."""
    stored, forged = actions.put(case, [b"malignant"]), b"harmless!"
    with actions.Draft(case) as draft:
        draft.write(forged)
        draft.finish()
        raw = draft.path.read_bytes()
    header = staging.segments.Header.unpacked(raw[:32])
    cipher = staging.segments.Cipher(keys.data_key(case), case, header)
    seal = cipher.seal_end(bytes.fromhex(stored.sha256), len(forged))
    stored_file(case, stored.sha256).write_bytes(raw[: -staging.segments.SEAL_SIZE] + seal)
    assert [finding.key for finding in queries.scrub()] == [f"{case}/{stored.sha256}"]
    assert served(case, stored.sha256) is None
    # the mutant: a look that does not compare finds nothing
    monkeypatch.setattr(queries.StoredBytes, "chunks", lambda self: self._reader.chunks())
    assert queries.scrub() == ()
    monkeypatch.undo()
    actions.erase_case(case, at=NOON)


def test_a_name_that_is_no_hash_reaches_no_file(case: UUID) -> None:
    actions.put(case, [b"x"])
    for name in ("", "..", "../../keys/master.key", "A" * 64, "0" * 63, "0" * 64):
        with pytest.raises(Absent):
            queries.open_object(case, name)
        assert not queries.exists(case, name)


def test_a_child_gets_a_descriptor_it_cannot_write_to(case: UUID, monkeypatch: pytest.MonkeyPatch) -> None:
    given = os.urandom(3 * STEP)
    stored = actions.put(case, [given])
    for limit in (queries.IN_MEMORY_BELOW, 10):
        monkeypatch.setattr(queries, "IN_MEMORY_BELOW", limit)
        descriptor = queries.to_descriptor(case, stored.sha256)
        try:
            assert os.pread(descriptor, len(given) + 1, 0) == given
            assert os.lseek(descriptor, 0, os.SEEK_CUR) == 0
            with pytest.raises(OSError, match="Bad file descriptor"):
                os.write(descriptor, b"x")
        finally:
            os.close(descriptor)
    assert list(places.temporary().iterdir()) == []


def test_a_derived_page_image_is_encrypted_and_disposable(case: UUID) -> None:
    actions.put_derived(case, "page-1", b"image of Ana's letter")
    (file,) = (places.derived() / str(case)).iterdir()
    assert b"Ana" not in file.read_bytes()
    assert queries.get_derived(case, "page-1") == b"image of Ana's letter"
    assert queries.get_derived(case, "page-2") is None
    file.rename(file.with_name(actions.derived_name("page-2").hex()))
    assert queries.get_derived(case, "page-2") is None, "a page image under another name is not served"


def test_an_erased_case_is_gone_and_stays_gone(case: UUID) -> None:
    stored = actions.put(case, [b"canary"])
    actions.put_derived(case, "page-1", b"canary")
    staged = actions.stage(case, at=NOON)
    actions.append(staged, 0, [b"canary"], at=NOON)
    actions.erase_case(case, at=NOON)
    actions.erase_case(case, at=NOON)
    traces = [path for path in places.home().rglob("*") if str(case) in str(path)]
    assert traces == [places.tombstones() / str(case)]
    tries: list[Callable[[], object]] = [
        lambda: queries.open_object(case, stored.sha256),
        lambda: queries.get_derived(case, "page-1"),
        lambda: queries.offset(staged),
        lambda: actions.put(case, [b"again"]),
        lambda: actions.put_derived(case, "page-1", b"again"),
        lambda: actions.stage(case, at=NOON),
    ]
    for attempt in tries:
        with pytest.raises(Erased):
            attempt()


def test_an_object_that_was_open_elsewhere_is_gone_for_a_process_that_had_the_key(case: UUID) -> None:
    stored = actions.put(case, [b"words"])
    assert served(case, stored.sha256) == b"words"
    program = (
        "import sys; from datetime import datetime, UTC; from uuid import UUID; from django.conf import settings;"
        "names = 'CONSILIA_HOME', 'CONSILIA_KEYS', 'CONSILIA_MASTER_KEY_FILE';"
        "settings.configure(**dict(zip(names, sys.argv[1:4])));"
        "from consilia.vault import actions; actions.erase_case(UUID(sys.argv[4]), at=datetime.now(UTC))"
    )
    words = [settings.CONSILIA_HOME, settings.CONSILIA_KEYS, settings.CONSILIA_MASTER_KEY_FILE, case]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    subprocess.run([sys.executable, "-c", program, *map(str, words)], check=True, env=environment)
    with pytest.raises(Erased):
        queries.open_object(case, stored.sha256)


def test_an_erasure_that_was_killed_half_way_is_completed_by_the_sweep(case: UUID) -> None:
    actions.put(case, [b"canary"])
    (places.tombstones()).mkdir(parents=True, exist_ok=True)
    (places.tombstones() / str(case)).write_text("{}")
    (places.keys() / f".{case}.key.0.draft").write_bytes((places.keys() / f"{case}.key").read_bytes())
    actions.sweep(older_than=timedelta(days=7), at=NOON)
    assert [path.name for path in places.home().rglob("*") if str(case) in path.name] == [str(case)]


def test_the_master_key_changes_while_people_read(case: UUID) -> None:
    stored, before = actions.put(case, [b"words"]), keys.masters()
    wrapped = (places.keys() / f"{case}.key").read_bytes()
    assert keys.rotate() >= 1
    assert keys.masters() != before
    assert len(keys.masters()) == 1
    assert (places.keys() / f"{case}.key").read_bytes() != wrapped
    assert served(case, stored.sha256) == b"words"


def test_keys_made_while_the_master_key_changes_can_all_be_opened() -> None:
    cases, failures = [new_id() for _ in range(40)], []

    def make(some: list[UUID]) -> None:
        try:
            for one in some:
                keys.make_or_get(one)
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=make, args=(cases[part::4],)) for part in range(4)]
    for thread in threads:
        thread.start()
    for _ in range(5):
        keys.rotate()
    for thread in threads:
        thread.join()
    keys.rotate()
    assert failures == []
    assert len({keys.data_key(one) for one in cases}) == len(cases)


def test_an_object_that_arrives_while_its_case_is_erased_leaves_nothing(case: UUID) -> None:
    def erased_in_the_middle() -> Iterator[bytes]:
        yield b"canary"
        actions.erase_case(case, at=NOON)
        yield b"canary"

    with pytest.raises(Erased):
        actions.put(case, erased_in_the_middle())
    assert not list(places.home().glob(f"*/*{case}*/*"))
    assert not (places.objects() / str(case)).exists()


def test_a_wrapped_key_does_not_open_under_another_case(case: UUID) -> None:
    other = new_id()
    actions.put(case, [b"words"])
    (places.keys() / f"{other}.key").write_bytes((places.keys() / f"{case}.key").read_bytes())
    with pytest.raises(Damaged):
        keys.data_key(other)
    keys.destroy(other)


def test_key_files_are_readable_by_the_service_alone(case: UUID) -> None:
    actions.put(case, [b"words"])
    assert (places.keys() / f"{case}.key").stat().st_mode & 0o077 == 0
    assert places.master_key().stat().st_mode & 0o077 == 0
