"""What stands against signing an opinion, and where it can be mended."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from tests.pure import opinions_sample as sample

from consilia.opinions import checks, sides
from consilia.opinions.checks import Asked, Facts, Licence
from consilia.opinions.content import DraftContent, OpinionContent

RECORDS = {f"r{number}": "attached" for number in range(1, 7)}
LICENCE = Licence(valid_from=date(2009, 1, 1), valid_until=date(2027, 12, 31))


def facts(**changes: Any) -> Facts:
    values: dict[str, Any] = {
        "questions": (Asked("1", "Is it correct?"), Asked("2", "Is it possible?")),
        "diagnoses": (Asked("d1", "Breast cancer"),),
        "therapies": (Asked("t1", "Chemotherapy"), Asked("t2", "Mastectomy")),
        "records": RECORDS,
        "licence": LICENCE,
        "day": date(2025, 10, 14),
    }
    return Facts(**(values | changes))


def draft(**changes: Any) -> DraftContent:
    return DraftContent.model_validate(sample.draft() | changes)


def refused(made: DraftContent, known: Facts | None = None) -> dict[str, str]:
    return {refusal.code: refusal.mend for refusal in checks.against_signing(made, known or facts())}


def test_nothing_stands_against_a_whole_opinion_and_it_becomes_content():
    assert checks.against_signing(draft(), facts()) == ()
    assert isinstance(checks.complete(draft(), facts()), OpinionContent)


def test_an_empty_draft_is_kept_but_every_mandatory_part_is_named():
    refusals = checks.complete(DraftContent(), facts())
    assert isinstance(refusals, tuple)
    mends = {refusal.mend for refusal in refusals}
    assert {
        "answers-1", "answers-2", "diagnoses-d1", "therapies-t2", "summary-in_short", "sources", "declaration",
        "agreement-diagnosis-grade", "agreement-prognosis-grade", "plain-what_we_think", "plain-what_to_ask",
    } <= mends  # fmt: skip
    assert all(refusal.reason and "{" not in refusal.reason for refusal in refusals)


def test_a_draft_survives_its_own_json():
    kept = draft().model_dump(mode="json")
    assert DraftContent.model_validate(kept).model_dump(mode="json") == kept


def test_an_unanswered_question_is_named_by_its_number():
    one = sample.draft()["answers"][:1]
    assert refused(draft(answers=one)) == {"question_unanswered": "answers-2"}


def test_an_answer_of_blanks_answers_nothing():
    answers = sample.draft()["answers"]
    answers[1]["short"] = " \n "
    assert refused(draft(answers=answers)) == {"question_unanswered": "answers-2", "part_empty": "answers-2-short"}


def test_a_statement_needs_a_source_or_says_it_is_general_knowledge():
    bare = sample.draft()["medicines"]
    bare[0]["sources"] = []
    assert refused(draft(medicines=bare)) == {"statement_unfounded": "medicines-1-sources"}
    bare[0]["general_knowledge"] = True
    assert refused(draft(medicines=bare)) == {}


def test_a_statement_cannot_cite_what_is_not_in_the_list():
    lost = sample.draft()["medicines"]
    lost[0]["sources"] = ["99"]
    assert refused(draft(medicines=lost)) == {"source_unknown": "medicines-1-sources"}


@pytest.mark.parametrize(
    ("state", "code"), [("held", "source_held"), ("removed", "source_removed"), (None, "source_not_attached")]
)
def test_a_source_on_a_record_that_is_not_this_patients_is_refused(state: str | None, code: str):
    records = {**RECORDS, "r3": state} if state else {key: v for key, v in RECORDS.items() if key != "r3"}
    assert refused(draft(), facts(records=records)) == {code: "sources-3"}


def test_two_sources_cannot_share_a_number():
    twice = sample.draft()["sources"]
    twice.append(twice[0])
    assert refused(draft(sources=twice)) == {"source_twice": "sources-1"}


def test_a_page_is_named_with_a_source_in_a_document():
    unplaced = sample.draft()["sources"]
    del unplaced[0]["page"]
    assert refused(draft(sources=unplaced)) == {"source_incomplete": "sources-1"}


def test_the_declaration_must_be_made():
    assert refused(draft(declaration={"made": False, "sentences": ["I declare."]})) == {
        "declaration_missing": "declaration"
    }


@pytest.mark.parametrize(
    ("licence", "code"),
    [
        (None, "licence_missing"),
        (Licence(None, date(2025, 10, 13)), "licence_not_valid"),
        (Licence(date(2025, 10, 15), None), "licence_not_valid"),
        (Licence(None, None, suspended=True), "licence_not_valid"),
    ],
)
def test_the_licence_must_be_valid_on_that_day(licence: Licence | None, code: str):
    assert refused(draft(), facts(licence=licence)) == {code: "licence"}


def test_the_last_day_of_a_licence_counts():
    assert refused(draft(), facts(licence=Licence(None, date(2025, 10, 14)))) == {}


def test_submitting_does_not_ask_for_licence_and_declaration():
    made = draft(declaration={"made": False})
    assert checks.against_submitting(made, facts(licence=None)) == ()


def test_a_difference_from_the_first_opinion_needs_its_cause():
    agreement = sample.draft()["agreement"]
    agreement["treatment"]["causes"] = []
    assert refused(draft(agreement=agreement)) == {"cause_missing": "agreement-treatment-causes"}


def test_a_confirmed_diagnosis_needs_its_code_but_one_that_cannot_be_judged_does_not():
    diagnoses = sample.draft()["diagnoses"]
    diagnoses[0] |= {"icd10": "", "verdict": "confirmed"}
    assert refused(draft(diagnoses=diagnoses)) == {"icd10_missing": "diagnoses-1-icd10"}
    diagnoses[0]["verdict"] = "cannot_be_judged"
    assert refused(draft(diagnoses=diagnoses)) == {}


def test_the_plain_page_stays_one_page():
    plain = sample.draft()["plain"] | {"what_next": "word " * 900}
    assert refused(draft(plain=plain)) == {"plain_page_too_long": "plain"}


def test_the_other_side_than_in_the_record_is_refused_until_it_is_justified():
    known = facts(texts={("r1", 1): "Agobiopsia della mammella destra: carcinoma."})
    assert refused(draft(), known) == {"contradicts_source": "diagnoses-1"}
    why = [{"place": "diagnoses-1", "source": "1", "words": "The report names the wrong side; the images show left."}]
    assert refused(draft(justifications=why), known) == {}


def test_the_other_side_than_the_stated_diagnosis_is_refused_though_the_cited_record_names_both():
    answer = sample.draft()["answers"][0] | {"explanation": "The tumour of the right breast is 22 mm wide."}
    others = sample.draft()["answers"][1:]
    known = facts(diagnoses=(Asked("d1", "Carcinoma mammario (mammella sinistra)"),))
    made = draft(answers=[answer, *others])
    assert "contradicts_stated" in refused(made, known)
    place = checks.anchor("answers", answer["number"])
    why = [{"place": place, "source": "1", "words": "The right breast is compared on purpose."}]
    assert "contradicts_stated" not in refused(draft(answers=[answer, *others], justifications=why), known)


def test_reasons_are_translated_before_their_values_are_put_in():
    made = draft(answers=sample.draft()["answers"][:1])
    german = {"Question {number} has no answer yet.": "Frage {number} ist noch offen."}
    refusals = checks.against_signing(made, facts(), lambda words: german.get(words, words))
    assert [refusal.reason for refusal in refusals] == ["Frage 2 ist noch offen."]


@pytest.mark.parametrize(
    ("statement", "cited"),
    [
        ("Mass in the left breast", "Nodulo della mammella destra"),
        ("Carcinome du sein gauche", "Mammakarzinom rechts"),
        ("Raumforderung linksseitig", "right-sided mass"),
        ("Right hip is arthritic", "cadera izquierda"),
        ("The tumour is right-sided", "nodulo al polmone sx"),
        ("Prolapse at L4/5", "Ernia discale L5-S1"),
    ],
)
def test_sides_and_levels_that_contradict_are_found_across_languages(statement: str, cited: str):
    assert sides.contradict(statement, cited)


@pytest.mark.parametrize(
    ("statement", "cited"),
    [
        ("Chemotherapy before surgery is right", "mammella sinistra"),
        ("It raises the chance that no tumour is left at surgery", "mama derecha"),
        ("Left breast, and the right is clear", "mammella destra"),
        ("Left breast", "The report names no side"),
        ("This is the right choice now", "Brust links"),
        ("Prolapse at L4/5", "Protrusion L4-L5"),
        ("Tumour T2/3 with C5 cytology", "Ernia L5-S1"),
    ],
)
def test_innocent_words_raise_no_alarm(statement: str, cited: str):
    assert not sides.contradict(statement, cited)
