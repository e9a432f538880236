"""The page of values: a list of all, and of the chosen one its trend and the same values as a table.

Whatever the number of values the page stays small: beyond MANY there is a line a month, and the days of one month.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import get_language

from consilia.cases import content
from consilia.clinical.units import WhyNot
from consilia.intake.concluding import Conclusions
from consilia.intake.judging import at_home, laboratory
from consilia.intake.judging.at_home import Vital
from consilia.intake.judging.laboratory import Series, System
from consilia.web.values import checks, home, laboratories, words
from consilia.web.values.chart import Chart, spark
from consilia.web.values.checks import Check
from consilia.web.values.forms import CheckForm
from consilia.web.values.shared import MANY, Door, MonthLine, day_of

SPARKS = 12  # newest values of the little line in the list


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the list: the newest value."""

    name: str
    value: str
    on: date | None
    note: str
    doubtful: bool
    address: str
    is_current: bool
    spark: tuple[str, str, str] | None


@dataclass(frozen=True, slots=True)
class Detail:
    """The chosen one: `lines` of a laboratory value or `days` from home, of one month when there are many."""

    name: str
    method: str
    unit: str
    count: int
    is_home: bool
    charts: tuple[Chart, ...]
    told: str  # the trend in words, for those who do not see it
    band: str
    lines: Sequence[laboratories.Line] = ()
    days: Sequence[home.DayLine] = ()
    months: tuple[MonthLine, ...] = ()
    note: str = ""
    draft: bool = False
    is_pressure: bool = False
    is_unknown: bool = False  # no units are known for this name

    @property
    def month(self) -> date | None:
        """The month whose days are told, None when all are."""
        return next((line.on for line in self.months if line.is_current), None)


@dataclass(frozen=True, slots=True)
class Page:
    """What the fragment draws; `detail` None when there is no value at all."""

    laboratory: tuple[Entry, ...]
    at_home: tuple[Entry, ...]
    systems: tuple[tuple[Promise, str, bool], ...]
    detail: Detail | None
    left_out: tuple[Check, ...]
    typed: CheckForm | None  # a word about a value that was not taken


@dataclass(frozen=True, slots=True)
class _Asked:
    show: str
    units: System
    month: str
    look: str  # the key of a value that is called wrong; it goes when something else is chosen

    def address(self, **other: str) -> str:
        """The same page with something else chosen."""
        asked: Mapping[str, str] = {"show": self.show, "units": self.units.value, "month": self.month} | other
        return "?" + urlencode({name: value for name, value in asked.items() if value})


def page(found: Conclusions, asked: QueryDict, door: Door) -> Page:
    """The values of a case as one reader sees them; `door` covers names and leads to what is hers."""
    wish = _asked(asked)
    series = laboratory.table(found.labs, content.library(), system=wish.units, language=get_language() or "en")
    vitals = at_home.vitals(found.vitals)
    chosen = _chosen(series, vitals, wish.show)
    return Page(
        laboratory=tuple(_lab_entry(one, wish, door, one is chosen) for one in series),
        at_home=tuple(_home_entry(one, wish, door, one is chosen) for one in vitals),
        systems=tuple(
            (said, wish.address(units=system.value), system is wish.units) for system, said in words.SYSTEMS.items()
        ),
        detail=_detail(chosen, wish, door),
        left_out=tuple(checks.check(one, door, wish.address()) for one in found.left_out),
        typed=door.typed,
    )


def _asked(asked: QueryDict) -> _Asked:
    units = asked.get("units", "")
    return _Asked(
        show=asked.get("show", "")[:20],
        units=System(units) if units in set(System) else System.NEWEST,
        month=asked.get("month", "")[:7],
        look=asked.get("look", "")[:16],
    )


def _chosen(series: Sequence[Series], vitals: Sequence[Vital], key: str) -> Series | Vital | None:
    """What was asked for, else the first with a trend, else the first."""
    both: list[Series | Vital] = [*series, *vitals]
    asked = next((one for one in both if one.key == key), None)
    longer = next((one for one in series if len(one.rows) > 1), None)
    return asked or longer or next(iter(both), None)


def _lab_entry(one: Series, wish: _Asked, door: Door, current: bool) -> Entry:
    newest = one.rows[0]
    numbers = [float(row.shown.number) for row in one.rows[:SPARKS] if row.shown.number is not None and not row.doubts]
    said = newest.lab.value
    reference = f"({said.reference})" if said.reference and not newest.shown.converted else ""
    return Entry(
        name=door.cover(f"{one.name}, {one.method}" if one.method else one.name),
        value=door.cover(f"{newest.shown.value} {newest.shown.unit}".strip()),
        on=day_of(newest.lab.on),
        note=door.cover(f"{said.flag} {reference}".strip()),
        doubtful=any(row.asks for row in one.rows),
        address=wish.address(show=one.key, month="") + "#value",
        is_current=current,
        spark=spark(numbers[::-1]) if len(numbers) > 1 else None,
    )


def _home_entry(one: Vital, wish: _Asked, door: Door, current: bool) -> Entry:
    newest = one.days[0]
    trend = [day.middle if day.middle is not None else day.high for day in one.days[:SPARKS]]
    return Entry(
        name=door.cover(home.name_of(one)),
        value=door.cover(f"{home.short(newest.middle, newest.low, newest.high)} {one.unit}"),
        on=day_of(newest.on),
        note="",
        doubtful=False,
        address=wish.address(show=one.key, month="") + "#value",
        is_current=current,
        spark=spark(trend[::-1]) if len(trend) > 1 else None,
    )


def _detail(chosen: Series | Vital | None, wish: _Asked, door: Door) -> Detail | None:
    if chosen is None:
        return None

    def address(month: str) -> str:
        return wish.address(show=chosen.key, month=month) + "#days"

    return _lab(chosen, wish, door, address) if isinstance(chosen, Series) else _vital(chosen, wish, door, address)


def _lab(one: Series, wish: _Asked, door: Door, address: Callable[[str], str]) -> Detail:
    by_month = laboratories.months(one, wish.month, address) if len(one.rows) > MANY else ()
    month = next((line.month for line in by_month if line.is_current), "")
    rows = [row for row in one.rows if not by_month or row.lab.on[:7] == month]
    drawn = laboratories.trend(one, by_month, door)
    return Detail(
        name=door.cover(one.name),
        method=door.cover(one.method),
        unit=door.cover(one.unit),
        count=len(one.rows),
        is_home=False,
        charts=drawn.charts,
        told=drawn.told,
        band=drawn.band,
        lines=[laboratories.line(row, door, wish.address, wish.look) for row in rows[:MANY]],
        months=by_month,
        note=one.note,
        is_unknown=one.rows[0].shown.why_not is WhyNot.UNKNOWN_ANALYTE,
        draft=any(row.shown.draft for row in one.rows),
    )


def _vital(one: Vital, wish: _Asked, door: Door, address: Callable[[str], str]) -> Detail:
    by_month = home.months(one, wish.month, address) if len(one.days) > MANY else ()
    month = next((line.month for line in by_month if line.is_current), "")
    days = [day for day in one.days if not by_month or day.on[:7] == month]
    drawn = home.trend(one, by_month)
    return Detail(
        name=door.cover(home.name_of(one)),
        method="",
        unit=door.cover(one.unit),
        count=len(one.days),
        is_home=True,
        charts=drawn.charts,
        told=drawn.told,
        band="",
        days=[home.line(day, door) for day in days[:MANY]],
        months=by_month,
        is_pressure=one.code == at_home.PRESSURE,
    )
