"""Ten thousand people nobody invented: an emergency always wins, a draft never loosens, a limit never helps."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from consilia.clinical import library, overlays
from consilia.clinical.entries import Entry
from consilia.clinical.jurisdictions import ForeignDoctor, Jurisdiction, Prescribing, Route, Upload
from consilia.clinical.library import Library
from consilia.clinical.reading import Loaded
from consilia.clinical.rules import FACTS, UNKNOWN, Condition, Outcome, Rule, RuleGroup
from consilia.suitability import Facts, assess, examples, verdicts
from consilia.suitability.assessing import judged
from consilia.suitability.examples import GOOD
from consilia.suitability.facts import as_rules_see

HOLD = library.load()
EVERYWHERE = (*verdicts.codes_on_file(HOLD), "BO")
TEN_THOUSAND = 10_000
PROPERTIES = 5
few = settings(max_examples=TEN_THOUSAND // PROPERTIES, deadline=None)


def somebody(seed: int) -> Facts:
    """A person from a number: drawing each answer by itself would take a minute for ten thousand of them."""
    dice = random.Random(seed)
    answers = {name: dice.choice((*FACTS[name], UNKNOWN)) for name in ANSWERED}
    alarms = {
        name: dice.choice(("yes", "no", "no", "no", "not_sure", UNKNOWN)) for name in ("alarm_now", "alarm_today")
    }
    return Facts(
        **answers | alarms,
        located_in=dice.choice(("", *EVERYWHERE)),
        patient_country=dice.choice(("", *EVERYWHERE)),
        age_years=dice.choice((None, 0, 9, 17, 18, 57, 99)),
        paediatric_expert=dice.random() < 0.5,
        essential_missing=dice.choice((None, (), ("Pathology report",))),
        decision_in_days=dice.choice((None, 0, 9, 10, 300)),
        no_decision_date=dice.random() < 0.5,
    )


ANSWERED = [name for name in FACTS if name in Facts.__dataclass_fields__ and name != "paediatric_expert"]
people = st.integers(0, 2**63).map(somebody)
LIMITS = (
    {"alarm_now": "yes"},
    {"alarm_now": "not_sure"},
    {"alarm_today": "yes"},
    {"asks_as": "none"},
    {"tests_recommended": "some_open"},
    {"results_available": "none"},
    {"doctor_report": "no"},
    {"essential_missing": ("Biopsy",)},
    {"decision_in_days": 1},
    {"wants_certificate": "yes"},
    {"patient_country": "AE"},
    {"located_in": "AE"},
)


def severity(facts: Facts, hold: Library) -> int:
    return judged(as_rules_see(facts, hold), hold)[0].severity


# --- drafts that try to loosen -------------------------------------------------------------------------------------


def drafted(seed: int) -> Library:
    """The library under a draft overlay that drops, turns round and softens whatever it can; the same for a seed."""
    dice = random.Random(seed)
    files = dict(HOLD.files)
    default = HOLD.jurisdiction("none")
    for key, base in HOLD.files.items():
        if isinstance(base.entry, RuleGroup) and dice.random() < 0.8:
            files[key] = overlays.laid_over(base, over(base, softer_rules(base.entry, dice)))
        elif isinstance(base.entry, Jurisdiction) and dice.random() < 0.5:
            files[key] = overlays.laid_over(base, over(base, other_law(base.entry, dice)))
    for code in ("BO", "PY"):
        made = over(files["jurisdictions", "default"], other_law(default.model_copy(update={"id": code}), dice))
        files["jurisdictions", code] = overlays.newly(made, default)
    group = HOLD.rule_groups()[0].model_copy(update={"id": "new", "rule": (easy_rule(dice, "a-new-rule"),)})
    files["suitability", "new"] = overlays.newly(over(HOLD.files["suitability", "safety"], group), default)
    return Library(files)


def over(base: Loaded, entry: Entry) -> Loaded:
    assert entry.is_draft
    return Loaded(base.kind, entry, "0" * 64, "a draft", base.rows)


def easy_rule(dice: random.Random, identifier: str) -> Rule:
    fact = dice.choice(sorted(FACTS))
    return Rule(
        id=identifier,
        when=Condition(fact=fact, **{"is": dice.choice(FACTS[fact])}),
        outcome=dice.choice((Outcome.SUITABLE, *Outcome)),
        unknown=dice.choice(("skip", "hold_incomplete", "emergency")),
        message={"en": "x"},
        what_to_do={"en": "x"},
        unknown_message={"en": "x"},
        unknown_what_to_do={"en": "x"},
        confidence="low",
    )


def softer_rules(group: RuleGroup, dice: random.Random) -> RuleGroup:
    kept = [
        rule.model_copy(update={"outcome": Outcome.SUITABLE, "unknown": None}) if dice.random() < 0.5 else rule
        for rule in group.rule
        if dice.random() < 0.6
    ]
    kept.append(easy_rule(dice, dice.choice([rule.id for rule in group.rule] + [f"extra-{group.id}"])))
    dice.shuffle(kept)
    changes = {"rule": tuple(kept), "order": dice.randint(0, 9), "first_only": dice.random() < 0.5}
    return group.model_copy(update=changes)


def other_law(law: Jurisdiction, dice: random.Random) -> Jurisdiction:
    expert = {
        "platform_registration": dice.random() < 0.3,
        "prescribe_without_exam": dice.choice(list(Prescribing)),
    }
    return law.model_copy(
        update={
            "route": dice.choice(list(Route)),
            "clause": dice.choice(("", "us_peer_to_peer")),
            "expert_must_not_operate": dice.random() < 0.3,
            "upload": Upload(blocked=dice.random() < 0.2, confidence="low"),
            "expert": law.expert.model_copy(update=expert),
            "patient": law.patient.model_copy(update={"foreign_doctor": dice.choice(list(ForeignDoctor))}),
        }
    )


DRAFTED = tuple(drafted(seed) for seed in range(40))
drafts = st.sampled_from(range(len(DRAFTED)))


# --- ten thousand people -------------------------------------------------------------------------------------------


@few
@given(people, st.sampled_from(("yes", "not_sure")), drafts)
def test_an_emergency_always_wins_whatever_else_is_true_and_whatever_a_draft_says(person, alarm, draft):
    for hold in (HOLD, DRAFTED[draft]):
        found = assess(replace(person, alarm_now=alarm), hold)
        assert found.outcome is Outcome.EMERGENCY
        assert {reason.outcome for reason in found.reasons} == {Outcome.EMERGENCY}


@few
@given(people, drafts)
def test_a_draft_never_loosens_the_outcome_of_anybody(person, draft):
    assert severity(person, DRAFTED[draft]) >= severity(person, HOLD)


@few
@given(people, st.sampled_from(LIMITS))
def test_a_limit_never_improves_the_outcome_of_anybody(person, limit):
    if "located_in" in limit or "patient_country" in limit:
        # A place where nobody said one is an answer, not a limit; beside another one it can only limit.
        person = replace(person, patient_country="DE", located_in="")
    assert severity(replace(person, **limit), HOLD) >= severity(person, HOLD)


@few
@given(people, st.sampled_from(EVERYWHERE), st.sampled_from(EVERYWHERE))
def test_a_stay_in_another_country_never_improves_the_outcome_of_anybody(person, lives, is_in):
    at_home = replace(person, patient_country=lives, located_in=lives)
    away = replace(person, patient_country=lives, located_in=is_in)
    assert severity(away, HOLD) >= severity(at_home, HOLD)


@few
@given(people, st.sampled_from(sorted(FACTS)))
def test_forgetting_a_good_answer_never_improves_the_outcome_of_anybody(person, fact):
    good = as_rules_see(person, HOLD) | {fact: GOOD[fact]}
    assert judged(good | {fact: UNKNOWN}, HOLD)[0].severity >= judged(good, HOLD)[0].severity


# --- examples ------------------------------------------------------------------------------------------------------


def test_the_drafts_of_these_tests_are_no_straw_men():
    assert len({tuple(sorted(rule.id for group in hold.rule_groups() for rule in group.rule)) for hold in DRAFTED}) > 20


@pytest.mark.parametrize("group", HOLD.rule_groups(), ids=lambda group: group.id)
def test_every_rule_has_an_example_in_which_it_speaks(group):
    assert {rule.id for rule in group.rule} <= {identifier for one in group.example for identifier in one.fires}


def test_every_file_of_rules_has_examples_and_all_of_them_come_out():
    kinds = ("suitability", "red_flags", "checklists", "jurisdictions")
    for kind in kinds:
        for loaded in HOLD.all_of(kind):
            assert loaded.entry.example, loaded.path
    assert examples.failures(HOLD) == ()
    assert examples.count(HOLD) >= 100
