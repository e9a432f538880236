"""The doctor at home opens the report with two secrets, answers with one tap, and finds nothing once it is over."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from tests import cast, make
from tests.pure.reports_sample import needs_fonts
from tests.rooms import reports_room as room

from consilia.audit.kinds import Kind
from consilia.audit.models import Event
from consilia.cases.models import Case
from consilia.reports import shares
from consilia.reports.models import DoctorAnswer, Share
from consilia.reports.shares import Made

pytestmark = [pytest.mark.django_db, needs_fonts]


@pytest.fixture
def case() -> Case:
    return room.delivered(at=timezone.now())


@pytest.fixture
def made(case) -> Made:
    return shares.make(make.reader(cast.ANA, case), doctor="Dr Santos", at=timezone.now())


def address(name: str, *words: object) -> str:
    return reverse(f"doctor:{name}", args=words)


def text(response) -> str:
    return response.content.decode()


def opened(made: Made) -> Client:
    browser = Client()
    browser.post(address("report-door", made.secret), {"code": made.code})
    return browser


def test_the_link_alone_leads_to_the_door_and_the_code_opens_it(made):
    browser = Client()
    first = browser.get(address("report", made.secret), follow=True)
    assert first.redirect_chain == [(address("report-door", made.secret), 302)]
    assert "Ana" not in text(first)
    wrong = f"{(int(made.code) + 1) % 10**6:06d}"
    assert "Check the six digits" in text(browser.post(address("report-door", made.secret), {"code": wrong}))
    spaced = f"{made.code[:3]} {made.code[3:]}"
    answer = browser.post(address("report-door", made.secret), {"code": spaced}, follow=True)
    assert "Second opinion of" in text(answer)
    assert "It is advice to you" in text(answer)


def test_the_patient_sees_that_it_was_opened_and_what_was_answered(made, case):
    browser = opened(made)
    browser.get(address("report", made.secret))
    share = Share.objects.get()
    assert share.first_opened_at is not None
    assert Event.objects.filter(case_id=case.pk, kind=Kind.SHARE_OPENED.value, role="treating_doctor").exists()
    browser.post(address("answer", made.secret), {"choice": "partly", "comment": "I would wait for the scan."})
    given = DoctorAnswer.objects.get()
    assert (given.answer, given.comment) == ("partly", "I would wait for the scan.")
    assert "Thank you" in text(browser.get(address("report", made.secret)))


def test_a_second_answer_changes_nothing(made):
    browser = opened(made)
    browser.post(address("answer", made.secret), {"choice": "agree"})
    assert browser.post(address("answer", made.secret), {"choice": "disagree"}).status_code == 302
    assert DoctorAnswer.objects.get().answer == "agree"


def test_an_answer_without_a_choice_keeps_the_words(made):
    page = opened(made).post(address("answer", made.secret), {"comment": "My words"})
    assert "Choose one of the four." in text(page)
    assert "My words" in text(page)


def test_the_files_open_with_the_code_and_not_without(made, case):
    (seal,) = room.seals(case)
    browser = opened(made)
    assert browser.get(address("pdf", made.secret, seal.pk)).content.startswith(b"%PDF")
    assert browser.get(address("fhir", made.secret, seal.pk)).headers["Content-Type"] == "application/fhir+json"
    assert Client().get(address("pdf", made.secret, seal.pk)).status_code == 302


def test_taken_back_over_and_never_made_look_the_same(made, case):
    browser = opened(made)
    never = Client().get(address("report", "x" * 43))
    shares.revoke(make.reader(cast.ANA, case), made.share_id, at=timezone.now())
    back = browser.get(address("report", made.secret))
    assert (never.status_code, back.status_code) == (404, 404)
    assert never.content == back.content == browser.get(address("report-door", made.secret)).content
    assert "ask the patient for a new one" in text(back)
    other = shares.make(make.reader(cast.ANA, case), doctor="Dr Lima", at=timezone.now())
    Share.objects.filter(pk=other.share_id).update(valid_until=timezone.now() - timedelta(seconds=1))
    assert Client().get(address("report", other.secret)).content == never.content


def test_a_report_of_another_case_is_not_reached_through_the_link(made):
    other = room.delivered(cast.MALLORY, at=timezone.now())
    (seal,) = room.seals(other)
    assert opened(made).get(address("pdf", made.secret, seal.pk)).status_code == 404


def test_the_report_is_closed_again_on_a_shared_computer(made):
    browser = opened(made)
    browser.post(address("report-close", made.secret))
    assert browser.get(address("report", made.secret)).status_code == 302
