"""Laboratory papers: a value stands in the row of its name and under its day; what contradicts itself is doubted."""

from __future__ import annotations

import io

import pytest
from tests import samples_formats as samples

from consilia.formats import lab_tables, reading
from consilia.formats.results import LabValue
from consilia.formats.values import DateCandidate, DateKind, Line, PageText, Word

COLUMNS = (60.0, 190.0, 300.0, 420.0)
TAKEN = (DateCandidate(DateKind.EXAMINATION, "2025-03-05"),)


def line(top: float, cells: tuple[str, ...], columns: tuple[float, ...] = COLUMNS, sure: int = 100) -> Line:
    words = tuple(
        Word(text, x, top, x + 6.0 * len(text), top + 10.0, sure)
        for x, text in zip(columns, cells, strict=False)
        if text
    )
    return Line("   ".join(cells), words[0].x0, top, words[-1].x1, top + 10.0, words)


def values(*rows: Line, scanned: bool = False) -> list[LabValue]:
    return list(lab_tables.find([PageText(1, 595.0, 842.0, rows, scanned=scanned)], TAKEN))


HEAD = line(100, ("Analyt", "Ergebnis", "Einheit", "Referenzbereich"))


def test_a_value_comes_with_its_unit_range_flag_day_and_place():
    (found,) = values(HEAD, line(120, ("Kalium", "5,6 H", "mmol/L", "3,5 - 5,1")))
    assert (found.analyte, found.value, found.unit, found.reference) == ("Kalium", "5,6", "mmol/L", "3,5 - 5,1")
    assert (found.flag, found.date, found.where, found.confidence) == ("H", "2025-03-05", "page:1/line:1", 97)
    assert found.box[:2] == (190.0, 120.0)


def test_columns_with_days_give_a_value_for_each_day():
    columns = (60.0, 150.0, 230.0, 310.0, 400.0)
    head = line(100, ("Показатель", "04.07.2025", "16.01.2025", "Ед. изм.", "Норма"), columns)
    found = values(head, line(120, ("АЛТ", "50 ↑", "< 12", "U/L", "5 - 41"), columns))
    assert [(lab.date, lab.value, lab.flag) for lab in found] == [("2025-07-04", "50", "↑"), ("2025-01-16", "< 12", "")]


def test_a_name_that_takes_two_lines_is_one_name():
    rows = (line(114, ("Proteína C", "")), line(120, ("", "5,8", "mg/L", "< 5,0")), line(126, ("reactiva", "")))
    (found,) = values(line(90, ("Prueba", "Resultado", "Unidades", "Valores de referencia")), *rows)
    assert (found.analyte, found.value) == ("Proteína C reactiva", "5,8")


def test_a_scanned_value_that_its_own_range_and_flag_contradict_is_asked_about():
    sure, lost_comma, no_unit = values(
        HEAD,
        line(120, ("Kalium", "4,6", "mmol/L", "3,5 - 5,1"), sure=95),
        line(140, ("Natrium", "1391", "mmol/L", "136 - 145"), sure=96),
        line(160, ("Ferritin", "112", "", "15 - 150"), sure=96),
        scanned=True,
    )
    assert sure.confidence == 95
    assert max(lost_comma.confidence, no_unit.confidence) <= 60


def test_a_unit_that_was_read_badly_becomes_the_known_one():
    found = values(HEAD, line(120, ("Leukozyten", "4,2", "10A9/L", "4,0 - 10,0"), sure=95), scanned=True)
    assert found[0].unit == "10^9/L"


@pytest.mark.parametrize(
    ("read", "meant"), [("mlU/L", "mIU/L"), ("mg/di", "mg/dL"), ("107° 9/L", "10^9/L"), ("10191", "10^9/L")]
)
def test_letters_and_figures_that_look_alike_are_told_apart_by_the_units_that_there_are(read, meant):
    (found,) = values(HEAD, line(120, ("TSH", "3,4", read, "0,4 - 4,0"), sure=95), scanned=True)
    assert found.unit == meant


