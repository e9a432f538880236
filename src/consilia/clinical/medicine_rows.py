"""Medicine rows: the shapes of the tables of units, doses, antibiotics and names; a factor of zero is refused here."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum
from typing import ClassVar, Literal, Self

from pydantic import model_validator

from consilia.clinical import unit_codes
from consilia.clinical.entries import Identifier
from consilia.clinical.rows import Loinc, NotNegative, Positive, PositiveOrNone, Row, SourcedRow

MOST_ROUNDING = Decimal("1e-4")
"""How far a factor of five digits may lie from what molar mass and units say."""


class UnitKind(StrEnum):
    """How the conventional unit becomes the SI unit."""

    MOLAR = "molar"
    SCALE = "scale"
    IDENTITY = "identity"
    AFFINE = "affine"
    ASSAY_DEPENDENT = "assay_dependent"
    NOT_CONVERTIBLE = "not_convertible"


class LaboratoryUnitRow(SourcedRow):
    """An analyte with its two units: SI value = conventional value * factor + offset. LOINC where one was found.

    `loinc_status` says of the conventional and the SI code whether it was seen in a source, is unverified or is none.
    """

    KEY: ClassVar = "id"

    id: Identifier
    name: str
    specimen: str
    loinc_conventional: Loinc
    loinc_si: Loinc
    loinc_status: str
    unit_conventional: str
    unit_si: str
    kind: UnitKind
    molar_mass_g_mol: PositiveOrNone
    factor: PositiveOrNone
    offset: Decimal
    published_factor: PositiveOrNone
    note: str

    @model_validator(mode="after")
    def _units_are_known(self) -> Self:
        for code in (self.unit_conventional, self.unit_si):
            found = unit_codes.unit(code)
            if found is None or found.code != code:
                raise ValueError(f"{code!r} is no unit code that is known")
        return self

    @model_validator(mode="after")
    def _numbers_fit_the_kind(self) -> Self:
        if (self.factor is None) != (self.kind is UnitKind.NOT_CONVERTIBLE):
            raise ValueError("every kind but not_convertible has a factor")
        if bool(self.offset) != (self.kind is UnitKind.AFFINE):
            raise ValueError("affine rows, and no others, have an offset")
        if (self.molar_mass_g_mol is None) == (self.kind is UnitKind.MOLAR):
            raise ValueError("molar rows, and no others, have a molar mass")
        return self

    @model_validator(mode="after")
    def _factor_agrees_with_the_units(self) -> Self:
        from_, to = (unit_codes.KNOWN.get(code) for code in (self.unit_conventional, self.unit_si))
        if self.factor is None or from_ is None or to is None:
            return self
        said = from_.scale / to.scale
        if self.molar_mass_g_mol is not None:
            if (from_.dimension, to.dimension) != ("g/L", "mol/L"):
                raise ValueError("a molar row leads from mass to amount of substance")
            said /= self.molar_mass_g_mol
        elif from_.dimension != to.dimension:
            return self
        if abs(self.factor / said - 1) > MOST_ROUNDING:
            raise ValueError(f"factor {self.factor} differs from {said:.6g}, which the units say")
        return self


class CtFactorRow(SourcedRow):
    """Effective dose per dose-length product, in mSv per (mGy cm), of one factor set, body region and age.

    `age_years` is the age for which the factor was computed (0 = newborn) or "adult".
    """

    KEY: ClassVar = "id"

    id: str
    factor_set: Identifier
    region: Identifier
    age_years: Literal["0", "1", "5", "10", "15", "adult"]
    k_msv_per_mgy_cm: Positive
    note: str

    @model_validator(mode="after")
    def _id_says_which(self) -> Self:
        if self.id != f"{self.factor_set}:{self.region}:{self.age_years}":
            raise ValueError("the id is factor_set:region:age_years")
        return self


WITHOUT_RADIATION = frozenset({"MR", "US"})
"""DICOM modalities that use no ionising radiation. PET (PT) does, whatever a printed table says."""

BACKGROUND = "-"
"""Stands for the modality where a row is natural background, for comparison."""


class TypicalDoseRow(SourcedRow):
    """Effective dose of an examination in mSv: lowest, typical, highest usual. Modality and body part as in DICOM."""

    KEY: ClassVar = "exam"

    exam: str
    modality: Literal["DX", "MG", "BMD", "IO", "CT", "XA", "PT", "NM", "MR", "US", "-"]
    body_part: str
    msv_low: NotNegative
    msv_typical: NotNegative
    msv_high: NotNegative
    note: str

    @model_validator(mode="after")
    def _range(self) -> Self:
        if not self.msv_low <= self.msv_typical <= self.msv_high:
            raise ValueError("low, typical and high must rise")
        if (self.modality in WITHOUT_RADIATION) != (self.msv_high == 0) or bool(self.msv_low) != bool(self.msv_high):
            raise ValueError(f"only {', '.join(sorted(WITHOUT_RADIATION))} have a dose of zero, and they have no other")
        return self


class NuclearDoseRow(SourcedRow):
    """Effective dose of an adult per activity, in mSv per MBq: lowest and highest that the sources give."""

    KEY: ClassVar = "id"

    id: Identifier
    radiopharmaceutical: str
    msv_per_mbq_low: Positive
    msv_per_mbq_high: Positive

    @model_validator(mode="after")
    def _range(self) -> Self:
        if self.msv_per_mbq_low > self.msv_per_mbq_high:
            raise ValueError("low is above high")
        return self


class Group(StrEnum):
    """Groups of the WHO AWaRe classification, from the one to prefer to the one to spare."""

    ACCESS = "access"
    WATCH = "watch"
    RESERVE = "reserve"


class AntibioticRow(SourcedRow):
    """An antibiotic, or a combination with "/", with its AWaRe group; the route where the group is said by route."""

    KEY: ClassVar = "id"

    id: str
    inn: str
    route: Literal["", "iv", "oral"]
    aware_group: Group
    on_eml_2023: Literal["yes", "no"]
    edition: str

    @model_validator(mode="after")
    def _id_says_which(self) -> Self:
        if self.id != ":".join(filter(None, (self.inn, self.route))):
            raise ValueError("the id is inn, or inn:route")
        return self


class NameKind(StrEnum):
    """What a name other than the INN is. A brand means different substances in different countries."""

    NAME = "USAN/BAN/local or trivial name"
    BRAND = "brand"


class SubstanceNameRow(SourcedRow):
    """Another name of a substance; UNII as in the register of the FDA."""

    KEY: ClassVar = "synonym"

    synonym: str
    inn: str
    synonym_kind: NameKind
    unii: str


ROWS: dict[str, type[Row]] = {
    "laboratory_units": LaboratoryUnitRow,
    "ct_factors": CtFactorRow,
    "typical_doses": TypicalDoseRow,
    "nuclear_doses": NuclearDoseRow,
    "antibiotics": AntibioticRow,
    "substance_names": SubstanceNameRow,
}
"""Folder of a table -> the shape of its rows."""
