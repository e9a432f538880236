"""What was read is kept only as long as the same readers would read it the same."""

from __future__ import annotations

import shutil

from consilia.formats.values import Reading
from consilia.formats.verdicts import Verdict
from consilia.intake import folder, readers


def test_a_reader_that_changed_in_one_word_leaves_another_mark(tmp_path):
    copy = shutil.copytree(readers.SOURCES, tmp_path / "formats")
    assert readers.of_sources(copy) == readers.of_sources(readers.SOURCES)
    words = copy / "lab_words.toml"
    words.write_text(words.read_text() + "# another word\n")
    assert readers.of_sources(copy) != readers.of_sources(readers.SOURCES)


def test_what_another_mark_had_read_is_read_again(tmp_path, monkeypatch):
    cache = folder.Cache(tmp_path)
    cache.put("ab", "befund.txt", Reading(Verdict.READ, title="Befund"))
    assert cache.get("ab", "befund.txt") is not None
    monkeypatch.setattr(readers, "mark", lambda: "another")
    assert cache.get("ab", "befund.txt") is None
