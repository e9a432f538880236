"""Doses: what the functions of radiation give back: a range in mSv with what it stands on, or why there is none."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from consilia.clinical.grounds import Grounds, together


class Basis(StrEnum):
    """From what a dose was found, the best first."""

    DLP = "dlp"
    CTDI_AND_LENGTH = "ctdi_and_length"
    ACTIVITY = "activity"
    TYPICAL = "typical"
    SUM = "sum"


class Caution(StrEnum):
    """What a reader must know beside the range."""

    NEAREST_REGION = "nearest_region"
    """The factors are those of a larger region of the body (abdomen with pelvis for one of the two)."""
    PHANTOM_ASSUMED = "phantom_assumed"
    """The dose report's phantom was not given; the one that the factors stand on is assumed."""
    PHANTOM_NOT_IN_TABLE = "phantom_not_in_table"
    """The table does not say for which phantom the factors hold."""
    ONE_SOURCE = "one_source"
    """Only one figure was found, so that the range has no width; the true spread is larger."""
    CT_NOT_COUNTED = "ct_not_counted"
    """A CT done in the same examination is not in the range."""
    MEASURED_NOT_USED = "measured_not_used"
    """Measured values were given, but no factor fits them: the range is the usual one of the examination."""


class WhyUnknown(StrEnum):
    """Why a dose cannot be told. Unknown is not zero."""

    AGE = "age"
    """The age is not known, or not a number of years."""
    REGION = "region"
    """No factor for this part of the body."""
    PHANTOM = "phantom"
    """A child's body region without the phantom of the dose report, or measured in another one than the factors."""
    ADULTS_ONLY = "adults_only"
    """The figures are those of adults, the patient is a child."""
    RADIOPHARMACEUTICAL = "radiopharmaceutical"
    """No coefficient for this substance."""
    EXAMINATION = "examination"
    """No typical dose for this kind of examination."""
    MEASURE = "measure"
    """The measured value is not a number above zero."""


@dataclass(frozen=True, slots=True)
class Dose:
    """Effective dose in mSv as a range. `sets` names the factor sets, radiopharmaceuticals or examinations used.

    `typical` is filled where exactly one typical examination was meant. An effective dose compares examinations; it
    is no measure of the risk of one person.
    """

    low: Decimal
    high: Decimal
    typical: Decimal | None
    basis: Basis
    sets: tuple[str, ...]
    cautions: tuple[Caution, ...]
    grounds: Grounds

    @property
    def is_none(self) -> bool:
        """True only for examinations that use no ionising radiation."""
        return self.high == 0


@dataclass(frozen=True, slots=True)
class UnknownDose:
    """There is no figure; shown as unknown, never as zero, and counted as such in a sum."""

    why: WhyUnknown


@dataclass(frozen=True, slots=True)
class Total:
    """The sum of several examinations: of the known ones as a range, and how many are unknown besides."""

    known: Dose | None
    unknown: int


def total(doses: Iterable[Dose | UnknownDose]) -> Total:
    """The sum of doses; with an unknown one among them the range is only the part that is known."""
    found = tuple(doses)
    return Total(
        added(dose for dose in found if isinstance(dose, Dose)), sum(isinstance(d, UnknownDose) for d in found)
    )


def added(doses: Iterable[Dose]) -> Dose | None:
    """The sum of known doses; None without any."""
    found = tuple(doses)
    if len(found) < 2:
        return found[0] if found else None
    return Dose(
        low=sum((dose.low for dose in found), Decimal(0)),
        high=sum((dose.high for dose in found), Decimal(0)),
        typical=None,
        basis=Basis.SUM,
        sets=tuple(dict.fromkeys(name for dose in found for name in dose.sets)),
        cautions=tuple(dict.fromkeys(caution for dose in found for caution in dose.cautions)),
        grounds=together(dose.grounds for dose in found),
    )
