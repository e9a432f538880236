"""Six outcomes: the worst wins, an emergency always, and what is unknown is never suitable."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from consilia import suitability
from consilia.clinical import library
from consilia.clinical.rules import FACTS, UNKNOWN, Outcome
from consilia.suitability.alarms import questions_for, questions_of_case_type
from consilia.suitability.assessing import judged
from consilia.suitability.examples import GOOD

HOLD = library.load()

ELENA = suitability.Facts(
    alarm_now="no",
    alarm_today="no",
    located_in="IT",
    asks_as="self",
    age_years=57,
    named_diagnosis="yes",
    seen_in_person="yes",
    tests_recommended="all_done",
    results_available="all",
    doctor_report="yes",
    essential_missing=(),
    no_decision_date=True,
    question="diagnosis",
    wants_prescription="no",
    wants_certificate="no",
)

facts_of_rules = st.fixed_dictionaries({name: st.sampled_from((*values, UNKNOWN)) for name, values in FACTS.items()})

LIMITS = {
    "alarm_now": "yes",
    "alarm_today": "yes",
    "asks_as": "none",
    "upload": "blocked",
    "tests_recommended": "some_open",
    "results_available": "none",
    "doctor_report": "no",
    "essential_records": "missing",
    "decision_date": "before_answer",
    "wants_certificate": "yes",
}


def outcome(**changes: object) -> Outcome:
    return suitability.assess(replace(ELENA, **changes), HOLD).outcome


def test_elena_with_everything_at_hand_is_suitable():
    found = suitability.assess(ELENA, HOLD)
    assert found.outcome is Outcome.SUITABLE
    assert [reason.rule_id for reason in found.reasons] == ["something-to-verify"]
    assert len(found.limits) == 4
    assert found.draft


def test_elena_with_open_tests_is_held_and_told_what_to_do():
    found = suitability.assess(replace(ELENA, tests_recommended="some_open"), HOLD)
    assert found.outcome is Outcome.HOLD_INCOMPLETE
    assert found.reasons[0].rule_id == "tests-open"
    assert found.reasons[0].what_to_do
    assert found.reasons[0].override


def test_missing_records_are_counted_and_named():
    found = suitability.assess(replace(ELENA, essential_missing=("Mammography", "Breast ultrasound")), HOLD)
    assert found.outcome is Outcome.HOLD_INCOMPLETE
    assert found.reasons[0].message.startswith("2 essential items")
    assert "Mammography, Breast ultrasound" in found.reasons[0].message


def test_an_alarm_shows_the_number_of_the_place_where_the_person_is_now():
    found = suitability.assess(replace(ELENA, alarm_now="yes", patient_country="DE"), HOLD)
    assert found.outcome is Outcome.EMERGENCY
    assert {reason.rule_id for reason in found.reasons} == {"alarm-now"}
    assert "112" in found.reasons[0].message
    assert found.number.region == "IT"


def test_an_alarm_in_an_unknown_place_says_so_instead_of_guessing_a_number():
    found = suitability.assess(suitability.Facts(alarm_now="yes"), HOLD)
    assert found.outcome is Outcome.EMERGENCY
    assert "the local emergency number" in found.reasons[0].message
    assert not found.number.known
    assert found.number.advice


def test_not_sure_about_an_emergency_question_is_an_emergency():
    assert outcome(alarm_now="not_sure") is Outcome.EMERGENCY
    assert outcome(alarm_today="not_sure") is Outcome.SEE_DOCTOR_FIRST


@pytest.mark.parametrize(
    ("changes", "wanted"),
    [
        ({"asks_as": "none"}, Outcome.NOT_SUITABLE),
        ({"located_in": "AE"}, Outcome.NOT_SUITABLE),
        ({"located_in": "US"}, Outcome.SUITABLE_WITH_CONDITIONS),
        ({"located_in": "AU"}, Outcome.SUITABLE_WITH_CONDITIONS),
        ({"located_in": "BO"}, Outcome.SUITABLE),
        ({"age_years": 9}, Outcome.HOLD_INCOMPLETE),
        ({"age_years": 9, "paediatric_expert": True}, Outcome.SUITABLE),
        ({"decision_in_days": 5}, Outcome.SUITABLE_WITH_CONDITIONS),
        ({"decision_in_days": 30}, Outcome.SUITABLE),
        ({"question": "operation"}, Outcome.SUITABLE_WITH_CONDITIONS),
        ({"essential_missing": None}, Outcome.SUITABLE),
    ],
)
def test_one_change_of_elenas_case_gives_the_outcome_of_the_draft(changes, wanted):
    assert outcome(**changes) is wanted


@pytest.mark.parametrize(("lives", "is_in"), [("IT", "AE"), ("AE", "IT")])
def test_the_law_of_where_she_is_and_of_where_she_lives_both_hold_and_the_one_that_limits_is_named(lives, is_in):
    found = suitability.assess(replace(ELENA, located_in=is_in, patient_country=lives), HOLD)
    assert found.outcome is Outcome.NOT_SUITABLE
    assert found.reasons[0].message.startswith("United Arab Emirates")
    assert {stamp.id for stamp in found.stamps} >= {"AE", "IT"}
    assert found.number.region == is_in


def test_the_case_keeps_which_rules_of_which_version_were_applied():
    stamps = suitability.assess(ELENA, HOLD).stamps
    assert {stamp.id for stamp in stamps} >= {"safety", "legal", "default", "IT"}
    assert all(len(stamp.sha256) == 64 and stamp.version == 1 for stamp in stamps)


def test_a_word_that_no_rule_knows_is_refused_at_once():
    with pytest.raises(ValueError, match="tests_recommended"):
        suitability.Facts(tests_recommended="maybe")


@settings(deadline=None)
@given(facts_of_rules)
def test_an_emergency_always_wins(facts):
    assert judged(facts | {"alarm_now": "yes"}, HOLD)[0] is Outcome.EMERGENCY


@settings(deadline=None)
@given(facts_of_rules, st.sampled_from(sorted(LIMITS)))
def test_adding_a_limit_never_improves_the_outcome(facts, fact):
    before = judged(facts, HOLD)[0]
    assert judged(facts | {fact: LIMITS[fact]}, HOLD)[0].severity >= before.severity


@settings(deadline=None)
@given(facts_of_rules, st.sampled_from(sorted(FACTS)))
def test_forgetting_a_good_answer_never_improves_the_outcome(facts, fact):
    good = facts | {fact: GOOD[fact]}
    assert judged(good | {fact: UNKNOWN}, HOLD)[0].severity >= judged(good, HOLD)[0].severity


# These decide nothing while the other answers are good: the case asks for records later, adults need no expert for
# children, a prescription only matters without a question, and either of the two answers about the doctor is enough.
SETTLED = {"essential_records", "paediatric_expert", "wants_prescription", "seen_in_person", "named_diagnosis"}


@pytest.mark.parametrize("fact", sorted(set(FACTS) - SETTLED))
def test_nobody_is_suitable_while_a_question_is_open(fact):
    assert judged(GOOD | {fact: UNKNOWN}, HOLD)[0] is not Outcome.SUITABLE


@settings(deadline=None)
@given(facts_of_rules)
def test_every_outcome_comes_with_a_rule_that_gives_it(facts):
    found, fired = judged(facts, HOLD)
    assert fired
    assert found in Outcome


@settings(deadline=None)
@given(
    st.dictionaries(
        st.sampled_from([flag.id for flag in HOLD.red_flags("adult").flag]), st.sampled_from(["yes", "not_sure", "no"])
    )
)
def test_any_yes_or_not_sure_raises_its_alarm_and_silence_is_never_a_no(answers):
    flags = HOLD.red_flags("adult").flag
    raised = suitability.alarms(answers, flags)
    yes = {flag_id for flag_id, answer in answers.items() if answer != "no"}
    assert {flag.id for flag in (*raised.call_now, *raised.today)} == yes
    for fact, action in ((raised.alarm_now, "call_now"), (raised.alarm_today, "today")):
        of_this = {flag.id for flag in flags if flag.action == action}
        assert (fact == "yes") == bool(of_this & yes)
        assert fact != "no" or of_this <= set(answers)


def test_who_may_be_a_child_or_pregnant_is_asked_those_questions_too():
    def asked(**who):
        return {flag.id[0] for flag in questions_for(HOLD, **who)}

    assert asked(age_years=57, may_be_pregnant=False) == {"a"}
    assert asked(age_years=9, may_be_pregnant=False) == {"a", "c"}
    assert asked(age_years=None, may_be_pregnant=None) == {"a", "c", "p"}


def test_a_spine_case_asks_for_the_alarm_signs_of_the_spine():
    assert [flag.id for flag in questions_of_case_type(HOLD, "spine")] == ["a_saddle", "a_legs"]
