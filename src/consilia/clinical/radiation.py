"""Radiation: the effective dose of an examination, received or proposed, always as a range with its factor set named.

Sources: ct_factors (Lee et al. 2012, PMC3326072, Table XII: NRPB with ICRP 60 weights, NCI with ICRP 103 weights;
AAPM Report 96), nuclear_doses (ICRP 106 and 128), typical_doses (Insights Imaging 2021;12:99 and others); each row
names its own. mSv throughout. An effective dose compares examinations; it is no measure of one person's risk.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal

from consilia.clinical.doses import Basis, Caution, Dose, UnknownDose, WhyUnknown, added
from consilia.clinical.grounds import grounds, rows_of
from consilia.clinical.library import Library
from consilia.clinical.medicine_rows import (
    BACKGROUND,
    WITHOUT_RADIATION,
    CtFactorRow,
    NuclearDoseRow,
    TypicalDoseRow,
)

FACTORS, COEFFICIENTS, TYPICAL = "ct_factors", "nuclear_doses", "typical_doses"

ADULT_FROM_YEARS = 18
"""From this age the rows "adult" hold alone; the tables name no age. Below it, also those of the ages beside it."""

REGIONS = {
    "HEAD": "head",
    "NECK": "neck",
    "HEADNECK": "head_neck",
    "CHEST": "chest",
    "ABDOMEN": "abdomen_pelvis",
    "PELVIS": "abdomen_pelvis",
    "ABDOMENPELVIS": "abdomen_pelvis",
    "CHESTABDPELVIS": "trunk",
}
"""Body part examined (DICOM) -> region of the factors. The heart and the spine have none: no factor is stretched."""

PHANTOMS_CM = {"head": (16, 16), "chest": (16, 32), "abdomen_pelvis": (16, 32), "trunk": (16, 32)}
"""Diameter of the CTDI phantom that the factors of a region hold for: (children, adults), as the rows' notes say."""

NUCLEAR = frozenset({"PT", "NM"})


@dataclass(frozen=True, slots=True)
class Exposure:
    """What is known of one examination. Modality and body part as in DICOM, age at the examination in years.

    DLP in mGy cm, CTDIvol in mGy with the scanned length in cm, activity in MBq, diameter of the CTDI phantom in cm
    (16 or 32); None where the records do not say. `radiopharmaceutical` is an id of the table nuclear_doses.
    """

    modality: str
    body_part: str
    age_years: Decimal | None
    dlp_mgy_cm: Decimal | None = None
    ctdi_vol_mgy: Decimal | None = None
    length_cm: Decimal | None = None
    phantom_cm: int | None = None
    radiopharmaceutical: str = ""
    activity_mbq: Decimal | None = None


def received(library: Library, one: Exposure) -> Dose | UnknownDose:
    """The dose of an examination that was done: measured where it can be told, else typical, else unknown."""
    measured = _measured_dose(library, one)
    if isinstance(measured, Dose):
        return measured
    usual = typical(library, one.modality, one.body_part, age_years=one.age_years)
    if isinstance(usual, Dose) and measured is not None and not usual.is_none:
        return replace(usual, cautions=(*usual.cautions, Caution.MEASURED_NOT_USED))
    return usual if isinstance(usual, Dose) or measured is None else measured


def _measured_dose(library: Library, one: Exposure) -> Dose | UnknownDose | None:
    if one.modality in NUCLEAR:
        return _nuclear(library, one)
    return _tomography(library, one) if one.modality == "CT" else None


def _tomography(library: Library, one: Exposure) -> Dose | UnknownDose | None:
    if one.dlp_mgy_cm is not None:
        return from_dlp(library, one.dlp_mgy_cm, one.body_part, age_years=one.age_years, phantom_cm=one.phantom_cm)
    if one.ctdi_vol_mgy is None or one.length_cm is None:
        return None
    measures = (one.ctdi_vol_mgy, one.length_cm)
    return from_ctdi(library, *measures, one.body_part, age_years=one.age_years, phantom_cm=one.phantom_cm)


