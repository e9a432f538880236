"""Pseudonymous copies of the pictures of a case: made when they are asked for, from the header that is kept.

The secret behind UIDs, label and days follows from the data key of the case: it is erased with it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from uuid import UUID

from consilia.formats import pseudonyms
from consilia.formats.pseudonyms import NotCopied as NotCopied
from consilia.formats.pseudonyms import Subject
from consilia.formats.values import Description
from consilia.records import imaging
from consilia.records.models import Instance
from consilia.vault import queries as vault

PURPOSE = "pseudonymous copies"
TELLING = frozenset({"name", "birth_date", "patient_id", "accession"})  # kinds of claims that no copy may hold


@dataclass(frozen=True, slots=True)
class Copy:
    """A copy that passed the second reading; its pixels are read while it is sent."""

    instance: Instance
    header: bytes
    description: Description

    @property
    def transfer_syntax(self) -> str:
        return pseudonyms.syntax(self.description)

    def chunks(self) -> Iterator[bytes]:
        """The file. Raises vault errors."""
        yield self.header
        original = self.instance.original
        with closing(vault.open_object(original.case_id, original.sha256)) as stored:
            frames = ((stored.read(*part) for part in places) for places in self.description.places)
            yield from pseudonyms.pixels(self.description, frames)


def subject(case_id: UUID) -> Subject:
    """Whom the copies of a case are of. Raises Erased."""
    return Subject(vault.secret(case_id, PURPOSE))


def copy(instance: Instance) -> Copy:
    """A copy of a picture. Raises NotCopied with the reason, NotFound where its file cannot be described."""
    (description,) = imaging.described([instance])
    if description is None:
        raise NotCopied("no_frames")
    made = pseudonyms.header(description, subject(instance.original.case_id))
    pseudonyms.verify(made, _telling(instance))
    return Copy(instance, made, description)


def _telling(instance: Instance) -> list[str]:
    claims = [claim.get("value", "") for claim in instance.original.claims if claim.get("kind") in TELLING]
    uids = [instance.uid, instance.series.uid, instance.series.study.uid]
    return [*claims, *(claim.replace("-", "") for claim in claims), *uids]
