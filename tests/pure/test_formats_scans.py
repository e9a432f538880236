"""Scans are read: whichever way up, crooked, photographed, in their own language, with every word where it stands."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from PIL import Image, features
from tests import samples_paper as samples

from consilia.formats import claims, lab_tables, sniff, tables, tongues, written
from consilia.formats.client import NamedFile, Nursery
from consilia.formats.values import ClaimKind, PageText, Reading
from consilia.formats.verdicts import Reason, Unreadable, Verdict

pytestmark = pytest.mark.skipif(not tongues.installed("deu"), reason="script/ocr-languages has not laid down languages")


@pytest.fixture(scope="module")
def nursery() -> Iterator[Nursery]:
    with Nursery() as one:
        yield one


def opened(data: bytes) -> int:
    descriptor = os.memfd_create("sample")
    os.write(descriptor, data)
    return descriptor


def page_of(nursery: Nursery, picture: Image.Image, hint: str = "") -> PageText:
    descriptor = opened(samples.saved(picture))
    try:
        return nursery.recognise(descriptor, sniff.PNG, 1, hint)
    finally:
        os.close(descriptor)


def words_of(page: PageText) -> str:
    return " ".join(line.text for line in page.lines)


@pytest.mark.parametrize("degrees", [0, 90, 180, 270])
def test_a_page_is_read_whichever_way_it_was_laid_on_the_glass(nursery, degrees):
    found = page_of(nursery, samples.page().rotate(degrees, expand=True))
    assert "vergrößerten" in words_of(found)
    assert (found.language, found.turned, found.scanned) == ("de", degrees, True)


def test_a_crooked_page_reads_in_whole_lines(nursery):
    found = page_of(nursery, samples.page().rotate(3.5, fillcolor=255))
    assert any("Untersuchung der Lunge zeigt einen kleinen Rundherd" in line.text for line in found.lines)


def test_a_photo_of_a_page_on_a_table_is_read_and_each_word_lies_where_the_photo_shows_it(nursery):
    picture = samples.photographed(samples.page())
    found = page_of(nursery, picture)
    assert "Rundherd" in words_of(found)
    last = next(word for line in found.lines for word in line.words if word.text == "Rundherd")
    first = next(word for line in found.lines for word in line.words if word.text == "Klinikum")
    assert (found.width, found.height) == picture.size
    assert 200 < first.x0 < 300 < last.x0
    assert 180 < first.y0 < 300 < last.y0 < 500
    shades = picture.crop((int(last.x0), int(last.y0), int(last.x1), int(last.y1))).getextrema()
    assert shades[1] - shades[0] > 80, "there is ink on paper in the box"


def test_figures_in_a_ruled_table_stand_in_the_row_of_their_name(nursery):
    rows = (
        ("Analyt", "Ergebnis", "Einheit", "Referenz"),
        ("Kalium", "4,6", "mmol/L", "3,5 - 5,1"),
        ("Ferritin", "112", "ng/mL", "15 - 150"),
        ("CRP", "8,4", "mg/L", "< 5,0"),
    )
    found = page_of(nursery, samples.table(rows), "de")
    lines = [[word.strip("<") for word in line.text.split("   ")] for line in found.lines]
    for name, value, unit, _reference in rows[1:]:
        (line,) = (line for line in lines if line[0] == name)
        assert line[1:3] == [value, unit]


def test_an_arrow_behind_a_figure_is_no_figure_and_a_name_of_two_lines_keeps_its_value(nursery):
    rows = (
        ("Analyt", "Ergebnis", "Einheit", "Referenz"),
        ("Harnstoff", "53 ↑", "mg/dL", "15 - 45"),
        ("C-reaktives\nProtein", "5,1", "mg/L", "< 5,0"),
        ("Ferritin", "12 ↓", "ng/mL", "15 - 150"),
    )
    page = page_of(nursery, samples.table(rows, 110), "de")
    found = [(lab.analyte, lab.value, lab.unit, lab.flag) for lab in lab_tables.find([page])]
    assert found == [
        ("Harnstoff", "53", "mg/dL", "↑"),
        ("C-reaktives Protein", "5,1", "mg/L", ""),
        ("Ferritin", "12", "ng/mL", "↓"),
    ]


def test_a_page_of_words_has_no_tables():
    assert tables.apart(samples.page())[1] == []


def test_lines_that_say_whose_a_scan_is_are_found_for_covering(nursery):
    file = NamedFile("befund.pdf", opened(samples.scan_pdf([samples.page()])))
    before = nursery.read([file])[0]
    assert (before.reason, written.to_recognise(before)) == (Reason.SCAN, (1,))
    after = nursery.read_scans(file, before)
    os.close(file.descriptor)
    assert (after.verdict, after.reason, after.language) == (Verdict.READ, Reason.NONE, "de")
    assert [claim.value for claim in after.claims if claim.kind is ClaimKind.NAME] == ["Beispiel, Erika"]
    assert after.date_candidates[0].value == "2025-03-03"
    (covered,) = claims.to_cover(after.pages, after.claims)
    line = after.pages[0].lines[covered[1]]
    assert "Erika" in line.text
    assert 0 < line.x0 < line.x1 < after.pages[0].width
    assert 80 < line.y0 < line.y1 < 120, "points of the page, not pixels of the scan"


def test_a_page_of_another_script_is_read_in_its_own_direction(nursery):
    line = "החולה נבדקה בבית החולים ולא נמצאו ממצאים חריגים בבדיקה"
    if not features.check("raqm"):
        pytest.skip("this Pillow cannot draw from right to left")
    found = page_of(nursery, samples.page((line,) * 3, font_file=samples.HEBREW_FONT))
    assert found.language == "he"
    assert "החולים ולא נמצאו" in words_of(found)


def test_an_empty_page_has_no_lines_and_what_is_no_picture_says_so(nursery):
    assert page_of(nursery, Image.new("L", (600, 800), 255)).lines == ()
    descriptor = opened(b"no picture at all")
    with pytest.raises(Unreadable):
        nursery.recognise(descriptor, sniff.PNG, 1)
    os.close(descriptor)


def test_a_reading_without_a_picture_is_not_read_twice():
    assert written.to_recognise(Reading(Verdict.UNREADABLE, Reason.DAMAGED)) == ()
