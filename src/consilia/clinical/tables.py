"""Tables: large flat content in one CSV with a TOML header beside it (docs/decisions/0003-flat-tables-as-csv.md)."""

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator, Field, StringConstraints

from consilia.clinical.entries import Confidence, Entry, Region, Strict

Number = Annotated[str, StringConstraints(pattern=r"^[0-9]{0,12}$")]


def _split(value: object) -> object:
    return tuple(part for part in value.split(";") if part) if isinstance(value, str) else value


def _groups(value: object) -> object:
    return (
        tuple(tuple(group.split()) for group in value.split("/") if group.strip()) if isinstance(value, str) else value
    )


Numbers = Annotated[tuple[Number, ...], BeforeValidator(_split)]
Many = Annotated[tuple[str, ...], BeforeValidator(_split)]
WordGroups = Annotated[tuple[tuple[str, ...], ...], BeforeValidator(_groups)]


class TableHeader(Entry):
    """The head of a flat table: what it holds, its columns in order, and notices that licences ask for."""

    title: str
    columns: tuple[str, ...] = Field(min_length=1)
    notice: str = ""


class EmergencyRow(Strict):
    """Numbers of one region; lists are separated by semicolons."""

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


class KindRow(Strict):
    """A kind of paper: what it is, its LOINC document code, and checklist items it may fill, in words for people."""

    kind: str
    loinc: str
    label: str
    may_fill: str


class SpecialityRow(Strict):
    """A speciality with labels and the case types it serves."""

    id: str
    en: str
    de: str
    fr: str
    es: str
    case_types: Many


class ItemRow(Strict):
    """A checklist item; `words` are groups of stems separated by /, each group must meet the title of the paper."""

    item: str
    label: str
    form: str = Field(pattern="^(document|imaging|lab|form|file|specimen_or_imaging)$")
    loinc: str
    modality: str
    body_part: str
    kinds: Many
    words: WordGroups


ROWS: dict[str, type[Strict]] = {
    "emergency_numbers": EmergencyRow,
    "document_kinds": KindRow,
    "specialities": SpecialityRow,
    "checklist_items": ItemRow,
}
"""Folder of a table -> the shape of its rows; the first column is the key."""
