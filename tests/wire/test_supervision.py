"""A pair of programs lives and ends together with whoever started it, however that one ends."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from consilia.cli import lock
from consilia.cli.serve import end_leftovers
from consilia.kernel.refusal import Refused

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 15.0  # seconds, for a busy machine


def until(true: Callable[[], object], what: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < deadline, f"not within {PATIENCE:g} s: {what}"
        time.sleep(0.05)


def pids(path: Path) -> list[int]:
    """Own and child's number of the program that was started last."""
    return [int(word) for word in path.read_text().splitlines()[-1].split()] if path.exists() else []


def alive(pid: int) -> bool:
    return bool(lock.birth(pid))


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A supervisor with its two programs, ready."""
    environment = {**os.environ, "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}"}
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.wire.toy_supervisor", str(tmp_path)], cwd=ROOT, env=environment
    )
    try:
        until((tmp_path / "ready").exists, "the pair is ready")
        until(
            lambda: len(pids(tmp_path / "one")) == len(pids(tmp_path / "two")) == 2, "both have written their numbers"
        )
        yield process
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        process.wait()


def test_a_killed_supervisor_leaves_no_child_and_no_grandchild(pair, tmp_path):
    everybody = pids(tmp_path / "one") + pids(tmp_path / "two")
    assert all(alive(pid) for pid in everybody)
    pair.kill()
    pair.wait()
    until(lambda: not any(alive(pid) for pid in everybody), "everybody has ended")


def test_a_killed_program_comes_back_and_the_other_does_not_notice(pair, tmp_path):
    one, two = pids(tmp_path / "one"), pids(tmp_path / "two")
    os.kill(one[0], signal.SIGKILL)
    until(lambda: pids(tmp_path / "one")[0] != one[0], "a new one has started")
    assert not alive(one[1]), "what the dead program had started went with it"
    assert pids(tmp_path / "two") == two
    assert all(alive(pid) for pid in two)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_stops_both_and_that_is_no_error(pair, tmp_path, number):
    everybody = pids(tmp_path / "one") + pids(tmp_path / "two")
    pair.send_signal(number)
    assert pair.wait(timeout=PATIENCE) == 0
    assert not any(alive(pid) for pid in everybody)


def test_the_lock_file_names_who_runs_and_keeps_a_second_one_out(pair, tmp_path):
    named = {process.name: process.pid for process in lock.left_behind(tmp_path)}
    assert named == {"one": pids(tmp_path / "one")[0], "two": pids(tmp_path / "two")[0]}
    with pytest.raises(Refused, match="already_running"):
        lock.Lock(tmp_path)


def test_the_next_start_names_and_ends_what_a_killed_run_left_behind(tmp_path, capsys):
    left = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"], start_new_session=True)
    try:
        noted = [{"name": "worker", "pid": left.pid, "born": lock.birth(left.pid)}]
        (tmp_path / lock.NAME).write_text(json.dumps(noted))
        end_leftovers(tmp_path)
        assert left.wait(timeout=PATIENCE) == -signal.SIGKILL
        assert f"worker (process {left.pid})" in capsys.readouterr().err
    finally:
        left.kill()


def test_a_stranger_with_the_number_of_a_dead_process_is_left_in_peace(tmp_path):
    (tmp_path / lock.NAME).write_text(json.dumps([{"name": "worker", "pid": os.getpid(), "born": "1"}]))
    assert lock.left_behind(tmp_path) == ()


def test_a_torn_lock_file_does_not_stop_the_start(tmp_path):
    (tmp_path / lock.NAME).write_text('[{"name": "wor')
    assert lock.left_behind(tmp_path) == ()
    held = lock.Lock(tmp_path)
    held.note({"supervisor": os.getpid()})
    assert [process.name for process in lock.left_behind(tmp_path)] == ["supervisor"]
    held.release()
