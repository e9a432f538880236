"""The desk's worklist: whose turn, until when, urgent first; as fast with forty cases as with two."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from tests import cast, make
from tests.pages.desk_room import at_work

from consilia.cases import actions as cases
from consilia.cases.models import Case
from consilia.cases.queries import desk
from consilia.cases.states import Turn
from consilia.records.models import Standing

pytestmark = pytest.mark.django_db


def patient(number: int) -> cast.PatientCharacter:
    return cast.PatientCharacter(f"p{number}", f"p{number}@example.org", "Pat", f"Number{number}")


def test_a_coordinator_finds_cases_by_whose_turn_it_is():
    ours = make.case_handed_in(at=timezone.now())
    hers = make.case_collecting(cast.MALLORY, at=timezone.now())
    page = at_work(cast.EVA).get("/desk/").content.decode()
    assert ours.reference in page
    assert hers.reference in page
    assert "Pass the quality gate" in page
    only_ours = at_work(cast.EVA).get("/desk/?turn=ours").content.decode()
    assert ours.reference in only_ours
    assert hers.reference not in only_ours


def test_a_late_case_says_how_late_and_an_urgent_one_stands_first():
    late = make.case_handed_in(at=timezone.now() - timedelta(days=9))
    urgent = make.case_handed_in(cast.MALLORY, at=timezone.now())
    cases.mark_urgent(make.reader(cast.EVA, urgent, at=timezone.now()), note="called", at=timezone.now())
    lines = desk.worklist(reader=make.person(cast.EVA), wanted=desk.Filter(), at=timezone.now()).groups[0].lines
    assert [line.reference for line in lines] == [urgent.reference, late.reference]
    assert lines[1].late
    page = at_work(cast.EVA).get("/desk/").content.decode()
    assert "late" in page
    assert "marked as urgent" in page


def test_the_deadline_comes_first_whatever_the_state():
    now = timezone.now()
    ready = make.case_ready(at=now)
    organising = make.case_handed_in(cast.MALLORY, at=now - timedelta(days=4))
    lines = desk.worklist(reader=make.person(cast.EVA), wanted=desk.Filter(), at=now).groups[0].lines
    assert [line.case_id for line in lines] == [organising.pk, ready.pk]


def test_held_records_are_the_next_step_and_counted_in_the_bar():
    case = make.case_handed_in(at=timezone.now())
    make.paper(case, b"another person's", path="other.txt", standing=Standing.HELD)
    page = at_work(cast.EVA).get("/desk/").content.decode()
    assert "Decide on 1 held record" in page
    assert case.reference in at_work(cast.EVA).get("/desk/held/").content.decode()


def test_mine_shows_only_the_cases_that_i_look_after():
    mine = make.case_handed_in(at=timezone.now())
    other = make.case_handed_in(cast.MALLORY, at=timezone.now())
    eva = at_work(cast.EVA)
    assert eva.post(f"/desk/cases/{mine.pk}/take/").status_code == 302
    page = eva.get("/desk/?mine=1").content.decode()
    assert mine.reference in page
    assert other.reference not in page


def test_names_are_searched_without_standing_in_an_address():
    case = make.case_collecting(at=timezone.now())
    eva = at_work(cast.EVA)
    assert case.reference in eva.post("/desk/find/", {"words": "cost ana"}).content.decode()
    assert case.reference in eva.post("/desk/find/", {"words": case.reference[-4:].lower()}).content.decode()
    assert "No case found" in eva.post("/desk/find/", {"words": "nobody"}).content.decode()
    assert eva.get("/desk/find/?words=ana").status_code == 405


def test_an_empty_worklist_says_what_will_stand_there():
    assert "No open case" in at_work(cast.EVA).get("/desk/").content.decode()


def test_the_same_number_of_queries_with_two_cases_and_with_forty():
    for number in range(2):
        make.case_collecting(patient(number), at=timezone.now())
    eva = at_work(cast.EVA)
    eva.get("/desk/")
    with CaptureQueriesContext(
        connection,
    ) as few:
        eva.get("/desk/")
    for number in range(2, 40):
        make.case_collecting(patient(number), at=timezone.now())
    with CaptureQueriesContext(connection) as many:
        page = eva.get("/desk/").content.decode()
    assert len(many) == len(few) <= 12
    assert page.count('class="next"') == desk.SHORT[Turn.PATIENT]
    assert "All 40" in page
    second = eva.get("/desk/?turn=patient&page=2").content.decode()
    assert second.count('class="next"') == 40 - desk.PAGE


def test_people_without_a_worklist_come_to_their_own_room():
    assert at_work(cast.MARTA).get("/desk/").headers["Location"] == "/desk/experts/"
    assert at_work(cast.INES).get("/desk/").headers["Location"] == "/desk/trail/"


@pytest.mark.parametrize("who", [cast.ANA, cast.WEBER])
def test_patients_and_experts_have_no_desk(who):
    if who is cast.WEBER:
        make.expert(cast.WEBER)
    assert at_work(who).get("/desk/").status_code == 404


def test_a_stranger_is_asked_to_sign_in():
    assert "/account/sign-in/" in Client().get("/desk/").headers["Location"]


def test_a_strange_filter_shows_everything():
    case = make.case_handed_in(at=timezone.now())
    page = at_work(cast.EVA).get("/desk/?turn=nobody&state=closed&page=x").content.decode()
    assert case.reference in page
    assert Case.objects.count() == 1


def test_the_names_of_who_must_act_end_before_who_looks_after_the_case():
    case = make.case_in_review(at=timezone.now())
    Case.objects.filter(pk=case.pk).update(coordinator=make.person(cast.EVA))
    page = at_work(cast.EVA).get("/desk/").content.decode()
    assert "Weber. You look after it." in page
