"""Anybody who holds the paper or its code learns whether it is genuine, and nothing about anybody's health."""

from __future__ import annotations

import subprocess
import sys
from io import BytesIO

import pytest
from django.test import Client
from django.utils import timezone
from tests import cast
from tests.pure.reports_sample import needs_fonts
from tests.rooms import reports_room as room

from consilia.cases.models import Case
from consilia.vault import queries as vault

pytestmark = [pytest.mark.django_db, needs_fonts]
PAGE = "/verify/"


@pytest.fixture
def case() -> Case:
    return room.delivered(at=timezone.now())


def paper(case: Case) -> bytes:
    (seal,) = room.seals(case)
    with vault.open_object(case.pk, seal.report.pdf_sha256) as stored:
        return stored.whole()


def checked(content: bytes, name: str = "opinion.pdf") -> str:
    file = BytesIO(content)
    file.name = name
    return Client().post(PAGE, {"paper": file}).content.decode()


def test_the_paper_says_who_signed_it_and_with_which_licence(case):
    said = checked(paper(case))
    assert "Genuine and unchanged" in said
    assert cast.WEBER.family_name in said
    assert cast.WEBER.number in said
    assert "lump" not in said
    assert cast.ANA.family_name not in said


def test_a_code_alone_names_nobody(case):
    (seal,) = room.seals(case)
    for said in (
        Client().post(PAGE, {"code": seal.check_code.lower()}).content.decode(),
        Client().get(f"{PAGE}{seal.check_code}/").content.decode(),
    ):
        assert "This code is known" in said
        assert cast.WEBER.family_name not in said
        assert cast.WEBER.number not in said


def test_an_unknown_code_and_an_empty_form_are_answered_in_words(case):
    assert "Not known here" in Client().post(PAGE, {"code": "7KQ4-M2XR-90TD"}).content.decode()
    assert "Choose the file, or type the code." in Client().post(PAGE, {}).content.decode()


def test_a_changed_paper_is_said_to_be_changed(case):
    whole = bytearray(paper(case))
    whole[len(whole) // 2] ^= 1
    assert "Changed after signing" in checked(bytes(whole))


@pytest.mark.parametrize("content", [b"", b"hello", b"%PDF-1.7\n%%EOF", b"PK\x03\x04" + b"\0" * 100])
def test_what_is_no_paper_of_ours_gets_a_sentence(case, content):
    assert "This file cannot be read" in checked(content)


def test_the_page_opens_for_everybody():
    page = Client().get(PAGE)
    assert page.status_code == 200
    assert "Is this opinion genuine?" in page.content.decode()


def test_no_page_loads_what_signs_or_what_reads_the_bytes_of_strangers():
    pages = "import sys, consilia.config.wsgi; from django.urls import get_resolver; get_resolver().url_patterns"
    ask = f"{pages}; print({{'pyhanko', 'pydicom', 'gdcm', 'consilia.web.public.verification'}} & set(sys.modules))"
    said = subprocess.run([sys.executable, "-c", ask], capture_output=True, text=True, check=True, timeout=60)
    assert said.stdout.strip() == "{'consilia.web.public.verification'}"
