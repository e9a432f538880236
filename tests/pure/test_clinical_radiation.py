"""Radiation is shown as a range with the factors it stands on; what is not known is never shown as zero."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consilia.clinical import doses, library, radiation
from consilia.clinical.doses import Basis, Caution, Dose, UnknownDose, WhyUnknown
from consilia.clinical.entries import Confidence
from consilia.clinical.grounds import rows_of
from consilia.clinical.medicine_rows import CtFactorRow, NuclearDoseRow, TypicalDoseRow
from consilia.clinical.radiation import Exposure

HOLD = library.load()
FACTORS = {row.key: row for row in rows_of(HOLD, radiation.FACTORS, CtFactorRow)}
ADULT = Decimal(52)


def known(found: Dose | UnknownDose) -> Dose:
    assert isinstance(found, Dose), found
    return found


def unknown(found: Dose | UnknownDose) -> WhyUnknown:
    assert isinstance(found, UnknownDose), found
    return found.why


def ct(dlp: object, part: str, age: object, phantom: int | None = None) -> Dose | UnknownDose:
    return radiation.from_dlp(HOLD, Decimal(str(dlp)), part, age_years=Decimal(str(age)), phantom_cm=phantom)


def test_97_rows_of_doses_came_over():
    rows = (
        len(FACTORS),
        len(rows_of(HOLD, radiation.TYPICAL, TypicalDoseRow)),
        len(rows_of(HOLD, radiation.COEFFICIENTS, NuclearDoseRow)),
    )
    assert rows == (54, 33, 10)


def test_the_chest_of_a_newborn_has_the_factor_0_039_and_not_that_of_a_shifted_calculator():
    """A public calculator gives 0.054 mSv per mGy cm: its paediatric factors stand one column off."""
    assert FACTORS["shrimpton_icrp60:chest:0"].k_msv_per_mgy_cm == Decimal("0.039")
    assert known(ct(100, "CHEST", 0, 16)).low == Decimal("3.9")
    assert known(ct(100, "CHEST", 0, 16)).high == Decimal("5.08")


def test_the_head_of_a_child_of_one_year_has_the_factor_0_0067():
    assert FACTORS["shrimpton_icrp60:head:1"].k_msv_per_mgy_cm == Decimal("0.0067")
    assert known(ct(1000, "HEAD", 1, 16)).high == Decimal("6.7")


def test_a_chest_ct_of_an_adult_is_a_range_over_both_factor_sets():
    found = known(ct(500, "CHEST", ADULT, 32))
    assert (found.low, found.high) == (Decimal(7), Decimal("10.5"))
    assert found.sets == ("shrimpton_icrp60:chest", "nci_icrp103_120kv:chest")
    assert found.basis is Basis.DLP
    assert found.cautions == ()
    assert found.grounds.draft
    assert len(found.grounds.sources) == 2


def test_an_age_between_two_of_the_table_takes_the_factors_of_both():
    found = known(ct(1000, "HEAD", 7, 16))
    assert (found.low, found.high) == (Decimal("2.9"), Decimal("4.3"))
    assert {"nci_icrp103_120kv:head:5", "nci_icrp103_120kv:head:10"} <= set(found.grounds.rows)


def test_a_child_whose_phantom_is_unknown_or_that_of_adults_gets_no_dose_that_could_be_half_of_the_true_one():
    assert unknown(ct(100, "CHEST", 5)) is WhyUnknown.PHANTOM
    assert unknown(ct(100, "CHEST", 5, 32)) is WhyUnknown.PHANTOM
    assert unknown(ct(100, "CHEST", ADULT, 16)) is WhyUnknown.PHANTOM
    assert known(ct(100, "CHEST", ADULT)).cautions == (Caution.PHANTOM_ASSUMED,)


def test_the_phantoms_are_those_that_the_notes_of_the_table_name():
    for row in FACTORS.values():
        if row.region == "head" and row.note:
            assert "16 cm" in row.note
            assert radiation.PHANTOMS_CM["head"] == (16, 16)
        if row.region == "chest" and row.note:
            assert "adult factor for 32 cm, paediatric factors for 16 cm phantom" in row.note
            assert radiation.PHANTOMS_CM["chest"] == (16, 32)


def test_the_abdomen_alone_says_that_its_factors_are_those_of_a_larger_region():
    assert Caution.NEAREST_REGION in known(ct(500, "Abdomen", ADULT, 32)).cautions
    assert Caution.NEAREST_REGION not in known(ct(500, "ABDOMENPELVIS", ADULT, 32)).cautions


def test_a_single_factor_is_marked_as_one_source_of_low_confidence():
    found = known(ct(500, "NECK", ADULT))
    assert {Caution.ONE_SOURCE, Caution.PHANTOM_NOT_IN_TABLE} <= set(found.cautions)
    assert found.grounds.confidence is Confidence.LOW


@pytest.mark.parametrize("part", ["HEART", "SPINE", "", "FOOT"])
def test_no_factor_is_stretched_to_a_part_of_the_body_that_it_is_not_for(part):
    assert unknown(ct(500, part, ADULT)) is WhyUnknown.REGION


@pytest.mark.parametrize("dlp", ["0", "-3", "NaN", "Infinity"])
def test_a_dose_length_product_that_is_no_measure_gives_no_dose(dlp):
    assert unknown(ct(dlp, "CHEST", ADULT)) is WhyUnknown.MEASURE


def test_without_an_age_there_is_no_dose():
    for age in (None, Decimal(-1), Decimal("NaN")):
        assert unknown(radiation.from_dlp(HOLD, Decimal(500), "CHEST", age_years=age)) is WhyUnknown.AGE
        assert unknown(radiation.typical(HOLD, "CT", "CHEST", age_years=age)) is WhyUnknown.AGE


def test_ctdi_counts_only_with_the_scanned_length():
    one = Exposure("CT", "CHEST", ADULT, ctdi_vol_mgy=Decimal(10), length_cm=Decimal(50), phantom_cm=32)
    found = known(radiation.received(HOLD, one))
    assert found.basis is Basis.CTDI_AND_LENGTH
    assert (found.low, found.high) == (Decimal(7), Decimal("10.5"))
    usual = known(radiation.received(HOLD, Exposure("CT", "CHEST", ADULT, ctdi_vol_mgy=Decimal(10))))
    assert usual.basis is Basis.TYPICAL


def test_fdg_is_a_range_because_its_sources_disagree():
    found = known(radiation.from_activity(HOLD, "FDG", Decimal(350), age_years=ADULT))
    assert (found.low, found.high) == (Decimal("4.55"), Decimal("6.65"))
    row = next(row for row in rows_of(HOLD, radiation.COEFFICIENTS, NuclearDoseRow) if row.id == "FDG")
    assert (row.msv_per_mbq_low, row.msv_per_mbq_high) == (Decimal("0.013"), Decimal("0.019"))


def test_a_coefficient_of_one_source_says_so_and_an_unknown_one_is_unknown():
    assert known(radiation.from_activity(HOLD, "MDP", Decimal(600), age_years=ADULT)).cautions == (Caution.ONE_SOURCE,)
    found = radiation.from_activity(HOLD, "XYZ", Decimal(600), age_years=ADULT)
    assert unknown(found) is WhyUnknown.RADIOPHARMACEUTICAL


def test_pet_carries_radiation():
    """A chapter of an international statistic says that PET has none."""
    for row in rows_of(HOLD, radiation.TYPICAL, TypicalDoseRow):
        assert (row.msv_low == 0) == (row.modality in {"MR", "US"})
    found = known(radiation.typical(HOLD, "PT", "WHOLEBODY", age_years=ADULT))
    assert not found.is_none
    assert (found.low, found.high) == (Decimal(3), Decimal(25))
    assert unknown(radiation.typical(HOLD, "PT", "BRAIN", age_years=ADULT)) is WhyUnknown.EXAMINATION


def test_pet_with_the_ct_of_the_same_examination_is_the_sum_of_both():
    pet = Exposure("PT", "CHEST", ADULT, radiopharmaceutical="FDG", activity_mbq=Decimal(350))
    alone = known(radiation.received(HOLD, pet))
    assert Caution.CT_NOT_COUNTED in alone.cautions
    both = Exposure(
        "PT",
        "CHEST",
        ADULT,
        radiopharmaceutical="FDG",
        activity_mbq=Decimal(350),
        dlp_mgy_cm=Decimal(500),
        phantom_cm=32,
    )
    whole = known(radiation.received(HOLD, both))
    assert (whole.low, whole.high) == (Decimal("11.55"), Decimal("17.15"))
    assert {stamp.id for stamp in whole.grounds.tables} == {"coefficients", "k_factors"}


def test_the_ct_of_a_pet_alone_is_not_taken_for_the_whole():
    one = Exposure("PT", "WHOLEBODY", ADULT, dlp_mgy_cm=Decimal(500), phantom_cm=32)
    found = known(radiation.received(HOLD, one))
    assert found.basis is Basis.TYPICAL


def test_measured_values_that_no_factor_fits_lead_to_the_usual_range_which_says_so():
    found = known(radiation.received(HOLD, Exposure("CT", "HEART", ADULT, dlp_mgy_cm=Decimal(300))))
    assert found.basis is Basis.TYPICAL
    assert Caution.MEASURED_NOT_USED in found.cautions
    assert found.sets == ("coronary CT angiography", "coronary calcium score")


def test_a_child_gets_no_figure_of_adults():
    assert unknown(radiation.typical(HOLD, "CT", "CHEST", age_years=Decimal(9))) is WhyUnknown.ADULTS_ONLY
    assert unknown(radiation.from_activity(HOLD, "FDG", Decimal(90), age_years=Decimal(9))) is WhyUnknown.ADULTS_ONLY
    assert unknown(radiation.received(HOLD, Exposure("CT", "CHEST", Decimal(9)))) is WhyUnknown.ADULTS_ONLY


def test_mri_and_ultrasound_carry_no_radiation_at_any_age():
    assert [name for name, dose in radiation.without_radiation(HOLD) if dose.is_none] == ["MRI", "ultrasound"]
    for modality in ("MR", "US", "us "):
        for age in (None, Decimal(0), ADULT):
            assert known(radiation.typical(HOLD, modality, "KNEE", age_years=age)).is_none


def test_a_proposed_examination_shows_its_radiation_and_an_unknown_one_shows_none():
    found = known(radiation.proposed(HOLD, "CT abdomen and pelvis", age_years=ADULT))
    assert (found.low, found.typical, found.high) == (8, 10, 14)
    assert unknown(radiation.proposed(HOLD, "whole-body scan", age_years=ADULT)) is WhyUnknown.EXAMINATION
    names = radiation.examinations(HOLD)
    assert len(names) == 30
    assert not any("background" in name for name in names)


def test_natural_background_is_there_to_compare_with_and_is_no_examination():
    assert [str(dose.typical) for _, dose in radiation.background(HOLD)] == ["2.4", "2.1", "3"]
    assert unknown(radiation.proposed(HOLD, "natural background, one year, USA", age_years=ADULT))


def test_a_sum_counts_what_is_unknown_instead_of_leaving_it_out():
    found = doses.total([ct(500, "CHEST", ADULT, 32), ct(500, "FOOT", ADULT), ct(100, "CHEST", ADULT, 32)])
    assert found.known is not None
    assert (found.known.low, found.known.high, found.unknown) == (Decimal("8.4"), Decimal("12.6"), 1)
    assert doses.total([]).known is None


@given(
    dlp=st.decimals(min_value="0.1", max_value="5000", places=1),
    part=st.sampled_from(sorted(radiation.REGIONS)),
    age=st.decimals(min_value=0, max_value=99, places=1),
    phantom=st.sampled_from([None, 16, 32]),
)
def test_whatever_is_known_is_a_range_above_zero_with_its_set(dlp, part, age, phantom):
    found = ct(dlp, part, age, phantom)
    if isinstance(found, Dose):
        assert 0 < found.low <= found.high
        assert found.sets
        assert not found.is_none
