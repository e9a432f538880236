"""Values from home as the page tells them: a line a day, a line a month, and the trend; nobody watches them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from consilia.intake.judging import at_home
from consilia.intake.judging.at_home import Day, Month, Vital
from consilia.web.values import words
from consilia.web.values.chart import Mark, charts
from consilia.web.values.shared import Door, Drawn, MonthLine, day_of, day_words, month_of, month_words


@dataclass(frozen=True, slots=True)
class DayLine:
    """The readings of one day; `between` is "" when there was one."""

    on: date | None
    value: str
    between: str
    count: int
    address: str
    source: str


def name_of(vital: Vital) -> str:
    """What it is called, in the language of the page where we know it."""
    return str(words.VITALS.get(vital.code, vital.name[:1].upper() + vital.name[1:]))


def line(day: Day, door: Door) -> DayLine:
    """One day with the way to its record."""
    address, source = door.source(day.path, "")
    has_spread = day.middle is not None and day.low != day.high
    between = f"{_number(day.low)}–{_number(day.high)}" if has_spread else ""
    return DayLine(day_of(day.on), short(day.middle, day.low, day.high), between, day.count, address, source)


def short(middle: float | None, low: float, high: float) -> str:
    """The mean, or upper/lower blood pressure."""
    return f"{_number(high)}/{_number(low)}" if middle is None else _number(middle)


def _number(value: float) -> str:
    return f"{round(value, 1):g}"


def months(vital: Vital, asked: str, address: Callable[[str], str]) -> tuple[MonthLine, ...]:
    """A line a month, newest first: the mean, the lowest and the highest."""
    found = at_home.months(vital.days)
    chosen = asked if asked in {one.month for one in found} else found[0].month if found else ""
    return tuple(
        MonthLine(one.month, month_of(one.month), one.days, _told(one), address(one.month), one.month == chosen)
        for one in found
    )


def _told(one: Day | Month) -> str:
    said = short(one.middle, one.low, one.high)
    return (
        f"{said} ({_number(one.low)}–{_number(one.high)})" if one.middle is not None and one.low != one.high else said
    )


def trend(vital: Vital, by_month: Sequence[MonthLine]) -> Drawn:
    """Day by day, or month by month when there are many; from lowest to highest, with the mean."""
    spans: Sequence[tuple[str, Day | Month]] = (
        [(f"{one.month}-01", one) for one in at_home.months(vital.days)]
        if by_month
        else [(day.on, day) for day in vital.days]
    )
    marks = list(_marks(spans, vital.unit, month_words if by_month else day_words))
    if len({mark.on for mark in marks}) < 2:
        return Drawn()
    return Drawn(charts(marks), "; ".join(mark.words for mark in marks))


def _marks(spans: Sequence[tuple[str, Day | Month]], unit: str, worded: Callable[[date], str]) -> Iterator[Mark]:
    for said, one in spans:
        on = day_of(said)
        if on is not None:
            day = worded(on)
            told = _("%(day)s: %(value)s") % {"day": day, "value": f"{_told(one)} {unit}"}
            yield Mark(on, day, told, short(one.middle, one.low, one.high), one.middle, one.low, one.high)
