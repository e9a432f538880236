"""The day of a paper is its own: not of its printing, of an older paper, of an appointment, nor a birth."""

from __future__ import annotations

import pytest
from tests.intake_records import paper

from consilia.cases import content
from consilia.formats import claims
from consilia.intake.judging import dating
from consilia.intake.judging.dating import Dated
from consilia.intake.judging.kinds import recognition_of
from consilia.intake.judging.record import Record

FILLING = ("Befunde im Einzelnen", "Leber und Milz ohne Herd", "Nieren ohne Stau", "Keine freie Flüssigkeit") * 3


def dated(record: Record, kind: str = "consultation_note") -> Dated:
    return dating.date_of(record, kind, recognition_of(content.library()).letter_of(record))


@pytest.mark.parametrize(
    "line",
    [
        "Printed: 14.08.2026",
        "Ausgedruckt am: 14.08.2026",
        "Imprimé: 14.08.2026",
        "Stampato: 14.08.2026",
        "Wydruk z dnia: 14.08.2026",
        "Termin: 14.08.2026",
        "Zum Vergleich 14.08.2026",
        "Previous study 14.08.2026",
        "Estudio anterior 14.08.2026",
        "Предыдущее 14.08.2026",
    ],
)
def test_a_short_line_of_printing_appointment_or_comparison_does_not_date_the_paper(line):
    assert dated(paper("x.pdf", "Clinic of the river valley", "All is well", line)) == Dated(reason="no date on it")


def test_the_paper_keeps_its_day_beside_the_day_of_printing():
    found = dated(paper("x.pdf", "Clinic of the river valley", "12.08.2026", "All is well", "Printed: 14.08.2026"))
    assert found.value == "2026-08-12"


def test_the_day_on_a_line_of_its_own_is_before_that_of_a_finding_named_in_the_text():
    found = dated(paper("x.txt", "Ambulanz", "26.03.2026", *FILLING, "Biopsie vom 19.03.2026: kein Tumor"))
    assert (found.value, found.reason) == ("2026-03-26", "stands alone: “26.03.2026”")


def test_a_finding_named_in_the_text_dates_a_paper_that_says_no_more_but_less_surely():
    found = dated(paper("x.txt", "Ambulanz", *FILLING, "Die Biopsie vom 19.03.2026 zeigt keinen Tumor."))
    assert (found.value, found.confidence) == ("2026-03-19", 0.63)


LETTER = (
    "Sehr geehrte Frau Kollegin,",
    "ich berichte über Ihren Patienten, der sich am 17.03.2026 bei uns vorstellte.",
    "Ergebnis der Sonographie vom 16.03.2026:",
    "Im Vergleich zu 12/2025 unverändert.",
)


def test_a_letter_is_of_the_visit_that_it_begins_with():
    found = dated(paper("x.txt", *FILLING, *LETTER))
    assert (found.value, found.confidence) == ("2026-03-17", 0.6)


def test_the_part_of_a_letter_that_is_set_as_a_heading_does_not_date_it():
    letter = paper("x.txt", "Patient: Alt, Hans", *LETTER)
    assert "Ergebnis der Sonographie vom 16.03.2026:" in letter.reading.title_lines
    assert dating.date_of(letter, "consultation_note", letter.lines[1:]).value == "2026-03-17"


def test_a_stay_that_a_letter_begins_with_gives_its_last_day():
    opening = "I looked after your patient from 2 March 2026 to 9 March 2026 on our ward."
    assert dated(paper("x.txt", *FILLING, "Dear colleague,", opening)).value == "2026-03-09"


@pytest.mark.parametrize(
    ("line", "label", "said"),
    [
        ("Die Biopsie vom 19.03.2026 zeigt nichts.", "vom", True),
        ("Der Patient war vom 12.03.2026 bis 19.03.2026 bei uns.", "vom", False),
        ("Clinique du Val, Annecy, le 19.03.2026", "le", False),
        ("vom 19.03.2026", "vom", False),
        ("Clinica   del 19/03/2026", "del", False),
        ("Data esame: 19/03/2026", "data esame", False),
    ],
)
def test_a_preposition_amid_a_sentence_is_told_from_one_that_begins_a_field_or_a_stay(line, label, said):
    assert claims.in_a_sentence(line, label) is said


@pytest.mark.parametrize(
    ("words", "value", "alternative"),
    [
        (("Hemoglobin and the color of the sample",), "2026-02-01", "2026-01-02"),
        (("Haemoglobin and the colour of the sample",), "2026-01-02", "2026-02-01"),
        (("Haemoglobin", "Next visit: 02/27/2026"), "2026-02-01", ""),
        (("Hemoglobin", "Next visit: 27/01/2026"), "2026-01-02", ""),
    ],
)
def test_english_is_read_as_the_paper_shows_else_as_it_is_spelt(words, value, alternative):
    for line in ("Sample taken: 02/01/2026", "02/01/2026"):
        lines = ("The laboratory of the valley reports the results of this blood sample", line, *words)
        found = dating.date_of(paper("x.pdf", *lines), "lab_report")
        assert (found.value, found.alternative) == (value, alternative)


@pytest.mark.parametrize(
    "label",
    [
        "Sample taken",
        "Probenahme",
        "Fecha de realización",
        "Date du prélèvement",
        "Data di prelievo",
        "Data de colheita",
        "Afgenomen op",
        "Data wykonania badania",
        "Дата взятия биоматериала",
        "Numune tarihi",
        "Дата взяття матеріалу",
        "تاريخ السحب",
        "תאריך נטילה",
    ],
)
def test_the_day_of_sampling_dates_results_until_a_day_of_the_report_is_there(label):
    lines = ("Laboratory", "Results", f"{label}: 17.03.2026", "all within their ranges", "at the end of a long line")
    assert dated(paper("x.pdf", *lines)).value == "2026-03-17"
    assert dated(paper("x.pdf", *lines, "Report date: 18.03.2026")).value == "2026-03-18"


def test_the_words_of_comparison_and_of_printing_are_known_in_every_language_of_the_release():
    released = {"en", "de", "fr", "es", "it", "pt", "ru", "tr", "uk", "pl", "nl", "ar", "he"}
    assert released <= set(claims.TABLE["compared"])
    assert released <= set(claims.TABLE["date"]["printed"])
