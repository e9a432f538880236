"""Readings: what the nursery read in a file (words with boxes, values, claims), kept encrypted beside the original."""

from __future__ import annotations

import os
from uuid import UUID

from pydantic import ValidationError

from consilia.formats import written
from consilia.formats.unpacking import NamedFile
from consilia.formats.values import READING, Reading
from consilia.formats.verdicts import Reason, Verdict
from consilia.records import nursery
from consilia.records.models import Original
from consilia.vault import actions as vault
from consilia.vault import queries as vault_queries

NOTHING = Reading(Verdict.IGNORED, Reason.NONE)


def keep(case_id: UUID, original_id: UUID, reading: Reading) -> None:
    """Keeps a reading; the original stays byte-identical."""
    vault.put_derived(case_id, _name(original_id), READING.dump_json(reading))


def of(original: Original, language: str = "") -> Reading:
    """What was read in a file; read again, scans in `language` first (ISO 639-1), when it was swept or is damaged."""
    kept = vault_queries.get_derived(original.case_id, _name(original.pk))
    if kept is not None:
        try:
            return READING.validate_json(kept)
        except ValidationError:  # kept by a version whose readers said it in another shape
            pass
    if not original.sha256:
        return NOTHING
    reading = _read(original, language)
    if original.first_page and original.last_page:
        reading = written.part(reading, original.first_page, original.last_page)
    keep(original.case_id, original.pk, reading)
    return reading


def _read(original: Original, language: str) -> Reading:
    descriptor = vault_queries.to_descriptor(original.case_id, original.sha256)
    try:
        file = NamedFile(original.path, descriptor)
        return nursery.shared().read_scans(file, nursery.shared().read([file])[0], language)
    finally:
        os.close(descriptor)


def _name(original_id: UUID) -> str:
    return f"reading:{original_id}"
