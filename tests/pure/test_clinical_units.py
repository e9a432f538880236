"""Laboratory values change their unit by a factor with a source, or stay as they were reported."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from consilia.clinical import library, unit_codes, units
from consilia.clinical.medicine_rows import LaboratoryUnitRow, UnitKind
from consilia.clinical.units import Converted, NotConverted, WhyNot

HOLD = library.load()
ROWS = {name: units.analyte_row(HOLD, name) for name in units.analytes(HOLD)}
REFUSED = {"lpa": WhyNot.NO_FIXED_FACTOR, "prolactin": WhyNot.METHOD_DEPENDENT, "insulin": WhyNot.METHOD_DEPENDENT}
CLOSE = Decimal("0.002")


def row(analyte: str) -> LaboratoryUnitRow:
    found = ROWS[analyte]
    assert found is not None
    return found


def said(analyte: str, value: object, unit: str, to: str) -> Decimal:
    found = units.convert(HOLD, analyte, Decimal(str(value)), unit=unit, to=to)
    assert isinstance(found, Converted), (analyte, unit, to, found)
    return found.value


def why(analyte: str, unit: str, to: str, value: object = 1) -> WhyNot:
    found = units.convert(HOLD, analyte, Decimal(str(value)), unit=unit, to=to)
    assert isinstance(found, NotConverted), (analyte, unit, to, found)
    return found.why


def near(value: Decimal, wanted: object) -> bool:
    return abs(value / Decimal(str(wanted)) - 1) <= CLOSE


def test_there_are_119_analytes():
    assert len(ROWS) == 119


@pytest.mark.parametrize("analyte", ROWS)
@settings(max_examples=20)
@given(value=st.decimals(min_value="0.001", max_value="99999", places=3))
def test_a_value_of_every_analyte_there_and_back_is_the_value(analyte, value):
    its = row(analyte)
    if analyte in REFUSED:
        assert why(analyte, its.unit_conventional, its.unit_si, value) is REFUSED[analyte]
        assert why(analyte, its.unit_si, its.unit_conventional, value) is REFUSED[analyte]
        return
    value += -its.offset  # an affine scale has no values below its own zero
    there = said(analyte, value, its.unit_conventional, its.unit_si)
    assert near(said(analyte, there, its.unit_si, its.unit_conventional), value)


@pytest.mark.parametrize("analyte", [name for name in ROWS if name not in REFUSED and name != "hba1c"])
def test_one_unit_of_every_analyte_is_the_published_factor(analyte):
    """Within 0.2 %, or the published figure is the factor rounded to its own few digits (NT-proBNP 0.118)."""
    its = row(analyte)
    assert its.factor is not None
    published = its.published_factor or its.factor
    found = said(analyte, 1, its.unit_conventional, its.unit_si)
    assert near(found, published) or found.quantize(published) == published


def test_only_one_published_factor_is_so_short_that_it_misses_two_in_a_thousand():
    far = [name for name, its in ROWS.items() if its.published_factor and not near(its.factor, its.published_factor)]
    assert far == ["ntprobnp"]


@pytest.mark.parametrize(
    ("ngsp", "ifcc"), [("5.0", "31"), ("6.0", "42"), ("6.5", "48"), ("7.0", "53"), ("8.0", "64"), ("10.0", "86")]
)
def test_hba1c_is_affine_and_no_mere_factor(ngsp, ifcc):
    """The pairs of the NGSP and IFCC scales that laboratories print."""
    assert said("hba1c", ngsp, "%", "mmol/mol").quantize(Decimal(1)) == Decimal(ifcc)
    assert said("hba1c", ifcc, "mmol/mol (IFCC)", "% (NGSP)").quantize(Decimal("0.1")) == Decimal(ngsp)
    assert row("hba1c").kind is UnitKind.AFFINE


def test_hba1c_of_one_percent_is_no_result_because_its_scale_does_not_reach_there():
    assert why("hba1c", "%", "mmol/mol") is WhyNot.NO_RESULT
    assert why("hba1c", "mmol/mol", "%", -10) is WhyNot.NO_RESULT


def test_urea_nitrogen_is_not_urea_but_less_than_half_of_it():
    """BUN mg/dL * 2.14 = urea mg/dL: the same figure in mg/dL means two different amounts of urea."""
    bun, urea = said("urea_nitrogen", 100, "mg/dL", "mmol/L"), said("urea", 100, "mg/dL", "mmol/L")
    assert near(bun, "35.7")
    assert near(urea, "16.65")
    assert (bun / urea).quantize(Decimal("0.01")) == Decimal("2.14")


def test_lipoprotein_a_in_mass_is_never_turned_into_particles():
    for unit, to in (("mg/dL", "nmol/L"), ("nmol/L", "mg/dL"), ("g/L", "nmol/L")):
        found = units.convert(HOLD, "lpa", Decimal(50), unit=unit, to=to)
        assert isinstance(found, NotConverted)
        assert found.why is WhyNot.NO_FIXED_FACTOR
        assert "never convert" in found.note
    assert said("lpa", 50, "mg/dL", "g/L") == Decimal("0.50")


@pytest.mark.parametrize("other", ["ng/mL DDU", "ng{DDU}/mL", "ng/mL", "mg/L", "ug/L"])
def test_d_dimer_in_feu_is_neither_ddu_nor_unsaid(other):
    assert why("ddimer", "ng/mL FEU", other) is WhyNot.FEU_OR_DDU
    assert why("ddimer", other, "ug{FEU}/L") is WhyNot.FEU_OR_DDU


def test_d_dimer_in_feu_changes_its_prefix_only():
    assert said("ddimer", "0.5", "mg/L (FEU)", "ng/mL FEU") == 500


@pytest.mark.parametrize(
    ("analyte", "value", "unit", "to", "wanted"),
    [
        ("glucose", 100, "MG/DL", "mmol/l", "5.551"),
        ("glucose", 1, "g/l", "mmol/L", "5.551"),
        ("creatinine", 1, "mg/dl", "µmol/l", "88.4"),
        ("hemoglobin", "14.2", "g/dL", "g/l", "142"),
        ("hemoglobin_sub", "14.2", "g/dL", "mmol/L", "8.81"),
        ("alt", 60, "U/l", "µkat/l", "1"),
        ("wbc", "7.1", "10^3/mm3", "×10⁹/L", "7.1"),
        ("platelets", 250, "Gpt/l", "10*3/uL", "250"),
        ("troponin_i", 12, "pg/mL", "ng/mL", "0.012"),
        ("tsh", "2.5", "µIU/mL", "mIU/L", "2.5"),
        ("po2", 75, "mmHg", "kPa", "10"),
        ("egfr", 60, "mL/min/1.73 m²", "mL/s/1,73m2", "1"),
        ("crp", "0.5", "mg/dL", "mg/l", "5"),
    ],
)
def test_everyday_spellings_of_laboratories_are_read(analyte, value, unit, to, wanted):
    assert near(said(analyte, value, unit, to), wanted)


@pytest.mark.parametrize(
    "unit", ["", "Mmol/L", "109/L", "MU/mL", "mg", "mg/", "mg/dL/h", "bananas", "ng/mL FEU DDU", "G/l"]
)
def test_a_unit_that_is_not_certain_is_unknown(unit):
    assert unit_codes.unit(unit) is None
    assert why("glucose", unit, "mmol/L") is WhyNot.UNKNOWN_UNIT


def test_what_a_person_did_not_measure_is_not_converted():
    assert why("unobtainium", "mg/dL", "mmol/L") is WhyNot.UNKNOWN_ANALYTE
    assert why("glucose", "U/L", "mmol/L") is WhyNot.OTHER_QUANTITY
    assert why("wbc", "g/L", "10*9/L") is WhyNot.OTHER_QUANTITY
    for value in ("-1", "NaN", "Infinity", "sNaN"):
        assert why("glucose", "mg/dL", "mmol/L", value) is WhyNot.NO_RESULT


def test_percent_is_never_ten_millimoles_per_mole():
    percent, ratio = unit_codes.unit("%"), unit_codes.unit("mmol/mol")
    assert percent is not None
    assert ratio is not None
    assert percent.dimension != ratio.dimension


@given(said=st.text(max_size=30))
def test_any_text_is_a_known_unit_or_none_and_its_code_means_itself(said):
    found = unit_codes.unit(said)
    if found is not None:
        assert unit_codes.unit(found.code) == found


@pytest.mark.parametrize("code", [its for row in ROWS.values() for its in (row.unit_conventional, row.unit_si)])
def test_every_unit_of_the_table_is_its_own_code(code):
    found = unit_codes.unit(code)
    assert found is not None
    assert found.code == code


def test_a_conversion_names_its_table_source_and_date_and_is_a_draft():
    found = units.convert(HOLD, "glucose", Decimal(100), unit="mg/dL", to="mmol/L")
    assert isinstance(found, Converted)
    assert found.unit == "mmol/L"
    assert found.grounds.draft
    assert found.grounds.rows == ("glucose",)
    assert found.grounds.sources == ("molar mass (computed)",)
    assert found.grounds.as_of.isoformat() == "2026-11-23"
    assert found.grounds.tables[0] == HOLD.stamp("laboratory_units", "analytes")
