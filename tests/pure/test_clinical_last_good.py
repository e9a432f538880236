"""The service works with a whole library: that of the folders, else the last good copy, else what is shipped."""

from __future__ import annotations

import os
import shutil

import pytest
from tests.content_room import approve, put

from consilia.clinical import last_good, library
from consilia.clinical.last_good import From
from consilia.clinical.lines import line_of, line_with

TEXT = (library.SHIPPED / "texts" / "why_international.toml").read_text()
NAME = "texts/why_international.toml"
MINE = TEXT.replace("Some countries", "Certain countries")
ALSO = (library.SHIPPED / "texts" / "banner.toml").read_text()


def opened(folder, store):
    return last_good.open_library((folder,), (), store)


def words(standing) -> str:
    return standing.library.text("why_international", "antibiotics")


def test_a_good_folder_holds_and_is_kept(tmp_path):
    found = opened(put(tmp_path / "mine", NAME, MINE), tmp_path / "store")
    assert found.source is From.FOLDERS
    assert found.is_whole
    assert "Certain countries" in words(found)
    assert last_good.last_good(tmp_path / "store") is not None


def test_a_fault_leaves_the_last_good_content_and_is_told(tmp_path):
    folder, store = tmp_path / "mine", tmp_path / "store"
    opened(put(folder, NAME, MINE), store)
    put(folder, NAME, MINE + "colour = 1\n")
    found = opened(folder, store)
    assert found.source is From.LAST_GOOD
    assert "Certain countries" in words(found)
    assert "colour: unknown key" in found.faults[0]
    assert found.since is not None


def test_of_a_folder_with_one_fault_not_even_its_good_files_hold(tmp_path):
    folder = put(tmp_path / "mine", NAME, MINE)
    put(folder, "texts/banner.toml", ALSO + "colour = 1\n")
    found = opened(folder, tmp_path / "store")
    assert found.source is From.SHIPPED
    assert "Certain countries" not in words(found)


def test_a_folder_that_is_gone_leaves_the_last_good_content(tmp_path):
    folder, store = put(tmp_path / "mine", NAME, MINE), tmp_path / "store"
    opened(folder, store)
    shutil.rmtree(folder)
    found = opened(folder, store)
    assert found.source is From.LAST_GOOD
    assert "is no folder" in found.faults[0]
    assert "Certain countries" in words(found)


def test_content_that_is_good_again_holds_again(tmp_path):
    folder, store = tmp_path / "mine", tmp_path / "store"
    opened(put(folder, NAME, MINE), store)
    opened(put(folder, NAME, "id = "), store)
    found = opened(put(folder, NAME, MINE.replace("Certain", "Several")), store)
    assert found.is_whole
    assert "Several countries" in words(found)
    opened(put(folder, NAME, "id = "), store)
    assert "Several countries" in words(opened(folder, store))
    assert len([one for one in store.iterdir() if one.is_dir()]) == 2  # the one before stays for who still reads it


def test_a_last_good_copy_that_somebody_has_damaged_holds_nothing(tmp_path):
    folder, store = tmp_path / "mine", tmp_path / "store"
    opened(put(folder, NAME, MINE), store)
    copy, _ = last_good.last_good(store)
    next(copy.rglob("*.toml")).write_text("id = ")
    found = opened(put(folder, NAME, "id = "), store)
    assert found.source is From.SHIPPED
    assert any("the last good copy" in fault for fault in found.faults)


@pytest.mark.parametrize("pointer", ["../../etc", "", "nothing-there", "/etc"])
def test_a_pointer_that_leads_elsewhere_is_no_last_good_copy(tmp_path, pointer):
    put(tmp_path, "current", pointer)
    assert last_good.last_good(tmp_path) is None


def test_a_store_that_cannot_be_written_is_no_hindrance(tmp_path):
    put(tmp_path, "store", "a file, no folder")
    found = opened(put(tmp_path / "mine", NAME, MINE), tmp_path / "store")
    assert found.source is From.FOLDERS
    assert "Certain countries" in words(found)


def test_a_link_out_of_the_folder_is_a_fault(tmp_path):
    put(tmp_path / "elsewhere", "x.toml", MINE)
    folder = put(tmp_path / "mine", "texts/banner.toml", ALSO)
    os.symlink(tmp_path / "elsewhere" / "x.toml", folder / NAME)
    found = opened(folder, tmp_path / "store")
    assert "leaves the folder" in found.faults[0]


def test_hidden_files_of_an_editor_or_a_mount_are_no_content(tmp_path):
    folder = put(tmp_path / "mine", NAME, MINE)
    put(folder, ".data/texts/x.toml", "id = ")
    put(folder, "texts/.banner.toml", "id = ")
    assert opened(folder, tmp_path / "store").is_whole


def test_approvals_of_the_folder_are_in_the_copy_too(tmp_path):
    folder, store = tmp_path / "mine", tmp_path / "store"
    text = (library.SHIPPED / "jurisdictions" / "US.toml").read_text()
    name = "jurisdictions/US.toml"
    approve(put(folder, name, text.replace('route = "via_local_doctor"', 'route = "direct"')), name, "lawyer")
    assert opened(folder, store).library.jurisdiction("US").route == "direct"
    put(folder, NAME, "id = ")
    found = opened(folder, store)
    assert found.source is From.LAST_GOOD
    assert found.library.jurisdiction("US").route == "direct"


# --- where a fault stands ----------------------------------------------------------------------------------------

SOURCE = '''id = "x"
title.en = "a"
sources = [
  "fake = 1",
]
[review]
note = """
due = 9
"""
due = 1

[[rule]]
id = "a"
[rule.when]
fact = "b"
[[rule]]
id = "c"
when = { fact = "z", is = "q" }
'''


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (("id",), 1),
        (("title", "en"), 2),
        (("sources", 0), 3),
        (("review",), 6),
        (("review", "due"), 10),
        (("rule", 0, "when", "fact"), 15),
        (("rule", 1, "id"), 17),
        (("rule", 1, "when", "is"), 18),
        (("nothing",), 1),
    ],
)
def test_a_key_is_found_on_its_line(path, line):
    assert line_of(SOURCE, path) == line


def test_a_word_is_found_on_its_line():
    assert line_with("a = 1\nb = 'no-word'\nc = 'word'\n", "word") == 3
