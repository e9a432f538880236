"""What the papers say, ready for a page: recommendations, radiation, the course, key sentences, each with its link."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from itertools import groupby
from typing import Final
from uuid import UUID

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from consilia.cases import content
from consilia.cases.access import Reader
from consilia.cases.models import AdviceAnswer, Case
from consilia.clinical import radiation
from consilia.clinical.doses import Basis, Dose, UnknownDose, WhyUnknown, total
from consilia.intake import advised, concluding
from consilia.intake.concluding import Conclusions
from consilia.intake.judging.exposed import Exposed
from consilia.opinions import naming
from consilia.suitability.filling import IMAGING_STUDY

MEDICINES: Final = frozenset({"medication_list", "prescription"})
BASES: Final[dict[Basis, Promise]] = {
    Basis.DLP: lazy("from the dose-length product that the file states"),
    Basis.CTDI_AND_LENGTH: lazy("from the CTDIvol that the file states and the length"),
    Basis.ACTIVITY: lazy("from the activity that was given"),
    Basis.TYPICAL: lazy("usual range of this examination; nothing was measured"),
    Basis.SUM: lazy("from several figures"),
}
UNKNOWN: Final[dict[WhyUnknown, Promise]] = {
    WhyUnknown.AGE: lazy("the age on that day is not known"),
    WhyUnknown.REGION: lazy("the records do not say which part of the body, or there is no factor for it"),
    WhyUnknown.PHANTOM: lazy("the phantom of the dose report is not known"),
    WhyUnknown.ADULTS_ONLY: lazy("the figures are those of adults"),
    WhyUnknown.RADIOPHARMACEUTICAL: lazy("no coefficient for this substance"),
    WhyUnknown.EXAMINATION: lazy("no usual figure for this examination"),
    WhyUnknown.MEASURE: lazy("the figure is not a number above zero"),
}
Cover = Callable[[UUID, str], str]


@dataclass(frozen=True, slots=True)
class Addresses:
    """The names of one audience's pages of a paper and of a study."""

    record: str
    study: str


@dataclass(frozen=True, slots=True)
class Source:
    """A record as a link: its kind and its day."""

    title: str
    on: date | None
    url: str

    @property
    def words(self) -> str:
        return f"{self.title}, {self.on.isoformat()}" if self.on else self.title


@dataclass(frozen=True, slots=True)
class Advice:
    """A recommended examination with the report that says so and the records that show it."""

    point: advised.Point
    quote: str
    source: Source
    shown_by: tuple[Source, ...]


@dataclass(frozen=True, slots=True)
class DoseLine:
    """One examination: `low` and `high` in mSv as text, empty where `unknown` says why; `is_none` without radiation."""

    source: Source
    stated: tuple[str, ...]
    low: str
    high: str
    basis: str
    grounds: tuple[str, ...]
    unknown: str
    is_none: bool


@dataclass(frozen=True, slots=True)
class Radiation:
    """All examinations, and their sum: a range of those that are known, and how many are not."""

    lines: tuple[DoseLine, ...]
    low: str
    high: str
    unknown: int
    draft: bool


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the course; `quote` for an open recommendation."""

    source: Source
    icon: str
    quote: str
    language: str


@dataclass(frozen=True, slots=True)
class Sentence:
    """Words of a report as they stand."""

    source: Source
    quote: str
    language: str


@dataclass(frozen=True, slots=True)
class Told:
    """What the records of a case say, for one reader."""

    advice: tuple[Advice, ...]
    contradiction: str
    radiation: Radiation
    course: tuple[tuple[str, tuple[Entry, ...]], ...]  # day (ISO), what came then
    sentences: tuple[Sentence, ...]
    medicines: tuple[Source, ...]
    studies: tuple[Source, ...]
    answers: tuple[tuple[str, str], ...]

    @property
    def open(self) -> tuple[Advice, ...]:
        """What no record shows to have been done."""
        return tuple(one for one in self.advice if one.point.is_open)


@dataclass(frozen=True, slots=True)
class Sheet:
    """The head of the one-page summary: who, in the words that this reader may see, and the patient's own words."""

    reference: str
    facts: tuple[str, ...]
    diagnosis: str
    therapy: str
    questions: tuple[str, ...]
    back: str


