"""The tables of medicine are the drafts, row by row, and a row that would spoil a calculation is not read."""

from __future__ import annotations

import csv
from decimal import Decimal
from pathlib import Path

import pytest

from consilia.clinical import library, packs
from consilia.clinical.reading import LibraryError

HOLD = library.load()
TABLES = {
    ("laboratory_units", "analytes"): ("lab_units.csv", {}),
    ("ct_factors", "k_factors"): (
        "ct_dose_k_factors.csv",
        {"set": "factor_set", "k_mSv_per_mGy_cm": "k_msv_per_mgy_cm"},
    ),
    ("typical_doses", "examinations"): (
        "typical_doses.csv",
        {"dose_mSv_low": "msv_low", "dose_mSv_typical": "msv_typical", "dose_mSv_high": "msv_high"},
    ),
    ("nuclear_doses", "coefficients"): (
        "nuclear_dose_coefficients.csv",
        {"effective_dose_mSv_per_MBq_adult": "msv_per_mbq_high"},
    ),
    ("substance_names", "names"): ("inn_synonyms.csv", {}),
    ("antibiotics", "aware_2023"): ("aware_2023.csv", {}),
}
LEFT_OUT = {"reviewed", "atc"}
"""Columns of the drafts: the review stands in the header; the licence of ATC forbids copying."""


def folder_of(kind: str) -> Path:
    return packs.FOLDER / "aware" / kind if kind == "antibiotics" else library.SHIPPED / kind


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table[0])
def test_the_table_is_the_draft_row_by_row(table, test_data):
    name, renamed = TABLES[table]
    with (test_data / "content" / name).open(newline="") as drafts:
        wanted = list(csv.DictReader(drafts))
    rows = HOLD.files[table].rows
    assert len(rows) == len(wanted)
    for row, draft in zip(rows, wanted, strict=True):
        for column, value in draft.items():
            if column in LEFT_OUT:
                continue
            mine = getattr(row, renamed.get(column, column))
            same = Decimal(value) == mine if isinstance(mine, Decimal) else value == ("" if mine is None else str(mine))
            assert same, (row.key, column, value, mine)


def test_only_fdg_has_two_coefficients():
    rows = HOLD.files["nuclear_doses", "coefficients"].rows
    assert [row.key for row in rows if row.msv_per_mbq_low != row.msv_per_mbq_high] == ["FDG"]


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table[0])
def test_every_row_has_a_key_a_source_a_confidence_and_a_date(table):
    loaded = HOLD.files[table]
    assert loaded.entry.is_draft
    keys = [row.key for row in loaded.rows]
    assert len(set(keys)) == len(keys)
    for row in loaded.rows:
        assert row.source
        assert row.confidence
        assert row.as_of.isoformat() == "2026-11-23"


@pytest.mark.parametrize(
    ("kind", "name", "old", "new", "key"),
    [
        ("laboratory_units", "analytes", "180.156,0.055507,", "180.156,0,", "glucose.factor"),
        ("laboratory_units", "analytes", "180.156,0.055507,", "180.156,,", "glucose"),
        ("laboratory_units", "analytes", "180.156,0.055507,", "180.156,0.55507,", "glucose"),
        ("laboratory_units", "analytes", "180.156,0.055507,", "0,0.055507,", "glucose.molar_mass_g_mol"),
        ("laboratory_units", "analytes", "10.929,-23.497,", "10.929,0,", "hba1c"),
        ("laboratory_units", "analytes", "2345-7,14749-6", "2345-8,14749-6", "glucose.loinc_conventional"),
        ("laboratory_units", "analytes", "mg/dL,mmol/L,molar,180.156", "mg/dl,mmol/L,molar,180.156", "glucose"),
        ("ct_factors", "k_factors", "chest,0,0.039,", "chest,0,0,", "shrimpton_icrp60:chest:0.k_msv_per_mgy_cm"),
        ("ct_factors", "k_factors", "icrp60,chest,0,", "icrp60,head,0,", "shrimpton_icrp60:chest:0"),
        ("typical_doses", "examinations", "CT head,CT,HEAD,1,2,4", "CT head,CT,HEAD,0,0,0", "CT head"),
        ("typical_doses", "examinations", "CT head,CT,HEAD,1,2,4", "CT head,CT,HEAD,3,2,4", "CT head"),
        ("typical_doses", "examinations", "PT,WHOLEBODY,3,4.6,7.4", "PT,WHOLEBODY,0,0,0", "FDG PET (350 MBq)"),
        ("typical_doses", "examinations", "MRI,MR,ANY,0,0,0", "MRI,MR,ANY,0,0,1", "MRI"),
        ("nuclear_doses", "coefficients", "0.013,0.019", "0,0.019", "FDG.msv_per_mbq_low"),
        ("nuclear_doses", "coefficients", "0.013,0.019", "NaN,0.019", "FDG.msv_per_mbq_low"),
        ("antibiotics", "aware_2023", "amikacin,,access", "amikacin,,green", "amikacin.aware_group"),
        ("antibiotics", "aware_2023", "amikacin,,access,yes", "amikacin,,access,NO", "amikacin.on_eml_2023"),
        ("substance_names", "names", "acetaminophen,paracetamol,", "acetaminophen,paracetamol,my ", "acetaminophen"),
    ],
)
def test_a_row_that_would_spoil_a_calculation_is_refused_by_file_line_and_key(tmp_path, kind, name, old, new, key):
    place = tmp_path / kind
    place.mkdir()
    table = (folder_of(kind) / f"{name}.csv").read_text()
    assert table.count(old) == 1
    (place / f"{name}.toml").write_text((folder_of(kind) / f"{name}.toml").read_text())
    (place / f"{name}.csv").write_text(table.replace(old, new))
    line = table[: table.index(old)].count("\n") + 1
    with pytest.raises(LibraryError) as refused:
        library.read((tmp_path,))
    assert any(fault.startswith(f"{kind}/{name}.csv: line {line}: {key}") for fault in refused.value.faults), (
        refused.value.faults
    )


def test_norway_is_a_country_and_no_is_a_word():
    """In YAML 1.1 both would be false."""
    assert HOLD.emergency_number("NO").region == "NO"
    assert HOLD.emergency_number("no").known
    assert HOLD.jurisdiction("NO").id in {"NO", "default"}
    said = {row.on_eml_2023 for row in HOLD.files["antibiotics", "aware_2023"].rows}
    assert said == {"yes", "no"}


def test_no_row_holds_a_code_of_atc():
    text = (folder_of("antibiotics") / "aware_2023.csv").read_text()
    assert "J01" not in text
