"""Filling: whether a record that is there may fill a place of a checklist; a hint of a person or the intake decides."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from consilia.clinical.checklists import ChecklistItem
from consilia.clinical.words import meets, word_list

IMAGING_STUDY = "imaging_study"
"""The kind of a DICOM study; all other kinds are those of the table of document kinds."""

# DICOM PS3.16 annex L has several keywords for what a checklist calls by one name.
_SAME_PART = {"THORAX": "CHEST", "BRAIN": "HEAD", "SKULL": "HEAD"}
_SAME_MODALITY = {"CR": "DX", "RG": "DX", "DR": "DX", "PET": "PT", "MRI": "MR"}
_PART_IS_CERTAIN = {"MG": "BREAST"}


@dataclass(frozen=True, slots=True)
class PresentRecord:
    """A record of the case: a paper (kind of the table, title as printed) or a study (IMAGING_STUDY, modality, part).

    `items` are checklist items that a person or the intake named: then these and no others are filled.
    `partial` says in words why the record is only half of what is wanted.
    """

    kind: str
    on: date | None = None
    title: str = ""
    record_id: str = ""
    items: tuple[str, ...] = ()
    modality: str = ""
    body_part: str = ""
    partial: str = ""

    @property
    def is_images(self) -> bool:
        """True for images, False for a paper about them."""
        return self.kind == IMAGING_STUDY


def own_words(has_questions: bool) -> list[PresentRecord]:
    """The questions that the case itself holds are no record to ask for."""
    return [PresentRecord(kind="patient_statement", items=("questions",))] if has_questions else []


def fills(record: PresentRecord, item: ChecklistItem) -> bool:
    """True if the record may stand in this place."""
    if record.items:
        return item.id in record.items
    if record.is_images:
        return _study_fills(record, item)
    return record.kind in item.kinds and _title_meets(record, item)


def _title_meets(record: PresentRecord, item: ChecklistItem) -> bool:
    if not item.words:
        return True
    words = word_list(record.title)
    return all(any(meets(stem, words) for stem in group) for group in item.words)


def _study_fills(record: PresentRecord, item: ChecklistItem) -> bool:
    wanted = _SAME_MODALITY.get(item.modality, item.modality)
    found = {_SAME_MODALITY.get(name, name) for name in re.findall(r"[A-Z]+", record.modality.upper())}
    if not wanted or wanted not in found:
        return False
    if item.title_decides and not _title_meets(record, item):
        return False
    if not item.body_part:
        return True
    part = _part(record.body_part) or _PART_IS_CERTAIN.get(wanted, "")
    if part:
        return _part(item.body_part) in part
    return bool(item.words) and _title_meets(record, item)


def _part(keyword: str) -> str:
    plain = "".join(re.findall(r"[A-Z]+", keyword.upper()))
    return _SAME_PART.get(plain, plain)
