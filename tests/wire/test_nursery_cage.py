"""The nursery for real: what a hostile file can do in its child, and what happens to the files beside it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from tests import samples_formats as samples

from consilia.formats import cage, deeds, sniff
from consilia.formats.client import NamedFile, Nursery
from consilia.formats.keeper import PACKAGE_ROOT, Keeper
from consilia.formats.limits import Budget
from consilia.formats.verdicts import Reason, Unreadable, Verdict

DATA = os.environ.get("CONSILIA_TEST_DATA")


@pytest.fixture(scope="module")
def nursery() -> Iterator[Nursery]:
    with Nursery() as started:
        yield started


@contextmanager
def opened(*contents: bytes) -> Iterator[list[NamedFile]]:
    files = []
    for number, data in enumerate(contents):
        descriptor = os.memfd_create("sample")
        os.write(descriptor, data)
        files.append(NamedFile(f"{number}", descriptor))
    try:
        yield files
    finally:
        for file in files:
            os.close(file.descriptor)


@pytest.mark.parametrize("deed", ["open", "write", "connect", "execute", "fork", "kill"])
def test_a_child_can_open_no_file_reach_no_network_start_no_program(nursery, deed):
    assert nursery.attempt(deed) == deeds.REFUSED


def test_the_deeds_would_succeed_outside():
    """The positive control: without the cage the same words come back as done."""
    assert [deeds.attempt(deed) for deed in ("open", "write", "connect", "kill")] == [deeds.DONE] * 4


def test_what_protects_a_child_is_reported_as_a_child_found_it(nursery):
    found = nursery.status()
    assert found.seccomp
    assert found.landlock == (cage.landlock_version() > 0)


def test_a_child_that_wants_ten_gigabytes_is_stopped(nursery):
    assert nursery.attempt("memory") == "memory"


def test_a_child_that_never_ends_is_stopped_by_its_cpu_time_and_by_the_clock(nursery):
    assert nursery.attempt("time", cpu=1, seconds=20) == "time"
    assert nursery.attempt("time", cpu=20, seconds=1) == "time"


def test_a_child_that_crashes_does_not_take_the_nursery_along(nursery):
    assert nursery.attempt("crash") == "died"
    assert nursery.attempt("open") == deeds.REFUSED


def test_a_file_that_kills_its_child_costs_only_itself(nursery):
    """The nursery is told to crash at one path; the neighbours of the batch are read all the same."""
    with opened(samples.pdf(), b"boom", samples.dicom()) as files:
        files[1] = NamedFile(deeds.CRASHING_PATH, files[1].descriptor)
        readings = nursery.read(files)
    assert [reading.verdict for reading in readings] == [Verdict.READ, Verdict.LIMIT, Verdict.READ]
    assert readings[1].reason is Reason.CHILD_DIED


def test_a_batch_is_read_in_order_and_an_empty_file_is_one_of_them(nursery):
    with opened(samples.pdf(), b"", samples.fhir(), samples.word(), samples.picture("TIFF")) as files:
        verdicts = [reading.verdict for reading in nursery.read(files)]
    assert verdicts == [Verdict.READ, Verdict.EMPTY, Verdict.READ, Verdict.READ, Verdict.READ]


def test_hundreds_of_files_with_long_foreign_names_are_read_in_several_batches(nursery):
    with opened(b"words of a patient") as (one,):
        files = [NamedFile("записи/" * 60 + f"{number}.txt", one.descriptor) for number in range(300)]
        readings = nursery.read(files)
    assert [reading.verdict for reading in readings] == [Verdict.READ] * 300


def test_pages_and_frames_come_back_as_pictures(nursery):
    with opened(samples.pdf(), samples.dicom()) as (paper, image):
        assert nursery.render_page(paper.descriptor, sniff.PDF, 1).startswith(b"\x89PNG")
        assert nursery.render_frame(image.descriptor, 1).startswith(b"\x89PNG")
        assert len(nursery.raw_frame(image.descriptor, 1).data) == 128
        with pytest.raises(Unreadable) as refusal:
            nursery.render_page(paper.descriptor, sniff.PDF, 7)
    assert refusal.value.reason is Reason.NO_SUCH_PAGE


def test_a_zip_in_a_zip_is_taken_apart_into_names_of_our_own(nursery, tmp_path):
    inner = samples.zipped({"scan.pdf": samples.pdf(), "../evil": b"x"})
    outer = samples.zipped({"records/cd.zip": inner, "letter.docx": samples.word(), "note.txt": b"words"})
    budget = Budget()
    folder = os.open(tmp_path, os.O_RDONLY)
    with opened(outer) as (upload,):
        members = nursery.unpack(upload.descriptor, folder, budget)
    os.close(folder)
    verdicts = {member.path: member.verdict for member in members}
    assert verdicts == {
        "": Verdict.ARCHIVE,
        "records/cd.zip": Verdict.ARCHIVE,
        "records/cd.zip/scan.pdf": Verdict.UNPACKED,
        "records/cd.zip/../evil": Verdict.REFUSED,
        "letter.docx": Verdict.UNPACKED,
        "note.txt": Verdict.UNPACKED,
    }
    stored = {member.stored for member in members if member.stored}
    assert {path.name for path in tmp_path.iterdir()} == stored
    assert all(name.isdigit() for name in stored)
    assert budget.entries < Budget().entries
    assert budget.bytes < Budget().bytes


def test_archives_deeper_than_three_stay_closed(nursery, tmp_path):
    data = samples.zipped({"a.txt": b"words"})
    for _ in range(3):
        data = samples.zipped({"in.zip": data}, compress=0)
    folder = os.open(tmp_path, os.O_RDONLY)
    with opened(data) as (upload,):
        deepest = nursery.unpack(upload.descriptor, folder)[-1]
    os.close(folder)
    assert (deepest.path, deepest.reason) == ("in.zip/in.zip/in.zip", Reason.ARCHIVE_TOO_DEEP)


def test_two_archives_share_a_folder_and_none_writes_over_the_other(nursery, tmp_path):
    folder = os.open(tmp_path, os.O_RDONLY)
    with opened(samples.zipped({"a.txt": b"one"}), samples.zipped({"a.txt": b"two"})) as uploads:
        stored = [nursery.unpack(upload.descriptor, folder)[-1].stored for upload in uploads]
    os.close(folder)
    assert [(tmp_path / name).read_bytes() for name in stored] == [b"one", b"two"]


def test_a_folder_that_takes_no_more_is_said_at_once_and_the_nursery_goes_on(nursery, tmp_path):
    closed = os.open(tmp_path, os.O_RDONLY)
    os.rmdir(tmp_path)
    with opened(samples.zipped({"a.txt": b"one"})) as (upload,), pytest.raises(FileNotFoundError):
        nursery.unpack(upload.descriptor, closed)
    os.close(closed)
    assert nursery.attempt("open") == deeds.REFUSED


def test_a_bomb_leaves_nothing_behind(nursery, tmp_path):
    folder = os.open(tmp_path, os.O_RDONLY)
    with opened(samples.bomb()) as (upload,):
        member = nursery.unpack(upload.descriptor, folder)[-1]
    os.close(folder)
    assert (member.verdict, member.reason) == (Verdict.BOMB, Reason.RATIO)
    assert list(tmp_path.iterdir()) == []


def test_a_nursery_that_was_killed_is_started_again():
    with Nursery() as own, opened(samples.pdf()) as files:
        assert own.read(files)[0].verdict is Verdict.READ
        first = own.pid
        os.kill(first, signal.SIGKILL)
        assert own.read(files)[0].verdict is Verdict.READ
        assert own.pid != first


def test_a_nursery_inherits_no_setting(monkeypatch):
    monkeypatch.setenv("CONSILIA_MASTER_KEY", "canary")
    with Nursery() as own:
        own.status()
        assert b"CONSILIA" not in Path(f"/proc/{own.pid}/environ").read_bytes()


def test_a_nursery_ends_when_the_one_who_started_it_is_killed():
    script = (
        "import time; from consilia.formats.client import Nursery; "
        "n = Nursery(); n.status(); print(n.pid, flush=True); time.sleep(60)"
    )
    environment = {**os.environ, "PYTHONPATH": str(PACKAGE_ROOT)}
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, env=environment) as parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        parent.kill()
    assert gone(pid)


def gone(pid: int) -> bool:
    for _ in range(100):
        state = Path(f"/proc/{pid}/stat")
        if not state.exists() or state.read_text().rsplit(")", 1)[1].split()[0] == "Z":
            return True
        time.sleep(0.05)
    return False


def test_several_askers_share_one_nursery_that_ends_with_the_last_word_of_its_keeper():
    keeper = Keeper()
    with Nursery(keeper) as one, Nursery(keeper) as other, opened(samples.pdf()) as files:
        assert one.read(files)[0].verdict is other.read(files)[0].verdict is Verdict.READ
        assert one.pid == other.pid == keeper.pid
        one.close()
        assert other.read(files)[0].verdict is Verdict.READ
        pid = keeper.pid
    keeper.close()
    assert gone(pid)


def test_askers_who_share_a_nursery_that_was_killed_share_the_next_one():
    keeper = Keeper()
    with Nursery(keeper) as one, Nursery(keeper) as other, opened(samples.pdf()) as files:
        assert one.read(files)[0].verdict is other.read(files)[0].verdict is Verdict.READ
        first = keeper.pid
        os.kill(first, signal.SIGKILL)
        assert one.read(files)[0].verdict is other.read(files)[0].verdict is Verdict.READ
        assert first != keeper.pid
    keeper.close()


@pytest.mark.skipif(not DATA, reason="CONSILIA_TEST_DATA names no folder of hostile files")
def test_a_sample_of_every_folder_of_hostile_files_gets_verdicts_and_nothing_breaks(nursery):
    root = Path(DATA or "", "badinput")
    by_folder: dict[Path, list[Path]] = {}
    for path in sorted(root.rglob("*")):
        if path.is_file():
            by_folder.setdefault(path.parent, []).append(path)
    sample = [path for paths in by_folder.values() for path in paths[:: max(1, len(paths) // 6)]]
    files = [NamedFile(str(path.relative_to(root)), os.open(path, os.O_RDONLY)) for path in sample]
    try:
        readings = nursery.read(files)
    finally:
        for file in files:
            os.close(file.descriptor)
    assert len(readings) == len(sample) > 100
    assert {reading.reason for reading in readings} >= {Reason.CUT_OFF, Reason.NONE}
    broken = [file.path for file, reading in zip(files, readings, strict=True) if reading.verdict is Verdict.LIMIT]
    assert not broken