def told(reader: Reader, addresses: Addresses, *, at: datetime, cover: Cover | None = None) -> Told:
    """One query. `cover` takes the names out of words of a record, by its id; without it they stand as written."""
    case, found = concluding.drawn(reader.case_id, at=at)
    return _Teller(case, found, addresses, cover or (lambda _record, words: words)).told()


class _Teller:
    """Links and words of one case for one audience."""

    def __init__(self, case: Case, found: Conclusions, addresses: Addresses, cover: Cover) -> None:
        self.case, self.found, self.addresses, self.cover = case, found, addresses, cover
        self.kinds = {event.path: event for event in found.course if event.kind != "recommended"}

    def told(self) -> Told:
        points = advised.points(self.case, self.found, get_language() or "en")
        named = [(event, self.source(event.path)) for event in self.found.course]
        return Told(
            advice=tuple(self.advice(one) for one in points),
            contradiction=advised.against_self_check(self.case, points),
            radiation=self.radiation(),
            course=tuple(self.course()),
            sentences=tuple(
                Sentence(self.source(one.path), self.words(one.path, one.quote), one.language)
                for one in reversed(self.found.quoted)
            ),
            medicines=tuple(source for event, source in named if event.kind in MEDICINES),
            studies=tuple(source for event, source in named if event.kind == IMAGING_STUDY),
            answers=tuple((choice.value, str(choice.label)) for choice in AdviceAnswer),
        )

    def words(self, path: str, said: str) -> str:
        return self.cover(concluding.record_id(path), said)

    def source(self, path: str) -> Source:
        """The record of a path, named by its kind: its own title may hold a name."""
        key, _slash, rest = path.partition("/")
        name = self.addresses.record if rest and not self.is_study(key) else self.addresses.study
        event = self.kinds.get(path) or self.kinds.get(f"{key}/")
        url = reverse(name, args=[self.case.pk, key])
        if event is None:
            return Source(_("Record without a date"), None, url)
        title = (
            self.words(path, event.what)
            if event.kind == IMAGING_STUDY
            else naming.short(event.kind, self.words(path, event.what))
        )
        return Source(title, date.fromisoformat(event.on), url)

    def is_study(self, key: str) -> bool:
        """Figures of radiation name the file within the study."""
        return f"{key}/" in self.kinds

    def advice(self, point: advised.Point) -> Advice:
        shown = tuple(self.source(path) for path in point.evidence) if point.state == "shown" else ()
        return Advice(point, self.words(point.source, point.quote), self.source(point.source), shown)

    def course(self) -> Iterable[tuple[str, tuple[Entry, ...]]]:
        open_now = {(one.recommended_in, one.quote): one for one in self.found.recommended if one.done is not True}
        for day, events in groupby(self.found.course, key=lambda event: event.on):
            entries = []
            for event in events:
                advice = open_now.get((event.path, event.what)) if event.kind == "recommended" else None
                icon = "image" if event.kind == IMAGING_STUDY else "circle-question-mark" if advice else "file-text"
                quote = self.words(event.path, event.what) if advice else ""
                entries.append(Entry(self.source(event.path), icon, quote, advice.language if advice else ""))
            yield day, tuple(entries)

    def radiation(self) -> Radiation:
        library = content.library()
        doses = [(one, radiation.received(library, one.exposure)) for one in self.found.exposed]
        counted = total(dose for _one, dose in doses)
        known = counted.known
        return Radiation(
            lines=tuple(self.dose_line(one, dose) for one, dose in doses),
            low=_figure(known.low) if known else "",
            high=_figure(known.high) if known else "",
            unknown=counted.unknown,
            draft=bool(known and known.grounds.draft),
        )

    def dose_line(self, one: Exposed, dose: Dose | UnknownDose) -> DoseLine:
        known = dose if isinstance(dose, Dose) else None
        return DoseLine(
            source=self.source(one.path),
            stated=tuple(f"{said.name} {said.value} {said.unit}" for said in one.stated),
            low=_figure(known.low) if known else "",
            high=_figure(known.high) if known else "",
            basis=str(BASES[known.basis]) if known else "",
            grounds=known.grounds.sources if known else (),
            unknown="" if isinstance(dose, Dose) else str(UNKNOWN[dose.why]),
            is_none=bool(known and known.is_none),
        )


def _figure(value: Decimal) -> str:
    """Two digits: the tables are no surer."""
    return f"{value:.0f}" if value >= 10 else f"{value:.1f}" if value >= 1 else f"{float(value):.2g}"
