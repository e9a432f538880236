"""What a file is and says: every file gets a verdict of the closed list, with a sentence a patient can use."""

from __future__ import annotations

import io
import os
import random
from pathlib import Path

import pytest
from tests import samples_formats as samples

from consilia.formats import fhir, plain, reading, sniff
from consilia.formats.limits import LIMITS
from consilia.formats.values import READING, ClaimKind, DateKind, Reading
from consilia.formats.verdicts import SENTENCES, Reason, Verdict

FORMATS_FOLDER = Path(reading.__file__).parent


def read(data: bytes, path: str = "file") -> Reading:
    return reading.read(io.BytesIO(data), path)


def said(found: Reading, kind: ClaimKind) -> list[str]:
    return [claim.value for claim in found.claims if claim.kind is kind]


def test_every_reason_has_a_sentence_that_a_patient_can_use():
    assert set(SENTENCES) == set(Reason)
    assert all(sentence.endswith(".") and len(sentence) > 15 for sentence in SENTENCES.values())


def test_every_reason_is_one_that_some_reader_gives():
    given = " ".join(path.read_text() for path in FORMATS_FOLDER.glob("*.py") if path.name != "verdicts.py")
    assert [reason.name for reason in Reason if f"Reason.{reason.name}" not in given] == []


def test_no_module_of_formats_knows_django():
    assert not [
        path.name for path in FORMATS_FOLDER.glob("*.py") if "django" in path.read_text().split('"""', 2)[2].lower()
    ]


@pytest.mark.parametrize(
    ("data", "media_type"),
    [
        (samples.pdf(), sniff.PDF),
        (samples.dicom(), sniff.DICOM),
        (samples.picture("JPEG"), sniff.JPEG),
        (samples.picture("PNG"), sniff.PNG),
        (samples.picture("TIFF"), sniff.TIFF),
        (samples.word(), sniff.DOCX),
        (samples.fhir(), sniff.FHIR),
        (b"Buongiorno, mi chiamo Giulia.", sniff.TEXT),
    ],
)
def test_the_content_decides_and_not_the_ending(data, media_type):
    assert (read(data, "wrong.xyz").verdict, read(data, "wrong.xyz").media_type) == (Verdict.READ, media_type)


@pytest.mark.parametrize("make", [samples.pdf, samples.word, lambda: "\n".join(samples.LABORATORY).encode("cp1252")])
def test_a_laboratory_paper_says_whose_it_is_and_when_it_was_written(make):
    found = read(make(), "esami.pdf")
    assert said(found, ClaimKind.NAME) == ["FONTANA GIULIA"]
    assert said(found, ClaimKind.BIRTH_DATE) == ["1962-07-04"]
    assert said(found, ClaimKind.PATIENT_ID) == ["FNTGLI62L44A944X"]
    assert said(found, ClaimKind.SEX) == ["f"]
    by_kind = {date.kind: date.value for date in found.date_candidates}
    assert found.date_candidates[0].value == "2025-02-12"
    assert by_kind[DateKind.EXAMINATION] == "2025-02-11"
    assert by_kind[DateKind.PRINTED] == "2025-02-20"
    assert by_kind[DateKind.MENTIONED] == "2020-01-03"
    assert found.title == "REFERTO ANALISI DI LABORATORIO"
    assert found.language == "it"


def test_a_reading_survives_the_pipe_unchanged():
    for data in (samples.pdf(), samples.dicom(), samples.fhir(), b""):
        found = read(data)
        assert READING.validate_json(READING.dump_json(found)) == found


def test_lines_of_a_pdf_lie_where_the_page_shows_them():
    page = read(samples.pdf()).pages[0]
    assert (page.width, page.height) == (595.0, 842.0)
    tops = [line.y0 for line in page.lines]
    assert tops == sorted(tops)
    assert all(0 <= line.x0 < line.x1 <= 595 and 0 <= line.y0 < line.y1 <= 842 for line in page.lines)
    assert page.lines[0].y0 < 100


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("CD/AUTORUN.INF", Reason.AUTORUN),
        ("CD/VIEWER/LICENSE.TXT", Reason.VIEWER),
        ("CD/VIEWER/VIEWER.EXE", Reason.VIEWER),
        ("CD/INDEX.HTM", Reason.VIEWER),
        ("foto/.DS_Store", Reason.SYSTEM_FILE),
        ("__MACOSX/._a.pdf", Reason.SYSTEM_FILE),
        ("~$fund.docx", Reason.LOCK_FILE),
        ("setup.exe", Reason.PROGRAM),
    ],
)
def test_what_a_computer_left_beside_records_is_ignored_with_a_reason(path, reason):
    found = read(b"some words of a viewer, long enough to be text", path)
    assert (found.verdict, found.reason) == (Verdict.IGNORED, reason)


