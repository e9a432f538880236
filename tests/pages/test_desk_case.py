"""One case at the desk: held records, the gate, words to the patient, urgent; who may not act reads why."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from tests import cast, make
from tests.pages.desk_room import at_work

from consilia.audit.models import Event
from consilia.cases.models import Case, Message
from consilia.cases.queries import desk_case, readiness
from consilia.cases.states import State
from consilia.records.models import Original, Standing

pytestmark = pytest.mark.django_db


def url(case: Case, tail: str = "") -> str:
    return f"/desk/cases/{case.pk}/{tail}"


@pytest.fixture
def case() -> Case:
    return make.case_handed_in(at=timezone.now())


@pytest.fixture
def held(case) -> Original:
    return make.paper(case, b"another person's", path="esami.txt", standing=Standing.HELD)


def state(case: Case) -> str:
    return Case.objects.get(pk=case.pk).state


def said(case: Case) -> list[str]:
    return list(Message.objects.filter(case=case, audience="patient").values_list("text", flat=True))


def kinds(case: Case) -> list[str]:
    return list(Event.objects.filter(chain=str(case.pk)).order_by("sequence").values_list("kind", flat=True))


def test_the_page_holds_the_case_and_the_look_stands_in_the_trail(case):
    page = at_work(cast.EVA).get(url(case)).content.decode()
    for words in ("Ana Costa", case.reference, "The thread", "Quality gate", "Is the diagnosis certain?", "Records"):
        assert words in page
    assert kinds(case)[-1] == "case_opened"
    last = Event.objects.filter(chain=str(case.pk)).order_by("-sequence").first()
    assert (last.actor_id, last.purpose) == (make.person(cast.EVA).pk, "desk")


def test_the_same_number_of_queries_whatever_the_case_holds(case):
    eva = at_work(cast.EVA)
    eva.get(url(case))
    with CaptureQueriesContext(connection) as few:
        eva.get(url(case))
    for number in range(30):
        make.paper(case, f"page {number}".encode(), path=f"{number}.txt")
    for number in range(3):
        make.paper(case, f"held {number}".encode(), path=f"h{number}.txt", standing=Standing.HELD)
    with CaptureQueriesContext(connection) as many:
        eva.get(url(case))
    assert len(many) == len(few) <= 14  # 12, and the two words of the transaction around the trail


def test_another_persons_record_is_kept_out_the_patient_is_told_and_it_can_be_undone(case, held):
    eva = at_work(cast.EVA)
    assert "keep it out and tell Ana" in eva.get(url(case)).content.decode()
    eva.post(url(case, f"held/{held.pk}/"), {"decision": "keep_out"})
    assert Original.objects.get(pk=held.pk).standing == Standing.REMOVED
    assert "another person" in said(case)[0]
    eva.post(url(case, f"records/{held.pk}/put-back/"))
    assert Original.objects.get(pk=held.pk).standing == Standing.HELD


def test_the_patient_is_asked_first_and_the_record_stays_held(case, held):
    at_work(cast.EVA).post(url(case, f"held/{held.pk}/"), {"decision": "ask", "text": "Is this file yours?"})
    assert said(case) == ["Is this file yours?"]
    assert Original.objects.get(pk=held.pk).standing == Standing.HELD


def test_a_record_is_released_with_a_reason_and_never_without(case, held):
    eva = at_work(cast.EVA)
    answer = eva.post(url(case, f"held/{held.pk}/"), {"decision": "release", "reason": "ok"})
    assert answer.status_code == 422
    assert ">ok</textarea>" in answer.content.decode()
    eva.post(url(case, f"held/{held.pk}/"), {"decision": "release", "reason": "typing error, I called the laboratory"})
    assert Original.objects.get(pk=held.pk).standing == Standing.TAKEN


def test_a_decision_nobody_made_is_no_decision(case, held):
    assert at_work(cast.EVA).post(url(case, f"held/{held.pk}/"), {"decision": "whatever"}).status_code == 422
    assert Original.objects.get(pk=held.pk).standing == Standing.HELD


def test_a_record_of_another_case_cannot_be_decided_from_here(case, held):
    other = make.case_handed_in(cast.MALLORY, at=timezone.now())
    assert at_work(cast.EVA).post(url(other, f"held/{held.pk}/"), {"decision": "keep_out"}).status_code == 404


def gate_words(**more: str) -> dict[str, str]:
    words = {"summary": "A woman of 55, two questions.", "key_1": "Is it certain?", "key_2": "Must it be now?"}
    return words | {"not_answerable": "", "bypass_reason": "The hospital cannot send it in time."} | more


def test_the_editor_passes_the_gate_with_her_own_wording_and_a_reason(case):
    priya = at_work(cast.PRIYA)
    page = priya.get(url(case, "gate/")).content.decode()
    assert "Reason for going without what is missing" in page
    assert priya.post(url(case, "gate/"), gate_words()).status_code == 302
    assert state(case) == State.READY
    assert [one.key_text for one in case.questions.all()] == ["Is it certain?", "Must it be now?"]
    assert "checklist_bypassed" in kinds(case)


def test_a_case_that_passed_shows_what_was_written_and_offers_no_second_gate(case):
    priya = at_work(cast.PRIYA)
    priya.post(url(case, "gate/"), gate_words())
    page = priya.get(url(case, "gate/")).content.decode()
    assert 'name="summary"' not in page
    assert gate_words()["summary"] in page
    assert "Ready for experts" in page


def test_without_a_reason_the_gate_stays_shut_and_keeps_the_words(case):
    answer = at_work(cast.PRIYA).post(url(case, "gate/"), gate_words(bypass_reason=""))
    assert answer.status_code == 422
    assert "A woman of 55" in answer.content.decode()
    assert state(case) == State.ORGANISING


def test_a_held_record_shuts_the_gate_whatever_the_reason(case, held):
    priya = at_work(cast.PRIYA)
    assert "The gate cannot be passed yet" in priya.get(url(case, "gate/")).content.decode()
    assert priya.post(url(case, "gate/"), gate_words()).status_code == 422
    assert state(case) == State.ORGANISING


def test_a_coordinator_has_no_gate_and_reads_who_must_act(case):
    eva = at_work(cast.EVA)
    assert eva.get(url(case, "gate/")).status_code == 404
    assert eva.post(url(case, "gate/"), gate_words()).status_code == 404
    page = eva.get(url(case)).content.decode()
    assert "A medical editor passes the gate" in page
    assert "Open the quality gate" not in page


def test_the_case_goes_back_with_words_and_an_empty_letter_stays_here(case):
    eva = at_work(cast.EVA)
    assert eva.post(url(case, "send-back/"), {"words": " "}).status_code == 422
    assert eva.post(url(case, "send-back/"), {"words": "The pathology report misses page 2."}).status_code == 302
    assert state(case) == State.RETURNED
    assert said(case) == ["The pathology report misses page 2."]


def test_a_declined_case_ends_with_a_letter(case):
    at_work(cast.EVA).post(url(case, "decline/"), {"words": "We cannot help here. Please see a doctor in person."})
    assert state(case) == State.DECLINED
    assert "Please see a doctor in person" in said(case)[0]


def test_what_cannot_follow_from_this_state_is_said_on_the_form():
    case = make.case_collecting(at=timezone.now())
    answer = at_work(cast.EVA).post(url(case, "send-back/"), {"words": "Something"})
    assert answer.status_code == 422
    assert "does not follow from there" in answer.content.decode()


def test_the_urgent_flag_shows_since_when_and_comes_down_with_words(case):
    eva = at_work(cast.EVA)
    eva.post(url(case, "urgent/"), {"note": "A value needs a call today."})
    assert "Urgent since" in eva.get(url(case)).content.decode()
    assert eva.post(url(case, "urgent/clear/"), {"note": ""}).status_code == 422
    eva.post(url(case, "urgent/clear/"), {"note": "Spoke with Ana; she sees her doctor today."})
    page = eva.get(url(case)).content.decode()
    assert "Urgent since" not in page
    assert "Spoke with Ana" in page


def test_a_note_is_for_the_desk_and_an_empty_one_is_refused(case):
    eva = at_work(cast.EVA)
    assert eva.post(url(case, "note/"), {"text": ""}).status_code == 422
    eva.post(url(case, "note/"), {"text": "She fears to offend her doctor."})
    assert "She fears to offend" in eva.get(url(case)).content.decode()
    assert said(case) == []


def test_the_desk_writes_to_the_patient_and_to_one_expert():
    case = make.case_in_review(at=timezone.now())
    eva, seat = at_work(cast.EVA), make.seat_of(cast.WEBER, case)
    eva.post(url(case, "messages/"), {"to": "patient", "text": "Your case is being read."})
    eva.post(url(case, "messages/"), {"to": str(seat.pk), "text": "Please look at page 2."})
    assert said(case) == ["Your case is being read."]
    assert Message.objects.get(case=case, audience="expert").assignment_id == seat.pk
    page = eva.get(url(case, "messages/")).content.decode()
    assert "Please look at page 2." in page
    other = make.case_handed_in(cast.MALLORY, at=timezone.now())
    assert eva.post(url(other, "messages/"), {"to": str(seat.pk), "text": "x"}).status_code == 404


def test_the_desk_answers_an_experts_question_and_the_clock_runs_again():
    case = make.case_in_review(at=timezone.now())
    now = timezone.now()
    asked = make.cases.ask(make.reader(cast.WEBER, case, at=now), text="Which laboratory?", to_patient=False, at=now)
    eva = at_work(cast.EVA)
    assert "Which laboratory?" in eva.get(url(case, "messages/")).content.decode()
    eva.post(url(case, f"questions/{asked.pk}/"), {"answer": "Biolab."})
    assert state(case) == State.IN_REVIEW


def test_a_record_is_read_by_the_desk_with_an_event_before_the_first_byte(case):
    paper = Original.objects.get(case_id=case.pk)
    eva = at_work(cast.EVA)
    assert "Pathology report" in eva.get(url(case, f"records/{paper.pk}/")).content.decode()
    last = Event.objects.filter(chain=str(case.pk)).order_by("-sequence").first()
    assert (last.kind, last.entity_id, last.purpose) == ("record_opened", str(paper.pk), "desk")
    other = make.case_handed_in(cast.MALLORY, at=timezone.now())
    assert eva.get(url(other, f"records/{paper.pk}/")).status_code == 404
    assert eva.get(url(case, f"records/{paper.pk}/pages/1.png")).status_code == 404


def test_who_has_looked_names_the_people(case):
    eva = at_work(cast.EVA)
    eva.get(url(case))
    assert "Eva Lindner" in eva.get(url(case, "looked/")).content.decode()


@pytest.mark.parametrize("who", [cast.ANA, cast.MALLORY, cast.MARTA, cast.INES, cast.LENA])
def test_nobody_else_sees_the_desks_page_of_a_case(case, who):
    client = at_work(who)
    for tail in ("", "gate/", "messages/", "seats/", "offer/", "editorial/", "looked/", "send-back/"):
        assert client.get(url(case, tail)).status_code == 404


def test_what_is_no_medical_record_is_set_aside_with_a_word_and_taken_again(case):
    cake = make.paper(case, b"torta di mele", path="torta.txt")
    eva, place = at_work(cast.EVA), url(case, f"records/{cake.pk}/")
    assert "Not a medical record" not in eva.get(url(case)).content.decode()
    assert "Not a medical record" in eva.get(place).content.decode()
    assert eva.post(f"{place}set-aside/", {"reason": ""}).status_code == 422
    assert eva.post(f"{place}set-aside/", {"reason": "a recipe"}).status_code == 302
    cake.refresh_from_db()
    assert (cake.standing, cake.reason, cake.decision_reason) == (Standing.IGNORED, "not_medical", "a recipe")
    assert cake not in Original.objects.shown_to_experts()
    assert "it is not a medical record" in eva.get(place).content.decode()
    assert f"{place}take-again/" in eva.get(url(case)).content.decode()
    eva.post(f"{place}take-again/")
    cake.refresh_from_db()
    assert (cake.standing, cake.reason, cake.decision) == (Standing.TAKEN, "", "")
    assert kinds(case).count("record_changed") == 2


def test_only_the_desk_sets_aside_and_only_what_was_taken(case, held):
    eva = at_work(cast.EVA)
    assert eva.post(url(case, f"records/{held.pk}/set-aside/"), {"reason": "a recipe"}).status_code == 422
    ana = at_work(cast.ANA)
    assert ana.post(url(case, f"records/{held.pk}/set-aside/"), {"reason": "a recipe"}).status_code == 404
    held.refresh_from_db()
    assert held.standing == Standing.HELD


def banner(page: str) -> str:
    return page.partition('class="turn__do"')[2].partition("</section>")[0]


def test_the_banner_carries_the_one_next_act(case):
    eva, priya = at_work(cast.EVA), at_work(cast.PRIYA)
    assert url(case, "gate/") in banner(priya.get(url(case)).content.decode())
    assert "btn" not in banner(eva.get(url(case)).content.decode())  # the editor's turn, not hers
    make.paper(case, b"another person's", path="other.txt", standing=Standing.HELD)
    assert 'href="#held"' in banner(priya.get(url(case)).content.decode())
    page = eva.get(url(case)).content.decode()
    assert "Decide on the held record" in banner(page)
    assert "1 record is held. Decide whose it is first." in page


def test_the_banner_leads_to_the_offer_and_then_to_the_seats():
    ready = make.case_ready(at=timezone.now())
    asked = make.case_matching(cast.MALLORY, at=timezone.now())
    eva = at_work(cast.EVA)
    assert url(ready, "offer/") in banner(eva.get(url(ready)).content.decode())
    assert url(asked, "seats/") in banner(eva.get(url(asked)).content.decode())


def test_the_gate_counts_as_the_readiness_does(case):
    for number in range(3):
        make.paper(case, f"paper {number}".encode(), path=f"{number}.txt")
    now = timezone.now()
    reader = make.reader(cast.EVA, case, at=now)
    gate = desk_case.case_page(reader=reader, at=now).gate
    ready = readiness.of_case(reader=reader, today=now.date())
    assert (gate.here, gate.total) == (ready.counts["present"], ready.total)


def test_one_record_is_one_record():
    page = at_work(cast.EVA).get(url(make.case_handed_in(at=timezone.now()))).content.decode()
    assert "duplicates folded" not in page
    assert "1 records" not in page
