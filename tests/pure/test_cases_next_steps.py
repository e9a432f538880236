"""The one next step and the list of tasks, for every state of a case."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from consilia.cases.next_steps import EDITABLE, Afterwards, CaseFacts, against_old_answers, next_step
from consilia.cases.states import ENDS, State, Turn
from consilia.cases.task_list import tasks

COMPLETE = CaseFacts(
    State.COLLECTING,
    self_check="suitable",
    described=True,
    questions=2,
    basic_consents_missing=0,
    countries=1,
    records=4,
    items_here=5,
    items_total=5,
)


def facts(state: State, **other: object) -> CaseFacts:
    return replace(COMPLETE, state=state, **other)  # type: ignore[arg-type]


@pytest.mark.parametrize("state", list(State))
def test_every_state_has_one_next_step_with_words_and_a_list(state):
    step = next_step(facts(state))
    assert step.title
    assert step.text
    assert bool(step.action) == bool(step.page)
    assert tasks(facts(state))


@pytest.mark.parametrize("state", list(State))
def test_at_most_one_line_is_amber_and_it_is_the_next_step(state):
    lines = tasks(facts(state))
    amber = [line.key for line in lines if line.state == "needs_you"]
    assert amber in ([], [next_step(facts(state)).key])


@pytest.mark.parametrize("state", list(State))
def test_a_locked_line_leads_nowhere_and_an_open_one_somewhere(state):
    for line in tasks(facts(state)):
        assert bool(line.page) == (line.state != "later"), line


@pytest.mark.parametrize(
    ("state", "turn"),
    [
        (State.ORGANISING, Turn.OURS),
        (State.READY, Turn.OURS),
        (State.MATCHING, Turn.OURS),
        (State.IN_REVIEW, Turn.EXPERT),
        (State.WAITING_FOR_PATIENT, Turn.OURS),  # no question to her is open: the desk is asked
        (State.EDITORIAL, Turn.OURS),
        (State.SIGNED, Turn.OURS),
        *((state, Turn.NOBODY) for state in sorted(ENDS)),
    ],
)
def test_who_is_not_asked_for_anything_waits_and_knows_for_whom(state, turn):
    assert next_step(facts(state)).turn is turn


@pytest.mark.parametrize(
    ("missing", "key"),
    [
        ({"self_check": ""}, "self_check"),
        ({"self_check": "see_doctor_first"}, "self_check"),
        ({"described": False}, "describe"),
        ({"questions": 0}, "questions"),
        ({"basic_consents_missing": 1}, "consents"),
        ({"held": 1}, "held"),
        ({"records": 0}, "records"),
        ({"countries": 0}, "countries"),
        ({"countries_open": ("Germany",)}, "country_consents"),
        ({"essentials_missing": 2}, "readiness"),
        ({"self_check_old": True}, "self_check"),
        ({}, "hand_in"),
    ],
)
@pytest.mark.parametrize("state", sorted(EDITABLE))
def test_before_handing_in_the_first_open_step_comes_first(state, missing, key):
    assert next_step(facts(state, **missing)).key == key


def test_countries_are_chosen_before_consents_are_given_so_that_she_reads_them_once():
    undecided = facts(State.DRAFT, countries=0, basic_consents_missing=2, records=0)
    assert next_step(undecided).key == "countries"
    keys = [line.key for line in tasks(replace(undecided, countries=1, countries_open=("Germany",)))]
    assert keys.index("countries") + 1 == keys.index("consents")
    assert keys.index("consents") + 1 == keys.index("country_consents")
    assert keys.index("country_consents") < keys.index("records")


@pytest.mark.parametrize("other", [{"question_id": "q1"}, {"self_check": ""}])
def test_a_held_file_is_not_a_second_thing_in_amber(other):
    lines = tasks(facts(State.COLLECTING, held=1, **other))
    assert len([line for line in lines if line.state == "needs_you"]) == 1


def test_safety_comes_before_everything_else():
    nothing = CaseFacts(State.DRAFT)
    assert next_step(nothing).key == "self_check"
    assert [line.key for line in tasks(nothing) if line.state == "needs_you"] == ["self_check"]


def test_an_expert_who_waits_for_an_answer_comes_before_any_state():
    asked = facts(State.WAITING_FOR_PATIENT, question_id="q1")
    assert (next_step(asked).key, next_step(asked).item_id) == ("expert_question", "q1")
    assert tasks(asked)[0].item_id == "q1"


@pytest.mark.parametrize(
    ("offer", "page"),
    [("open", "patient:case-offer"), ("unpaid", "patient:case-offer"), ("over", "patient:messages")],
)
def test_an_offer_is_the_patients_turn_until_it_is_paid(offer, page):
    step = next_step(facts(State.OFFERED, offer=offer))
    assert (step.turn, step.page) == (Turn.PATIENT, page)


def test_while_experts_are_asked_a_missing_consent_for_a_country_is_hers_to_give():
    step = next_step(facts(State.MATCHING, countries_open=("Israel",)))
    assert step.turn is Turn.PATIENT
    assert "Israel" in step.title


def test_a_returned_case_asks_for_what_was_missing_before_anything_new():
    assert next_step(facts(State.RETURNED, essentials_missing=1, countries=0)).key == "readiness"


def test_a_held_file_needs_her_word_also_after_handing_in():
    assert next_step(facts(State.ORGANISING, held=2)).key == "held"
    assert "2 records" in next_step(facts(State.ORGANISING, held=2)).title


def test_money_is_never_spoken_of_before_the_editor_has_passed_the_case():
    for state in (*EDITABLE, State.ORGANISING, State.READY):
        offer = next(line for line in tasks(facts(state)) if line.key == "offer")
        assert (offer.state, offer.page) == ("later", "")


def test_the_report_stands_first_once_it_is_there():
    assert next(iter(tasks(facts(State.DELIVERED)))).key == "report"
    assert next_step(facts(State.CLOSED)).page == "patient:report"


def test_emergency_questions_count_for_a_day():
    at = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
    assert against_old_answers(at - timedelta(hours=23), at) == ()
    assert [one.code for one in against_old_answers(at - timedelta(hours=25), at)] == ["self_check_old"]
    assert [one.code for one in against_old_answers(None, at)] == ["no_self_check"]


@pytest.mark.parametrize("state", [State.COLLECTING, State.ORGANISING])
def test_a_held_file_that_the_desk_was_asked_about_is_no_turn_of_hers(state):
    asked = facts(state, held=0, held_asked=1)
    assert next_step(asked).key != "held"
    assert {line.state for line in tasks(asked) if line.key in {"held", "held_asked"}} == {"waiting"}


def test_a_report_that_was_read_needs_her_no_more_and_the_list_says_who_is_waited_for():
    asked = facts(State.DELIVERED, afterwards=Afterwards(False, ("Dr Weber",), (("Dott. Rossi", "I agree in part"),)))
    assert next_step(asked).turn is Turn.EXPERT
    assert "Dr Weber" in next_step(asked).title
    lines = {line.key: line for line in tasks(asked)}
    assert lines["report"].state == "done"
    assert (lines["follow_up"].state, lines["doctor"].hint) == ("expert", "I agree in part")
    assert "needs_you" not in {line.state for line in lines.values()}


def test_when_nobody_is_waited_for_it_is_hers_what_to_do_with_the_opinion():
    read = facts(State.DELIVERED, afterwards=Afterwards(news=False))
    assert next_step(read).page == "patient:share"
