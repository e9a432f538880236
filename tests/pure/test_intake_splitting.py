"""One file with several documents: told apart by page, and another person's pages are never mixed in."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from tests.intake_records import pages, paper

from consilia.clinical.library import load
from consilia.intake.judging import case_file
from consilia.intake.judging.record import Record, Request
from consilia.intake.judging.splitting import parts

ANNA = Request("Anna", "Berg", date(1970, 5, 1), "f", "DE", "de")
MRI = (
    "Praxis Nord",
    "Patientin: Berg, Anna, geb. 01.05.1970",
    "Datum: 10.03.2025",
    "MRT der LWS",
    "Beurteilung: Vorfall.",
)
BLOOD = ("Labor West", "Patientin: Berg, Anna, geb. 01.05.1970", "Datum: 12.03.2025", "Laborbefund", "CRP 3 mg/l <5")
OTHER = ("Labor West", "Patient: Berg, Arno, geb. 03.07.1968", "Datum: 12.03.2025", "Laborbefund", "CRP 3 mg/l <5")


def file(*papers: tuple[str, ...]) -> Record:
    whole = paper("alles.pdf", *(line for lines in papers for line in lines))
    numbered = tuple(replace(pages(*lines)[0], number=place) for place, lines in enumerate(papers, 1))
    return replace(whole, reading=replace(whole.reading, pages=numbered, page_count=len(numbered)))


def test_two_papers_of_one_person_are_two_parts():
    assert [(part.first, part.last, part.record.reading.title) for part in parts(file(MRI, BLOOD))] == [
        (1, 1, "MRT der LWS"),
        (2, 2, "Laborbefund"),
    ]


def test_a_second_page_of_the_same_paper_begins_nothing():
    assert parts(file(MRI, ("Seite 2 von 2", "Mit freundlichen Grüßen"))) == ()
    assert parts(file(MRI, (*MRI[:2], "Fortsetzung", "Seite 2 von 2"))) == ()


def test_pages_of_another_person_are_a_part_and_the_file_is_held():
    both = file(MRI, OTHER)
    found = case_file.judge([both], ANNA, load(), date(2025, 6, 1))
    assert [(one.pages, one.identity.value) for one in found.papers[0].parts] == [
        ((1, 1), "match"),
        ((2, 2), "mismatch"),
    ]
    assert found.held
