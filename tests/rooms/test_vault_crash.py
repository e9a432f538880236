"""Crashes: wherever an upload or an erasure is cut off, what was acknowledged is there and nothing is torn."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from tests.rooms import vault_crash

from consilia.config import environment
from consilia.kernel.ids import new_id
from consilia.vault import actions, disk, keys, places, queries, staging
from consilia.vault.errors import Absent
from consilia.vault.staging import StagedId

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
STEP = 64 * 1024
GIVEN = bytes(range(251)) * 1400  # five segments and a bit
PIECES = (10, STEP - 10, STEP, 1, 5, STEP + 5, 30_000, 20, 7, 3 * STEP)


@pytest.fixture(autouse=True)
def home(tmp_path: Path, settings: Any) -> Path:
    """A small data folder of its own: the worst case rewrites it as a whole."""
    settings.CONSILIA_HOME = tmp_path / "home"
    settings.CONSILIA_KEYS = settings.CONSILIA_HOME / "keys"
    settings.CONSILIA_MASTER_KEY_FILE = settings.CONSILIA_KEYS / "master.key"
    environment.made_once(settings.CONSILIA_MASTER_KEY_FILE, environment.new_master_key)
    keys.masters()  # in memory, as in a running service
    return tmp_path / "home"


def upload(case: UUID) -> Callable[[Callable[[str], None]], None]:
    def work(acknowledge: Callable[[str], None]) -> None:
        staged = actions.stage(case, at=NOON)
        acknowledge(f"staged {staged}")
        durable = 0
        for size in PIECES:
            durable = actions.append(staged, durable, [GIVEN[durable : durable + size]], at=NOON)
            acknowledge(f"durable {durable}")
        stored = actions.close(staged, at=NOON)
        acknowledge(f"stored {stored.sha256}")

    return work


def assert_nothing_lost(case: UUID, acknowledged: list[str]) -> None:
    """What was acknowledged is readable, and the upload can be brought to its end from there."""
    told = [words.partition(" ")[::2] for words in acknowledged]
    if not told:
        actions.sweep(older_than=timedelta(0), at=datetime.now(UTC) + timedelta(days=1))
        return
    staged = StagedId.parse(told[0][1])
    promised = max((int(value) for word, value in told if word == "durable"), default=0)
    durable = queries.offset(staged)
    assert durable >= promised, f"{promised} acknowledged, {durable} there"
    if durable < len(GIVEN) and not any(word == "stored" for word, _ in told):
        staging._running.__init__()  # type: ignore[misc]
        actions.append(staged, durable, [GIVEN[durable:]], at=NOON)
    stored = actions.close(staged, at=NOON)
    assert stored.sha256 == hashlib.sha256(GIVEN).hexdigest()
    with queries.open_object(case, stored.sha256) as opened:
        assert opened.whole() == GIVEN
    assert queries.scrub() == ()


def crash_points(power: bool, every: int = 1) -> Iterator[tuple[UUID, list[str]]]:
    stop_at, finished = 1, False
    while not finished:
        case = new_id()
        acknowledged, finished = vault_crash.run(upload(case), stop_at, power=power)
        yield case, acknowledged
        stop_at += every


@pytest.mark.parametrize("power", [False, True], ids=["killed", "without power"])
def test_an_upload_cut_off_at_any_point_loses_no_acknowledged_byte(power: bool) -> None:
    assert len([assert_nothing_lost(*crash) for crash in crash_points(power)]) >= 50


def test_syncing_is_what_keeps_the_promise(monkeypatch: pytest.MonkeyPatch) -> None:
    """The mutant: acknowledged before the body is synced, some power cut loses bytes."""

    def hasty(self: staging.Staging, count: int, tail: bytes, at: datetime) -> None:
        self._write_slot(staging.replace(self.state, segments=count, tail=tail, at=at))

    monkeypatch.setattr(staging.Staging, "_acknowledge", hasty)
    with pytest.raises((AssertionError, staging.Damaged)):
        test_an_upload_cut_off_at_any_point_loses_no_acknowledged_byte(power=True)


def store_two(case: UUID) -> Callable[[Callable[[str], None]], None]:
    def work(acknowledge: Callable[[str], None]) -> None:
        for given in (b"first letter" * 9000, b"second"):
            acknowledge(actions.put(case, [given]).sha256)

    return work


@pytest.mark.parametrize("power", [False, True], ids=["killed", "without power"])
def test_an_object_is_there_as_a_whole_or_not_at_all(power: bool) -> None:
    stop_at, finished = 1, False
    while not finished:
        case = new_id()
        acknowledged, finished = vault_crash.run(store_two(case), stop_at, power=power)
        assert all(queries.exists(case, sha256) for sha256 in acknowledged)
        assert queries.scrub() == ()
        stop_at += 1
    assert stop_at > 15


def erasing(case: UUID) -> Callable[[Callable[[str], None]], None]:
    return lambda acknowledge: actions.erase_case(case, at=NOON)


@pytest.mark.parametrize("power", [False, True], ids=["killed", "without power"])
def test_an_erasure_cut_off_at_any_point_is_completed_and_brings_nothing_back(power: bool) -> None:
    stop_at, finished = 1, False
    while not finished:
        case = new_id()
        sha256 = actions.put(case, [b"canary"]).sha256
        _, finished = vault_crash.run(erasing(case), stop_at, power=power)
        if (places.tombstones() / str(case)).exists():
            actions.sweep(older_than=timedelta(days=1), at=datetime.now(UTC))
            with pytest.raises(Absent):
                queries.open_object(case, sha256)
            assert not [path for path in places.home().rglob(f"*{case}*") if path.parent != places.tombstones()]
        else:
            assert not finished
            with queries.open_object(case, sha256) as stored:
                assert stored.whole() == b"canary"
        stop_at += 1
    assert stop_at > 8


def test_two_who_remove_the_same_folder_at_once_both_come_to_the_end(tmp_path):
    for turn in range(20):
        folder = tmp_path / str(turn)
        for name in range(120):
            (folder / f"part-{name % 6}").mkdir(parents=True, exist_ok=True)
            (folder / f"part-{name % 6}" / str(name)).write_bytes(b"x")
        with ThreadPoolExecutor(4) as people:
            list(people.map(lambda _: disk.remove_tree(folder, sync=False), range(4)))  # noqa: B023 - ends in this turn
        assert not folder.exists()
