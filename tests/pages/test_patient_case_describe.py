"""She says what it is about on three short pages; her words choose the kind of case, and she is told which."""

from __future__ import annotations

from datetime import date

import pytest
from django.urls import reverse
from tests import cast, make

from consilia.accounts.models import Person
from consilia.cases.models import Case

pytestmark = pytest.mark.django_db

ILLNESS = {"stated_diagnosis": "Breast cancer on the left", "proposed_therapy": "An operation", "case_type": ""}
PEOPLE = {"treating_doctor": "Dr Santos", "hospital": "Luz", "hospital_country": "PT", "location_country": "PT"}
WISHES = {"matters": "My hands", "decision_due": "2027-01-10", "reading_language": "pt", "report_language": "en"}


@pytest.fixture
def ana(client) -> Person:
    person = make.person(cast.ANA)
    client.force_login(person)
    return person


def url(case: Case) -> str:
    return reverse("patient:case-describe", args=[case.pk])


def kind(case: Case) -> str:
    return Case.objects.get(pk=case.pk).case_type


def test_her_words_choose_the_kind_of_case_and_she_is_told_which(client, ana):
    case = make.case_draft()
    said = ILLNESS | {"stated_diagnosis": "Darmkrebs im Sigma"}
    page = client.post(url(case), said, follow=True).content.decode()
    assert kind(case) == "colorectal_cancer"
    assert "Kind of case, by your words: Bowel cancer" in page


def test_words_that_name_no_kind_of_case_lead_to_the_general_list_and_that_is_said(client, ana):
    case = make.case_draft()
    said = ILLNESS | {"stated_diagnosis": "I am tired", "proposed_therapy": ""}
    page = client.post(url(case), said, follow=True).content.decode()
    assert kind(case) == "general"
    assert "did not name one kind of case" in page


def test_the_kinds_of_case_stand_under_headings_and_a_chosen_one_is_kept_without_a_word(client, ana):
    case = make.case_draft()
    page = client.get(url(case)).content.decode()
    assert page.count("<optgroup") == 8
    assert page.count("<option") >= 30
    after = client.post(url(case), ILLNESS | {"case_type": "valve"}, follow=True).content.decode()
    assert kind(case) == "valve"
    assert "by your words" not in after


def test_a_case_that_is_with_us_names_its_kind_in_words(client, ana):
    page = client.get(url(make.case_handed_in())).content.decode()
    assert "Breast cancer" in page
    assert "breast_cancer" not in page


def test_she_describes_her_case_on_three_short_pages(client, ana):
    case = make.case_draft()
    second = client.post(url(case), ILLNESS)["Location"]
    assert second == reverse("patient:case-describe-part", args=[case.pk, "people"])
    third = client.post(second, PEOPLE)["Location"]
    assert client.post(third, WISHES)["Location"] == reverse("patient:case", args=[case.pk])
    case = Case.objects.get(pk=case.pk)
    assert (case.case_type, case.hospital, case.matters) == ("breast_cancer", "Luz", "My hands")
    assert case.decision_due == date(2027, 1, 10)


def test_nothing_written_is_asked_again_with_the_other_words_kept(client, ana):
    case = make.case_draft()
    page = client.post(url(case), ILLNESS | {"stated_diagnosis": " "}).content.decode()
    assert "Write what you were told" in page
    assert "An operation" in page


def test_after_handing_in_the_words_are_shown_and_changed_through_the_desk(client, ana):
    case = make.case_handed_in()
    page = client.get(url(case)).content.decode()
    assert "The case is with us now" in page
    assert "<textarea" not in page
    assert "The case is with us now" in client.post(url(case), ILLNESS).content.decode()
