"""Experts at the desk: proposed by one administrator, verified by another; seats by law, consent and reasons."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from tests import cast, make
from tests.pages.desk_room import at_work

from consilia.accounts.models import Person
from consilia.cases.models import Assignment, Case
from consilia.cases.states import Seat
from consilia.experts import actions as experts
from consilia.experts.models import Expert, ExpertState, Licence

pytestmark = pytest.mark.django_db


def words(**more: object) -> dict[str, object]:
    today = timezone.now().date()
    given: dict[str, object] = {
        "email": "new@example.org",
        "title": "Dr",
        "given_name": "Nora",
        "family_name": "Klein",
        "country": "DE",
        "authority": "Chamber",
        "number": "7",
        "speciality": "medical_oncology",
        "valid_from": (today - timedelta(days=9)).isoformat(),
        "valid_until": (today + timedelta(days=900)).isoformat(),
        "specialities": ["medical_oncology"],
        "languages": ["de", "en"],
        "institutions": "House A\nHouse B",
        "capacity": "2",
        "yearly_volume": "",
    }
    return given | more


def test_an_expert_is_proposed_and_the_proposer_cannot_verify():
    marta = at_work(cast.MARTA)
    marta.post("/desk/experts/new/", words())
    expert = Expert.objects.get()
    assert (expert.person.email, expert.institutions) == ("new@example.org", ["House A", "House B"])
    page = marta.get(f"/desk/experts/{expert.pk}/").content.decode()
    assert "A second person must verify" in page
    assert marta.post(f"/desk/experts/{expert.pk}/verify/").status_code == 409
    assert Expert.objects.get().state == ExpertState.PROPOSED


def test_the_second_administrator_verifies():
    at_work(cast.MARTA).post("/desk/experts/new/", words())
    expert = Expert.objects.get()
    at_work(cast.TOM).post(f"/desk/experts/{expert.pk}/verify/")
    assert Expert.objects.get().state == ExpertState.VERIFIED


def test_what_is_wrong_with_a_proposal_is_said_and_the_words_stay():
    answer = at_work(cast.MARTA).post("/desk/experts/new/", words(number=" ", valid_until="2020-01-01"))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'value="Klein"' in page
    assert not Expert.objects.exists()
    assert not Person.objects.filter(email="new@example.org").exists()


def test_nobody_is_verified_on_a_licence_that_is_over():
    past = (timezone.now().date() - timedelta(days=1)).isoformat()
    at_work(cast.MARTA).post("/desk/experts/new/", words(valid_until=past))
    expert, tom = Expert.objects.get(), at_work(cast.TOM)
    assert tom.post(f"/desk/experts/{expert.pk}/verify/").status_code == 409
    licence = {name: words()[name] for name in ("country", "authority", "number", "speciality", "valid_from")}
    renewed = licence | {"valid_until": words()["valid_until"]}
    tom.post(f"/desk/experts/{expert.pk}/licences/", renewed)
    assert tom.post(f"/desk/experts/{expert.pk}/verify/").status_code == 409, "he added it himself"
    assert "you added this licence" in tom.get(f"/desk/experts/{expert.pk}/").content.decode()
    marta = at_work(cast.MARTA)
    assert "No administrator can verify now" in marta.get(f"/desk/experts/{expert.pk}/").content.decode()
    marta.post(f"/desk/experts/{expert.pk}/licences/", renewed)
    assert (
        f"Can be verified by {make.person(cast.TOM).name}." in marta.get(f"/desk/experts/{expert.pk}/").content.decode()
    )
    assert tom.post(f"/desk/experts/{expert.pk}/verify/").status_code == 302


def test_a_renewal_is_verified_before_the_licence_that_it_follows_is_over():
    at_work(cast.MARTA).post("/desk/experts/new/", words())
    expert, tom = Expert.objects.get(), at_work(cast.TOM)
    tom.post(f"/desk/experts/{expert.pk}/verify/")
    page, verify = f"/desk/experts/{expert.pk}/", f"/desk/experts/{expert.pk}/verify/"
    assert verify not in tom.get(page).content.decode(), "nothing waits"
    licence = {
        name: words()[name] for name in ("country", "authority", "number", "speciality", "valid_from", "valid_until")
    }
    at_work(cast.MARTA).post(f"{page}licences/", licence)
    assert verify in tom.get(page).content.decode()
    tom.post(verify)
    assert all(one.checked_at for one in expert.licences.all())


def test_a_suspension_asks_for_a_reason_and_stops_the_expert():
    expert = make.expert(cast.WEBER, at=timezone.now())
    tom = at_work(cast.TOM)
    assert tom.post(f"/desk/experts/{expert.pk}/suspend/", {"reason": ""}).status_code == 422
    tom.post(f"/desk/experts/{expert.pk}/suspend/", {"reason": "asked by the authority"})
    assert "suspended" in tom.get(f"/desk/experts/{expert.pk}/").content.decode()


def test_a_licence_that_was_taken_back_is_of_this_expert():
    weber, levi = make.expert(cast.WEBER, at=timezone.now()), make.expert(cast.LEVI, at=timezone.now())
    tom = at_work(cast.TOM)
    licence = weber.licences.get()
    assert tom.post(f"/desk/experts/{levi.pk}/licences/{licence.pk}/revoke/").status_code == 404
    tom.post(f"/desk/experts/{weber.pk}/licences/{licence.pk}/revoke/")
    assert "verified, cannot be asked" in tom.get("/desk/experts/").content.decode()


def test_the_desk_reads_the_experts_and_changes_nothing():
    expert = make.expert(cast.WEBER, at=timezone.now())
    eva = at_work(cast.EVA)
    assert "Anna Weber" in eva.get("/desk/experts/").content.decode()
    assert "Suspend" not in eva.get(f"/desk/experts/{expert.pk}/").content.decode()
    for tail in ("verify/", "suspend/", "licences/"):
        assert eva.post(f"/desk/experts/{expert.pk}/{tail}").status_code == 404
    assert eva.get("/desk/experts/new/").status_code == 404


@pytest.fixture
def case() -> Case:
    return make.case_matching(at=timezone.now())


def test_a_seat_is_planned_and_an_expert_asked_with_the_reasons(case):
    weber, eva = make.expert(cast.WEBER, at=timezone.now()), at_work(cast.EVA)
    page = eva.get(f"/desk/cases/{case.pk}/seats/").content.decode()
    assert "Writes English, the language of the report" in page
    eva.post(f"/desk/cases/{case.pk}/seats/plan/", {"country": "DE", "speciality": "medical_oncology"})
    assert "Ask for seat 1" in eva.get(f"/desk/cases/{case.pk}/seats/").content.decode()
    eva.post(f"/desk/cases/{case.pk}/seats/1/invite/", {"expert": str(weber.pk)})
    seat = Assignment.objects.get(case=case)
    assert (seat.state, seat.expert_id) == (Seat.INVITED, weber.pk)
    assert {reason["code"] for reason in seat.reasons} >= {"speciality", "report_language"}
    page = eva.get(f"/desk/cases/{case.pk}/seats/").content.decode()
    assert "answer due" in page
    assert "Has been asked in this case already" in page


def test_the_law_of_the_pair_sends_a_seat_via_her_doctor():
    case = make.case_handed_in(countries=("DE", "US"), at=timezone.now())
    eva = at_work(cast.EVA)
    assert "via her doctor" in eva.get(f"/desk/cases/{case.pk}/seats/").content.decode()
    eva.post(f"/desk/cases/{case.pk}/seats/plan/", {"country": "US", "speciality": "medical_oncology"})
    seat = Assignment.objects.get(case=case)
    assert seat.state == Seat.VIA_DOCTOR
    assert seat.reasons[0]["code"]
    assert seat.reasons[0]["words"] in eva.get(f"/desk/cases/{case.pk}/").content.decode().replace("&#x27;", "'")


def test_a_patient_where_doctors_must_be_registered_gets_only_experts_who_are():
    expert = make.expert(cast.WEBER, at=timezone.now())
    case = make.case_matching(at=timezone.now())
    Case.objects.filter(pk=case.pk).update(location_country="AU")
    eva = at_work(cast.EVA)
    address = f"/desk/cases/{case.pk}/seats/"
    eva.post(f"{address}plan/", {"country": "DE", "speciality": "medical_oncology"})
    assert "Has no checked licence of Australia" in eva.get(address).content.decode()
    number = Assignment.objects.get(case=case, state=Seat.PLANNED).seat
    assert eva.post(f"{address}{number}/invite/", {"expert": expert.pk}).status_code == 409
    at = timezone.now()
    day, later = at.date() - timedelta(days=9), at.date() + timedelta(days=900)
    paper = experts.Paper("AHPRA", "1", "AU", "medical_oncology", day, later)
    licence = experts.add_licence(expert.pk, paper, by=make.person(cast.MARTA), at=at)
    Licence.objects.filter(pk=licence.pk).update(checked_at=at, checked_by=make.person(cast.TOM))
    assert "Has no checked licence of Australia" not in eva.get(address).content.decode()
    assert eva.post(f"{address}{number}/invite/", {"expert": expert.pk}).status_code == 302


def test_a_country_whose_system_is_not_registered_gets_no_seat():
    case = make.case_handed_in(countries=("DE",), at=timezone.now())
    Case.objects.filter(pk=case.pk).update(wanted_countries=["TR"])
    eva = at_work(cast.EVA)
    asked = eva.post(f"/desk/cases/{case.pk}/seats/plan/", {"country": "TR", "speciality": "medical_oncology"})
    assert asked.status_code == 409
    assert not Assignment.objects.filter(case=case).exists()
    assert (
        "may answer only over a system that is registered there"
        in eva.get(f"/desk/cases/{case.pk}/seats/").content.decode()
    )


def test_a_seat_leads_to_the_law_of_its_pair_and_keeps_the_rule():
    case = make.case_handed_in(countries=("US",), at=timezone.now())
    eva = at_work(cast.EVA)
    page = eva.get(f"/desk/cases/{case.pk}/seats/").content.decode()
    assert "/desk/law/?patient=PT&amp;expert=US#why" in page
    eva.post(f"/desk/cases/{case.pk}/seats/plan/", {"country": "US", "speciality": "medical_oncology"})
    assert Assignment.objects.get(case=case).reasons[0] | {"words": ""} == {
        "code": "expert_advises_doctor",
        "words": "",
        "rule": "US",
        "version": "1",
    }


def test_an_invitation_and_a_planned_seat_can_be_taken_back(case):
    eva = at_work(cast.EVA)
    eva.post(f"/desk/cases/{case.pk}/seats/plan/", {"country": "DE", "speciality": "medical_oncology"})
    seat = Assignment.objects.get(case=case)
    eva.post(f"/desk/cases/{case.pk}/seats/{seat.pk}/close/")
    assert Assignment.objects.get(case=case).state == Seat.WITHDRAWN


@pytest.mark.parametrize("given", [{"country": "FR"}, {"speciality": "magic"}])
def test_a_seat_is_planned_only_for_what_the_patient_and_the_library_know(case, given):
    words_of_seat = {"country": "DE", "speciality": "medical_oncology"} | given
    assert at_work(cast.EVA).post(f"/desk/cases/{case.pk}/seats/plan/", words_of_seat).status_code == 404


def test_before_matching_the_page_says_why_nobody_can_be_asked():
    case = make.case_handed_in(at=timezone.now())
    make.expert(cast.WEBER, at=timezone.now())
    page = at_work(cast.EVA).get(f"/desk/cases/{case.pk}/seats/").content.decode()
    assert "Experts are asked after the case is ready" in page
