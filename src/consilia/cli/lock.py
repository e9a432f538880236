"""One supervisor a data folder: the lock file says who runs, and names what a killed run has left behind."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from consilia.kernel.refusal import Refusal, Refused

NAME = "consilia.lock"


@dataclass(frozen=True, slots=True)
class Process:
    """A process that cannot be mistaken for a later one with the same number: number and moment of birth."""

    name: str
    pid: int
    born: str

    def lives(self) -> bool:
        return bool(self.born) and birth(self.pid) == self.born


def birth(pid: int) -> str:
    """Start of a process in clock ticks since boot (proc(5), field 22 of stat), or nothing when it is not there."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return ""
    fields = stat.rpartition(")")[2].split()
    return "" if fields[0] == "Z" else fields[19]


def left_behind(home: Path) -> tuple[Process, ...]:
    """Processes that the lock file names and that still live."""
    try:
        noted = json.loads((home / NAME).read_text() or "[]")
        processes = tuple(Process(str(row["name"]), int(row["pid"]), str(row["born"])) for row in noted)
    except (OSError, ValueError, KeyError, TypeError):
        return ()
    return tuple(process for process in processes if process.lives())


def probe(home: Path) -> None:
    """Refused when somebody runs on this data folder; leaves the lock file as it is."""
    held = Lock(home)
    os.close(held.file)


class Lock:
    """The right to run on this data folder; the kernel gives it back when we end, however we end."""

    def __init__(self, home: Path) -> None:
        self.path = home / NAME
        self.file = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(self.file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(self.file)
            names = ", ".join(f"{process.name} {process.pid}" for process in left_behind(home))
            reason = f"Consilia runs already on the data folder {home} ({names or 'just starting'}). Stop it first."
            raise Refused(Refusal("already_running", reason)) from None

    def note(self, pids: Mapping[str, int]) -> None:
        """Writes down who runs; a reader that meets half a list takes it for an empty one."""
        rows = [{"name": name, "pid": pid, "born": birth(pid)} for name, pid in pids.items()]
        os.ftruncate(self.file, 0)
        os.pwrite(self.file, json.dumps(rows).encode(), 0)

    def release(self) -> None:
        os.ftruncate(self.file, 0)
        os.close(self.file)
