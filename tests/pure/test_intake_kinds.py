"""What paper is it: the words of the library on made-up papers, and the structure of electronic ones."""

from __future__ import annotations

from datetime import date

import pytest
from tests.intake_records import electronic, paper

from consilia.clinical import papers
from consilia.clinical.library import load
from consilia.formats.results import Results, VitalValue
from consilia.intake.identity import Identity, Judgement, Whose
from consilia.intake.judging.case_file import paper_of
from consilia.intake.judging.kinds import Recognition

LIBRARY = load()
RECOGNITION = Recognition(LIBRARY)
FILES = [loaded.entry for loaded in LIBRARY.all_of("paper_words")]
EXAMPLES = [
    (file.language, example.kind, example.text)
    for file in FILES
    if isinstance(file, papers.PaperWords)
    for example in file.example
]
NOBODY = Judgement(Identity.NO_IDENTITY, ())
ANA = Whose("Ana", "Costa", date(1971, 5, 9))


@pytest.mark.parametrize(("language", "kind", "text"), EXAMPLES, ids=lambda value: str(value)[:30])
def test_every_example_of_the_library_is_taken_for_what_it_is(language, kind, text):
    found = RECOGNITION.kind_of(paper("a.txt", *text.split(". ")), language)
    assert (found.kind, bool(found.reason)) == (kind, True)


def test_every_kind_of_the_word_lists_is_in_the_table_of_kinds():
    named = {kind.kind for file in FILES if isinstance(file, papers.PaperWords) for kind in file.kind}
    assert named <= set(LIBRARY.kinds())
    assert set(RECOGNITION.codes.values()) <= set(LIBRARY.kinds())


def test_a_letter_that_reports_an_x_ray_is_a_letter():
    letter = paper(
        "brief.txt",
        "Sehr geehrte Frau Kollegin,",
        "wir berichten über Ihren Patienten, der sich in unserer Sprechstunde vorstellte.",
        "Anamnese: Husten seit Wochen.",
        "Röntgen Thorax:",
        "Kein Infiltrat.",
        "Labor:",
        "CRP 3 mg/l",
        "Procedere: Wiedervorstellung in drei Monaten.",
    )
    assert RECOGNITION.kind_of(letter, "de").kind == "consultation_note"


def test_notes_in_sections_are_a_doctors_notes_whatever_stands_under_a_heading():
    visit = paper(
        "a.txt",
        "CC:",
        "Knee pain.",
        "HPI:",
        "She fell while walking the dog.",
        "CURRENT MEDICATIONS:",
        "Ibuprofen 400 mg as needed",
        "EXAM",
        "Tender over the kneecap.",
        "X-rays of the knee, 2 views, show no fracture.",
        "PLAN",
        "Rest.",
    )
    found = RECOGNITION.kind_of(visit, "en")
    assert found.kind == "progress_note"
    assert "parts of a doctor's notes" in found.reason


def test_a_report_with_one_such_section_stays_a_report():
    report = paper("a.txt", "MRI OF THE KNEE", "History:", "Fall.", "FINDINGS: intact.", "IMPRESSION: normal.")
    assert RECOGNITION.kind_of(report, "en").kind == "radiology_report"


@pytest.mark.parametrize(
    ("kind", "sentence"),
    [
        ("discharge_summary", "Die stationäre Aufnahme erfolgte geplant, die Entlassung am dritten Tag."),
        ("consultation_note", "Die ambulante Vorstellung erfolgte in unserer Sprechstunde."),
    ],
)
def test_a_letter_with_the_same_heading_is_told_by_whether_she_stayed(kind, sentence):
    assert RECOGNITION.kind_of(paper("a.txt", "Arztbrief", "Diagnosen: Gonarthrose", sentence), "de").kind == kind


def test_a_table_of_values_is_a_laboratory_report_in_a_language_nobody_listed():
    table = [f"Xyzzy{letter} {number}.4 mg/dL 3.0-9.9" for letter, number in zip("abcdef", range(4, 10), strict=True)]
    assert RECOGNITION.kind_of(paper("scan.pdf", *table), "").kind == "lab_report"


