"""Mails, archives and copies: what came twice is one record, and a mail is its letter."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from tests.intake_records import broken, paper

from consilia.clinical.library import load
from consilia.formats.values import Reading
from consilia.formats.verdicts import Verdict
from consilia.intake.judging import case_file
from consilia.intake.judging.case_file import CaseFile
from consilia.intake.judging.record import Record, Request
from consilia.intake.judging.wrapping import MAIL, unwrapped

ANNA = Request("Anna", "Berg", date(1970, 5, 1), "f", "DE", "de")
HEAD = ("Praxis Nord", "Patientin: Berg, Anna, geb. 01.05.1970")
REPORT = (
    *HEAD,
    "Untersuchung vom 10.03.2025",
    "MRT der LWS",
    "Fragestellung: Schmerzen seit drei Wochen.",
    "Befund: Vorfall L5/S1 mit Kontakt zur Wurzel, sonst unauffällig.",
    "Beurteilung: Bandscheibenvorfall.",
)


def judged(*records: Record) -> CaseFile:
    return case_file.judge(records, ANNA, load(), date(2025, 6, 1))


def wrapper(path: str, media_type: str) -> Record:
    return Record(path, f"sha of {path}", 10, Reading(Verdict.ARCHIVE, media_type=media_type))


def inside(record: Record, parent: str) -> Record:
    return replace(record, path=f"{parent}/{record.path}", parent=parent)


def test_a_mail_is_its_letter_and_an_attachment_that_is_there_is_only_told_of():
    letter = inside(paper("message.txt", "Subject: Befund", "Liebe Frau Berg, anbei der Befund."), "post.eml")
    attached = inside(paper("mrt.pdf", *REPORT), "post.eml")
    found = judged(wrapper("post.eml", MAIL), letter, attached, paper("mrt.pdf", *REPORT))
    assert {one.path for one in found.papers} == {"post.eml", "mrt.pdf"}
    assert [(one.path, one.same_as) for one in found.carried] == [("post.eml/mrt.pdf", "mrt.pdf")]


def test_an_archive_with_one_record_is_that_record_and_one_with_two_is_not():
    one = inside(paper("mrt.pdf", *REPORT), "a.zip")
    other = inside(paper("b.pdf", "Patientin: Berg, Anna", "Laborbefund"), "a.zip")
    assert [record.path for record in unwrapped([wrapper("a.zip", "application/zip"), one]).records] == ["a.zip"]
    both = unwrapped([wrapper("a.zip", "application/zip"), one, other]).records
    assert [record.path for record in both] == ["a.zip", "a.zip/mrt.pdf", "a.zip/b.pdf"]


def test_the_same_bytes_are_one_paper_and_the_name_that_looks_like_a_copy_follows():
    found = judged(paper("mrt (1).pdf", *REPORT), paper("mrt.pdf", *REPORT))
    assert {one.path: one.copy and one.copy.of for one in found.papers} == {"mrt (1).pdf": "mrt.pdf", "mrt.pdf": None}


def test_a_photo_of_a_paper_that_is_there_is_a_copy_and_another_day_of_the_same_form_is_not():
    blurred = [line.replace("Vorfall", "Vorfa11") for line in REPORT]
    photo = paper("IMG_1.jpg", *blurred, media_type="image/jpeg")
    later = paper("mrt2.pdf", *(line.replace("10.03.2025", "11.05.2025") for line in REPORT))
    found = judged(paper("mrt.pdf", *REPORT), photo, later)
    assert {one.path: one.copy and one.copy.of for one in found.papers} == {
        "mrt.pdf": None,
        "IMG_1.jpg": "mrt.pdf",
        "mrt2.pdf": None,
    }


def test_another_persons_paper_is_held_and_fills_nothing():
    other = paper("mrt3.pdf", *(line.replace("01.05.1970", "02.06.1981") for line in REPORT))
    found = judged(other)
    assert ([one.path for one in found.held], found.counting) == (["mrt3.pdf"], ())


def test_what_lay_in_a_broken_archive_is_told_with_the_archive():
    archive = broken("export.zip")
    member = replace(broken("x.bin"), path="export.zip/x.bin", parent="export.zip")
    assert [one.path for one in judged(archive, member).unread] == ["export.zip"]
