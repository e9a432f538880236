"""A person starts a case for herself or for somebody for whom she acts; the list of cases says whose turn it is."""

from __future__ import annotations

import pytest
from django.urls import reverse
from tests import cast, make

from consilia.accounts.models import Patient
from consilia.cases.models import Case

pytestmark = pytest.mark.django_db

ME = {
    "given_name": "Ana",
    "family_name": "Costa",
    "former_name": "",
    "birth_date": "1971-05-09",
    "sex": "female",
    "residence_country": "PT",
    "tax_code": "123 456 789",
    "insurance_number": "",
}
SON = ME | {"given_name": "Luis", "birth_date": "2018-02-01", "sex": "male", "kind": "parent", "declared": "on"}


@pytest.fixture
def ana(client):
    person = make.person(cast.ANA)
    client.force_login(person)
    return person


def test_who_is_not_signed_in_is_asked_to_sign_in(client):
    assert "/account/sign-in/" in client.get(reverse("patient:home"))["Location"]


def test_no_case_yet_says_what_will_stand_here(client, ana):
    assert "No case yet" in client.get(reverse("patient:home")).content.decode()


def test_she_says_who_she_is_and_has_a_case(client, ana):
    assert client.get(reverse("patient:case-start")).status_code == 200
    done = client.post(reverse("patient:case-start-details", args=["me"]), ME)
    case = Case.objects.get()
    assert done["Location"] == reverse("patient:case", args=[case.pk])
    assert case.patient.person == ana
    assert case.patient.identifiers == [{"system": "tax code", "value": "123 456 789"}]
    assert case.reference in client.get(reverse("patient:home")).content.decode()


def test_a_second_case_needs_no_second_patient(client, ana):
    patient = make.patient()
    client.post(reverse("patient:case-start"), {"patient": patient.pk})
    assert Patient.objects.count() == 1
    assert Case.objects.get().patient == patient


def test_whoever_presses_twice_has_one_patient_and_one_case(client, ana):
    for _ in range(2):
        client.post(reverse("patient:case-start-details", args=["me"]), ME)
    assert (Patient.objects.count(), Case.objects.count()) == (1, 1)
    client.post(reverse("patient:case-start"), {"patient": Patient.objects.get().pk})
    assert Case.objects.count() == 1


def test_a_mother_starts_a_case_for_her_son(client, ana):
    for _ in range(2):
        client.post(reverse("patient:case-start-details", args=["other"]), SON)
    case = Case.objects.get()
    assert case.patient.person is None
    page = client.get(reverse("patient:case", args=[case.pk])).content.decode()
    assert "The case of Luis Costa" in page


def test_a_parent_cannot_act_for_a_grown_up_child_and_the_words_are_kept(client, ana):
    page = client.post(reverse("patient:case-start-details", args=["other"]), SON | {"birth_date": "1990-01-01"})
    assert "This person is of age" in page.content.decode()
    assert "Luis" in page.content.decode()
    assert not Case.objects.exists()
    assert not Patient.objects.exists()


def test_a_birthday_in_the_future_is_said_at_its_field(client, ana):
    page = client.post(reverse("patient:case-start-details", args=["me"]), ME | {"birth_date": "2090-01-01"})
    assert "not in the future" in page.content.decode()
    assert not Patient.objects.exists()


def test_nobody_starts_a_case_for_somebody_elses_patient(client, ana):
    other = make.patient(cast.MALLORY)
    assert client.post(reverse("patient:case-start"), {"patient": other.pk}).status_code == 404
    assert not Case.objects.exists()


def test_a_stranger_cannot_tell_whether_the_case_exists(client, ana):
    case = make.case_draft(cast.MALLORY)
    for name in ("case", "case-describe", "case-questions", "case-consents", "case-countries", "case-hand-in"):
        assert client.get(reverse(f"patient:{name}", args=[case.pk])).status_code == 404
    for name in ("case-offer", "messages", "urgent"):
        assert client.get(reverse(f"patient:{name}", args=[case.pk])).status_code == 404


def test_the_list_asks_the_database_as_often_for_many_cases_as_for_one(client, ana, django_assert_max_num_queries):
    for _ in range(12):
        make.case_draft()
    with django_assert_max_num_queries(12):
        page = client.get(reverse("patient:home"))
    assert len(page.context["cases"]) == 12
