"""Runs the steps one after the other, kills what it was told to kill, and says what came out of each."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from consilia.cli.journey.browser import Away
from consilia.cli.journey.pages import Stuck
from consilia.cli.journey.tale import Tale

TRIES: Final = 6
MOMENTS: Final = 0.7  # seconds from the start of a step within which the blow falls


@dataclass(frozen=True, slots=True)
class Step:
    """Something that one person does; done twice it must come out the same, as after a reload."""

    what: str
    who: str
    work: Callable[[Tale], str]


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the table."""

    step: Step
    seconds: float
    came_out: str
    good: bool
    kills: int = 0


class Killer:
    """Kills one process at a random moment of every step; the seed says which moments."""

    def __init__(self, tale: Tale, name: str, seed: int) -> None:
        self.tale = tale
        self.name = name
        self.seed = seed
        self.chance = random.Random(seed)  # noqa: S311 - moments, no secrets
        self.kills = 0

    def blow(self) -> threading.Timer:
        timer = threading.Timer(self.chance.uniform(0, MOMENTS), self._kill)
        timer.start()
        return timer

    def _kill(self) -> None:
        self.kills += self.tale.instance.kill(self.name)


def run(tale: Tale, steps: Sequence[Step], killer: Killer | None, show: Callable[[Line], None]) -> list[Line]:
    """Stops at the first step in which somebody gets stuck."""
    lines = []
    for step in steps:
        line = _killed(tale, step, killer) if killer else _plain(tale, step)
        show(line)
        lines.append(line)
        if not line.good:
            break
    return lines


def _plain(tale: Tale, step: Step) -> Line:
    begun = time.monotonic()
    try:
        came_out, good = step.work(tale), True
    except (Stuck, Away) as error:
        came_out, good = str(error), False
    return Line(step, time.monotonic() - begun, came_out, good)


def _killed(tale: Tale, step: Step, killer: Killer) -> Line:
    """The step, with one blow at a random moment; then, as a person would, from the start of the page again."""
    begun, before, came_out, good = time.monotonic(), killer.kills, "", False
    timer = killer.blow()
    for _try in range(TRIES):
        try:
            came_out, good = step.work(tale), True
            break
        except Away as error:
            came_out = str(error)
            timer.join()
            tale.instance.recover()
        except Stuck as error:
            came_out = str(error)
            timer.join()
            if killer.kills == before:
                break
            tale.instance.recover()
    timer.join()
    tale.instance.recover()
    return Line(step, time.monotonic() - begun, came_out, good, killer.kills - before)