def test_a_dicom_image_is_read_even_when_it_lies_in_the_viewer_folder_under_the_name_of_a_program():
    assert read(samples.dicom(), "VIEWER/image.exe").verdict is Verdict.READ


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b'<?xml version="1.0"?><Something xmlns="urn:x"/>', Reason.XML),
        (b"<html><body>report</body></html>", Reason.HTML),
        (b"7z\xbc\xaf\x27\x1c\x00\x04", Reason.ARCHIVE_KIND),
    ],
)
def test_formats_of_a_later_day_are_kept_and_say_so(data, reason):
    found = read(data)
    assert (found.verdict, found.reason) == (Verdict.NOT_READ_YET, reason)


@pytest.mark.parametrize(
    ("data", "path", "verdict", "reason"),
    [
        (b"", "a.pdf", Verdict.EMPTY, Reason.NO_BYTES),
        (samples.pdf()[:600], "a.pdf", Verdict.TRUNCATED, Reason.CUT_OFF),
        (samples.dicom()[:-20], "a.dcm", Verdict.TRUNCATED, Reason.CUT_OFF),
        (samples.dicom()[:300], "a.dcm", Verdict.TRUNCATED, Reason.CUT_OFF),
        (samples.picture("JPEG", (400, 400))[:-900], "a.jpg", Verdict.TRUNCATED, Reason.CUT_OFF),
        (samples.word()[:9000], "a.docx", Verdict.TRUNCATED, Reason.CUT_OFF),
        (samples.huge_png(), "a.png", Verdict.TOO_LARGE, Reason.TOO_MANY_PIXELS),
        (samples.pdf(pages=LIMITS.pdf_pages + 1), "a.pdf", Verdict.TOO_LARGE, Reason.TOO_MANY_PAGES),
        (samples.nested_dicom(LIMITS.sequence_depth + 1), "a.dcm", Verdict.TOO_LARGE, Reason.TOO_DEEP),
        (samples.dicom(SOPInstanceUID="../../x"), "a.dcm", Verdict.UNREADABLE, Reason.BAD_UID),
        (samples.named_twice(), "a.dcm", Verdict.READ, Reason.META_DIFFERS),
        (samples.dicom(NumberOfFrames=2_000_000_000), "a.dcm", Verdict.TRUNCATED, Reason.CUT_OFF),
        (samples.dicom(Rows=65_535, Columns=65_535), "a.dcm", Verdict.TOO_LARGE, Reason.TOO_MANY_PIXELS),
        (b'{"resourceType": "Patient", "x": NaN}', "a.json", Verdict.UNREADABLE, Reason.NOT_A_NUMBER),
        (b'{"resourceType": "Patient", "x": 1e999}', "a.json", Verdict.UNREADABLE, Reason.NOT_A_NUMBER),
        (b'{"resourceType": "Patient", "a": 1, "a": 2}', "a.json", Verdict.UNREADABLE, Reason.DUPLICATE_KEYS),
        (b"[" * 100 + b"]" * 100, "a.json", Verdict.TOO_LARGE, Reason.TOO_DEEP),
        (b'{"resourceType": ', "a.json", Verdict.UNREADABLE, Reason.BAD_JSON),
        (samples.fhir(effectiveDateTime="2025-02-30"), "a.json", Verdict.UNREADABLE, Reason.IMPOSSIBLE_DATE),
        (bytes(range(256)) * 4, "a.bin", Verdict.UNREADABLE, Reason.UNKNOWN_FORMAT),
    ],
)
def test_what_cannot_be_read_says_why(data, path, verdict, reason):
    found = read(data, path)
    assert (found.verdict, found.reason) == (verdict, reason)


def test_sequences_as_deep_as_allowed_are_read():
    assert read(samples.nested_dicom(LIMITS.sequence_depth)).verdict is Verdict.READ


def test_a_dicom_file_without_preamble_and_one_that_hides_a_program_in_it_read_the_same():
    whole = samples.dicom()
    bare, disguised = whole[132:], b"MZ" + whole[2:]
    assert read(bare).instance.instance_uid == read(whole).instance.instance_uid == samples.INSTANCE
    assert read(disguised).verdict is Verdict.READ
    assert read(disguised).instance.preamble_in_use
    assert not read(whole).instance.preamble_in_use


