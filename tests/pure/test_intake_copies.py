"""Which paper is another one again: a copy is set aside, so a paper of its own must never be taken for one."""

from __future__ import annotations

import pytest

from consilia.formats import sniff
from consilia.formats.values import Claim, ClaimKind, Line, PageText, Reading
from consilia.formats.verdicts import Verdict
from consilia.intake.judging import copies
from consilia.intake.judging.record import Record

HEAD = ("Hospital of the River", "Patient: Ana Costa", "Date of birth: 09/05/1971", "Date: 18 October 2026")
LETTER = (
    *HEAD,
    "CLINIC LETTER",
    "I saw this patient after a mammography and a core biopsy of the left breast.",
    "An operation was proposed; she wishes to hear a second opinion before she decides.",
)
SLIP = (*HEAD, "APPOINTMENT SLIP", "Next appointment at the breast clinic, second floor.", "Please bring your papers.")


def paper(path: str, lines: tuple[str, ...], kind: str, media_type: str) -> copies.Paper:
    claims = (Claim(ClaimKind.NAME, "Ana Costa"), Claim(ClaimKind.BIRTH_DATE, "1971-05-09"))
    pages = (PageText(1, 595.0, 842.0, tuple(Line(line) for line in lines)),)
    reading = Reading(Verdict.READ, media_type=media_type, claims=claims, pages=pages)
    return copies.Paper(Record(path, path, 1, reading), kind, "2026-10-18")


LED = paper("letter.pdf", LETTER, "consultation_note", sniff.PDF)


def test_a_photo_of_a_letter_that_is_there_is_that_letter_again():
    photo = paper("photo.jpg", LETTER, "consultation_note", sniff.JPEG)
    assert copies.closest(photo, [LED]).of == "letter.pdf"


def test_a_photo_that_was_taken_for_another_kind_is_known_by_its_words():
    photo = paper("photo.jpg", LETTER, "other", sniff.JPEG)
    assert copies.closest(photo, [LED]).of == "letter.pdf"


@pytest.mark.parametrize("media_type", [sniff.PNG, sniff.JPEG, sniff.PDF])
def test_a_slip_of_the_same_day_and_hospital_is_no_copy_of_the_letter(media_type):
    assert copies.closest(paper("slip", SLIP, "appointment_letter", media_type), [LED]) is None


@pytest.mark.parametrize("media_type", [sniff.PNG, sniff.PDF])
def test_a_slip_that_was_taken_for_a_letter_is_no_copy_of_it_either(media_type):
    assert copies.closest(paper("slip", SLIP, "consultation_note", media_type), [LED]) is None
