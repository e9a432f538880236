"""Laboratory values stand in one table by analyte and date, in the reader's units, and never lose what was printed."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from consilia.clinical import analytes, library, unit_codes
from consilia.clinical.units import WhyNot
from consilia.formats.results import LOINC, LabValue
from consilia.intake.judging import amounts, laboratory
from consilia.intake.judging.amounts import Amount, Span
from consilia.intake.judging.laboratory import Doubt, Series, System
from consilia.intake.judging.measured import Lab

HOLD = library.load()
NAMES = analytes.Analytes(HOLD)


def lab(name: str, value: str, unit: str = "", *, on: str = "2026-03-02", check: bool = False, **more: Any) -> Lab:
    return Lab(LabValue(name, value, unit, **more), f"{on}/paper", on, check)


def table(*labs: Lab, system: System = System.NEWEST, language: str = "en") -> tuple[Series, ...]:
    return laboratory.table(labs, HOLD, system=system, language=language)


def only(*labs: Lab, system: System = System.NEWEST) -> Series:
    (found,) = table(*labs, system=system)
    return found


def known(name: str, code: str = "") -> str:
    row = NAMES.known(name, code)
    return row.id if row else ""


@pytest.mark.parametrize(
    ("printed", "analyte"),
    [
        ("Kreatinin", "creatinine"),
        ("AST (GOT)", "ast"),
        ("Тромбоциты", "platelets"),
        ("Açlık kan şekeri", "glucose"),
        ("Bilirubin (direct)", "bilirubin_direct"),
        ("TTPA", "aptt"),
        ("Creatinine, urine", ""),
        ("AST (ALT)", ""),
        ("Ki-67", ""),
    ],
)
def test_an_analyte_is_known_by_its_whole_name_in_many_languages(printed, analyte):
    assert known(printed) == analyte


def test_a_stated_code_decides_and_an_unknown_one_leaves_no_room_for_the_name():
    assert known("Something else", "718-7") == "hemoglobin"
    assert known("Creatinine", "2161-8") == ""  # of urine
    assert known("LDL cholesterol", "13457-7") == "ldl_calc"


def test_one_code_for_two_analytes_is_decided_by_the_name():
    assert (known("Urea", "22664-7"), known("BUN", "22664-7"), known("Serum", "22664-7")) == (
        "urea",
        "urea_nitrogen",
        "",
    )


def test_no_name_of_the_list_means_two_analytes():
    names: dict[str, set[str]] = {}
    for loaded in HOLD.all_of(analytes.KIND):
        for row in loaded.rows:
            for name in (name for spoken in row.names.values() for name in spoken):
                names.setdefault(analytes.name_key(name), set()).add(row.id)
    assert {name for name, ids in names.items() if len(ids) > 1 or not name} == set()


def test_values_of_two_countries_stand_in_one_table_newest_first_with_what_was_printed():
    german = lab("Kreatinin", "92", "µmol/l", on="2025-06-10", reference="62-106")
    american = lab("Creatinine", "1.08", "mg/dL", on="2025-08-12", reference="0.70-1.20", flag="H")
    found = only(german, american)
    assert (found.analyte, found.name, found.unit, found.band) == ("creatinine", "Creatinine", "mg/dL", None)
    assert [(row.shown.value, row.shown.converted, row.lab.value.value) for row in found.rows] == [
        ("1.08", False, "1.08"),
        ("1.04", True, "92"),
    ]
    assert found.rows[1].shown.draft


@pytest.mark.parametrize(
    ("system", "shown"),
    [(System.CONVENTIONAL, ("152", "mg/dl")), (System.SI, ("3.93", "mmol/L")), (System.NEWEST, ("152", "mg/dl"))],
)
def test_the_reader_chooses_the_units(system, shown):
    (row,) = only(lab("LDL-Cholesterin", "152", "mg/dl"), system=system).rows
    assert (row.shown.value, row.shown.unit) == shown


def test_haemoglobin_in_moles_is_converted_by_its_own_row():
    found = only(
        lab("Hb", "8.7", "mmol/L", on="2026-01-01"), lab("Hemoglobin", "14.0", "g/dL"), system=System.CONVENTIONAL
    )
    assert [row.shown.value for row in found.rows] == ["14.0", "14.0"]


def test_a_sign_stays_with_a_converted_value():
    (row,) = only(lab("CRP", "<0.5", "mg/dL"), system=System.SI).rows
    assert (row.shown.value, row.shown.unit) == ("<5.00", "mg/L")


def test_what_cannot_be_converted_is_shown_as_printed_says_why_and_stands_apart():
    found = table(lab("D-Dimer", "400", "ng/mL"), lab("D-dimer", "800", "ng/mL FEU"), system=System.SI)
    assert sorted((row.shown.value, row.shown.why_not) for one in found for row in one.rows) == [
        ("400", WhyNot.FEU_OR_DDU),
        ("800", None),
    ]
    assert len({one.key for one in found}) == len(found) == 2


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (lab("Troponin T", "9", "ng/L"), lab("Troponin T hs", "9", "ng/L")),
        (lab("LDL cholesterol", "3", "mmol/L"), lab("LDL cholesterol, direct", "3", "mmol/L")),
        (lab("TSH", "2", "mIU/L", method="A"), lab("TSH", "2", "mIU/L", method="B")),
        (lab("Lp(a)", "30", "mg/dL"), lab("Lp(a)", "75", "nmol/L")),
        (lab("Creatinine", "1", "mg/dL"), lab("Creatinine, urine", "1", "mg/dL")),
        (lab("Ki-67", "60", "%"), lab("Ki-67", "60", "cells")),
        (lab("X", "1", "g/L", code="1-8", system=LOINC), lab("X", "1", "g/L")),
    ],
)
def test_another_method_specimen_or_unit_is_never_in_the_same_series(one, other):
    assert len(table(one, other)) == 2


def test_an_unknown_analyte_keeps_its_name_and_unit():
    found = only(lab("Ki-67", "60", "%"), lab("Ki 67", "55", "%", on="2025-01-01"), system=System.SI)
    assert (found.analyte, found.name, [row.shown.value for row in found.rows]) == ("", "Ki-67", ["60", "55"])


def test_a_band_is_there_when_one_range_is_printed_with_all_and_follows_the_unit():
    same = [lab("Glucose", value, "mg/dL", on=on, reference="70-105") for value, on in (("94", "a"), ("99", "b"))]
    assert only(*same).band == Span(Decimal(70), Decimal(105))
    assert only(*same, system=System.SI).band == Span(Decimal("3.89"), Decimal("5.83"))
    assert only(*same, lab("Glucose", "90", "mg/dL", reference="70-100")).band is None
    assert only(*same, lab("Glucose", "90", "mg/dL")).band is None


@pytest.mark.parametrize(
    ("value", "unit", "reference"),
    [
        ("5.4", "mg/dL", "70-105"),
        ("95", "mmol/L", "3.9-5.8"),
    ],
)
def test_a_glucose_that_fits_only_the_other_unit_asks_a_person(value, unit, reference):
    (row,) = only(lab("Glucose", value, unit, reference=reference)).rows
    assert row.doubts == (Doubt.VALUE,)


def test_a_wrong_unit_is_noticed_by_the_range_of_another_report_too():
    wrong = lab("Glucose", "5.4", "mg/dL", reference="3.9-5.8")
    right = lab("Glucose", "94", "mg/dL", on="2025-01-01", reference="70-105")
    assert [row.doubts for row in only(wrong, right).rows] == [(Doubt.VALUE,), ()]


@pytest.mark.parametrize(
    ("name", "value", "unit", "reference"),
    [
        ("Creatinine", "850", "µmol/L", "62-106"),
        ("Hemoglobin", "7.9", "g/dL", "12.0-16.0"),
        ("25-OH vitamin D", "35", "nmol/L", "75-250"),
        ("CRP", "30", "mg/dL", "< 0.5"),
        ("ALT", "2400", "U/L", "10-50"),
        ("Glucose", "38", "mmol/L", "3.9-5.8"),
        ("Sodium", "118", "mmol/L", "135-145"),
        ("Glucose", "0", "mmol/L", "3.9-5.8"),
    ],
)
def test_illness_is_no_wrong_unit(name, value, unit, reference):
    (row,) = only(lab(name, value, unit, reference=reference)).rows
    assert row.doubts == ()


def test_a_unit_in_which_nobody_measures_the_analyte_asks_a_person():
    (row,) = only(lab("Potassium", "4.1", "U/L")).rows
    assert row.doubts == (Doubt.UNIT,)
    assert row.shown.value == "4.1"


def test_an_uncertain_reading_asks_a_person():
    (row,) = only(lab("Glucose", "94", "mg/dL", check=True)).rows
    assert row.doubts == (Doubt.READING,)


@pytest.mark.parametrize(
    ("printed", "read"),
    [
        ("5,4", Amount("", Decimal("5.4"))),
        ("<0.01", Amount("<", Decimal("0.01"))),
        ("0,125", Amount("", Decimal("0.125"))),
        ("1,250", None),
        ("negative", None),
        ("12-14", None),
        ("", None),
    ],
)
def test_a_number_is_read_only_where_all_countries_read_the_same(printed, read):
    assert amounts.amount(printed) == read


@pytest.mark.parametrize(
    ("printed", "read"),
    [
        ("70 – 105", Span(Decimal(70), Decimal(105))),
        ("* 4.0-10.0", Span(Decimal("4.0"), Decimal("10.0"))),
        ("< 5", Span(None, Decimal(5))),
        ("> 1.0", Span(Decimal("1.0"), None)),
        ("see below", None),
        ("9-4", None),
    ],
)
def test_a_printed_range_has_bounds_or_is_none(printed, read):
    assert amounts.span(printed) == read


@pytest.mark.parametrize(
    ("code", "people"),
    [("10*3/uL", "10³/µL"), ("u[IU]/mL", "µIU/mL"), ("ng{FEU}/mL", "ng FEU/mL"), ("{INR}", ""), ("U/L", "U/L")],
)
def test_units_are_written_as_people_write_them(code, people):
    assert unit_codes.written(code) == people


def test_international_units_are_known_in_romance_languages():
    found = unit_codes.unit("mUI/L")
    assert found is not None
    assert found.code == "m[IU]/L"
