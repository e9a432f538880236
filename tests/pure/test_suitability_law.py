"""The law of two countries: the stricter side wins, a limit never loosens, and nobody ever gets a prescription."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from consilia.clinical import library
from consilia.clinical.jurisdictions import ForeignDoctor, Jurisdiction, Route, Upload
from consilia.clinical.library import Library
from consilia.suitability import Asked, Effect, Form, Keeper, Transfer, Verdict, Where, assess_law, verdicts

HOLD = library.load()
CODES = verdicts.codes_on_file(HOLD)
EVERYWHERE = (*CODES, "BO")  # Bolivia has no file
AWAY = ("US", "AE", "AU", "DE", "BO")
THINGS = frozenset(Asked)

countries = st.sampled_from(EVERYWHERE)
forms = st.sampled_from(list(Form))


def here(patient: str, expert: str) -> Where:
    """A patient who is where she lives."""
    return Where(patient, patient, expert)


def law(patient: str, expert: str, **more):
    return assess_law(here(patient, expert), HOLD, **more)


@cache
def alone(patient: str, expert: str) -> Verdict:
    return verdicts.verdict(here(patient, expert), HOLD)


# --- all pairs -----------------------------------------------------------------------------------------------------


def test_all_forty_countries_are_there():
    assert len(CODES) == 40


def test_no_pair_of_countries_ever_yields_a_prescription():
    assert list(Effect) == [Effect.ADVICE_ONLY]
    promise = re.compile(r"no prescription")
    for patient in EVERYWHERE:
        for expert in EVERYWHERE:
            found = law(patient, expert, asked=THINGS)
            assert found.effect is Effect.ADVICE_ONLY
            assert "no_prescription" in [refusal.code for refusal in found.refusals]
            assert promise.search(found.wording[0])
            assert found.clauses[0].id == "default"
            assert promise.search(found.clauses[0].text)


def test_every_pair_is_as_strict_as_its_stricter_side_and_says_why():
    for patient in EVERYWHERE:
        for expert in EVERYWHERE:
            found = law(patient, expert)
            sides = [
                *verdicts.patient_side(patient, expert, HOLD),
                *verdicts.expert_side(here(patient, expert), HOLD),
            ]
            assert found.verdict is max((one.verdict for one in sides), key=lambda one: one.severity)
            assert found.reasons[0].verdict is found.verdict
            assert all(reason.message and "{" not in reason.message for reason in found.reasons)
            assert all(reason.rule.version >= 1 and len(reason.rule.sha256) == 64 for reason in found.reasons)
            via = any(HOLD.jurisdiction(code).route is Route.VIA_LOCAL_DOCTOR for code in (patient, expert))
            assert not via or found.route is Route.VIA_LOCAL_DOCTOR


def test_where_she_is_and_where_she_lives_both_count_and_the_stricter_decides():
    for lives in EVERYWHERE:
        for is_in in AWAY:
            for expert in EVERYWHERE:
                both = verdicts.verdict(Where(is_in, lives, expert), HOLD)
                sides = (alone(is_in, expert), alone(lives, expert))
                assert both.severity >= max(one.severity for one in sides)
                assert both is verdicts.verdict(Where(lives, is_in, expert), HOLD)


def test_a_way_through_the_doctor_holds_whoever_of_the_two_is_there():
    for one in CODES:
        for other in CODES:
            if Route.VIA_LOCAL_DOCTOR in (HOLD.jurisdiction(one).route, HOLD.jurisdiction(other).route):
                assert law(one, other).route is law(other, one).route is Route.VIA_LOCAL_DOCTOR
            kept, turned = law(one, other).retention, law(other, one).retention
            assert (kept.years, set(kept.unknown)) == (turned.years, set(turned.unknown))
            assert {clause.id for clause in law(one, other).clauses} == {
                clause.id for clause in law(other, one).clauses
            }


@pytest.mark.parametrize("form", list(Form))
def test_a_talk_is_never_freer_than_the_written_opinion(form):
    for patient in EVERYWHERE:
        for expert in EVERYWHERE:
            written, other = law(patient, expert), law(patient, expert, form=form)
            assert other.verdict.severity >= written.verdict.severity
            assert form is not Form.VIA_LOCAL_DOCTOR or other.route is Route.VIA_LOCAL_DOCTOR


# --- countries by name ---------------------------------------------------------------------------------------------


def test_a_patient_in_the_united_states_gets_her_opinion_through_her_doctor():
    found = law("US", "DE")
    assert found.verdict is Verdict.VIA_LOCAL_DOCTOR
    assert found.route is Route.VIA_LOCAL_DOCTOR
    assert "us_peer_to_peer" in [clause.id for clause in found.clauses]
    assert "share_with_doctor" in [consent.id for consent in found.consents]
    assert law("US", "US").verdict is Verdict.VIA_LOCAL_DOCTOR


def test_an_expert_in_the_united_states_advises_the_doctor_of_an_italian_patient():
    found = law("IT", "US")
    assert (found.reasons[0].code, found.reasons[0].side) == ("expert_advises_doctor", "expert")
    assert "treating doctor" in found.reasons[0].message
    assert [clause.id for clause in found.clauses] == ["default", "us_peer_to_peer"]


def test_brazil_and_saudi_arabia_go_through_the_local_doctor_from_both_sides():
    for code, clause in (("BR", "br_interconsulta"), ("SA", "sa_local_supervision")):
        for found in (law(code, "IT"), law("IT", code)):
            assert found.verdict is Verdict.VIA_LOCAL_DOCTOR
            assert clause in [one.id for one in found.clauses]


def test_the_provinces_of_canada_differ_so_the_doctor_takes_part():
    assert law("CA", "FR").verdict is Verdict.VIA_LOCAL_DOCTOR


@pytest.mark.parametrize("code", ["AU", "NZ", "SG"])
def test_australia_new_zealand_and_singapore_ask_for_a_local_registration(code):
    found = law(code, "DE")
    assert found.verdict is Verdict.LOCAL_REGISTRATION
    assert found.registration_in == (code,)
    assert law(code, code).verdict is Verdict.POSSIBLE


def test_a_registration_does_not_spare_the_doctor_where_the_other_side_asks_for_her():
    found = law("NZ", "US")
    assert found.verdict is Verdict.LOCAL_REGISTRATION
    assert found.route is Route.VIA_LOCAL_DOCTOR


def test_records_of_a_patient_in_the_emirates_stay_until_the_operator_confirms_an_exception():
    for where in (here("AE", "DE"), Where("IT", "AE", "DE"), Where("AE", "IT", "US")):
        found = assess_law(where, HOLD)
        assert found.verdict is Verdict.NOT_POSSIBLE
        assert found.upload_blocked
        assert [refusal.code for refusal in found.refusals] == ["upload_blocked"]
    confirmed = replace(HOLD, confirmed={"AE": "an exception of the ministry"})
    found = assess_law(here("AE", "DE"), confirmed)
    assert found.verdict is Verdict.POSSIBLE
    assert not found.upload_blocked
    assert "upload_confirmed" in [reason.code for reason in found.reasons]
    assert assess_law(here("AE", "US"), confirmed).verdict is Verdict.VIA_LOCAL_DOCTOR


def test_an_expert_in_turkey_answers_only_over_a_registered_system():
    found = law("DE", "TR")
    assert found.verdict is Verdict.LOCAL_REGISTRATION
    assert [refusal.code for refusal in found.refusals] == ["platform_registration"]
    assert found.registration_in == ()
    confirmed = replace(HOLD, confirmed={"TR": "registered with the ministry"})
    assert not assess_law(here("DE", "TR"), confirmed).refusals


def test_in_germany_who_would_operate_does_not_give_the_second_opinion():
    for found in (law("DE", "IT"), law("IT", "DE")):
        assert found.expert_must_not_operate
        assert any(sentence.startswith("Germany: the second opinion may not come") for sentence in found.wording)
    assert not law("IT", "FR").expert_must_not_operate


def test_inside_the_european_union_the_law_of_the_experts_country_holds():
    found = law("IT", "DE", form=Form.WITH_VIDEO)
    assert [clause.id for clause in found.clauses] == ["default", "eu_distance_care"]
    assert "provider_country" in [reason.code for reason in found.reasons]
    assert found.verdict is Verdict.POSSIBLE
    for where in (here("IT", "NO"), Where("CH", "IT", "DE"), here("IT", "GB")):
        assert "eu_distance_care" not in [clause.id for clause in assess_law(where, HOLD).clauses]


def test_a_country_without_rules_gets_the_conservative_default_and_is_shown_as_such():
    found = law("BO", "PY")
    assert not found.on_file
    assert {reason.code for reason in found.reasons} == {"not_on_file"}
    assert [stamp.id for stamp in found.rules] == ["default"]
    assert found.transfer is Transfer.EXPLICIT_CONSENT
    assert found.retention.years == 0
    assert set(found.retention.unknown) == {"BO", "PY"}
    assert law("BO", "PY", form=Form.WITH_VIDEO).verdict is Verdict.VIA_LOCAL_DOCTOR


def test_a_patient_who_has_not_said_where_she_is_raises_nothing():
    found = assess_law(Where("", "", "DE"), HOLD)
    assert not found.on_file
    assert all("{" not in sentence for sentence in (*found.wording, *(one.message for one in found.reasons)))


def test_a_local_doctor_learns_what_a_prescription_needs_and_none_is_given():
    inside = law("IT", "DE", asked=THINGS).prescription
    assert inside.across_borders
    assert {one.part for one in inside.fields} == {"patient", "authentication", "prescriber", "product"}
    assert [one.only_if != () for one in inside.fields if one.id == "brand_name"] == [True]
    assert any("narcotics" in note for note in inside.notes)
    for where in (here("CH", "DE"), here("US", "DE"), Where("CH", "IT", "DE")):
        outside = assess_law(where, HOLD, asked=THINGS).prescription
        assert not outside.across_borders
        assert {one.part for one in outside.fields} == {"product"}
    assert law("IT", "DE").prescription is None


# --- transfer, consents, retention ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("patient", "expert", "transfer"),
    [
        ("IT", "DE", Transfer.INTERNAL),
        ("IT", "NO", Transfer.INTERNAL),
        ("IT", "IL", Transfer.ADEQUATE),
        ("IT", "US", Transfer.EXPLICIT_CONSENT),
        ("IT", "CA", Transfer.EXPLICIT_CONSENT),
        ("IT", "IN", Transfer.EXPLICIT_CONSENT),
        ("IT", "BO", Transfer.EXPLICIT_CONSENT),
        ("BO", "IT", Transfer.EXPLICIT_CONSENT),
        ("BO", "BO", Transfer.INTERNAL),
    ],
)
def test_records_leave_without_more_only_where_the_law_protects_them(patient, expert, transfer):
    assert law(patient, expert).transfer is transfer


def test_where_the_protection_is_not_adequate_the_consent_names_the_country_and_says_so():
    wanted = {consent.id: consent for consent in law("IT", "US").consents}
    assert wanted["transfer"].country == "US"
    assert wanted["transfer"].protection.startswith("United States")
    assert {"service_terms", "health_data"} <= set(wanted)
    assert {consent.id: consent for consent in law("IT", "DE").consents}["transfer"].protection == ""


def test_a_stay_abroad_makes_the_transfer_as_strict_as_the_stricter_country():
    assert assess_law(Where("BO", "IT", "DE"), HOLD).transfer is Transfer.EXPLICIT_CONSENT


def test_records_are_kept_as_long_as_the_longest_rule_of_all_countries_asks():
    found = law("DE", "PL").retention
    assert (found.years, found.country, found.unknown) == (20, "PL", ())
    found = law("DE", "ES", keeper=Keeper("CH")).retention
    assert (found.years, found.country) == (20, "CH")
    found = law("ES", "IT", keeper=Keeper(minimum_years=30)).retention
    assert (found.years, found.country, found.unknown) == (30, "", ("IT",))


def test_a_country_whose_years_nobody_knows_is_named():
    assert any("Italy" in sentence and "not known" in sentence for sentence in law("IT", "DE").retention_words)


def test_a_country_that_watches_where_data_lie_is_flagged_for_the_desk():
    assert law("RU", "DE").localisation
    assert not law("IT", "DE").localisation


# --- a limit never loosens -----------------------------------------------------------------------------------------


def with_file(hold: Library, entry: Jurisdiction) -> Library:
    """The library with one country file changed; its hash stays, nobody asks for it here."""
    key = ("jurisdictions", entry.id)
    return replace(hold, files={**hold.files, key: replace(hold.files[key], entry=entry)})


def limited(entry: Jurisdiction, limit: str) -> Jurisdiction:
    """The file with one limit more."""
    foreign = list(ForeignDoctor)
    match limit:
        case "upload":
            return entry.model_copy(update={"upload": Upload(blocked=True, until="x", confidence="low")})
        case "route":
            return entry.model_copy(
                update={"route": Route.VIA_LOCAL_DOCTOR, "clause": entry.clause or "us_peer_to_peer"}
            )
        case "platform":
            return entry.model_copy(update={"expert": entry.expert.model_copy(update={"platform_registration": True})})
        case "operate":
            return entry.model_copy(update={"expert_must_not_operate": True})
        case _:
            later = max(entry.patient.foreign_doctor, ForeignDoctor(limit), key=foreign.index)
            return entry.model_copy(update={"patient": entry.patient.model_copy(update={"foreign_doctor": later})})


limits = st.sampled_from(["upload", "route", "platform", "operate", *(str(one) for one in ForeignDoctor)])


@settings(max_examples=1500, deadline=None)
@given(countries, countries, countries, st.sampled_from(CODES), limits, forms)
def test_adding_a_limit_to_a_country_never_makes_a_verdict_milder(is_in, lives, expert, changed, limit, form):
    where = Where(is_in, lives, expert)
    stricter = with_file(HOLD, limited(HOLD.jurisdiction(changed), limit))
    before, after = (assess_law(where, hold, form=form) for hold in (HOLD, stricter))
    assert after.verdict.severity >= before.verdict.severity
    # Who must be registered where the patient is takes the place of the doctor there; nothing else does.
    registered = set(after.registration_in) - set(before.registration_in)
    assert before.route is Route.DIRECT or after.route is Route.VIA_LOCAL_DOCTOR or registered
    assert {one.code for one in before.refusals} <= {one.code for one in after.refusals}
    assert {one.id for one in before.clauses} <= {one.id for one in after.clauses}
    assert set(before.registration_in) <= set(after.registration_in)
    assert before.expert_must_not_operate <= after.expert_must_not_operate


@settings(max_examples=500, deadline=None)
@given(countries, countries, countries, forms, st.sampled_from(CODES))
def test_only_what_a_confirmation_speaks_of_is_freed_by_it(is_in, lives, expert, form, code):
    where = Where(is_in, lives, expert)
    confirmed = replace(HOLD, confirmed={code: "words"})
    before, after = (assess_law(where, hold, form=form) for hold in (HOLD, confirmed))
    if code not in ("AE", "TR"):
        assert after == before
    assert after.effect is Effect.ADVICE_ONLY
    assert after.route is before.route
