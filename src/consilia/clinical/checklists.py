"""Checklists: which records an expert needs for a kind of case, and which papers may fill each place."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Self

from pydantic import Field, model_validator

from consilia.clinical.entries import Entry, Identifier, Stamp, Strict, Words


class Condition(Strict):
    """A line that counts only for some patients, for example those who had an operation."""

    id: Identifier
    words: Words


class Line(Strict):
    """One wanted record: an item of the item table, how much it is needed, and why.

    `newer_than_days` is a hint: older is accepted and said, never refused.
    """

    item: Identifier
    need: str = Field(pattern="^(essential|helpful)$")
    newer_than_days: int | None = Field(default=None, ge=1)
    why: Words | None = None
    only_if: Condition | None = None
    unlocks: tuple[str, ...] = ()


class ExampleRecord(Strict):
    """A record of an example, as `suitability.PresentRecord` takes it."""

    kind: str
    on: date | None = None
    title: str = ""
    modality: str = ""
    body_part: str = ""
    items: tuple[str, ...] = ()
    partial: str = ""


class ChecklistExample(Strict):
    """Records at hand on a day, and the state that the named items must have."""

    about: str
    today: date
    present: tuple[ExampleRecord, ...] = ()
    conditions: dict[str, bool] = {}
    expect: dict[str, str]


class ChecklistFile(Entry):
    """One case type, or `always` (what every case needs). `words`: groups of stems that point to it in free text.

    Each group must be met, so that a pain in the breast is not taken for a cancer of it; stems as in `words.meets`.
    """

    label: Words
    icd10: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    line: tuple[Line, ...] = ()
    example: tuple[ChecklistExample, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _each_item_once(self) -> Self:
        items = [line.item for line in self.line]
        if len(items) != len(set(items)):
            raise ValueError("an item stands twice")
        return self


@dataclass(frozen=True, slots=True)
class ChecklistItem:
    """One place of a checklist, ready to be filled.

    `kinds`: document kinds that may fill it; `words`: groups of stems of which each must meet the title;
    `form` is document, imaging, lab, form, file or specimen_or_imaging; `label`, `why`, `only_if_words` by language.
    """

    id: str
    label: dict[str, str]
    essential: bool
    form: str
    why: dict[str, str]
    newer_than_days: int | None
    only_if: str
    only_if_words: dict[str, str]
    unlocks: tuple[str, ...]
    kinds: tuple[str, ...]
    words: tuple[tuple[str, ...], ...]
    modality: str
    body_part: str
    loinc: str


@dataclass(frozen=True, slots=True)
class Checklist:
    """The list of a case type with what every case needs; (id, version, sha256) is what a case keeps of it."""

    id: str
    version: int
    sha256: str
    label: dict[str, str]
    items: tuple[ChecklistItem, ...]
    draft: bool

    @property
    def stamp(self) -> Stamp:
        """(id, version, sha256) of this list as applied; the hash covers the list, `always` and the item table."""
        return Stamp(self.id, self.version, self.sha256)

    @property
    def essential(self) -> tuple[ChecklistItem, ...]:
        """The items without which an expert cannot begin."""
        return tuple(item for item in self.items if item.essential)
