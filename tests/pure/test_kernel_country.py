"""Countries are codes; names come from CLDR."""

from __future__ import annotations

import pytest

from consilia.kernel import country


@pytest.mark.parametrize(
    ("code", "language", "name"),
    [("IT", "it", "Italia"), ("DE", "en", "Germany"), ("DE", "de-AT", "Deutschland"), ("NO", "en", "Norway")],
)
def test_a_country_is_named_in_the_language_of_the_reader(code, language, name):
    assert country.country_name(code, language) == name


def test_an_unknown_language_gives_the_english_name_and_an_unknown_code_itself():
    assert country.country_name("FR", "xx") == "France"
    assert country.country_name("QQ", "en") == "QQ"


def test_there_are_249_countries_and_kosovo():
    assert len(country.countries()) == 250
    assert country.is_country("XK")


@pytest.mark.parametrize("code", ["EU", "ZZ", "it", "", "ITA", "001", "AC"])
def test_groupings_regions_and_lower_case_are_no_countries(code):
    assert not country.is_country(code)


def test_ascension_is_a_region_with_numbers_of_its_own():
    assert country.is_region("AC")


def test_a_country_knows_its_official_languages():
    assert country.languages("AT")[0] == "de"
    assert {"de", "fr", "it"} <= set(country.languages("CH"))
    assert country.languages("QQ") == ()


def test_a_choice_of_countries_is_sorted_by_name():
    names = [name.casefold() for _, name in country.countries("it")]
    assert names == sorted(names)
