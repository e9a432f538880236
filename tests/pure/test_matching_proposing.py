"""Who could judge a case: reasons are shown, conflicts and missing licences keep an expert out."""

from __future__ import annotations

from dataclasses import replace

from consilia.matching.proposing import Candidate, Wanted, propose

WANTED = Wanted(
    country="DE",
    specialities=frozenset({"medical_oncology"}),
    languages=frozenset({"it"}),
    report_language="en",
    treating_country="IT",
    treating_names=("Ospedale Civile Santa Chiara",),
    asked_already=frozenset(),
)
WEBER = Candidate("weber", "DE", frozenset({"medical_oncology"}), frozenset({"de", "en"}), frozenset(), 0, 2)


def test_the_one_who_reads_the_records_comes_first() -> None:
    reads_italian = replace(WEBER, expert_id="rossi", languages=frozenset({"de", "en", "it"}))
    assert [one.expert_id for one in propose(WANTED, [WEBER, reads_italian])] == ["rossi", "weber"]


def test_an_expert_of_another_country_is_not_proposed() -> None:
    assert propose(WANTED, [replace(WEBER, country="US")]) == []


def test_the_first_doctors_own_hospital_is_a_conflict() -> None:
    same_house = replace(WEBER, institutions=frozenset({"Ospedale Civile Santa Chiara, Milano"}))
    (proposal,) = propose(WANTED, [same_house])
    assert not proposal.possible
    assert "conflict_institution" in {reason.code for reason in proposal.reasons}


def test_full_unlicensed_and_asked_ones_stay_visible_with_the_reason_and_come_last() -> None:
    full = replace(WEBER, expert_id="full", open_cases=2)
    unlicensed = replace(WEBER, expert_id="unlicensed", against=("no_licence",))
    found = propose(
        replace(WANTED, asked_already=frozenset({"asked"})),
        [full, unlicensed, replace(WEBER, expert_id="asked"), WEBER],
    )
    assert found[0].expert_id == "weber"
    assert [one.possible for one in found] == [True, False, False, False]


def test_every_point_has_a_reason() -> None:
    (proposal,) = propose(WANTED, [WEBER])
    assert {reason.code for reason in proposal.reasons} == {"speciality", "report_language", "another_school", "free"}
    assert proposal.score == 4 + 3 + 2 + 2
