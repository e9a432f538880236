"""What the papers say stands before everybody who decides, in their words, with a link and without names."""

from __future__ import annotations

import html

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from tests import cast, expert_pages, make
from tests import expert_opinion as write
from tests.pages import desk_room

from consilia.audit.kinds import Kind
from consilia.audit.models import Event
from consilia.cases.models import Case, SelfCheck
from consilia.records.models import Document, Standing

pytestmark = pytest.mark.django_db
REPORT = b"""Radiology report
CT of the chest
Impression:
Nodule of 9 mm in the lung of Ana Costa.
Recommendation: PET-CT within four weeks, said to Ana Costa.
"""


def page(browser: Client, name: str, case: Case) -> str:
    answer = browser.get(reverse(name, args=[case.pk]))
    assert answer.status_code == 200
    return html.unescape(answer.content.decode())


def ana() -> Client:
    browser = Client()
    browser.force_login(make.person(cast.ANA), backend="allauth.account.auth_backends.AuthenticationBackend")
    return browser


def with_report(case: Case) -> Case:
    make.paper(case, REPORT, path="ct.txt", kind="radiology_report", at=timezone.now())
    return case


def say(browser: Client, case: Case, answer: str):
    key = page(browser, "patient:readiness", case).partition('id="advice-')[2].partition('"')[0]
    return browser.post(reverse("patient:recommended-say", args=[case.pk, key]), {"answer": answer})


def test_she_reads_the_sentence_that_recommends_and_that_no_result_was_found() -> None:
    case = with_report(make.case_with_records())
    shown = page(ana(), "patient:readiness", case)
    assert "Recommendation" not in shown.partition("<q")[2].partition("</q>")[0]
    assert "PET-CT within four weeks" in shown
    assert "We found no result" in shown
    record = Document.objects.get(kind="radiology_report").original_id
    assert reverse("patient:record", args=[case.pk, record]) in shown


def test_what_only_she_can_tell_is_asked_in_a_sentence_that_leads_to_its_place() -> None:
    case = make.case_with_records()
    held = make.paper(case, path="other.txt", standing=Standing.HELD)
    unsure = make.paper(case, b"Page two", path="scan.txt", sure=0.2)
    shown = page(ana(), "patient:readiness", case)
    assert "Is this yours? It seems to name somebody else: other.txt" in shown
    assert f"#file-{held.pk}" in shown
    assert "What is this paper? scan.txt" in shown
    assert reverse("patient:name-paper", args=[case.pk, unsure.pk]) in shown


def test_her_answer_is_kept_with_who_and_when_clears_nothing_and_is_told_to_the_desk() -> None:
    case, browser = with_report(make.case_handed_in()), ana()
    assert say(browser, case, "had").status_code == 302
    (kept,) = Case.objects.get(pk=case.pk).said_of_advice.values()
    assert (kept["answer"], kept["by"]) == ("had", str(make.person(cast.ANA).pk))
    shown = page(browser, "patient:readiness", case)
    assert "You said: I had it, but the result is not here" in shown
    assert "We found no result" in shown
    event = Event.objects.filter(case_id=case.pk, kind="case_changed").latest("sequence")
    assert (event.entity_type, event.detail) == ("advice", {"code": "had"})
    say(browser, case, "")
    assert Case.objects.get(pk=case.pk).said_of_advice == {}


def test_an_answer_to_what_no_report_recommends_is_nobody_s() -> None:
    case = with_report(make.case_with_records())
    assert (
        ana().post(reverse("patient:recommended-say", args=[case.pk, "f" * 32]), {"answer": "had"}).status_code == 404
    )


def test_the_gate_shows_the_list_and_where_the_self_check_said_otherwise() -> None:
    case = with_report(make.case_handed_in())
    check = SelfCheck.objects.create(answered_at=timezone.now(), facts={"tests_recommended": "all_done"}, outcome="ok")
    Case.objects.filter(pk=case.pk).update(self_check=check)
    shown = page(desk_room.at_work(cast.PRIYA), "desk:gate", case)
    assert "PET-CT within four weeks" in shown
    assert "of some no record shows a result" in shown


def test_the_desk_reads_the_case_on_one_page_and_the_look_is_kept() -> None:
    case = with_report(make.case_handed_in())
    shown = page(desk_room.at_work(cast.EVA), "desk:summary", case)
    assert "Nodule of 9 mm" in shown
    assert "A lump in the left breast" in shown
    assert Event.objects.filter(kind=Kind.CASE_OPENED, case_id=case.pk).latest("sequence").detail == {
        "section": "summary"
    }


@pytest.mark.parametrize("name", ["expert:summary", "expert:table"])
def test_an_expert_reads_the_quotes_without_the_name(name) -> None:
    case = with_report(make.case_in_review(at=write.now()))
    shown = page(expert_pages.signed_in(), name, case)
    assert "PET-CT within four weeks" in shown
    assert "[name covered]" in shown
    assert "Costa" not in shown


@pytest.mark.parametrize(
    ("who", "name", "make_case"),
    [
        ("ana", "patient:readiness", make.case_with_records),
        ("ana", "patient:course", make.case_with_records),
        ("editor", "desk:gate", make.case_handed_in),
        ("editor", "desk:summary", make.case_handed_in),
        ("expert", "expert:table", lambda: make.case_in_review(at=write.now())),
        ("expert", "expert:summary", lambda: make.case_in_review(at=write.now())),
    ],
)
def test_the_pages_ask_the_database_seldom(who, name, make_case, django_assert_max_num_queries) -> None:
    case = with_report(make_case())
    browsers = {"ana": ana, "editor": lambda: desk_room.at_work(cast.PRIYA), "expert": expert_pages.signed_in}
    browser = browsers[who]()
    page(browser, name, case)
    page(browser, name, case)
    with django_assert_max_num_queries(16 if "summary" in name or name == "desk:gate" else 12):
        page(browser, name, case)
