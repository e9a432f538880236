"""Open recommendations: what reports ask for, and whether a later record shows that it was done."""

from __future__ import annotations

from datetime import date

import pytest
from tests.intake_records import broken, paper

from consilia.clinical import papers
from consilia.clinical.library import load
from consilia.formats.verdicts import Reason, Verdict
from consilia.intake.judging import case_file, outcome
from consilia.intake.judging.advice import Advice
from consilia.intake.judging.case_file import CaseFile
from consilia.intake.judging.record import Record, Request

LIBRARY = load()
ADVICE = Advice(LIBRARY)
FILES = [entry for loaded in LIBRARY.all_of("advice_words") if isinstance(entry := loaded.entry, papers.AdviceWords)]
EXAMPLES = [(file.language, example) for file in FILES for example in file.example]
ANNA = Request("Anna", "Berg", date(1970, 5, 1), "f", "DE", "de", "Bandscheibenvorfall", "Operation")
HEAD = ("Praxis Nord", "Patientin: Berg, Anna, geb. 01.05.1970")
TODAY = date(2025, 6, 1)


def judged(*records: Record) -> CaseFile:
    return case_file.judge(records, ANNA, LIBRARY, TODAY)


LETTER = paper(
    "brief.pdf",
    *HEAD,
    "Datum: 03.02.2025",
    "Arztbrief der Sprechstunde",
    "Anamnese: Rückenschmerzen.",
    "Empfehlung:",
    "1. MRT der LWS. 2. EMG der Beine.",
)


@pytest.mark.parametrize(("language", "example"), EXAMPLES, ids=lambda value: getattr(value, "text", value)[:40])
def test_every_example_finds_what_it_recommends(language, example):
    assert {one.examination for one in ADVICE.found([example.text], language, "")} == set(example.finds)


def test_what_no_later_record_shows_is_open():
    found = judged(LETTER).recommended
    assert [(one.id, one.done, one.recommended_on) for one in found] == [
        ("mri", False, "2025-02-03"),
        ("emg", False, "2025-02-03"),
    ]


def test_a_later_report_of_the_same_part_shows_that_it_was_done_and_an_earlier_one_does_not():
    later = paper(
        "mrt.pdf", *HEAD, "Untersuchung vom 10.03.2025", "MRT der LWS", "Befund: Vorfall.", "Beurteilung: Vorfall."
    )
    earlier = paper("alt.pdf", *HEAD, "Untersuchung vom 10.03.2024", "MRT der LWS", "Befund: alt.", "Beurteilung: alt.")
    knee = paper(
        "knie.pdf", *HEAD, "Untersuchung vom 10.03.2025", "MRT Knie links", "Befund: frei.", "Beurteilung: frei."
    )
    assert [one.done for one in judged(LETTER, later).recommended] == [True, False]
    assert [one.done for one in judged(LETTER, earlier).recommended] == [False, False]
    assert [one.done for one in judged(LETTER, knee).recommended] == [False, False]


XRAY = (*HEAD, "Untersuchung vom 03.02.2025", "Röntgen der LWS", "Befund: keine Fraktur.")


@pytest.mark.parametrize(
    "said",
    [
        ("Empfehlung: MRT der LWS",),
        ("Beurteilung: unauffällig.", "Wir empfehlen ein MRT der LWS."),
        ("Procedere", "- MRT der LWS"),
        ("Beurteilung: keine Fraktur, zur weiteren Abklärung der", "Beschwerden ist ein MRT der LWS empfohlen."),
        ("Beurteilung: keine Fraktur.", "Ein MRT der LWS ist nicht erforderlich, nur bei Beschwerden empfohlen."),
    ],
    ids=lambda said: said[-1],
)
def test_another_report_which_only_recommends_it_near_its_head_does_not_show_that_it_was_done(said):
    same_day = paper("roentgen.pdf", *XRAY, *said)
    assert {one.done for one in judged(LETTER, same_day).recommended if one.id == "mri"} == {False}


def test_a_report_shows_what_its_title_names_though_it_recommends_the_same_again():
    title = "MRT der LWS"
    report = paper("befund.pdf", *HEAD, "Untersuchung vom 10.03.2025", title, "Empfehlung:", title, "in drei Monaten.")
    assert [(one.id, one.done) for one in judged(LETTER, report).recommended if one.recommended_in == "brief.pdf"] == [
        ("mri", True),
        ("emg", False),
    ]


def test_a_test_that_a_report_asks_for_is_not_shown_by_it_and_one_that_it_tells_of_is():
    letter = paper("brief.pdf", *HEAD, "Datum: 03.02.2025", "Arztbrief", "Empfehlung:", "Genetische Testung.")
    head = (*HEAD, "Eingang: 10.02.2025", "Pathologischer Befundbericht", "Makroskopie: zwei Stanzen.")
    asks = paper("histo.pdf", *head, "Beurteilung: gutartig.", "Empfehlung: genetische Testung.")
    tells = paper("gen.pdf", *head, "Genetische Testung: keine Mutation.", "Beurteilung: gutartig.")
    assert [one.done for one in judged(letter, asks).recommended] == [False]
    assert [one.done for one in judged(letter, tells).recommended] == [True]


def test_a_locked_file_with_its_name_leaves_it_unknown():
    locked = broken("EMG Befund.pdf", Verdict.ENCRYPTED, Reason.PASSWORD)
    assert {one.id: one.done for one in judged(LETTER, locked).recommended} == {"mri": False, "emg": None}


def test_an_open_recommendation_is_asked_about_and_holds_the_case():
    follows = outcome.outcome_of(judged(LETTER), LIBRARY)
    assert [question.about for question in follows.questions if question.code == "was_this_done"] == [
        "MRT der LWS",
        "EMG der Beine",
    ]
    assert follows.assessment.outcome.value == "hold_incomplete"


def test_an_alarm_of_her_own_words_is_an_emergency_whatever_else_came():
    note = paper("nachricht.txt", "Ich bin seit gestern zwischen den Beinen taub.", "Anna Berg")
    found = judged(LETTER, note)
    assert [alarm.path for alarm in found.alarms] == ["nachricht.txt"]
    assert outcome.outcome_of(found, LIBRARY).assessment.outcome.value == "emergency"
