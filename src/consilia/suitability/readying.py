"""Readying: a checklist and the records at hand give what is here, half here, too old or missing, and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from consilia.clinical.checklists import Checklist, ChecklistItem
from consilia.clinical.library import Library
from consilia.suitability.filling import PresentRecord, fills


class ItemState(StrEnum):
    """State of a place of the list, best first. Too old is a hint and never a refusal."""

    PRESENT = "present"
    TOO_OLD = "too_old"
    PARTLY = "partly"
    MISSING = "missing"
    NOT_NEEDED = "not_needed"


REPORT_WITHOUT_IMAGES = "report_without_images"
NO_DATE = "no_date"
PARTIAL = "partial"


@dataclass(frozen=True, slots=True)
class ReadinessItem:
    """One place: its state, why (a code, or the words in `detail`), the records that fill it, age in days of the best.

    `asks_condition`: the place counts only for some patients and nobody said yet whether for this one.
    """

    item: ChecklistItem
    state: ItemState
    why: str = ""
    detail: str = ""
    record_ids: tuple[str, ...] = ()
    on: date | None = None
    days_old: int | None = None
    asks_condition: bool = False

    @property
    def is_open(self) -> bool:
        """True while something must still come."""
        return self.state in (ItemState.MISSING, ItemState.PARTLY)


@dataclass(frozen=True, slots=True)
class Readiness:
    """The whole list with its counts; essential places come first, in the order of the checklist."""

    checklist: Checklist
    items: tuple[ReadinessItem, ...]

    def count(self, state: ItemState) -> int:
        """How many places are in a state."""
        return sum(line.state is state for line in self.items)

    @property
    def counts(self) -> dict[str, int]:
        """State -> number of places, for those that are needed."""
        return {state.value: self.count(state) for state in ItemState if state is not ItemState.NOT_NEEDED}

    @property
    def total(self) -> int:
        """Places that are needed."""
        return len(self.items) - self.count(ItemState.NOT_NEEDED)

    @property
    def waived(self) -> tuple[ReadinessItem, ...]:
        """Places that do not concern this patient, by her own word."""
        return tuple(line for line in self.items if line.state is ItemState.NOT_NEEDED)

    @property
    def essential_open(self) -> tuple[ReadinessItem, ...]:
        """Essential places that are missing or only half there; they hold the case."""
        return tuple(line for line in self.items if line.item.essential and line.is_open)

    def essential_labels(self, language: str = "en") -> tuple[str, ...]:
        """The labels of what holds the case, for Facts.essential_missing."""
        return tuple(line.item.label.get(language, line.item.label["en"]) for line in self.essential_open)


def readiness(
    checklist: Checklist,
    present: Sequence[PresentRecord],
    today: date,
    *,
    conditions: Mapping[str, bool] | None = None,
) -> Readiness:
    """Every place of the list judged on a day. `conditions`: answers to the `only_if` of places, by id.

    A record that is there beats the word that it cannot be: its place is judged as any other.
    Give only records that may count: nothing held, no duplicate, nothing of another person.
    """
    answers = conditions or {}
    lines = [_judged(item, present, today, answers) for item in checklist.items]
    return Readiness(checklist, tuple(sorted(lines, key=lambda line: not line.item.essential)))


def _judged(
    item: ChecklistItem, present: Sequence[PresentRecord], today: date, answers: Mapping[str, bool]
) -> ReadinessItem:
    asks = bool(item.only_if) and item.only_if not in answers
    found = [record for record in present if fills(record, item)]
    if not found and item.only_if and answers.get(item.only_if) is False:
        return ReadinessItem(item, ItemState.NOT_NEEDED)
    if not found:
        return ReadinessItem(item, ItemState.MISSING, asks_condition=asks)
    has_images = any(record.is_images for record in found)
    judged = [_one(item, record, today, has_images) for record in found]
    order = list(ItemState)
    best = min(judged, key=lambda line: (order.index(line.state), line.days_old is None, line.days_old or 0))
    return ReadinessItem(
        item=item,
        state=best.state,
        why=best.why,
        detail=best.detail,
        record_ids=tuple(record.record_id for record in found if record.record_id),
        on=best.on,
        days_old=best.days_old,
    )


def _one(item: ChecklistItem, record: PresentRecord, today: date, has_images: bool) -> ReadinessItem:
    days = (today - record.on).days if record.on else None
    state, why = ItemState.PRESENT, ""
    if record.partial:
        state, why = ItemState.PARTLY, PARTIAL
    elif item.form == "imaging" and not has_images:
        state, why = ItemState.PARTLY, REPORT_WITHOUT_IMAGES
    elif item.newer_than_days is not None and days is None:
        why = NO_DATE
    elif item.newer_than_days is not None and days is not None and days > item.newer_than_days:
        state, why = ItemState.TOO_OLD, ItemState.TOO_OLD.value
    return ReadinessItem(item, state, why, record.partial, on=record.on, days_old=days)


def reason_words(line: ReadinessItem, library: Library, language: str = "en") -> str:
    """Why a place is as it is, in a sentence; empty where there is nothing to say."""
    if line.why in ("", PARTIAL):
        return line.detail
    sentence = library.text("readiness", line.why, language)
    return sentence.format(days=line.days_old, wanted=line.item.newer_than_days)
