"""Languages are BCP 47 tags; names and direction come from CLDR."""

from __future__ import annotations

import pytest

from consilia.kernel import language


@pytest.mark.parametrize(
    ("tag", "wanted"), [("ar", "rtl"), ("he", "rtl"), ("fa-IR", "rtl"), ("it", "ltr"), ("??", "ltr")]
)
def test_the_direction_follows_the_script(tag, wanted):
    assert language.direction(tag) == wanted


def test_a_language_is_named_for_the_reader_and_in_itself():
    assert language.language_name("it", "de") == "Italienisch"
    assert language.own_name("de") == "Deutsch"


def test_an_unknown_tag_is_shown_as_it_is():
    assert language.language_name("xx", "en") == "xx"
    assert not language.is_language("xx")
    assert not language.is_language("")


def test_the_base_of_a_regional_tag_is_its_language():
    assert language.base("de-AT") == "de"
    assert language.base("xx-YY") == "xx-YY"