def _nuclear(library: Library, one: Exposure) -> Dose | UnknownDose | None:
    """Activity, and the CT of the same examination where it was measured, too; the CT alone is not the whole."""
    if one.activity_mbq is None:
        return None
    given = from_activity(library, one.radiopharmaceutical, one.activity_mbq, age_years=one.age_years)
    if not isinstance(given, Dose):
        return given
    scan = _tomography(library, one)
    if isinstance(scan, Dose):
        return added((given, scan))
    return replace(given, cautions=(*given.cautions, Caution.CT_NOT_COUNTED))


def from_dlp(
    library: Library,
    dlp_mgy_cm: Decimal,
    body_part: str,
    *,
    age_years: Decimal | None,
    phantom_cm: int | None = None,
    basis: Basis = Basis.DLP,
) -> Dose | UnknownDose:
    """DLP times k, over all factor sets, and for an age between two of the table over both.

    k of children's body regions holds for the 16 cm phantom, that of adults for 32 cm: a child's DLP of an unknown
    or another phantom gives no dose, since it could be half of the true one.
    """
    if not _measured(dlp_mgy_cm):
        return UnknownDose(WhyUnknown.MEASURE)
    if not _an_age(age_years):
        return UnknownDose(WhyUnknown.AGE)
    assert age_years is not None
    part = _body_part(body_part)
    region = REGIONS.get(part)
    rows = [row for row in rows_of(library, FACTORS, CtFactorRow) if row.region == region]
    if region is None or not rows:
        return UnknownDose(WhyUnknown.REGION)
    cautions = [Caution.NEAREST_REGION] if part in {"ABDOMEN", "PELVIS"} else []
    phantom = _phantom(region, age_years, phantom_cm)
    if isinstance(phantom, UnknownDose):
        return phantom
    used = [row for name in dict.fromkeys(row.factor_set for row in rows) for row in _beside(rows, name, age_years)]
    doses = [dlp_mgy_cm * row.k_msv_per_mgy_cm for row in used]
    sets = tuple(dict.fromkeys(f"{row.factor_set}:{row.region}" for row in used))
    found = (*cautions, *phantom, *([Caution.ONE_SOURCE] if len(used) == 1 else []))
    return Dose(min(doses), max(doses), None, basis, sets, found, grounds(library, FACTORS, used))


def from_ctdi(
    library: Library,
    ctdi_vol_mgy: Decimal,
    length_cm: Decimal,
    body_part: str,
    *,
    age_years: Decimal | None,
    phantom_cm: int | None = None,
) -> Dose | UnknownDose:
    """CTDIvol (mGy) times scanned length (cm) is the DLP; both must be known."""
    if not (_measured(ctdi_vol_mgy) and _measured(length_cm)):
        return UnknownDose(WhyUnknown.MEASURE)
    dlp, basis = ctdi_vol_mgy * length_cm, Basis.CTDI_AND_LENGTH
    return from_dlp(library, dlp, body_part, age_years=age_years, phantom_cm=phantom_cm, basis=basis)


def from_activity(
    library: Library, radiopharmaceutical: str, activity_mbq: Decimal, *, age_years: Decimal | None
) -> Dose | UnknownDose:
    """Activity times the coefficient of adults; for FDG the sources disagree (0.013 to 0.019 mSv/MBq): both stand."""
    if not _measured(activity_mbq):
        return UnknownDose(WhyUnknown.MEASURE)
    if against := _not_adult(age_years):
        return against
    for row in rows_of(library, COEFFICIENTS, NuclearDoseRow):
        if row.id == radiopharmaceutical:
            low, high = activity_mbq * row.msv_per_mbq_low, activity_mbq * row.msv_per_mbq_high
            cautions = (Caution.ONE_SOURCE,) if low == high else ()
            stands_on = grounds(library, COEFFICIENTS, (row,))
            return Dose(low, high, None, Basis.ACTIVITY, (row.radiopharmaceutical,), cautions, stands_on)
    return UnknownDose(WhyUnknown.RADIOPHARMACEUTICAL)


def typical(library: Library, modality: str, body_part: str, *, age_years: Decimal | None) -> Dose | UnknownDose:
    """The usual range of an examination by modality and body part, over all protocols that the table has for it."""
    wanted, part = modality.strip().upper(), _body_part(body_part)
    rows = [row for row in _examinations(library) if row.modality == wanted]
    return _usual(library, [row for row in rows if row.body_part in (part, "ANY")], age_years)


