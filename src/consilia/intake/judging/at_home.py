"""At home: vital signs by kind and day, one value a day whatever the number of devices; evidence, watched by nobody."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from consilia.clinical.phrases import folded
from consilia.formats.results import VitalValue

UPPER: Final = "8480-6"
LOWER: Final = "8462-4"
PRESSURE: Final = "85354-9"  # LOINC: the panel of both
SAME: Final = {"3141-9": "29463-7", "59408-5": "2708-6", "8889-8": "8867-4"}  # LOINC codes of one vital sign


@dataclass(frozen=True, slots=True)
class Day:
    """The readings of one day: mean, lowest, highest, how many. For blood pressure low and high are the two means."""

    on: str
    middle: float | None
    low: float
    high: float
    count: int
    path: str


@dataclass(frozen=True, slots=True)
class Vital:
    """One vital sign in one unit, newest day first. `code` is LOINC, "" where none was given."""

    key: str
    code: str
    name: str
    unit: str
    days: tuple[Day, ...]


Told = tuple[VitalValue, str]


def vitals(told: Iterable[Told]) -> tuple[Vital, ...]:
    """The vital signs of a case by name; upper and lower blood pressure of a day stand together."""
    groups: dict[tuple[str, str], dict[str, list[Told]]] = defaultdict(lambda: defaultdict(list))
    names: dict[tuple[str, str], str] = {}
    for value, path in told:
        key = (SAME.get(value.code, value.code) or folded(value.name), value.unit)
        groups[key][value.date[:10]].append((value, path))
        names.setdefault(key, value.name)
    series = {key: {on: _day(on, readings) for on, readings in days.items()} for key, days in groups.items()}
    for upper in [key for key in series if key[0] == UPPER]:
        _pair(series, names, upper)
    found = [_vital(key, names[key], days.values()) for key, days in series.items() if days]
    return tuple(sorted(found, key=lambda one: (folded(one.name), one.unit)))


def _day(on: str, readings: Sequence[Told]) -> Day:
    values = [value for value, _ in readings]
    count = sum(value.count for value in values)
    middle = sum(value.value * value.count for value in values) / count
    low = min(min(value.value, value.low or value.value) for value in values)
    return Day(on, middle, low, max(max(value.value, value.high) for value in values), count, readings[-1][1])


def _pair(
    series: dict[tuple[str, str], dict[str, Day]], names: dict[tuple[str, str], str], upper: tuple[str, str]
) -> None:
    """Days with both become blood pressure; the others stay where they are."""
    lower, both = (LOWER, upper[1]), (PRESSURE, upper[1])
    for on in sorted(series[upper].keys() & series.get(lower, {}).keys()):
        high, low = series[upper].pop(on), series[lower].pop(on)
        if high.middle is not None and low.middle is not None:
            names[both] = "blood pressure"
            pressure = Day(on, None, low.middle, high.middle, max(high.count, low.count), high.path)
            series.setdefault(both, {})[on] = pressure


def _vital(key: tuple[str, str], name: str, days: Iterable[Day]) -> Vital:
    newest_first = tuple(sorted(days, key=lambda day: day.on, reverse=True))
    code = key[0] if "-" in key[0] and key[0].replace("-", "").isdigit() else ""
    return Vital(hashlib.sha256("\n".join(("vital", *key)).encode()).hexdigest()[:10], code, name, key[1], newest_first)


@dataclass(frozen=True, slots=True)
class Month:
    """The days of one month: mean, lowest and highest; for blood pressure the means of both."""

    month: str
    middle: float | None
    low: float
    high: float
    days: int


def months(days: Iterable[Day]) -> tuple[Month, ...]:
    """By month, newest first; days without a date are left out."""
    groups: dict[str, list[Day]] = defaultdict(list)
    for day in days:
        if day.on:
            groups[day.on[:7]].append(day)
    return tuple(_month(month, groups[month]) for month in sorted(groups, reverse=True))


def _month(month: str, days: Sequence[Day]) -> Month:
    middles = [day.middle for day in days if day.middle is not None]
    lows, highs = [day.low for day in days], [day.high for day in days]
    if len(middles) < len(days):  # two values a day
        return Month(month, None, sum(lows) / len(lows), sum(highs) / len(highs), len(days))
    return Month(month, sum(middles) / len(middles), min(lows), max(highs), len(days))
