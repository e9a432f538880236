"""Whose record is it: the same woman in many spellings, and other people who look like her."""

from __future__ import annotations

from datetime import date

import pytest

from consilia.intake.identity import HELD, Claimed, Identity, Whose, compare_names, judge

ELENA = Whose("Elena", "Marchetti", date(1969, 3, 14), identifiers=("MRCLNE69C54F205X",))


def said(name: str = "", birth: str = "", number: str = "") -> list[Claimed]:
    claims = [Claimed("name", name)] if name else []
    claims += [Claimed("birth_date", birth)] if birth else []
    return claims + ([Claimed("patient_id", number)] if number else [])


@pytest.mark.parametrize(
    "name",
    [
        "Elena Marchetti",
        "MARCHETTI^ELENA",
        "Marchetti, Elena",
        "E. Marchetti",
        "Sig.ra Marchetti Elena Maria",
        "Елена Маркетти Marchetti Elena",
    ],
)
def test_one_woman_has_many_spellings(name: str) -> None:
    assert compare_names(name, ELENA) == "same"
    assert judge(said(name, "1969-03-14"), ELENA).identity is Identity.MATCH


def test_a_similar_name_with_another_birth_date_is_another_person() -> None:
    judgement = judge(said("Elena Marchetto", "1971-11-02", "MRCLNE71S42L736K"), ELENA)
    assert judgement.identity is Identity.MISMATCH
    assert {line.kind: line.result for line in judgement.lines} == {
        "name": "similar",
        "birth_date": "different",
        "patient_id": "different",
    }


def test_the_same_name_with_another_birth_date_is_held_however_alike() -> None:
    assert judge(said("Elena Marchetti", "1971-11-02"), ELENA).identity in HELD


def test_a_similar_name_alone_is_for_a_person_to_see() -> None:
    assert judge(said("Elena Marchetto"), ELENA).identity is Identity.SUSPECT


def test_a_typing_error_beside_the_right_birth_date_is_taken() -> None:
    assert judge(said("Elena Marcheti", "1969-03-14"), ELENA).identity is Identity.PROBABLE


def test_a_maiden_name_that_nobody_told_us_is_held_and_a_known_one_is_not() -> None:
    before_marriage = said("Elena Colombo", "1969-03-14")
    assert judge(before_marriage, ELENA).identity is Identity.SUSPECT
    told = Whose("Elena", "Marchetti", date(1969, 3, 14), former_name="Colombo")
    assert judge(before_marriage, told).identity is Identity.MATCH


def test_another_persons_name_is_never_taken() -> None:
    assert judge(said("Paolo Bianchi"), ELENA).identity is Identity.MISMATCH
    assert judge(said("Paolo Marchetti"), ELENA).identity in HELD


def test_an_ambiguous_date_counts_in_any_reading() -> None:
    claim = Claimed("birth_date", "1969-05-03", alternatives=("1969-03-14",))
    assert judge([Claimed("name", "Elena Marchetti"), claim], ELENA).identity is Identity.MATCH


def test_a_record_of_two_people_is_held() -> None:
    both = said("Elena Marchetti", "1969-03-14") + said("Paolo Bianchi", "1950-01-01")
    assert judge(both, ELENA).identity in HELD


def test_no_claim_is_no_identity_and_not_a_match() -> None:
    assert judge([], ELENA).identity is Identity.NO_IDENTITY


def test_letters_that_a_scan_read_wrongly_are_asked_about_only_without_the_birth_date():
    read = [Claimed("name", "MARCHETT1 ELFNA", from_picture=True), Claimed("birth_date", "1969-03-14")]
    assert judge(read, ELENA).identity is Identity.PROBABLE
    assert judge(read[:1], ELENA).identity is Identity.SUSPECT
    other = [
        Claimed("name", "PAOLO BIANCHI", from_picture=True),
        Claimed("birth_date", "1950-01-01", from_picture=True),
    ]
    assert judge(other[:1], ELENA).identity is Identity.SUSPECT
    assert judge(other, ELENA).identity is Identity.MISMATCH


@pytest.mark.parametrize("name", ["Елена Маркетти", "Έλενα Μαρκέττι", "אלנה מרקטי"])
def test_a_name_in_another_script_is_hers_when_it_sounds_like_hers(name: str) -> None:
    assert compare_names(name, ELENA) == "same"


def test_a_name_that_only_stands_in_the_text_makes_a_record_probable():
    assert judge([Claimed("mention", "Elena Marchetti")], ELENA).identity is Identity.PROBABLE


def test_the_other_sex_beside_her_name_alone_is_a_doubt():
    whose = Whose("Andrea", "Rossi", date(1970, 1, 1), sex="f")
    assert judge([Claimed("name", "Andrea Rossi"), Claimed("sex", "m")], whose).identity is Identity.SUSPECT


def test_a_digit_that_a_scan_read_wrongly_is_for_a_person_to_see_and_a_printed_one_is_another_person():
    printed = said("Elena Marchetti", "1969-03-19")
    scanned = [Claimed(claim.kind, claim.value, from_picture=True) for claim in printed]
    assert judge(scanned, ELENA).identity is Identity.SUSPECT
    assert judge(printed, ELENA).identity is Identity.MISMATCH


@pytest.mark.parametrize(
    ("claimed", "given", "family", "result"),
    [
        ("Николаев С.П.", "Сергей", "Николаев", "same"),
        ("С. П. Николаев", "Сергей", "Николаев", "same"),
        ("Морозова Ю.А", "Юлия", "Морозова", "same"),
        ("Nikolaev S.P.", "Сергей", "Николаев", "same"),
        ("Николаев П.С.", "Сергей", "Николаев", "different"),
        ("Николаев А.П.", "Сергей", "Николаев", "different"),
        ("L.F. dos Santos", "Luciana", "Ferreira dos Santos", "similar"),
        ("E. M. Marchetti", "Elena", "Marchetti", "same"),
        ("M. Marchetti", "Elena", "Marchetti", "different"),
    ],
)
def test_of_several_initials_the_first_stands_for_the_given_name(claimed, given, family, result):
    assert compare_names(claimed, Whose(given, family, date(1955, 2, 17))) == result