def proposed(library: Library, exam: str, *, age_years: Decimal | None) -> Dose | UnknownDose:
    """What a proposed examination would carry, by its name in the table; `examinations` lists the names."""
    return _usual(library, [row for row in _examinations(library) if row.exam == exam], age_years)


def examinations(library: Library) -> tuple[str, ...]:
    """The names of all examinations that have a typical dose, in the order of the table."""
    return tuple(row.exam for row in _examinations(library))


def without_radiation(library: Library) -> tuple[tuple[str, Dose], ...]:
    """The examinations that use no ionising radiation (MRI, ultrasound) with their dose of 0.

    Whether one of them answers the question is for a physician to say; no table does.
    """
    rows = [row for row in _examinations(library) if row.modality in WITHOUT_RADIATION]
    return tuple((row.exam, _range(library, [row])) for row in rows)


def background(library: Library) -> tuple[tuple[str, Dose], ...]:
    """Natural background of one year by place, to compare a dose with."""
    rows = [row for row in rows_of(library, TYPICAL, TypicalDoseRow) if row.modality == BACKGROUND]
    return tuple((row.exam, _range(library, [row])) for row in rows)


def _examinations(library: Library) -> tuple[TypicalDoseRow, ...]:
    return tuple(row for row in rows_of(library, TYPICAL, TypicalDoseRow) if row.modality != BACKGROUND)


def _usual(library: Library, rows: list[TypicalDoseRow], age_years: Decimal | None) -> Dose | UnknownDose:
    if not rows:
        return UnknownDose(WhyUnknown.EXAMINATION)
    found = _range(library, rows)
    # Nothing is nothing at any age; every other figure is that of adults.
    return found if found.is_none else _not_adult(age_years) or found


def _range(library: Library, rows: list[TypicalDoseRow]) -> Dose:
    return Dose(
        low=min(row.msv_low for row in rows),
        high=max(row.msv_high for row in rows),
        typical=rows[0].msv_typical if len(rows) == 1 else None,
        basis=Basis.TYPICAL,
        sets=tuple(row.exam for row in rows),
        cautions=(),
        grounds=grounds(library, TYPICAL, rows),
    )


def _not_adult(age_years: Decimal | None) -> UnknownDose | None:
    if not _an_age(age_years):
        return UnknownDose(WhyUnknown.AGE)
    assert age_years is not None
    return UnknownDose(WhyUnknown.ADULTS_ONLY) if age_years < ADULT_FROM_YEARS else None


def _measured(value: Decimal) -> bool:
    return value.is_finite() and value > 0


def _an_age(years: Decimal | None) -> bool:
    return years is not None and years.is_finite() and years >= 0


def _body_part(said: str) -> str:
    return re.sub(r"[^A-Z]", "", said.upper())


def _phantom(region: str, age_years: Decimal, given: int | None) -> tuple[Caution, ...] | UnknownDose:
    """What to say about the phantom, or that the DLP cannot be used."""
    if region not in PHANTOMS_CM:
        return (Caution.PHANTOM_NOT_IN_TABLE,)
    child, adult = PHANTOMS_CM[region]
    wanted = child if age_years < ADULT_FROM_YEARS else adult
    if given is None:
        # For the head both are the same; a child's body is measured in either phantom, and the two differ.
        return UnknownDose(WhyUnknown.PHANTOM) if wanted != adult else (Caution.PHANTOM_ASSUMED,)
    return () if given == wanted else UnknownDose(WhyUnknown.PHANTOM)


def _beside(rows: Iterable[CtFactorRow], factor_set: str, age_years: Decimal) -> list[CtFactorRow]:
    """The row of this age in one set, or those of the ages below and above it."""
    own = {_years(row): row for row in rows if row.factor_set == factor_set}
    if not own:
        return []
    age = min(age_years, Decimal(ADULT_FROM_YEARS))
    below, above = max(at for at in own if at <= age), min(at for at in own if at >= age)
    return [own[at] for at in dict.fromkeys((below, above))]


def _years(row: CtFactorRow) -> Decimal:
    return Decimal(ADULT_FROM_YEARS if row.age_years == "adult" else row.age_years)
