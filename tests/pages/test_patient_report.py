"""Ana reads her opinion: plain words first, her questions, the files, three questions back, the sheet, her doctor."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from tests import cast, make
from tests.pages import desk_room
from tests.pure.reports_sample import needs_fonts
from tests.rooms import reports_room as room

from consilia.accounts import signin
from consilia.audit.kinds import Kind
from consilia.audit.models import Event
from consilia.cases.models import Case
from consilia.opinions import sealing
from consilia.opinions.models import FollowUp
from consilia.records.models import Original
from consilia.reports import issuing
from consilia.reports.models import Report, Share

pytestmark = [pytest.mark.django_db, needs_fonts]


@pytest.fixture(autouse=True)
def fresh_limits() -> None:
    cache.clear()


@pytest.fixture
def sign_in() -> Callable[..., Client]:
    """A browser in which a person of the cast is signed in."""

    def signed(who: cast.Character = cast.ANA) -> Client:
        client = Client()
        client.get(signin.demo_link(make.person(who)))
        return client

    return signed


@pytest.fixture
def case() -> Case:
    return room.delivered(at=timezone.now())


def address(name: str, *words: object) -> str:
    return reverse(f"patient:{name}", args=words)


def text(response) -> str:
    return response.content.decode()


def test_the_plain_words_come_first_then_each_question_with_its_answer(sign_in, case):
    page = sign_in().get(address("report", case.pk))
    said = text(page)
    assert page.status_code == 200
    order = ["a scan should come before the operation", "Your questions, one by one", "Yes, it is.", "Something is not"]
    assert [said.index(words) for words in order] == sorted(said.index(words) for words in order)
    assert "Very sure" in said
    assert "Do not stop without asking" in said


def test_the_look_stands_in_the_trail_and_is_her_read_receipt(sign_in, case):
    sign_in().get(address("report", case.pk))
    assert Report.objects.get(case=case).first_read_at is not None
    assert Event.objects.filter(case_id=case.pk, kind=Kind.REPORT_OPENED.value, role="patient").count() == 1


def test_before_there_is_an_opinion_the_page_says_what_will_stand_there(sign_in):
    case = make.case_collecting(at=timezone.now())
    page = sign_in().get(address("report", case.pk))
    assert page.status_code == 200
    assert "No opinion yet" in text(page)


def test_the_whole_opinion_and_the_sheet_open(sign_in, case):
    (seal,) = room.seals(case)
    browser = sign_in()
    whole = text(browser.get(address("opinion", case.pk, seal.opinion_id)))
    assert "Credentials on the day of signing" in whole
    assert cast.WEBER.number in whole
    sheet = text(browser.get(address("doctor-sheet", case.pk, seal.opinion_id)))
    assert "MRI" in sheet
    assert "The tablets for the thyroid" in sheet


def test_the_files_are_handed_out_and_each_leaves_a_trace(sign_in, case):
    (seal,) = room.seals(case)
    browser = sign_in()
    paper = browser.get(address("report-pdf", case.pk, seal.pk))
    assert paper.content.startswith(b"%PDF-1.7")
    assert paper.headers["Content-Security-Policy"] == "sandbox"
    assert seal.number in paper.headers["Content-Disposition"]
    bundle = json.loads(browser.get(address("report-fhir", case.pk, seal.pk)).content)
    assert (bundle["resourceType"], bundle["type"]) == ("Bundle", "document")
    assert browser.get(address("doctor-sheet-pdf", case.pk, seal.pk)).content.startswith(b"%PDF-1.7")
    assert Event.objects.filter(case_id=case.pk, kind=Kind.REPORT_DOWNLOADED.value).count() == 3


def test_a_stranger_finds_none_of_it(sign_in, case):
    (seal,) = room.seals(case)
    mallory = sign_in(cast.MALLORY)
    absent = text(mallory.get(address("report", make.unknown_id())))
    for name, words in (
        ("report", ()),
        ("opinion", (seal.opinion_id,)),
        ("report-pdf", (seal.pk,)),
        ("report-fhir", (seal.pk,)),
        ("doctor-sheet", (seal.opinion_id,)),
        ("follow-up", (seal.opinion_id,)),
        ("share", ()),
        ("leave", ()),
        ("erase", ()),
    ):
        answer = mallory.get(address(name, case.pk, *words))
        assert (answer.status_code, text(answer)) == (404, absent), name


def test_a_seal_of_another_case_is_not_found_through_ones_own(sign_in, case):
    other = room.delivered(cast.MALLORY, at=timezone.now())
    (seal,) = room.seals(other)
    assert sign_in().get(address("report-pdf", case.pk, seal.pk)).status_code == 404


def test_three_questions_and_their_answers(sign_in, case):
    (seal,) = room.seals(case)
    browser = sign_in()
    place = address("follow-up", case.pk, seal.opinion_id)
    assert "Write your question." in text(browser.post(place, {"text": " "}))
    for number in (1, 2, 3):
        assert browser.post(place, {"text": f"What about number {number}?"}).status_code == 302
    assert "You have asked your three questions" in text(browser.get(address("report", case.pk)))
    asked = FollowUp.objects.get(opinion_id=seal.opinion_id, number=2)
    made = sealing.add(
        make.reader(cast.WEBER, case), seal.opinion_id, reason="A question", words="Yes, you may travel.",
        method="totp", at=timezone.now(), follow_ups=[asked.pk],
    )  # fmt: skip
    issuing.issue(made.pk, at=timezone.now())
    said = text(browser.get(address("report", case.pk)))
    assert "Yes, you may travel." in said
    assert "Waits for the expert" in said
    assert browser.get(address("report-pdf", case.pk, made.pk)).content.startswith(b"%PDF-1.7")


def test_an_addendum_is_marked_as_new_until_she_has_opened_it(sign_in, case):
    (seal,) = room.seals(case)
    browser = sign_in()
    browser.get(address("report", case.pk))
    made = sealing.add(
        make.reader(cast.WEBER, case), seal.opinion_id, reason="New result", words="The scan is clear.",
        method="totp", at=timezone.now(),
    )  # fmt: skip
    issuing.issue(made.pk, at=timezone.now())
    assert "Something was added to your opinion" in text(browser.get(address("case", case.pk)))
    assert ">New<" not in text(desk_room.at_work(cast.PRIYA).get(address("report", case.pk)))
    assert Report.objects.get(seal=made).first_read_at is None
    browser.get(address("doctor-sheet", case.pk, seal.opinion_id))  # which does not show it
    assert ">New<" in text(browser.get(address("report", case.pk)))
    assert ">New<" not in text(browser.get(address("report", case.pk)))
    assert "Something was added" not in text(browser.get(address("case", case.pk)))


def test_a_question_sent_by_a_double_click_is_asked_once(sign_in, case):
    (seal,) = room.seals(case)
    browser = sign_in()
    for _click in (1, 2):
        browser.post(address("follow-up", case.pk, seal.opinion_id), {"text": "May I travel?"})
    assert FollowUp.objects.filter(opinion_id=seal.opinion_id).count() == 1


def test_the_link_for_the_doctor_is_shown_once_and_listed_with_its_fate(sign_in, case):
    browser = sign_in()
    place = address("share", case.pk)
    assert "Write the name of your doctor." in text(browser.post(place, {"doctor": ""}))
    kept = text(browser.post(place, {"doctor": "Dr Santos", "address": "no address"}))
    assert 'value="Dr Santos"' in kept
    made = text(browser.post(place, {"doctor": "Dr Santos", "address": ""}))
    assert re.search(r"/doctor/report/[\w-]{43}/", made)
    assert re.search(r">\d{3} \d{3}<", made)
    listed = text(browser.get(place))
    assert "Not opened yet" in listed
    assert not re.search(r"/doctor/report/[\w-]{43}/", listed)
    share = Share.objects.get()
    browser.post(address("share-revoke", case.pk, share.pk))
    assert "Taken back" in text(browser.get(place))


def test_the_page_asks_the_same_number_of_questions_with_one_opinion_or_three(sign_in, django_assert_max_num_queries):
    case = room.delivered(asked=(cast.WEBER, cast.LEVI), at=timezone.now())
    seal = room.seals(case)[0]
    for number in range(4):
        sealing.add(
            make.reader(cast.WEBER, case), seal.opinion_id, reason="r", words=f"more {number}", method="totp",
            at=timezone.now() + timedelta(seconds=number),
        )  # fmt: skip
    for row in room.seals(case):
        issuing.issue(row.pk, at=timezone.now())
    browser = sign_in()
    for _opinion in (1, 2):  # each is read for the first time once
        browser.get(address("report", case.pk))
    with django_assert_max_num_queries(14):  # 12, and the two words of the transaction around the trail
        browser.get(address("report", case.pk))


def test_a_source_leads_to_the_record_it_names(sign_in, case):
    (record,) = Original.objects.filter(case_id=case.pk)
    browser = sign_in()
    place = address("record", case.pk, record.pk)
    assert place in text(browser.get(address("report", case.pk)))
    assert browser.get(place).status_code == 200
