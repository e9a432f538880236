"""Prescribing: what a local doctor needs to turn advice on a medicine into a prescription; none is issued here."""

from __future__ import annotations

from dataclasses import dataclass

from consilia.clinical.entries import Stamp, said
from consilia.clinical.library import Library
from consilia.suitability.verdicts import Where

_RULE = "eu"
_GIVEN_BY_ADVICE = "product"


@dataclass(frozen=True, slots=True)
class FieldNeeded:
    """One field: id, part (patient, authentication, prescriber, product), name, and when alone it may stand."""

    id: str
    part: str
    label: str
    only_if: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LocalPrescription:
    """The fields of 2012/52/EU, annex: those of the product everywhere, all of them where the directive holds.

    across_borders: the patient is where such a prescription is used in other states, too; `notes` are its limits.
    """

    rule: Stamp
    across_borders: bool
    fields: tuple[FieldNeeded, ...]
    notes: tuple[str, ...]


def local_prescription(where: Where, library: Library, language: str = "en") -> LocalPrescription:
    """What the doctor where the patient is needs to know; never that a prescription is given."""
    elements = library.prescription_elements()
    across = all(code in elements.countries for code in where.patients)
    wanted = elements.element if across else elements.of(_GIVEN_BY_ADVICE)
    return LocalPrescription(
        rule=library.stamp("prescription_elements", _RULE),
        across_borders=across,
        fields=tuple(
            FieldNeeded(one.id, one.part, said(one.label, language), tuple(said(why, language) for why in one.only_if))
            for one in wanted
        ),
        notes=(said(elements.excluded, language), said(elements.dispensing, language)) if across else (),
    )
