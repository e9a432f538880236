"""Chart: where marks, lines and words of a trend stand, as plain numbers for SVG attributes; drawn by the server."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

LINES: Final = 5  # lines of the grid, about
FINEST: Final = 1e-6  # a span below it is none: steps are rounded to ten places
STEPS: Final = (1.0, 2.0, 2.5, 5.0, 10.0)
FROM_ZERO: Final = 0.4  # of the highest value; below it the scale begins at zero
MOST_LABELS: Final = (
    8  # values written at their marks; the others tell themselves to the pointer and stand in the table
)


@dataclass(frozen=True, slots=True)
class Mark:
    """One value of a trend, or from `low` to `high`: its day, all a person reads of it, and what stands beside it.

    A doubtful mark is drawn apart from the line; a converted one is dashed.
    """

    on: date
    day: str
    words: str
    short: str
    middle: float | None
    low: float
    high: float
    is_converted: bool = False
    is_doubtful: bool = False


@dataclass(frozen=True, slots=True)
class Size:
    """The drawing and its margins, in units of its view box."""

    name: str
    width: int
    height: int
    left: int
    right: int
    top: int
    bottom: int
    between: int  # the least distance of two words
    dot: int


SIZES: Final = (
    Size("wide", 860, 310, 64, 24, 32, 38, 96, 5),
    Size("narrow", 350, 232, 44, 16, 26, 30, 84, 4),
)


@dataclass(frozen=True, slots=True)
class Placed:
    """A mark in its place; `label` is "" where there is no room for words."""

    mark: Mark
    x: str
    y: str
    top: str
    bottom: str
    label: str
    label_y: str
    anchor: str


@dataclass(frozen=True, slots=True)
class Chart:
    """One drawing: `grid` and `ticks` are places with their words, `band` the place and height of the printed range."""

    size: Size
    right: int
    grid: tuple[tuple[str, str, str], ...]
    ticks: tuple[tuple[str, str, str], ...]
    line: str
    marks: tuple[Placed, ...]
    band: tuple[str, str] | None

    @property
    def plot(self) -> int:
        """How wide the grid is."""
        return self.right - self.size.left

    @property
    def before(self) -> int:
        """Where the numbers of the grid end."""
        return self.size.left - 10

    @property
    def foot(self) -> int:
        """Where the dates stand."""
        return self.size.height - 12


Band = tuple[float | None, float | None]
"""The lowest and the highest value of a printed range; None for a side without a bound."""


def charts(marks: Sequence[Mark], band: Band | None = None) -> tuple[Chart, ...]:
    """The same trend for a wide and a narrow page; at least one mark."""
    return tuple(_Drawing(size, marks, band).chart() for size in SIZES)


class _Drawing:
    def __init__(self, size: Size, marks: Sequence[Mark], band: Band | None) -> None:
        self.size, self.band = size, band
        self.marks = sorted(marks, key=lambda mark: mark.on)
        self.first, self.last = self.marks[0].on.toordinal(), self.marks[-1].on.toordinal()
        self.steps = _steps([*self._extremes()])
        self.right, self.base = size.width - size.right, size.height - size.bottom

    def chart(self) -> Chart:
        return Chart(
            size=self.size,
            right=self.right,
            grid=tuple((_n(self._y(step)), _n(self._y(step) + 4), f"{step:g}") for step in self.steps),
            ticks=tuple(self._ticks()),
            line=self._line(),
            marks=tuple(self._placed()),
            band=self._band(),
        )

    def _extremes(self) -> Iterator[float]:
        for mark in self.marks:
            yield from (mark.low, mark.high)
        yield from (bound for bound in self.band or () if bound is not None)

    def _x(self, mark: Mark) -> float:
        inner = self.size.left + 16, self.size.width - self.size.right - 16
        share = (mark.on.toordinal() - self.first) / max(1, self.last - self.first)
        return inner[0] + share * (inner[1] - inner[0])

    def _y(self, value: float) -> float:
        low, high = self.steps[0], self.steps[-1]
        return self.base - (value - low) / (high - low) * (self.base - self.size.top)

    def _band(self) -> tuple[str, str] | None:
        if self.band is None:
            return None
        ends = (self.steps[0], self.steps[-1])
        low, high = (limit if limit is not None else end for limit, end in zip(self.band, ends, strict=True))
        return _n(self._y(high)), _n(self._y(low) - self._y(high))

    def _line(self) -> str:
        """Through the middles of the marks nobody doubts."""
        sure = [mark for mark in self.marks if mark.middle is not None and not mark.is_doubtful]
        places = (f"{_n(self._x(mark))} {_n(self._y(mark.middle or 0))}" for mark in sure)
        return "M" + " L".join(places) if len(sure) > 1 else ""

    def _ticks(self) -> Iterator[tuple[str, str, str]]:
        """Dates under the marks, newest first, as many as there is room for."""
        before = math.inf
        for mark in reversed(self.marks):
            place = self._x(mark)
            if before - place >= self.size.between:
                at_edge = "end" if place > self.right - 40 else "start" if place < self.size.left + 40 else "middle"
                edge = self.right if at_edge == "end" else self.size.left if at_edge == "start" else place
                yield _n(edge), at_edge, mark.day
                before = place

    def _placed(self) -> Iterator[Placed]:
        few = len(self.marks) <= MOST_LABELS
        before = -math.inf
        for mark in self.marks:
            x, middle = self._x(mark), mark.middle if mark.middle is not None else mark.high
            has_room = few and x - before >= self.size.between / 2
            before = x if has_room else before
            anchor = "start" if x < self.size.left + 24 else "end" if x > self.right - 40 else "middle"
            y = self._y(middle)
            yield Placed(
                mark=mark,
                x=_n(x),
                y=_n(y),
                top=_n(self._y(mark.high)),
                bottom=_n(self._y(mark.low)),
                label=mark.short if has_room else "",
                label_y=_n(self._y(mark.high) - 12 if self._y(mark.high) > self.size.top + 6 else y + 22),
                anchor=anchor,
            )


def _steps(values: Sequence[float]) -> list[float]:
    """Round numbers from below the lowest to above the highest value."""
    low, high = min(values), max(values)
    low = 0.0 if 0 <= low < high * FROM_ZERO else low
    room = max(high - low, abs(high) * 0.2 if high == low else 0.0)
    room = room if room > FINEST else 1.0
    rough = room / LINES
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(one * power for one in STEPS if one * power >= rough * 0.999)
    first, last = math.floor(low / step), math.ceil(high / step)
    if first == last or (low and math.isclose(low, first * step)):
        first -= 1
    return [round(number * step, 10) for number in range(first, max(last, first + 1) + 1)]


def _n(value: float) -> str:
    """A number of an attribute: the same in every language."""
    return f"{value:.1f}"


def spark(values: Sequence[float]) -> tuple[str, str, str]:
    """A line of 72 by 28 without words (path, x and y of its end), for values in the order of time; one at least."""
    low, high = min(values), max(values)
    width = 64 / max(1, len(values) - 1)
    places = [
        (4 + number * width, 24 - (value - low) / ((high - low) or 1) * 20 if high > low else 14)
        for number, value in enumerate(values)
    ]
    if len(places) == 1:
        places = [(68.0, 14.0)]
    return "M" + " L".join(f"{_n(x)} {_n(y)}" for x, y in places), _n(places[-1][0]), _n(places[-1][1])