def test_something_appended_to_an_image_is_noticed():
    assert read(samples.dicom() + samples.zipped({"a": b"b"})).instance.trailing_bytes > 0


def test_the_name_in_an_image_may_have_any_letters_but_controls_are_shown_as_what_they_are():
    found = read(samples.dicom(PatientName="Фонтана^Джулия"))
    assert said(found, ClaimKind.NAME) == ["Фонтана^Джулия"]
    assert plain.clean("ANNA\u202e\x00\r\nX", most=50) == "ANNA\ufffd\ufffd\nX"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
def test_a_letter_is_read_in_the_encoding_in_which_it_was_written(encoding):
    text = "Sehr geehrte Damen und Herren, für die Übersendung der Röntgenbilder danke ich Ihnen."
    found = read(text.encode(encoding), "brief.txt")
    assert found.pages[0].lines[0].text == text
    assert found.language == "de"


def test_a_russian_letter_of_an_old_computer_is_read():
    text = "Здравствуйте, меня зовут Анна, мне предложили операцию на позвоночнике в марте."
    assert read(text.encode("cp1251"), "письмо.txt").pages[0].lines[0].text == text


def test_a_bundle_says_whose_it_is_and_shows_plain_lines():
    found = read(samples.fhir(), "export.json")
    assert said(found, ClaimKind.NAME) == ["Fontana, Giulia"]
    assert said(found, ClaimKind.BIRTH_DATE) == ["1962-07-04"]
    assert found.pages[0].lines[1].text == "Observation: Emoglobina, 12.1 g/dL, 2025-02-11"


def test_brackets_inside_words_are_no_depth():
    assert fhir.depth_of(b'{"a": "[[[[[\\"[[[", "b": [[1]]}') == 3


def test_a_tiff_of_three_pages_has_three_pages_and_an_upright_photo_is_shown_upright():
    assert read(samples.picture("TIFF", pages=3)).page_count == 3
    turned = read(samples.picture("JPEG", (60, 40), exif=_exif(6)))
    assert (turned.pages[0].width, turned.pages[0].height) == (40.0, 60.0)


def _exif(orientation: int) -> bytes:
    return b"Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0" + bytes([orientation, 0, 0, 0]) + bytes(4)


def test_no_damage_to_a_file_makes_reading_fail():
    """Seeded damage; whatever comes out is a Reading that passes its own shape."""
    chance = random.Random(20251123)
    for make in (
        samples.dicom,
        samples.word,
        samples.fhir,
        lambda: samples.picture("PNG"),
        lambda: samples.picture("JPEG"),
    ):
        whole = make()
        for _ in range(40):
            broken = bytearray(whole)
            for _ in range(chance.randint(1, 12)):
                broken[chance.randrange(len(broken))] = chance.randrange(256)
            found = read(bytes(broken[: chance.randint(1, len(broken))]))
            assert READING.validate_json(READING.dump_json(found)) == found


@pytest.mark.skipif(
    not os.environ.get("CONSILIA_TEST_DATA"), reason="CONSILIA_TEST_DATA names no folder of real records"
)
def test_the_italian_box_is_read_as_a_person_would():
    inbox = Path(os.environ["CONSILIA_TEST_DATA"], "data/dev/shoeboxes/breast_cancer_it/inbox")
    found = {}
    for path in inbox.rglob("*"):
        if path.is_file():
            with path.open("rb") as file:
                found[str(path.relative_to(inbox))] = reading.read(file, str(path.relative_to(inbox)))
    other = found["esami sangue 2.pdf"]
    assert said(other, ClaimKind.NAME) == ["MARCHETTO ELENA"]
    assert said(other, ClaimKind.BIRTH_DATE) == ["1971-11-02"]
    assert found["risonanza mammella.pdf"].verdict is Verdict.TRUNCATED
    ignored = {path for path, one in found.items() if one.verdict is Verdict.IGNORED}
    assert {"CD Marchetti/DICOMDIR", "CD Marchetti/AUTORUN.INF", "CD Marchetti/VIEWER/VIEWER.EXE"} <= ignored
    assert "foto telefono/.DS_Store" in ignored
    assert found["foto telefono/IMG_2231.HEIC"].verdict is Verdict.READ
    assert found["verbale_GOM.docx"].date_candidates[0].value == "2025-10-01"
