"""What a person chooses among: every kind that was weighed, and every day that a paper names."""

from __future__ import annotations

import pytest
from tests.intake_records import paper

from consilia.cases import content
from consilia.intake.judging import dating
from consilia.intake.judging.dating import Dated
from consilia.intake.judging.kinds import Recognition, recognition_of


@pytest.fixture(scope="module")
def recognition() -> Recognition:
    return recognition_of(content.library())


def test_the_likeliest_kind_comes_first_and_is_the_one_that_was_recognised(recognition):
    letter = paper("x.pdf", "Pathology report", "Laboratory", "mammography of both sides", "biopsy")
    ranked = recognition.ranked(letter, "en")
    assert ranked[0].kind == recognition.kind_of(letter, "en").kind
    shares = [one.confidence for one in ranked]
    assert shares == sorted(shares, reverse=True)
    assert sum(shares) <= 1.02
    assert all(one.reason for one in ranked)


def test_nothing_is_weighed_where_no_word_is_known(recognition):
    assert recognition.ranked(paper("x.pdf", "qqq zzz"), "en") == ()


def test_the_days_of_a_paper_stand_with_their_lines_and_a_birth_is_none_of_them():
    letter = paper("x.pdf", "Name: Ana Costa", "Born: 09/05/1971", "Seen on 3 April 2026", "Braga, 05/06/2026")
    found = dating.named_days(letter, 4)
    assert ("2026-04-03", "Seen on 3 April 2026") in [(one.value, one.line) for one in found]
    assert "1971-05-09" not in {one.value for one in found}
    assert {"2026-06-05", "2026-05-06"} <= {one.value for one in found}
    assert len(dating.named_days(letter, 2)) == 2


@pytest.mark.parametrize(
    ("dated", "certainty"),
    [(Dated("2026-04-03", 0.85), 0.85), (Dated("2026-04-03", 0.85, alternative="2026-03-04"), 0.5), (Dated(), 0.0)],
)
def test_a_day_with_two_readings_is_no_surer_than_the_toss_of_a_coin(dated, certainty):
    assert dated.certainty == certainty
