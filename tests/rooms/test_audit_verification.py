"""Verification: seven ways to change the trail, each tried by somebody who owns the database, each found."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.db import connection, transaction
from tests.rooms.audit_intruder import ATTACKS, LENGTH, NOON, cut, drop, edit, recompute, write

from consilia.audit import actions as audit
from consilia.audit import checkpoints, triggers, verification
from consilia.kernel.ids import new_id

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def home(tmp_path: Path, settings: Any) -> Path:
    """Checkpoints of its own for each test, beside a chain of twelve acts whose end has been signed."""
    settings.CONSILIA_HOME = tmp_path
    return tmp_path


@pytest.fixture
def case() -> UUID:
    case = new_id()
    write(case, LENGTH)
    audit.checkpoint(NOON)
    return case


@pytest.fixture
def intruder() -> Iterator[None]:
    with triggers.lifted(connection):
        yield
        # PostgreSQL takes no trigger while a deferred check waits
        connection.check_constraints()


def test_a_trail_nobody_touched_verifies(case: UUID) -> None:
    write(case, 3)
    report = audit.verify()
    assert report.ok
    assert (report.chains, report.events, report.checkpoints) == (1, LENGTH + 3, 1)


@pytest.mark.parametrize("attack", ATTACKS)
def test_whoever_owns_the_database_is_found(case: UUID, intruder: None, attack: Any) -> None:
    for seed in range(5):
        with transaction.atomic():
            attack(case, random.Random(seed))
            assert not audit.verify().ok, f"{attack.__name__} with seed {seed} was not found"
            transaction.set_rollback(True)
        assert audit.verify().ok


@pytest.mark.parametrize("attack", [cut, drop, recompute])
def test_only_the_checkpoints_outside_find_a_clean_rewrite(case: UUID, intruder: None, home: Path, attack: Any) -> None:
    """The mutant: without the signed files these three are not seen by anybody."""
    attack(case, random.Random(1))
    assert not audit.verify().ok
    for file in (home / "checkpoints").glob("*.jsonl"):
        file.unlink()
    assert audit.verify().ok


def test_without_comparing_hashes_an_edit_would_pass(
    case: UUID, intruder: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    edit(case, random.Random(1))
    monkeypatch.setattr(verification, "_digest", lambda event: event.hash)
    assert audit.verify().ok


def test_a_checkpoint_is_written_only_when_something_happened(case: UUID) -> None:
    assert audit.checkpoint(NOON) is None
    write(case, 1)
    written = audit.checkpoint(NOON + timedelta(days=40))
    assert written is not None
    assert (written.number, written.moved) == (2, 1)
    assert len(list(checkpoints.folder().glob("*.jsonl"))) == 2
    assert audit.verify().checkpoints == 2


def test_a_clock_that_goes_back_does_not_disorder_the_checkpoints(case: UUID) -> None:
    for days in (40, -40, 0):
        write(case, 1)
        audit.checkpoint(NOON + timedelta(days=days))
    assert audit.verify().checkpoints == 4
    assert audit.verify().ok


def test_a_rewrite_is_found_also_when_it_has_been_signed_over(case: UUID, intruder: None) -> None:
    for attack in (cut, recompute):
        with transaction.atomic():
            attack(case, random.Random(1))
            audit.checkpoint(NOON)
            assert not audit.verify().ok


def lines(home: Path) -> tuple[Path, list[bytes]]:
    (file,) = (home / "checkpoints").glob("*.jsonl")
    return file, file.read_bytes().splitlines(keepends=True)


def test_checkpoints_that_were_touched_are_found(case: UUID, home: Path) -> None:
    for _ in range(3):
        write(case, 1)
        audit.checkpoint(NOON)
    file, good = lines(home)
    changed = [
        good[1:],
        [good[0], *good[2:]],
        [good[1], good[0], *good[2:]],
        [good[0], *good],
        [good[0].replace(b'"number":1', b'"number":2'), *good[1:]],
        [good[0], b"{}\n", *good[1:]],
    ]
    for content in changed:
        file.write_bytes(b"".join(content))
        assert not audit.verify().ok
    file.write_bytes(b"".join(good))
    assert audit.verify().ok


def test_a_checkpoint_torn_by_a_power_cut_is_no_alarm_and_the_next_one_repairs_it(case: UUID, home: Path) -> None:
    file, good = lines(home)
    file.write_bytes(b"".join(good) + b'{"number":2,"at')
    assert audit.verify().ok
    write(case, 1)
    audit.checkpoint(NOON)
    assert len(lines(home)[1]) == 2
    assert audit.verify().ok


def test_a_lost_signing_key_is_not_replaced_in_silence(case: UUID, home: Path) -> None:
    (home / "keys" / "checkpoints.ed25519").unlink()
    write(case, 1)
    audit.checkpoint(NOON)
    assert not audit.verify().ok
