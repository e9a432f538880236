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
    `group` is a key of the texts "case_groups". `replaces_always` names items of `always` that this list leaves out or
    asks for less; it holds only in approved content, since a draft never asks for less.
    """

    label: Words
    group: str = "other"
    icd10: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    replaces_always: tuple[Identifier, ...] = ()
    line: tuple[Line, ...] = ()
    example: tuple[ChecklistExample, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _each_item_once(self) -> Self:
        items = [line.item for line in self.line]
        if len(items) != len(set(items)):
            raise ValueError("an item stands twice")
        return self


def more_needed(line: Line, other: Line) -> Line:
    """The first line, essential if either is, and with the smaller of the wanted ages."""
    need = "essential" if "essential" in (line.need, other.need) else "helpful"
    ages = [age for age in (line.newer_than_days, other.newer_than_days) if age]
    return line.model_copy(update={"need": need, "newer_than_days": min(ages, default=None)})


def with_always(own: ChecklistFile, always: ChecklistFile) -> tuple[Line, ...]:
    """The lines of a list followed by what every case needs; of an item in both, the stricter need."""
    left_out = () if own.is_draft else own.replaces_always
    lines = {line.item: line for line in own.line}
    for line in always.line:
        if line.item not in left_out:
            lines[line.item] = more_needed(lines[line.item], line) if line.item in lines else line
    return tuple(lines.values())


@dataclass(frozen=True, slots=True)
class ChecklistItem:
    """One place of a checklist, ready to be filled.

    `kinds`: document kinds that may fill it; `words`: groups of stems of which each must meet the title;
    `form` is document, imaging, lab, form, file or specimen_or_imaging; `label`, `why`, `only_if_words` by language.
    `title_decides`: a study needs the words in its title even if modality and part of the body fit.
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
    title_decides: bool
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
