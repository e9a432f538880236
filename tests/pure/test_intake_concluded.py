"""What a report concludes is quoted as it stands, and radiation is told of each examination with its own figures."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from consilia.clinical import library, radiation
from consilia.clinical.doses import Dose, UnknownDose, WhyUnknown
from consilia.formats.results import DoseValue
from consilia.formats.values import Line, PageText, Reading
from consilia.formats.verdicts import Reason, Verdict
from consilia.intake.identity import Identity, Judgement
from consilia.intake.judging import advice, concluded, exposed
from consilia.intake.judging.dating import Dated
from consilia.intake.judging.exposed import Pictured
from consilia.intake.judging.findings import Paper
from consilia.intake.judging.kinds import Kind
from consilia.intake.judging.record import Record

BORN = date(1971, 5, 9)
WORDS = advice.advice_of(library.load())
DLP = DoseValue("CT dose length product total", 400.0, "mGycm", "113813", event="total")


def paper(text: str, *, on: str = "2026-03-02", language: str = "en", kind: str = "radiology_report") -> Paper:
    lines = tuple(Line(line, 0, 0, 1, 1) for line in text.splitlines())
    reading = replace(Reading(Verdict.READ, Reason.NONE), pages=(PageText(1, 100, 100, lines),))
    record = Record("a/ct.txt", "", 1, reading)
    return Paper(record, Kind(kind, 0.9, ""), language, "", Dated(on), Judgement(Identity.MATCH, ()))


@pytest.mark.parametrize(
    ("language", "text", "said"),
    [
        ("en", "Findings: a nodule.\nImpression:\nNodule of 9 mm.\nNo nodes.\nPlan: PET.", "Nodule of 9 mm. No nodes."),
        ("de", "Befund: Herd.\nBeurteilung: Kein Rezidiv.\nProcedere: Kontrolle.", "Kein Rezidiv."),
        ("it", "Reperti\nnoduli\nConclusioni: quadro stabile.\nFirmato: dott.", "quadro stabile."),
        ("en", "Findings: a nodule of 9 mm.", ""),
    ],
)  # fmt: skip
def test_the_part_that_concludes_is_quoted_up_to_the_next_heading(language, text, said):
    assert concluded.concluded(text.splitlines(), language, WORDS) == said


def test_a_long_conclusion_is_cut_at_a_word_and_says_so():
    said = concluded.concluded(["Conclusion: " + "stable disease " * 60], "en", WORDS)
    assert len(said) <= concluded.LONGEST + 2
    assert said.endswith((" stable …", " disease …"))


def test_what_does_not_report_is_not_quoted():
    assert not concluded.quoted([paper("Conclusion: all well.", kind="patient_statement")], WORDS)
    assert [one.quote for one in concluded.quoted([paper("Conclusion: all well.")], WORDS)] == ["all well."]


def study(*modalities: str, body_part: str = "CHEST") -> Pictured:
    return Pictured("s/", date(2026, 3, 2), "", modalities, (body_part,))


def test_a_dose_report_gives_the_figure_of_its_study():
    (one,) = exposed.exposed([study("CT", "SR")], [(DLP, "s/1")], [], BORN)
    assert (one.exposure.modality, one.exposure.dlp_mgy_cm, one.exposure.body_part) == ("CT", Decimal("400.0"), "CHEST")
    assert [(figure.value, figure.path) for figure in one.stated] == [("400", "s/1")]


def test_a_figure_printed_in_the_report_of_the_day_belongs_to_the_study():
    (one,) = exposed.exposed([study("CT")], [], [paper("CT chest. DLP: 312,5 mGy*cm")], BORN)
    assert one.exposure.dlp_mgy_cm == Decimal("312.5")


def test_of_several_printed_figures_none_is_taken_for_the_sum():
    (one,) = exposed.exposed([study("CT")], [], [paper("DLP 200 mGy cm\nDLP 312 mGy cm")], BORN)
    assert one.exposure.dlp_mgy_cm is None
    assert len(one.stated) == 2


def test_without_any_figure_the_dose_is_the_usual_one_of_the_examination():
    (one,) = exposed.exposed([study("CT")], [], [], BORN)
    dose = radiation.received(library.load(), one.exposure)
    assert isinstance(dose, Dose)
    assert dose.low < dose.high


def test_a_report_whose_images_are_not_here_is_told_with_its_figure_and_no_dose():
    (one,) = exposed.exposed([], [], [paper("DLP 312 mGy cm")], BORN)
    assert radiation.received(library.load(), one.exposure) == UnknownDose(WhyUnknown.REGION)


def test_becquerel_of_a_header_become_megabecquerel_of_a_known_substance():
    given = DoseValue("administered activity", 3.5e8, "Bq", substance="F-18 FDG")
    (one,) = exposed.exposed([study("PT", "CT", body_part="WHOLEBODY")], [(given, "s/1")], [], BORN)
    assert (one.exposure.modality, one.exposure.radiopharmaceutical) == ("PT", "FDG")
    assert one.exposure.activity_mbq == 350


def test_pictures_that_are_no_examination_have_no_line():
    assert exposed.exposed([study("PR")], [], [], BORN) == ()
