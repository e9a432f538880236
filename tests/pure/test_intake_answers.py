"""A second run of `consilia intake` over the same folder prints what the first printed, and nothing older."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from consilia.cli.__main__ import main
from consilia.formats.values import Reading
from consilia.formats.verdicts import Verdict
from consilia.intake import answers, folder, readers
from consilia.intake.judging.record import Record

LETTER = "Befund vom 03.02.2026\nPatientin: Ana Kovač, geb. 04.05.1961\nSono Abdomen: unauffällig.\n"


@pytest.fixture
def sent(tmp_path) -> Path:
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    (inbox / "befund.txt").write_text(LETTER)
    return inbox


@pytest.fixture
def reads(monkeypatch) -> list[Path]:
    """The folders that were really read; the nursery is not needed for what is asked here."""
    told: list[Path] = []

    def read(inbox, **_):
        told.append(inbox)
        return [
            Record(one.name, answers.sha256_of(one), one.stat().st_size, Reading(Verdict.READ, title=one.name))
            for one in answers.files_of(inbox)
        ]

    monkeypatch.setattr(folder, "read", read)
    return told


def printed(capsys, *words: object) -> str:
    assert main(["intake", *map(str, words)]) == 0
    return capsys.readouterr().out


def run(capsys, sent: Path, *words: object) -> str:
    return printed(capsys, "--json", "--today", "2026-11-01", "--cache", sent.parent / "kept", sent, *words)


def test_the_second_run_reads_nothing_and_says_the_same(sent, reads, capsys):
    first = run(capsys, sent)
    assert json.loads(first)["documents"][0]["path"] == "befund.txt"
    assert run(capsys, sent) == first
    assert len(reads) == 1


def test_without_a_place_to_keep_nothing_is_kept(sent, reads, capsys):
    for _ in range(2):
        printed(capsys, "--json", sent)
    assert len(reads) == 2


@pytest.mark.parametrize(
    "change",
    [
        lambda inbox: (inbox / "befund.txt").write_text(LETTER.replace("03.02.", "04.02.")),
        lambda inbox: (inbox / "befund.txt").rename(inbox / "arztbrief.txt"),
        lambda inbox: (inbox / "zwei.txt").write_text("Labor"),
        lambda inbox: (inbox / "befund.txt").unlink(),
    ],
    ids=["other bytes", "another name", "one file more", "one file less"],
)
def test_a_changed_folder_is_read_anew(sent, reads, capsys, change):
    run(capsys, sent)
    change(sent)
    run(capsys, sent)
    assert len(reads) == 2


def test_another_request_another_day_and_another_form_are_answered_anew(sent, reads, capsys):
    request = sent.parent / "request.json"
    request.write_text(json.dumps({"patient": {"name": "Ana Kovač", "birth_date": "1961-05-04"}}))
    kept = ("--cache", sent.parent / "kept", sent)
    printed(capsys, "--json", "--today", "2026-11-01", *kept)
    printed(capsys, "--json", "--today", "2026-11-01", *kept, request)
    printed(capsys, "--json", "--today", "2026-11-02", *kept)
    printed(capsys, "--today", "2026-11-01", *kept)
    assert len(reads) == 4


def test_another_program_answers_anew(sent, reads, capsys, monkeypatch):
    run(capsys, sent)
    monkeypatch.setattr(answers, "program", lambda: "another")
    run(capsys, sent)
    assert len(reads) == 2


def test_one_word_of_the_content_makes_another_program(tmp_path, monkeypatch):
    (tmp_path / "clinical" / "library").mkdir(parents=True)
    words = tmp_path / "clinical" / "library" / "kinds.toml"
    words.write_text("one")
    monkeypatch.setattr(answers, "ROOT", tmp_path)
    before = answers.program.__wrapped__()
    words.write_text("two")
    assert answers.program.__wrapped__() != before


def test_what_a_limit_ended_is_tried_again(sent, monkeypatch, capsys):
    told = []

    def read(_inbox, **_):
        told.append(1)
        return [Record("befund.txt", "ab", 3, Reading(Verdict.LIMIT))]

    monkeypatch.setattr(folder, "read", read)
    run(capsys, sent)
    run(capsys, sent)
    assert len(told) == 2


def test_a_folder_that_changed_while_it_was_read_is_not_kept(sent, reads, monkeypatch, capsys):
    really = folder.read

    def read(inbox, **words):
        found = really(inbox, **words)
        (inbox / f"late-{len(reads)}.txt").write_text("Labor")
        return found

    monkeypatch.setattr(folder, "read", read)
    run(capsys, sent)
    monkeypatch.setattr(folder, "read", really)
    run(capsys, sent)
    assert len(reads) == 2


def test_a_kept_answer_that_was_damaged_is_made_again(sent, reads, capsys):
    first = run(capsys, sent)
    (answer,) = (sent.parent / "kept" / "answers").iterdir()
    answer.write_bytes(b"\xff\xfe")
    assert run(capsys, sent) == first
    assert len(reads) == 2


def test_scans_that_another_language_was_tried_on_first_are_read_again(tmp_path):
    folder.Cache(tmp_path, "de").put("ab", "scan.jpg", Reading(Verdict.READ, title="Befund"))
    assert folder.Cache(tmp_path, "de").get("ab", "scan.jpg") is not None
    assert folder.Cache(tmp_path, "tr").get("ab", "scan.jpg") is None


def test_the_folder_is_read_with_the_language_of_the_request(tmp_path, monkeypatch):
    seen = []
    monkeypatch.setattr(folder._Reader, "run", lambda self, *_: seen.append(self.cache.language) or [])
    folder.read(tmp_path, language="tr")
    assert seen == ["tr"]


def test_a_mark_of_other_readers_is_another_program(monkeypatch):
    before = answers.program.__wrapped__()
    monkeypatch.setattr(readers, "mark", lambda: "another")
    assert answers.program.__wrapped__() != before
