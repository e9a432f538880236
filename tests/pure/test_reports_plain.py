"""The plain page and the sheet for the doctor hold the words of the seal and nothing else."""

from __future__ import annotations

import pytest
from tests.pure import opinions_sample as sample

from consilia.opinions.content import Cited
from consilia.reports import plain
from consilia.reports.renderings import bidi, dates, paper, words


def test_the_plain_page_says_what_how_sure_what_next_and_what_to_ask():
    document = sample.document()
    page = plain.page(document)
    given = document.content.plain
    assert (page.what_we_think, page.how_sure, page.what_next, page.what_to_ask) == (
        given.what_we_think, given.how_sure, given.what_next, given.what_to_ask,
    )  # fmt: skip
    assert [answer.number for answer in page.answers] == [1, 2]
    assert page.judgements[1].verdict == "Advisable with changes"
    assert page.emergency_number == "112"


def test_the_sheet_has_a_draft_referral_for_each_further_examination():
    document = sample.document()
    sheet = plain.sheet(document)
    assert [referral.name for referral in sheet.referrals] == ["CT and bone scan"]
    assert sheet.questions == document.content.plain.what_to_ask
    assert sheet.do_not_stop == ("Levothyroxine in the morning",)
    assert sheet.referral == document.scope.referral


def test_a_citation_stands_where_the_expert_put_it_and_brackets_stay_words():
    found = paper.runs("Grade 3 [1], node [1, 2], allele [7] and [see above].", ["1", "2"])
    assert found == [
        {"text": "Grade 3"}, {"cite": "1"}, {"text": ", node"}, {"cite": "1"}, {"cite": "2"},
        {"text": ", allele [7] and [see above]."},
    ]  # fmt: skip


def test_a_source_that_no_word_names_stands_at_the_end():
    cited = Cited(sources=("1", "2"), general_knowledge=True)
    assert paper.tail(cited, "Grade 3 [1].") == [{"cite": "2"}, {"general": "general knowledge"}]


@pytest.mark.parametrize(
    ("given", "shown"), [("2025-09-18", "18 Sep 2025"), ("2025-09", "Sep 2025"), ("2025", "2025"), ("", ""), ("?", "?")]
)
def test_a_day_is_written_as_far_as_it_is_known(given: str, shown: str):
    assert dates.day(given, "en") == shown


def test_a_moment_names_weekday_and_zone():
    assert dates.moment(sample.SIGNED_AT, "en", "Europe/Berlin") == "Tue 14 Oct 2025, 16:20 CEST"
    assert dates.moment(sample.SIGNED_AT, "en", "No/Where").endswith("UTC")


def test_every_choice_has_a_word():
    for choices in words.TERMS:
        assert set(words.TERMS[choices]) == set(choices)


def test_words_of_another_direction_are_isolated_with_their_citations():
    values = {"labels": {"a": "b"}, "title": "x", "runs": [{"text": "y"}, {"cite": "1"}], "rows": [["z", ""]]}
    assert bidi.isolated(values) == {
        "labels": {"a": "b"},
        "title": "\u2068x\u2069",
        "runs": [{"text": "\u2068"}, {"text": "y"}, {"cite": "1"}, {"text": "\u2069"}],
        "rows": [["\u2068z\u2069", ""]],
    }
