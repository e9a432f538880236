"""Every page of an expert, as it is found: her own page, the invitation, the table, the words with the desk."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from tests import cast, make
from tests import expert_opinion as write
from tests.expert_pages import signed_in

from consilia.audit.kinds import Kind
from consilia.audit.models import Event
from consilia.cases.models import Assignment, Case, ExpertQuestion, Message
from consilia.cases.states import Seat, State
from consilia.experts import actions as experts
from consilia.experts.models import Expert, Licence

pytestmark = pytest.mark.django_db


def address(name: str, case: Case, *more: object) -> str:
    return reverse(f"expert:{name}", args=[case.pk, *more])


def invited(*who) -> Case:
    return make.case_invited(asked=who or (cast.WEBER,), at=write.now())


def test_an_expert_without_a_case_reads_what_will_stand_here():
    make.expert()
    page = signed_in().get("/expert/")
    assert page.status_code == 200
    assert "No invitation waits for you" in page.content.decode()
    assert "No case is open" in page.content.decode()


def test_an_invitation_stands_on_her_page_until_when_it_must_be_answered():
    case = invited()
    page = signed_in().get("/expert/").content.decode()
    assert case.reference in page
    assert address("invitation", case) in page


def test_the_teaser_names_nobody_and_no_hospital_and_is_written_down():
    case = invited()
    Case.objects.filter(pk=case.pk).update(
        stated_diagnosis="Dr Santos of Luz Clara told Ana Costa, born 9.5.1971, of a lump", matters="Ana"
    )
    page = signed_in().get(address("invitation", case))
    said = page.content.decode()
    assert page.status_code == 200
    for name in ("Ana", "Costa", "Santos", "Luz", "Clara", "1971"):
        assert name not in said
    assert "Is the diagnosis certain?" in said
    assert "Female, 55" in said
    assert Event.objects.filter(kind=Kind.TEASER_OPENED, case_id=case.pk).count() == 1


def test_who_treats_the_patient_is_shown_before_the_conflict_is_declared_and_the_patient_is_not():
    case = invited()
    client = signed_in()
    blind = client.post(address("accept", case), {"no_conflict": "on"})
    assert blind.status_code == 409
    assert "a conflict cannot be declared blind" in blind.content.decode()
    assert client.post(address("conflicts", case)).headers["Location"] == address("invitation", case)
    client.post(address("conflicts", case))
    said = client.get(address("invitation", case)).content.decode()
    assert "Dr Santos" in said
    assert "Hospital da Luz Clara" in said
    assert "Ana" not in said
    assert "I gain nothing from the treatment that I advise" in said
    assert Event.objects.filter(kind=Kind.TREATING_SHOWN, case_id=case.pk).count() == 1


def test_a_seat_is_taken_only_with_the_declaration():
    case = invited()
    client = signed_in()
    client.post(address("conflicts", case))
    refused = client.post(address("accept", case), {})
    assert refused.status_code == 422
    assert "Declare that you have no conflict of interest" in refused.content.decode()
    taken = client.post(address("accept", case), {"no_conflict": "on"})
    assert taken.headers["Location"] == address("table", case)
    assert make.seat_of(cast.WEBER, case).state == Seat.ACCEPTED
    assert Case.objects.get(pk=case.pk).state == State.IN_REVIEW
    assert client.get(address("invitation", case)).headers["Location"] == address("table", case)


def test_an_invitation_is_declined_with_a_code_and_a_word():
    case = invited()
    client = signed_in()
    assert client.post(address("decline", case), {"note": "x"}).status_code == 422
    client.post(address("decline", case), {"code": "no_time", "note": "On leave until May"})
    seat = Assignment.objects.get(case=case, state=Seat.DECLINED)
    assert (seat.decline_code, seat.decline_note) == ("no_time", "On leave until May")
    assert client.get(address("invitation", case)).status_code == 404


def test_before_acceptance_the_records_do_not_exist():
    case = invited()
    record = make.Original.objects.get(case_id=case.pk)
    client = signed_in()
    for name, more in (
        ("table", ()),
        ("record", (record.pk,)),
        ("page", (record.pk, 1)),
        ("message", ()),
        ("sign", ()),
    ):
        assert client.get(address(name, case, *more)).status_code == 404


def test_the_table_shows_the_case_its_records_and_the_form():
    case = write.in_review()
    page = signed_in().get(address("table", case))
    said = page.content.decode()
    assert page.status_code == 200
    assert "Female, 55" in said
    assert "Is the operation needed now?" in said
    assert 'name="diagnoses-1-verdict"' in said
    assert 'id="answers-2-short"' in said
    assert "reasons against handing in" in said


def test_an_expert_of_another_case_a_stranger_and_a_patient_find_nothing():
    case = write.in_review()
    make.expert(cast.LEVI, at=write.now())
    for who in (cast.LEVI, cast.MALLORY, cast.ANA, cast.MARTA):
        assert signed_in(who).get(address("table", case)).status_code == 404


def test_an_open_table_answers_not_found_once_the_licence_ended_or_the_expert_is_suspended():
    case = write.in_review()
    client = signed_in()
    assert client.get(address("table", case)).status_code == 200
    Licence.objects.update(valid_until=(write.now() - timedelta(days=1)).date())
    assert client.get(address("table", case)).status_code == 404
    assert client.post(address("save", case), {"version": "0"}).status_code == 404
    Licence.objects.update(valid_until=(write.now() + timedelta(days=9)).date())
    assert client.get(address("table", case)).status_code == 200
    expert = Expert.objects.get(person__email=cast.WEBER.email)
    experts.suspend(expert.pk, reason="Asked by the authority", by=make.person(cast.MARTA), at=write.now())
    assert client.get(address("table", case)).status_code == 404
    assert case.reference not in client.get("/expert/").content.decode()


def test_a_question_stops_the_clock_and_its_answer_stands_on_the_page():
    case = write.in_review()
    client = signed_in()
    assert client.post(address("ask", case), {"whom": "patient", "text": ""}).status_code == 422
    client.post(address("ask", case), {"whom": "patient", "text": "Since when?"})
    assert ExpertQuestion.objects.get().to_patient
    assert "Your clock stands still" in client.get(address("table", case)).content.decode()
    assert "stands still: a question is open" in client.get("/expert/").content.decode()
    make.cases.answer_question(
        make.reader(cast.ANA, case), ExpertQuestion.objects.get().pk, answer="Since May, says Ana.", at=write.now()
    )
    said = client.get(address("ask", case)).content.decode()
    assert "Since May, says [name covered]." in said


def test_words_with_the_desk_stay_between_the_expert_and_the_desk():
    case = write.in_review()
    client = signed_in()
    assert client.post(address("message", case), {"text": " "}).status_code == 422
    client.post(address("message", case), {"text": "The CD is broken"})
    assert Message.objects.get().audience == Message.Audience.EXPERT
    assert "The CD is broken" in client.get(address("message", case)).content.decode()


def test_what_cannot_wait_tells_the_desk_and_shows_the_number_of_the_patients_country():
    case = write.in_review()
    client = signed_in()
    assert "112" in client.get(address("urgent", case)).content.decode()
    assert client.post(address("urgent", case), {"note": ""}).status_code == 422
    client.post(address("urgent", case), {"note": "A clot on the images"})
    assert Case.objects.get(pk=case.pk).urgent_note == "A clot on the images"
