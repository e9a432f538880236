"""Tables: large flat content in one CSV with a TOML header beside it (docs/decisions/0003-flat-tables-as-csv.md)."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import BeforeValidator, Field, StringConstraints

from consilia.clinical import medicine_rows
from consilia.clinical.entries import Confidence, Entry, Identifier, Region
from consilia.clinical.rows import Loinc, Row

Number = Annotated[str, StringConstraints(pattern=r"^[0-9]{0,12}$")]


def _split(value: object) -> object:
    return tuple(part for part in value.split(";") if part) if isinstance(value, str) else value


def _groups(value: object) -> object:
    return (
        tuple(tuple(group.split()) for group in value.split("/") if group.strip()) if isinstance(value, str) else value
    )


Numbers = Annotated[tuple[Number, ...], BeforeValidator(_split)]
Many = Annotated[tuple[str, ...], BeforeValidator(_split)]
ITEM_LANGUAGES = ("en", "de", "fr", "es", "it")
"""Languages that have a column in the table of items."""
ANALYTE_LANGUAGES = ("en", "de", "fr", "es", "it", "pt", "ru", "tr")
"""Languages that have a column in the table of names of analytes."""

WordGroups = Annotated[tuple[tuple[str, ...], ...], BeforeValidator(_groups)]


class TableHeader(Entry):
    """The head of a flat table: what it holds, its columns in order, and notices that licences ask for."""

    title: str
    columns: tuple[str, ...] = Field(min_length=1)
    notice: str = ""


class EmergencyRow(Row):
    """Numbers of one region; lists are separated by semicolons."""

    KEY: ClassVar = "iso2"

    iso2: Region
    country: str
    show_first: Number
    then: Numbers
    medical_number: Number
    also: Numbers
    eu_112: str = Field(pattern="^(yes|no)$")
    police: Numbers
    fire: Numbers
    all_emergency_libphonenumber: Numbers
    sources: str
    confidence: Confidence
    as_of: str
    note: str


class KindRow(Row):
    """A kind of paper: what it is, its LOINC document code, and checklist items it may fill, in words for people."""

    KEY: ClassVar = "kind"

    kind: str
    loinc: Loinc
    label: str
    may_fill: str


class SpecialityRow(Row):
    """A speciality with labels and the case types it serves; codes of others are an optional mapping, often empty."""

    KEY: ClassVar = "id"

    id: str
    en: str
    de: str
    fr: str
    es: str
    snomed: str = Field(pattern="^[0-9]*$")
    nucc: str = Field(pattern="^([0-9]{3}[0-9A-Z]{6}X)?$")
    case_types: Many


class ItemRow(Row):
    """A checklist item; `words` are groups of stems separated by /, each group must meet the title of the paper.

    `title_decides`: modality and part of the body do not tell a study of this item from others; its title must meet
    the words, too. `loinc_also` are further LOINC codes of the same item.
    """

    KEY: ClassVar = "item"

    item: str
    en: str = Field(min_length=1)
    de: str
    fr: str
    es: str
    it: str
    form: str = Field(pattern="^(document|imaging|lab|form|file|specimen_or_imaging)$")
    loinc: Loinc
    loinc_also: Annotated[tuple[Loinc, ...], BeforeValidator(_split)]
    modality: str
    body_part: str
    title_decides: str = Field(pattern="^(yes)?$")
    kinds: Many
    words: WordGroups
    note: str

    @property
    def label(self) -> dict[str, str]:
        """The name of the item by language tag; a language without one is left out."""
        return {tag: name for tag in ITEM_LANGUAGES if (name := getattr(self, tag))}


class AnalyteNameRow(Row):
    """An analyte as laboratories call it: whole names by language, the first is its heading.

    `units`: rows of laboratory_units by which its values are converted, the first that is measured in the printed
    unit; empty where none is known. `loinc`: codes beside those of these rows.
    """

    KEY: ClassVar = "id"

    id: Identifier
    units: Many
    loinc: Annotated[tuple[Loinc, ...], BeforeValidator(_split)]
    en: Many = Field(min_length=1)
    de: Many
    fr: Many
    es: Many
    it: Many
    pt: Many
    ru: Many
    tr: Many

    @property
    def names(self) -> dict[str, tuple[str, ...]]:
        """The names by language tag; a language without one is left out."""
        return {tag: names for tag in ANALYTE_LANGUAGES if (names := getattr(self, tag))}


ROWS: dict[str, type[Row]] = {
    "analyte_names": AnalyteNameRow,
    "emergency_numbers": EmergencyRow,
    "document_kinds": KindRow,
    "specialities": SpecialityRow,
    "checklist_items": ItemRow,
    **medicine_rows.ROWS,
}
"""Folder of a table -> the shape of its rows; the first column is the key."""
