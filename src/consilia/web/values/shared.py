"""What lines of laboratory and home values share: the way to the record, the months, the trend in words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from consilia.audit.kinds import Kind
from consilia.cases.access import Reader
from consilia.formats.values import line_at
from consilia.intake.concluding import record_id
from consilia.intake.queries import ValuesPage
from consilia.kernel import days
from consilia.kernel.refusal import Refusal
from consilia.records import looks
from consilia.web.values.chart import Chart
from consilia.web.values.forms import CheckForm

MANY: Final = 60  # lines of a table and marks of a trend; more are told by month


@dataclass(frozen=True, slots=True)
class Door:
    """How one reader sees the values: her addresses, what covers names in words, and what she typed about a value."""

    space: str  # of her addresses
    case_id: UUID
    may_check: bool
    against_checking: tuple[Refusal, ...]
    cover: Callable[[str], str] = str
    typed: CheckForm | None = None

    @property
    def takes_words(self) -> bool:
        """Whether the reader may say something about a value now."""
        return self.may_check and not self.against_checking

    @property
    def typed_about(self) -> str:
        """The key of the value about which she typed something that was not taken, "" when there is none."""
        return str(self.typed.data.get("key", "")) if self.typed is not None else ""

    def record(self, one: UUID) -> str:
        """Where a record of hers stands."""
        return reverse(f"{self.space}:record", args=[self.case_id, one])

    def row(self, one: UUID, page: int, line: int) -> str:
        """The picture of a row of a page."""
        return reverse(f"{self.space}:row", args=[self.case_id, one, page, line])

    def said(self, one: UUID) -> str:
        """Where it is said what stands on the paper."""
        return reverse(f"{self.space}:value", args=[self.case_id, one])

    def source(self, path: str, where: str) -> tuple[str, str]:
        """(address, words) of the page on which a value stands."""
        place = line_at(where)
        address = self.record(record_id(path))
        if place is None:
            return address, _("record")
        return f"{address}?page={place[0]}", _("page %(number)s") % {"number": place[0]}


def door(
    space: str, reader: Reader, found: ValuesPage, *, cover: Callable[[str], str] = str, typed: CheckForm | None = None
) -> Door:
    """The door of one reader."""
    return Door(space, reader.case_id, found.may_check, found.against_checking, cover, typed)


def note_look(reader: Reader, *, at: datetime) -> None:
    """The values are read, before the page is made; going from one to the next is one look."""
    entity = ("values", reader.case_id)
    looks.went_on(reader.case_id, Kind.VALUES_OPENED, entity, actor=reader.actor, at=at)


@dataclass(frozen=True, slots=True)
class MonthLine:
    """The values of one month; `month` is "2026-03", or "" for those without a date."""

    month: str
    on: date | None
    count: int
    words: str
    address: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class Drawn:
    """A trend in both sizes and in words; no chart where fewer than two values have a date."""

    charts: tuple[Chart, ...] = ()
    told: str = ""
    band: str = ""


def day_of(on: str) -> date | None:
    """The day of a day or a moment in ISO 8601, None for one that is not whole."""
    return days.day_of(on[:10])


def month_of(month: str) -> date | None:
    """The first day of a month."""
    return day_of(f"{month}-01")


def day_words(on: date) -> str:
    """A day beside a chart."""
    return date_format(on, "j M Y")


def month_words(on: date) -> str:
    """A month beside a chart."""
    return date_format(on, "M Y")
