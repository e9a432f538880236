"""Covering: before an expert sees a page, every line that shows whose it is can be covered."""

from __future__ import annotations

import io

import numpy
import pytest
from PIL import Image
from tests import samples_formats as samples

from consilia.formats import claims, dates, frames, reading, render, sniff
from consilia.formats.values import Line, PageText, Window
from consilia.formats.verdicts import Reason, Unreadable


def page(*lines: str) -> PageText:
    return PageText(1, 0.0, 0.0, tuple(Line(line) for line in lines))


def test_lines_with_the_name_the_number_or_the_birthday_are_covered_and_findings_are_not():
    found = reading.read(io.BytesIO(samples.pdf((*samples.LABORATORY, "Gentile signora Fontana, tutto bene."))))
    covered = {found.pages[0].lines[line].text for _page, line in claims.to_cover(found.pages, found.claims)}
    assert any("FONTANA GIULIA" in text for text in covered)
    assert any("Codice fiscale" in text for text in covered)
    assert any("signora Fontana" in text for text in covered)
    assert not any("Emoglobina" in text for text in covered)


@pytest.mark.parametrize(
    ("line", "name", "birth"),
    [
        ("Patient: Weiss, Karl-Heinz, geb. 21.06.1957, männlich, Pat.-Nr. 4471", "Weiss, Karl-Heinz", "1957-06-21"),
        ("Name: Anna Smith   DOB: 23 March 1970   MRN: 5512", "Anna Smith", "1970-03-23"),
        ("Paciente: RUIZ PÉREZ, Ana   Fecha de nacimiento: 30/11/1974", "RUIZ PÉREZ, Ana", "1974-11-30"),
        ("Patiente : Dupont Marie, née le 1er mai 1980", "Dupont Marie", "1980-05-01"),
        ("Пациент: Иванова Анна   Дата рождения: 05.03.1961", "Иванова Анна", "1961-03-05"),
    ],
)
def test_papers_of_many_countries_say_whose_they_are(line, name, birth):
    found, _dates = claims.find([page("Clinic", line)])
    values = {claim.kind.value: claim.value for claim in found}
    assert (values["name"], values["birth_date"]) == (name, birth)


def test_an_american_birthday_that_can_be_read_two_ways_keeps_both():
    found, _dates = claims.find([page("Patient: SMITH, ANN  DOB: 02/08/1951")])
    birth = next(claim for claim in found if claim.kind.value == "birth_date")
    assert (birth.value, birth.alternatives) == ("1951-02-08", ("1951-08-02",))


def test_another_date_of_the_same_paper_settles_the_order():
    found, _dates = claims.find([page("Patient: SMITH, ANN  DOB: 02/08/1951", "Exam date: 09/16/2025")])
    birth = next(claim for claim in found if claim.kind.value == "birth_date")
    assert (birth.value, birth.alternatives) == ("1951-02-08", ())


def test_a_sentence_about_a_patient_is_no_name():
    found, _dates = claims.find([page("Patient: 74 year old man with cough")])
    assert not found


def test_a_day_that_does_not_exist_is_no_date():
    assert list(dates.find("Data: 31/02/2025, 00/00/0000, 99.99.9999")) == []


def test_a_page_of_a_pdf_becomes_a_picture_of_our_own_eleven_hundred_wide():
    picture = Image.open(io.BytesIO(render.page(io.BytesIO(samples.pdf()), sniff.PDF, 1)))
    assert (picture.format, picture.width) == ("PNG", 1100)


def test_a_photo_is_turned_upright_and_loses_what_it_carried():
    shown = Image.open(io.BytesIO(render.page(io.BytesIO(samples.picture("TIFF", pages=2)), sniff.TIFF, 2)))
    assert shown.info == {}
    with pytest.raises(Unreadable) as refusal:
        render.page(io.BytesIO(samples.picture("TIFF", pages=2)), sniff.TIFF, 3)
    assert refusal.value.reason is Reason.NO_SUCH_PAGE


def grey(data: bytes) -> numpy.ndarray:
    return numpy.asarray(Image.open(io.BytesIO(data)))


def test_a_frame_is_shown_through_its_window_and_inverted_where_low_is_white():
    plain = grey(frames.png(io.BytesIO(samples.dicom()), 1))
    inverted = grey(frames.png(io.BytesIO(samples.dicom(PhotometricInterpretation="MONOCHROME1")), 1))
    assert (plain[0, 0], plain[7, 7]) == (0, 255)
    assert numpy.array_equal(inverted, 255 - plain)
    narrow = grey(frames.png(io.BytesIO(samples.dicom()), 1, Window(10.0, 2.0)))
    assert set(numpy.unique(narrow)) <= {0, 127, 255}


def test_raw_values_come_with_the_rescaling_that_makes_them_numbers():
    frame = frames.raw(io.BytesIO(samples.dicom(RescaleSlope=2, RescaleIntercept=-1000)), 1)
    assert (frame.rows, frame.columns, frame.bits, frame.slope, frame.intercept) == (8, 8, 16, 2.0, -1000.0)
    assert numpy.frombuffer(frame.data, "<u2").tolist() == list(range(64))


def test_a_frame_that_is_not_there_is_refused():
    with pytest.raises(Unreadable) as refusal:
        frames.png(io.BytesIO(samples.dicom()), 2)
    assert refusal.value.reason is Reason.NO_SUCH_PAGE
