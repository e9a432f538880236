"""A program that we started: in a process group of its own, on a leash, stopped politely first and surely last."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from typing import IO

POLITE = 8.0  # seconds that a program has to end by itself


@dataclass(frozen=True, slots=True)
class Program:
    """What to run: the word under which people know it, the module, its words."""

    name: str
    module: str
    words: tuple[str, ...] = ()


class Child:
    """A running program; the pipe's writing end lives exactly as long as this process."""

    def __init__(self, program: Program, output: int | IO[str] | None = None) -> None:
        self.program = program
        self.started = time.monotonic()
        reading, self.writing = os.pipe()
        command = [sys.executable, "-m", "consilia.cli.leash", str(reading), program.module, *program.words]
        try:
            self.process = subprocess.Popen(  # noqa: S603  (our own modules)
                command,
                pass_fds=(reading,),
                start_new_session=True,
                stdin=subprocess.DEVNULL,
                stdout=output,
                text=True,
            )
        finally:
            os.close(reading)

    @property
    def pid(self) -> int:
        return self.process.pid

    def ended(self) -> bool:
        return self.process.poll() is not None

    def ask_to_stop(self) -> None:
        if not self.ended():
            self.process.send_signal(signal.SIGTERM)

    def finish(self, patience: float = POLITE) -> None:
        """Waits for the end, then makes sure of it: nothing of the group stays."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(timeout=patience)
        end_group(self.pid)
        self.process.wait()
        if self.writing >= 0:
            os.close(self.writing)
            self.writing = -1


def end_group(group: int) -> None:
    """Kills what is left of a process group; a group that is gone already is what we wanted."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(group, signal.SIGKILL)
