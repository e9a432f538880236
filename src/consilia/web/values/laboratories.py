"""Laboratory values as the page tells them: a line a value, a line a month, and the trend."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from consilia.intake.judging import amounts
from consilia.intake.judging.amounts import Span
from consilia.intake.judging.laboratory import Row, Series
from consilia.web.values import checks, words
from consilia.web.values.chart import Mark, charts
from consilia.web.values.checks import Check
from consilia.web.values.shared import Door, Drawn, MonthLine, day_of, day_words, month_of, month_words


@dataclass(frozen=True, slots=True)
class Line:
    """One value: as shown, as printed, and what a person should look at."""

    on: date | None
    shown: str
    printed: str
    reference: str
    flag: str
    kept: Promise | str  # why it is shown as printed though another unit was asked for
    doubts: tuple[Promise, ...]
    is_converted: bool
    address: str
    source: str
    check: Check | None  # where a person is asked what stands on the paper, or was
    look: str  # the way to say that a value is wrong about which nobody is asked, "" where nothing can be said


def line(row: Row, door: Door, here: Callable[..., str], looked_at: str) -> Line:
    """One value with the way to its page, and to what can be said about it.

    `here` is the address of the page of values; `looked_at` is the key of a value that a person calls wrong.
    """
    said, key = row.lab.value, row.lab.key
    asks = row.doubts or row.lab.said or key in (looked_at, door.typed_about)
    address, source = door.source(row.lab.path, said.where)
    return Line(
        on=day_of(row.lab.on),
        shown=door.cover(_value(row)),
        printed=door.cover(said.printed),
        reference=door.cover(said.reference),
        flag=door.cover(said.flag),
        kept=words.KEPT.get(row.shown.why_not, "") if row.shown.why_not else "",
        doubts=tuple(words.DOUBTS[doubt] for doubt in row.doubts),
        is_converted=row.shown.converted,
        address=address,
        source=source,
        check=checks.check(row.lab, door, here()) if asks else None,
        look=f"{here(look=key)}#check-{key}" if not asks and door.takes_words else "",
    )


def _value(row: Row) -> str:
    return f"{row.shown.value} {row.shown.unit}".strip()


def months(series: Series, asked: str, address: Callable[[str], str]) -> tuple[MonthLine, ...]:
    """A line a month, newest first, with the lowest and the highest value."""
    groups = _by_month(series)
    chosen = asked if asked in groups else max(groups)
    return tuple(
        MonthLine(month, month_of(month), len(rows), _between(rows), address(month), month == chosen)
        for month, rows in sorted(groups.items(), reverse=True)
    )


def _by_month(series: Series) -> dict[str, list[Row]]:
    groups: dict[str, list[Row]] = defaultdict(list)
    for row in series.rows:
        groups[row.lab.on[:7]].append(row)
    return groups


def _between(rows: Sequence[Row]) -> str:
    numbers = [row.shown.number for row in rows if row.shown.number is not None]
    if not numbers:
        return ""
    low, high = (amounts.written(number) for number in (min(numbers), max(numbers)))
    return low if low == high else f"{low}–{high}"


def trend(series: Series, by_month: Sequence[MonthLine], door: Door) -> Drawn:
    """At least two dated numbers of one method and unit; what is doubted stands apart from the line."""
    marks = list(_month_marks(series) if by_month else _marks(series, door))
    if len({mark.on for mark in marks}) < 2:
        return Drawn()
    band = series.band
    limits = (_float(band.low), _float(band.high)) if band else None
    return Drawn(charts(marks, limits), "; ".join(mark.words for mark in marks), _band(band))


def _marks(series: Series, door: Door) -> Iterator[Mark]:
    seen = set()
    for row in series.rows:
        on, number = day_of(row.lab.on), row.shown.number
        if on is None or number is None or (on, number) in seen:
            continue
        seen.add((on, number))
        said, day, value = door.cover(_value(row)), day_words(on), float(number)
        told = _("%(day)s: %(value)s, please check") if row.asks else _("%(day)s: %(value)s")
        short = row.shown.value + ("?" if row.doubts else "")
        told = told % {"day": day, "value": said}
        yield Mark(on, day, told, short, value, value, value, row.shown.converted, bool(row.doubts))


def _month_marks(series: Series) -> Iterator[Mark]:
    for month, rows in sorted(_by_month(series).items(), reverse=True):
        on = month_of(month)
        numbers = [float(row.shown.number) for row in rows if row.shown.number is not None and not row.doubts]
        if on and numbers:
            day, said = month_words(on), _between(rows)
            told = _("%(day)s: %(value)s") % {"day": day, "value": said}
            yield Mark(on, day, told, said, None, min(numbers), max(numbers))


def _band(band: Span | None) -> str:
    if band is None:
        return ""
    low, high = (amounts.written(bound) if bound is not None else "" for bound in (band.low, band.high))
    return f"{low}–{high}" if low and high else f"< {high}" if high else f"> {low}"


def _float(bound: object) -> float | None:
    return float(str(bound)) if bound is not None else None
