"""Emergency words: every example of the library in every language, and what must never silence or raise one."""

from __future__ import annotations

import pytest
from tests.intake_records import paper

from consilia.clinical import papers
from consilia.clinical.library import load
from consilia.intake.judging.alarms import Listening

LIBRARY = load()
LISTENING = Listening(LIBRARY)
FILES = [entry for loaded in LIBRARY.all_of("alarm_words") if isinstance(entry := loaded.entry, papers.AlarmWords)]
EXAMPLES = [(file.language, example) for file in FILES for example in file.example]


@pytest.mark.parametrize(("language", "example"), EXAMPLES, ids=lambda value: getattr(value, "text", value)[:40])
def test_every_example_raises_what_it_says(language, example):
    if example.in_report:
        found = LISTENING.in_report(paper("report.pdf", example.text))
    else:
        found = LISTENING.in_message(example.text, "message.txt", 2025)
    assert {alarm.id for alarm in found} == set(example.raises)


def test_every_alarm_belongs_to_a_question_of_the_self_check():
    flags = {flag.id for flag in LIBRARY.red_flags("adult").flag}
    assert {alarm.flag for file in FILES for alarm in file.alarm} <= flags


def test_the_alarm_quotes_the_sentence_and_names_the_file():
    said = "Hello. Since last night my private parts are numb. What now?"
    (alarm,) = LISTENING.in_message(said, "note.txt", 2025)
    assert (alarm.quote, alarm.path, alarm.flag) == (
        "Since last night my private parts are numb.",
        "note.txt",
        "a_saddle",
    )


def test_a_denial_of_one_thing_does_not_silence_another():
    said = "I have no fever, but chest pain at rest since this morning."
    assert [alarm.id for alarm in LISTENING.in_message(said, "a", 2025)] == ["chest"]


def test_the_symptom_may_come_in_one_sentence_and_the_hour_in_the_next():
    said = "I have pain in my chest. It started an hour ago and it is getting worse."
    assert [alarm.id for alarm in LISTENING.in_message(said, "a", 2025)] == ["chest"]
