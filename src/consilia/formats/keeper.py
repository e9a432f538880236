"""Keeper: starts the process that has the parsers, lets it make one way for each asker, and starts it again if lost."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import threading
from pathlib import Path
from typing import Final

from consilia.formats import wire

START_SECONDS: Final = 60.0
PACKAGE_ROOT: Final = Path(__file__).resolve().parents[2]
# What the nursery inherits: no CONSILIA_* variable, so no secret.
INHERITED: Final = ("PATH", "LANG", "LC_ALL", "TMPDIR", "LD_LIBRARY_PATH", "VIRTUAL_ENV")


class Keeper:
    """The parsers are loaded once for all ways; the process starts with the first of them. Safe for several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._door: socket.socket | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._owner = 0

    @property
    def pid(self) -> int:
        """Process id of the nursery, 0 when there is none."""
        return self._process.pid if self._process is not None else 0

    def way(self) -> socket.socket:
        """A connected socket of kind SEQPACKET to an attendant of its own; raises OSError or EOFError."""
        with self._lock:
            if self._process is None or self._owner != os.getpid() or self._process.poll() is not None:
                self._start()
            assert self._door is not None
            ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
            with theirs:
                wire.send(self._door, {}, [theirs.fileno()])
            return ours

    def close(self) -> None:
        """Ends the nursery; whoever still has a way finds it closed."""
        with self._lock:
            if self._door is not None:
                self._door.close()
            if self._process is not None and self._owner == os.getpid():
                with contextlib.suppress(subprocess.TimeoutExpired):
                    self._process.wait(2)
                self._process.kill()
                self._process.wait()
            self._door = self._process = None

    def _start(self) -> None:
        self._owner = os.getpid()
        self._door, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            self._process = subprocess.Popen(  # noqa: S603 - our own module, no words of anybody else
                [sys.executable, "-m", "consilia.formats.nursery", "--door", str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                env=environment(),
            )
        self._door.settimeout(START_SECONDS)
        ready, _ = wire.receive(self._door)
        if ready is None:
            raise EOFError("the nursery did not start")


def environment() -> dict[str, str]:
    """What a process with parsers may inherit: no setting, no secret; one thread for the number library."""
    kept = {name: os.environ[name] for name in INHERITED if name in os.environ}
    return kept | {
        "PYTHONPATH": str(PACKAGE_ROOT),
        "OPENBLAS_NUM_THREADS": "1",
        "OMP_NUM_THREADS": "1",
        "OMP_THREAD_LIMIT": "1",
        "PYTHONUTF8": "1",
    }
