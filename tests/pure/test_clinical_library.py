"""The shipped content is whole, says where it comes from, and answers every question a page has."""

from __future__ import annotations

import csv
import os
import subprocess
import sys
from pathlib import Path

import pytest

from consilia.clinical import library
from consilia.clinical.entries import Confidence, ReviewState
from consilia.kernel import country
from consilia.kernel.refusal import NotFound
from consilia.suitability import examples

HOLD = library.load()


def test_every_example_of_every_rule_file_comes_out_as_written():
    assert examples.failures(HOLD) == ()
    assert examples.count(HOLD) > 120


def test_every_rule_of_the_suitability_files_is_shown_by_an_example():
    rules = {rule.id for group in HOLD.rule_groups() for rule in group.rule}
    shown = {fired for group in HOLD.rule_groups() for example in group.example for fired in example.fires}
    assert rules == shown


def test_all_shipped_content_is_a_draft_with_sources_and_a_date_of_review():
    for loaded in HOLD.files.values():
        review = loaded.entry.review
        assert review.state is ReviewState.DRAFT, loaded.path
        assert review.by == ""
        assert review.on is None
        assert review.sources
        assert review.due > review.as_of
    assert HOLD.banner().startswith("Draft")


def test_italy_calls_112_and_then_118():
    numbers = HOLD.emergency_number("it")
    assert (numbers.show_first, numbers.then, numbers.medical) == ("112", ("118",), "112")
    assert numbers.known
    assert numbers.name("it") == "Italia"


@pytest.mark.parametrize("place", ["ZZ", "", "Atlantis", "AQ"])
def test_a_place_without_a_number_gets_advice_and_no_guess(place):
    numbers = HOLD.emergency_number(place)
    assert not numbers.known
    assert numbers.show_first == ""
    assert "nearest hospital" in numbers.advice


def test_an_uncertain_number_is_shown_with_its_doubt():
    numbers = HOLD.emergency_number("AF")
    assert numbers.confidence is Confidence.LOW
    assert numbers.show_first == "112"
    assert "not sure" in numbers.advice


def test_every_country_has_a_row_of_emergency_numbers():
    assert len(HOLD.regions()) == 251
    assert {code for code, _ in country.countries()} <= set(HOLD.regions())


def test_the_numbers_are_those_of_the_reviewed_draft():
    if "CONSILIA_TEST_DATA" not in os.environ:
        pytest.skip("CONSILIA_TEST_DATA is not set: the drafts are not here")
    with (Path(os.environ["CONSILIA_TEST_DATA"]) / "content" / "emergency_numbers.csv").open() as drafts:
        for row in csv.DictReader(drafts):
            numbers = HOLD.emergency_number(row["iso2"])
            assert numbers.show_first == (row["show_first"] or row["medical_number"])
            assert ";".join(numbers.then) == row["then"]
            assert numbers.confidence == row["confidence"]


def test_red_flags_keep_both_call_now_and_today():
    for group, size in (("adult", 24), ("pregnancy", 3), ("child", 15)):
        flags = HOLD.red_flags(group).flag
        assert len(flags) == size
        assert {flag.action for flag in flags} == {"call_now", "today"}


@pytest.mark.parametrize(
    ("said", "case_type"),
    [
        ("C50.4", "breast_cancer"),
        ("Carcinoma mammario triplo negativo (mammella sinistra)", "breast_cancer"),
        ("Koronare Herzkrankheit, Stent geplant", "cad"),
        ("I25.1", "cad"),
        ("Hernia discal L5-S1", "spine"),
        ("nodule in the right lung", "lung_cancer"),
        ("headache since spring", "general"),
        ("", "general"),
        ("breast cancer, lung cancer", "general"),
        ("pain in the left breast", "general"),
        ("Lungenentzündung", "general"),
        ("Verdacht auf Bronchialkarzinom der Lunge", "lung_cancer"),
        ("Brustkrebs links", "breast_cancer"),
        ("cancer du sein", "breast_cancer"),
        ("Kann das Krebs sein?", "general"),
    ],
)
def test_a_diagnosis_in_words_or_code_finds_its_checklist(said, case_type):
    assert HOLD.checklist_for(said) == case_type