def test_a_unit_whose_first_letter_the_reader_may_not_know_is_asked_about():
    lost, taken = values(
        HEAD,
        line(120, ("Kreatinin", "69", "mol/L", "53 - 106"), sure=95),
        line(140, ("Kreatinin", "69", "pmol/L", "53 - 106"), sure=95),
        scanned=True,
    )
    assert (lost.unit, taken.unit) == ("µmol/L", "pmol/L")
    assert max(lost.confidence, taken.confidence) <= 60


def test_a_scanned_value_without_the_decimals_of_its_range_or_without_a_whole_range_is_asked_about():
    found = values(
        HEAD,
        line(120, ("CRP", "64 H", "mg/L", "< 5,0"), sure=97),
        line(140, ("ALT (GPT)", "531", "U/L", "5"), sure=97),
        scanned=True,
    )
    assert [lab.confidence for lab in found] == [60, 60]


def test_a_star_that_was_read_as_another_sign_leaves_the_figure_and_a_question():
    (found,) = values(HEAD, line(120, ("Natrium", "212%", "mmol/L", "136 - 145"), sure=95), scanned=True)
    assert (found.value, found.confidence) == ("212", 50)


def test_a_name_with_figures_that_was_read_as_letters_is_that_name():
    (found,) = values(HEAD, line(120, ("HbAlc", "5,6", "%", "4,0 - 5,7"), sure=95), scanned=True)
    assert found.analyte == "HbA1c"


def test_lines_without_headings_are_read_and_sentences_are_not():
    labs = reading.read(io.BytesIO(samples.pdf()), "esami.pdf").results.labs
    assert [(lab.analyte, lab.value, lab.unit, lab.reference, lab.date) for lab in labs] == [
        ("Emoglobina", "12.1", "g/dL", "12.0-16.0", "2025-02-11"),
        ("Creatinina", "0.71", "mg/dL", "0.50-1.00", "2025-02-11"),
    ]
    words = ("Nodule of 8 mm in the right lobe, unchanged since 2023.", "Follow up in 6 months with CT.")
    assert values(*(Line(text) for text in words)) == []


@pytest.mark.parametrize("over_the_names", ["Hämatologie", ""])
def test_the_names_need_no_heading_of_their_own(over_the_names):
    head = line(100, (over_the_names, "Ergebnis", "Einheit", "Referenzbereich"))
    found = values(
        head, line(120, ("Kalium", "4,6", "mmol/L", "3,5 - 5,1")), line(140, ("INR", "1,02", "", "0,9 - 1,2"))
    )
    assert [(one.analyte, one.value, one.unit, one.reference) for one in found] == [
        ("Kalium", "4,6", "mmol/L", "3,5 - 5,1"),
        ("INR", "1,02", "", "0,9 - 1,2"),
    ]


SHEET = """
BIOCHIMIE                           Résultat    Unité      Valeurs de référence
Créatinine                          68          µmol/L     45 - 84
Protéine C réactive (CRP)           4,1         mg/L       < 5,0
INR                                 1,02                   0,9 - 1,2
"""


def test_a_table_in_plain_text_is_read_by_its_columns_and_has_no_place_on_a_picture():
    rows = tuple(Line(text) for text in SHEET.strip().splitlines())
    found = lab_tables.find([PageText(1, 0.0, 0.0, rows)], TAKEN)
    assert [(one.analyte, one.value, one.unit, one.reference, one.box) for one in found] == [
        ("Créatinine", "68", "µmol/L", "45 - 84", ()),
        ("Protéine C réactive (CRP)", "4,1", "mg/L", "< 5,0", ()),
        ("INR", "1,02", "", "0,9 - 1,2", ()),
    ]


def test_a_heading_that_speaks_of_results_makes_no_table_of_the_text_below():
    rows = (Line("Résultat"), Line("Chondropathie de grade 4 étendue"), Line("Kyste de 32 mm"))
    assert lab_tables.find([PageText(1, 0.0, 0.0, rows)], TAKEN) == ()
