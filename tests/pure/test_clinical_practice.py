"""Facts on practice are found by topic and countries; what is old is history; no fact ranks a country."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from consilia.clinical import library, practice
from consilia.kernel import country
from consilia.kernel.refusal import NotFound

HOLD = library.load()


def found(topic: str, *countries: str, year: int = 2026) -> list[practice.FactForPair]:
    return list(practice.facts(HOLD.practice(topic), countries, year=year))


def test_three_topics_hold_eighteen_facts():
    sizes = {topic: len(HOLD.practice(topic).fact) for topic in HOLD.practice_topics()}
    assert sizes == {"antibiotics": 5, "imaging_and_radiation": 6, "stent_or_drugs": 7}


def test_what_names_both_countries_comes_first():
    first = found("antibiotics", "NL", "GR")[0]
    assert (first.fact.id, first.names) == ("ab_oecd_2021", ("NL", "GR"))
    assert first.fact.lowest == ("AT", "NL", "DE")


def test_a_country_that_no_fact_names_still_gets_all_facts():
    facts = found("stent_or_drugs", "bo", "PY")
    assert len(facts) == 7
    assert all(one.names == () for one in facts)


def test_facts_older_than_eight_years_are_history_and_come_after_the_newer_ones():
    history = {one.fact.id for one in found("antibiotics", year=2026) if one.is_history}
    assert history == {"ab_2013", "ab_second_line"}
    assert not any(one.is_history for one in found("antibiotics", year=2020) if one.fact.id == "ab_second_line")
    marks = [one.is_history for one in found("stent_or_drugs", "XX")]
    assert marks == sorted(marks)


def test_every_country_of_a_fact_is_one():
    for topic in HOLD.practice_topics():
        for fact in HOLD.practice(topic).fact:
            assert all(country.is_country(code) for code in fact.countries), fact.id


def test_a_fact_without_a_source_or_a_year_is_refused():
    words = {"id": "x", "text": {"en": "More of it is done elsewhere."}, "confidence": "low"}
    with pytest.raises(ValidationError, match="names its source and its year"):
        practice.Fact.model_validate(words)
    with pytest.raises(ValidationError, match="names its source and its year"):
        practice.Fact.model_validate({**words, "source": "somebody"})
    with pytest.raises(ValidationError, match="NL is missing"):
        practice.Fact.model_validate({**words, "source": "somebody", "year": 2020, "lowest": ["NL"]})


def test_no_fact_says_that_a_country_is_better_or_worse():
    for topic in HOLD.practice_topics():
        for fact in HOLD.practice(topic).fact:
            words = fact.text["en"].casefold().split()
            assert not {"best", "worst", "worse"} & set(words), fact.id
    assert "never say better or worse country" in HOLD.text("practice_wording", "never_a_ranking").casefold()


def test_an_unknown_topic_is_not_found():
    with pytest.raises(NotFound):
        HOLD.practice("horoscopes")


def test_the_brand_of_a_medicine_is_named_on_two_grounds_only():
    product = HOLD.prescription_elements().of("product")
    assert [element.id for element in product if element.only_if] == ["brand_name"]
    assert product[0].id == "common_name_inn"
    assert "CH" not in HOLD.prescription_elements().countries