def test_every_checklist_holds_what_every_case_needs():
    assert len(HOLD.case_types()) == 29
    for case_type in HOLD.case_types():
        essential = {item.id for item in HOLD.checklist(case_type).essential}
        assert {"doctor_report", "medication_list", "allergies", "questions", "timeline"} <= essential


def test_every_place_of_a_checklist_says_why_and_what_it_is():
    for case_type in HOLD.case_types():
        for item in HOLD.checklist(case_type).items:
            assert item.label["en"], item.id
            assert item.why["en"], item.id


def test_an_unknown_case_type_gets_the_general_list():
    assert HOLD.checklist("unicorn").id == "general"


def test_a_country_without_a_file_gets_advice_only_and_no_right_to_prescribe():
    law = HOLD.jurisdiction("BO")
    assert law.id == "default"
    assert law.effect == "advice_only"
    assert law.expert.prescribe_without_exam == "unknown"


def test_norway_is_a_country_and_not_a_boolean():
    assert HOLD.jurisdiction("NO").id == "NO"
    assert "NO" in HOLD.data_protection().eea


def test_a_clause_names_both_countries():
    clause = HOLD.clause("default", "IT", "US")
    assert "Italy" in clause.text
    assert "United States" in clause.text


def test_a_letter_names_article_15_inside_the_european_economic_area_only():
    italian = HOLD.letter("missing_record", "it", "IT")
    assert italian.right == "gdpr_15"
    assert "articolo 15" in italian.body
    assert "15" not in HOLD.letter("missing_record", "en", "US").body
    assert HOLD.letter("missing_record", "de-AT", "CH").right == "general"


@pytest.mark.parametrize("tag", ["en", "it", "de", "es", "fr"])
def test_a_letter_is_filled_completely_in_each_language(tag):
    letter = HOLD.letter("missing_record", tag, "IT")
    subject, body = letter.fill({name: f"<{name}>" for name in letter.placeholders})
    assert letter.language == tag
    assert "<record>" in subject
    assert all(f"<{name}>" in body for name in letter.placeholders)


@pytest.mark.parametrize(("place", "tag"), [("IT", "it"), ("CH", "de"), ("BO", "es"), ("JP", "en"), ("", "en")])
def test_a_letter_speaks_the_language_of_the_hospital(place, tag):
    assert HOLD.letter_language("missing_record", place) == tag


def test_a_letter_that_is_not_translated_is_english():
    assert HOLD.letter("missing_record", "ja", "JP").language == "en"


def test_consents_are_asked_in_order_and_two_are_required():
    assert HOLD.consents() == ("service_terms", "health_data", "transfer", "named_to_expert", "share_with_doctor")
    texts = [HOLD.consent_text(purpose, "it") for purpose in HOLD.consents()]
    assert [text.id for text in texts if text.required] == ["service_terms", "health_data"]
    assert "{country}" in HOLD.consent_text("transfer").text
    assert all(len(text.sha256) == 64 and text.language == "en" for text in texts)


def test_four_limits_stand_with_every_outcome():
    assert len(HOLD.limits()) == 4


def test_every_kind_of_paper_that_may_fill_an_item_is_a_kind():
    assert "pathology_report" in HOLD.kinds()
    assert HOLD.kind("pathology_report").loinc == "11526-1"
    with pytest.raises(NotFound):
        HOLD.kind("poem")


def test_specialities_are_found_by_case_type():
    assert "cardiology" in {row.id for row in HOLD.specialities("cad")}
    assert HOLD.speciality("cardiology").de == "Kardiologie"


def test_the_pure_rooms_never_load_the_web_framework():
    script = "import sys, consilia.clinical.library, consilia.suitability; sys.exit('django' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0