def test_words_that_say_nothing_leave_it_unknown_for_a_person():
    assert RECOGNITION.kind_of(paper("x.txt", "Lorem ipsum dolor sit amet"), "").kind == "unknown"


def test_a_bundle_with_a_summary_is_a_patient_summary_and_one_with_pressures_is_from_home():
    summary = electronic("Composition: Riassunto, 60591-5, 2025-01-02", "Patient: Rossi, Anna, 1970-01-01")
    pressures = electronic(
        "Patient: Rossi, Anna, 1970-01-01",
        "Observation: Blood pressure panel, (Systolic 130 mmHg; Diastolic 80 mmHg), 2025-01-01",
        "Observation: Blood pressure panel, (Systolic 131 mmHg; Diastolic 82 mmHg), 2025-01-02",
        results=Results(vitals=(VitalValue("systolic blood pressure", 130.0, "mmHg"),)),
    )
    assert paper_of(summary, RECOGNITION, NOBODY, ANA).kind.kind == "ips"
    found = paper_of(pressures, RECOGNITION, NOBODY, ANA)
    assert (found.kind.kind, found.dated.value) == ("vitals_home", "2025-01-02")


@pytest.mark.parametrize(
    ("words", "language"),
    [
        (("Laboratório", "Leucócitos 6,4", "Creatinina 0,7"), "pt"),
        (("Laboratorio", "Leucocitos 6,4", "Creatinina 0,7"), "es"),
        (("Creatinina 0,7", "Hemoglobina 12", "mg"), ""),  # they are written alike in both
    ],
)
def test_of_languages_that_share_their_words_the_spelling_decides_and_else_none(words, language):
    assert RECOGNITION.language_of(paper("a.txt", *words))[0] == language


@pytest.mark.parametrize(
    ("lines", "title"),
    [
        (
            (
                "Clinique des Deux Rives",
                "FICHE DE CONSULTATION",
                "Date : 2 avril 2026",
                "Nom : COSTA   Prénom : Ana",
                "ASA : 2    Mallampati : 2",
            ),
            "FICHE DE CONSULTATION",
        ),
        (
            ("Hospital of the valley", "Discharge summary", "Patient: Ana Costa", "Reason: pneumonia"),
            "Discharge summary",
        ),
    ],
)
def test_the_title_is_the_line_that_names_the_paper_not_the_first_one_below_the_name(lines, title):
    assert paper_of(paper("x.txt", *lines), RECOGNITION, NOBODY, ANA).title == title


def test_a_letter_without_a_heading_has_no_line_of_its_text_as_title():
    lines = (
        "Docteur Antoine Lemaire",
        "Lyon, le 12 mars 2026",
        "Cher confrère,",
        "Je vous remercie de m'avoir adressé Madame Ana Costa, née le 9 mai 1971.",
        "Antécédents : HTA traitée, appendicectomie en 1991.",
        "L'examen retrouve une flexion limitée.",
        "Bien confraternellement",
    )
    assert "Antécédents" not in paper_of(paper("lettre.txt", *lines), RECOGNITION, NOBODY, ANA).title


def test_a_birth_beside_the_name_without_a_word_is_not_the_day_of_the_paper():
    lines = ("Imagerie", "20/12/2019", "COSTA Ana 09/05/1971", "RADIOGRAPHIE DU THORAX FACE", "Coupoles libres.")
    assert paper_of(paper("x.txt", *lines), RECOGNITION, NOBODY, ANA).dated.value == "2019-12-20"
    born_only = ("Imagerie", "COSTA Ana 09/05/1971", "RADIOGRAPHIE DU THORAX FACE", "Coupoles libres.")
    assert paper_of(paper("x.txt", *born_only), RECOGNITION, NOBODY, ANA).dated.value == ""


def test_the_headings_of_a_table_are_no_title():
    lines = ("Ana Costa, nata il 09/05/1971", "Esame      Esito      Unità      Riferimento", "Sodio      139   mmol/L")
    assert "Esito" not in paper_of(paper("analisi.txt", *lines), RECOGNITION, NOBODY, ANA).title
