"""Keeps a pair of programs running: one that dies comes back after a pause, the other does not notice."""

from __future__ import annotations

import signal
import sys
import threading
import time
from collections.abc import Callable, Mapping
from types import FrameType

from consilia.cli.child import Child, Program, end_group

TICK = 0.1  # seconds between two looks
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 30.0  # seconds; doubled at each death in a row
SETTLED = 60.0  # seconds of life after which earlier deaths are forgotten
STARTS = 4  # times that a program may die before the pair was ever ready

Note = Callable[[Mapping[str, int]], None]


class Supervisor:
    """Starts, watches, restarts and stops; the caller says who, and what is done at the tick."""

    def __init__(self, programs: tuple[Program, ...], note: Note) -> None:
        self.programs = programs
        self.note = note
        self.stop = threading.Event()
        self.children: dict[str, Child] = {}
        self.deaths: dict[str, int] = {program.name: 0 for program in programs}
        self.due: dict[str, float] = {}
        self.was_ready = False

    def heed_signals(self) -> None:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self.heard)

    def heard(self, number: int, frame: FrameType | None) -> None:
        """The first signal asks politely; a second one, from a person who will not wait, ends all at once."""
        if self.stop.is_set():
            for child in self.children.values():
                end_group(child.pid)
        self.stop.set()

    def run(self, ready: Callable[[], bool], when_ready: Callable[[], None]) -> int:
        """Runs until a signal; `ready` is asked at each tick until it says yes. Exit code 1: it could not start."""
        code = 0
        try:
            for program in self.programs:
                self.start(program)
            while not self.stop.is_set():
                if not self.look_after():
                    code = 1
                    break
                if not self.was_ready and ready():
                    self.was_ready = True
                    when_ready()
                self.stop.wait(TICK)
        finally:
            self.end_all()
        return code

    def start(self, program: Program) -> None:
        self.due.pop(program.name, None)
        self.children[program.name] = Child(program)
        self.note({name: child.pid for name, child in self.children.items()})

    def look_after(self) -> bool:
        """Notices deaths and starts again what is due; false when the pair cannot be got to run."""
        for program in self.programs:
            name = program.name
            child = self.children.get(name)
            if child and child.ended():
                self.mourn(child)
            elif child and time.monotonic() - child.started > SETTLED:
                self.deaths[name] = 0
            if name in self.due and time.monotonic() >= self.due[name]:
                self.start(program)
        return self.was_ready or max(self.deaths.values()) < STARTS

    def mourn(self, child: Child) -> None:
        name = child.program.name
        child.finish(patience=0)  # takes along what the dead process has left in its group
        del self.children[name]
        self.deaths[name] += 1
        pause = min(FIRST_PAUSE * 2 ** (self.deaths[name] - 1), LONGEST_PAUSE)
        self.due[name] = time.monotonic() + pause
        tell(f"{name} has ended ({ending(child.process.returncode)}); it starts again in {pause:g} s.")

    def end_all(self) -> None:
        for child in self.children.values():
            child.ask_to_stop()
        for child in self.children.values():
            child.finish()


def ending(code: int) -> str:
    """A return code in words: subprocess gives the negative number of the signal."""
    if code >= 0:
        return f"exit code {code}"
    try:
        return signal.Signals(-code).name
    except ValueError:
        return f"signal {-code}"


def tell(sentence: str) -> None:
    print(f"consilia: {sentence}", file=sys.stderr, flush=True)
