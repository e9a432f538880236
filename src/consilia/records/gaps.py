"""Gaps: what is missing from a series of images, by the numbers and places of those that came. Pure."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from consilia.formats.verdicts import gettext_noop as _

# An interval of slices this much larger than the usual one is a gap.
WIDER: Final = 1.6
MOST_NAMED: Final = 8
STACKED: Final = frozenset({"CT", "MR", "PT"})


class What(StrEnum):
    """Kind of a gap."""

    NUMBERS = "numbers"
    PLACES = "places"
    LONELY = "lonely"


SENTENCES: Final = {
    What.NUMBERS: _("missing images: %(numbers)s"),
    What.PLACES: _("wider gaps between slices than the usual %(usual)s mm: %(count)s"),
    What.LONELY: _("images of what is usually a stack: %(count)s"),
}


@dataclass(frozen=True, slots=True)
class Slice:
    """What is looked at of an instance; `along` in mm along the normal of its plane (PS3.3 C.7.6.2.1.1)."""

    modality: str
    number: int | None
    frames: int
    has_pixels: bool
    along: float | None
    orientation: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Gap:
    """`numbers` that are left out, or how many (`count`) places are wider than the usual one (`usual`, mm)."""

    what: What
    count: int
    numbers: tuple[int, ...] = ()
    usual: float = 0.0

    @property
    def sentence(self) -> str:
        """What a person reads, in English."""
        return self.said()

    def said(self, translated: Callable[[str], str] = str) -> str:
        """The same in the language of `translated`."""
        shown = ", ".join(str(number) for number in self.numbers[:MOST_NAMED])
        more = " …" if len(self.numbers) > MOST_NAMED else ""
        values = {"numbers": shown + more, "count": self.count, "usual": f"{self.usual:.1f}"}
        return translated(SENTENCES[self.what]) % values


def of(series: Sequence[Slice]) -> tuple[Gap, ...]:
    """What is missing from the instances of one series, each counted once."""
    return (*_left_out(series), *_wider(series), *_lonely(series))


def _left_out(series: Sequence[Slice]) -> tuple[Gap, ...]:
    """Numbers that are left out between the first and the last image."""
    numbers = sorted({one.number for one in series if one.number})
    if len(numbers) < 3 or len({one.frames for one in series}) > 1:
        return ()
    absent = tuple(sorted(_between(numbers)))
    if not absent or len(absent) > len(numbers):  # numbered in steps, as some makers do
        return ()
    return (Gap(What.NUMBERS, len(absent), absent),)


def _between(numbers: list[int]) -> set[int]:
    """Empty, too, where the numbers are so far apart that they count something else."""
    span = numbers[-1] - numbers[0] + 1
    return set(range(numbers[0], numbers[-1] + 1)) - set(numbers) if span <= 2 * len(numbers) else set()


def _wider(series: Sequence[Slice]) -> tuple[Gap, ...]:
    """Places along the stack that are farther apart than its slices are."""
    if len({one.orientation for one in series}) != 1:
        return ()
    along = sorted({round(one.along, 2) for one in series if one.along is not None})
    if len(along) < 5:
        return ()
    steps = [after - before for before, after in itertools.pairwise(along)]
    usual = sorted(steps)[len(steps) // 2]
    count = sum(step > WIDER * usual for step in steps)
    if not usual or not count or count > len(steps) // 4:
        return ()
    return (Gap(What.PLACES, count, usual=usual),)


def _lonely(series: Sequence[Slice]) -> tuple[Gap, ...]:
    """A volume of which only a slice or two came."""
    first = series[0]
    stack = first.modality in STACKED and first.frames <= 1 and first.has_pixels
    return (Gap(What.LONELY, len(series)),) if stack and len(series) < 3 else ()
