"""The opinion on paper: it claims what it should, holds its own bytes, and no text breaks it."""

from __future__ import annotations

from io import BytesIO

import pikepdf
import pypdfium2
import pytest
from hypothesis import HealthCheck, given, settings
from tests.pure import opinions_sample as sample
from tests.pure import reports_sample as made

from consilia.opinions import seal
from consilia.reports import pdf

pytestmark = made.needs_fonts


def claims(data: bytes) -> dict[str, str]:
    with pikepdf.open(BytesIO(data)) as file, file.open_metadata() as metadata:
        return {name: str(metadata.get(name)) for name in ("pdfaid:part", "pdfaid:conformance", "pdfuaid:part")}


def letters(text: str) -> str:
    """Without white space and without the hyphens that a break between two lines puts in."""
    return "".join(letter for letter in text if letter.isprintable() and letter not in " -‐\u00ad\u00a0")


def test_the_paper_claims_to_be_archivable_and_readable_by_all():
    assert claims(made.paper(sample.document())) == {
        "pdfaid:part": "3",
        "pdfaid:conformance": "A",
        "pdfuaid:part": "1",
    }


def test_the_same_document_gives_the_same_paper():
    assert made.paper(sample.document()) == made.paper(sample.document())


def test_the_sealed_bytes_lie_inside_the_paper():
    document = sample.document()
    with pikepdf.open(BytesIO(made.paper(document, b'{"resourceType":"Bundle"}'))) as file:
        files = {name: one.get_file().read_bytes() for name, one in file.attachments.items()}
    assert files[pdf.OPINION_NAME] == seal.canonical(document)
    assert files[pdf.FHIR_NAME] == b'{"resourceType":"Bundle"}'
    assert made.sealed(document).signature.encode() in files[pdf.SEAL_NAME]


def test_verdicts_stand_on_page_one_answers_on_two_and_the_seal_on_three():
    document = sample.document()
    file = pypdfium2.PdfDocument(made.paper(document))
    pages = [" ".join(page.get_textpage().get_text_bounded().split()) for page in file]
    assert len(pages) == 3
    assert "Advisable with changes" in pages[0]
    assert "Sentence of the library on whom to call: 112." in pages[0]
    assert "Is the diagnosis correct and complete?" in pages[1]
    assert "Signed and sealed" in pages[2]
    code = made.sealed(document).check_code
    assert all(code in page and "Not for emergencies: 112" in page for page in pages)


def test_every_statement_of_the_sample_stands_on_the_paper():
    text = letters(made.text_of(made.paper(sample.document())))
    for words in (
        "Elena Marchetti, 14 Mar 1969",
        "Tue 14 Oct 2025, 16:20 CEST",
        "Nothing is lost by deciding later.",
        "2, changes management",
        "other guideline; other values",
        "A metastasis changes the whole plan",
        "Breast conservation with radiotherapy",
        "Levothyroxine in the morning",
        "Fever above 38 °C during chemotherapy",
        "Mammography 2 Sep 2025, left MLO",
        "I do not work with the first hospital.",
        "no. 41-20977",
        "CT and bone scan: the stage stays open",
    ):
        assert letters(words) in text, words


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(sample.documents)
def test_no_words_break_the_paper_and_the_answers_are_in_its_text(document: seal.SealedDocument):
    data = made.paper(document)
    assert claims(data)["pdfuaid:part"] == "1"
    text = letters(made.text_of(data))
    for answer in document.content.answers:
        if answer.question.isascii() and answer.question.isprintable():
            assert letters(answer.question) in text


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("ru", "Опухоль левой молочной железы"),
        ("ar", "ورم في الثدي الأيسر"),
        ("he", "גידול בשד שמאל"),
        ("de", "Größe ≥ 2 µm"),
    ],
)
def test_other_scripts_keep_their_letters_in_the_text_layer(language: str, words: str):
    content = sample.draft()
    content["summary"]["in_short"] = words
    data = made.paper(sample.document(content=content, header=sample.header(language=language)))
    text = made.text_of(data)
    assert all(word in text or word[::-1] in text for word in words.split())


def test_a_sign_without_a_letter_in_the_fonts_stands_as_its_number():
    content = sample.draft()
    content["summary"]["in_short"] = "Sign \ue000 and \U0001f600 here\x07"
    text = made.text_of(made.paper(sample.document(content=content)))
    assert "Sign [U+E000] and [U+1F600] here[U+0007]" in text


def test_markup_in_an_experts_words_stays_words():
    content = sample.draft()
    content["summary"]["in_short"] = '#read("/etc/passwd") *bold* $x^2$ <label> @cite'
    assert '#read("/etc/passwd") *bold* $x^2$ <label> @cite' in made.text_of(
        made.paper(sample.document(content=content))
    )


def test_long_texts_run_over_pages_and_keep_their_last_word():
    content = sample.draft()
    content["answers"][0]["explanation"] = "A long explanation. " * 700 + "Lastword"
    content["therapies"] *= 30
    data = made.paper(sample.document(content=content))
    assert len(pypdfium2.PdfDocument(data)) > 6
    assert "Lastword" in made.text_of(data)


def test_an_addendum_names_the_opinion_it_belongs_to():
    first = made.sealed(sample.document())
    later = sample.addendum(first.sha256, first.sha256)
    data = pdf.addendum(later, made.sealed(later), fonts=made.FONTS, address=made.ADDRESS)
    assert claims(data)["pdfaid:conformance"] == "A"
    text = made.text_of(data)
    assert "May I travel in November?" in text
    assert first.sha256 in text.replace(" ", "")


def test_the_sheet_for_the_doctor_holds_referrals_questions_and_what_not_to_stop():
    document = sample.document()
    data = pdf.doctor_sheet(document, made.sealed(document), fonts=made.FONTS, address=made.ADDRESS)
    text = made.text_of(data)
    for words in ("Draft of a referral: CT and bone scan", "Can the two medicines be added?", "Levothyroxine"):
        assert words in text
    assert claims(data)["pdfuaid:part"] == "1"


def test_labels_are_translated_and_the_experts_words_are_not():
    say = {"Verdicts": "Urteile", "Refined": "Verfeinert"}
    document = sample.document()
    data = pdf.opinion(
        document, made.sealed(document), fonts=made.FONTS, address=made.ADDRESS, say=lambda words: say.get(words, words)
    )
    text = made.text_of(data)
    assert "Urteile" in text
    assert "Verfeinert" in text
    assert "Triple-negative breast cancer, left." in text
