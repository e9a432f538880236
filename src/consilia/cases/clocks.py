"""Whose turn it is, since when and until when; three clocks of which exactly one runs (workflow: clocks). Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from consilia.cases.states import TABLE, State, Turn

WORKING_DAYS = frozenset(range(5))  # Monday to Friday; the service's holidays are handed in
END_OF_DAY = time(18, 0)


def business_deadline(since: datetime, days: int, zone: ZoneInfo, holidays: frozenset[str] = frozenset()) -> datetime:
    """End of business of the `days`-th working day after `since`, in the zone of the promise.

    `holidays` are ISO dates of the service's calendar. Handed in on Friday, one day: Monday 18:00.
    """
    day = since.astimezone(zone).date()
    while days > 0:
        day += timedelta(days=1)
        if day.weekday() in WORKING_DAYS and day.isoformat() not in holidays:
            days -= 1
    return datetime.combine(day, END_OF_DAY, tzinfo=zone)


@dataclass(frozen=True, slots=True)
class Clock:
    """The running clock: whose, since when, until when (None: nothing is promised)."""

    turn: Turn
    since: datetime
    until: datetime | None

    def late(self, at: datetime) -> bool:
        return self.until is not None and at > self.until


def clock(state: State | str, since: datetime, zone: ZoneInfo, holidays: frozenset[str] = frozenset()) -> Clock:
    row = TABLE[State(state)]
    if row.business_days is not None:
        return Clock(row.turn, since, business_deadline(since, row.business_days, zone, holidays))
    return Clock(row.turn, since, since + row.promise if row.promise else None)


@dataclass(frozen=True, slots=True)
class Times:
    """Time used so far by each side; the four add up to the age of the case."""

    ours: timedelta
    expert: timedelta
    patient: timedelta
    nobody: timedelta

    @property
    def total(self) -> timedelta:
        return self.ours + self.expert + self.patient


def times(steps: Sequence[tuple[str, datetime]], at: datetime) -> Times:
    """Sums the time in each state by whose turn it was. `steps`: (state, entered), in order; at least one."""
    spent = dict.fromkeys(Turn, timedelta())
    for index, (state, entered) in enumerate(steps):
        left = steps[index + 1][1] if index + 1 < len(steps) else at
        spent[TABLE[State(state)].turn] += max(left - entered, timedelta())
    return Times(spent[Turn.OURS], spent[Turn.EXPERT], spent[Turn.PATIENT], spent[Turn.NOBODY])
