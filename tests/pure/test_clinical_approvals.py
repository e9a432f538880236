"""An approval holds for exactly the bytes that were read, from every needed role, until it is taken back."""

from __future__ import annotations

import shutil
import tomllib
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.content_room import NOON, approve, put

from consilia.clinical import approvals, laying, library
from consilia.clinical.approvals import Approval, ApprovalState, ReviewerRole, Seat
from consilia.clinical.entries import ReviewState
from consilia.clinical.reading import LibraryError
from consilia.suitability.assessing import judged
from consilia.suitability.examples import GOOD

US = "jurisdictions/US.toml"
SHIPPED_US = (library.SHIPPED / US).read_text()
MILDER = SHIPPED_US.replace('route = "via_local_doctor"', 'route = "direct"')


def route(folder) -> str:
    return library.read((folder,)).jurisdiction("US").route.value


def state(folder) -> ReviewState:
    return library.read((folder,)).jurisdiction("US").review.state


def test_an_approval_of_these_bytes_makes_the_file_count(tmp_path):
    folder = put(tmp_path, US, MILDER)
    assert route(folder) == "via_local_doctor"
    approve(folder, US, "lawyer")
    assert route(folder) == "direct"
    review = library.read((folder,)).jurisdiction("US").review
    assert (review.by, review.role, review.on) == ("Dr Anna Weber", "lawyer", NOON.date())


@pytest.mark.parametrize(
    "changed",
    [
        MILDER + "\n",
        MILDER + "# a word\n",
        MILDER.replace("version = 1", "version = 2"),
        MILDER.replace("\n\n", "\n", 1),
    ],
)
def test_one_byte_more_or_less_or_another_version_is_a_draft_again(tmp_path, changed):
    folder = approve(put(tmp_path, US, MILDER), US, "lawyer")
    assert route(folder) == "direct"
    put(folder, US, changed)
    assert route(folder) == "via_local_doctor"
    assert state(folder) is ReviewState.DRAFT


@pytest.mark.parametrize(
    "mutant",
    [
        lambda text: text.replace('sha256 = "', 'sha256 = "0')[:-1],
        lambda text: text.replace("version = 1", "version = 2"),
        lambda text: text.replace('id = "US"', 'id = "AE"'),
        lambda text: text.replace('role = "lawyer"', 'role = "physician"'),
        lambda text: text.replace('state = "approved"', 'state = "withdrawn"'),
        lambda text: text.replace('state = "approved"', 'state = "maybe"'),
        lambda text: text.replace('by = "Dr Anna Weber"', 'by = ""'),
        lambda text: text + "colour = 1\n",
        lambda text: "",
    ],
)
def test_an_approval_of_anything_else_holds_nothing_and_stops_nothing(tmp_path, mutant):
    folder = approve(put(tmp_path, US, MILDER), US, "lawyer")
    file = folder / "approvals" / "jurisdictions" / "US.v1.lawyer.toml"
    file.write_text(mutant(file.read_text()))
    assert route(folder) == "via_local_doctor"


def test_an_approval_that_cannot_be_read_is_named(tmp_path):
    folder = put(tmp_path, "approvals/jurisdictions/US.v1.lawyer.toml", "id = ")
    assert "US.v1.lawyer.toml: line 1: file: holds nothing" in library.read((folder,)).layers.warnings[0]


def test_what_an_entry_says_of_itself_counts_for_nothing(tmp_path):
    boast = MILDER.replace('state = "draft"', 'state = "approved"').replace('by = ""', 'by = "me"')
    boast = boast.replace('role = ""', 'role = "lawyer"').replace('on = ""', "on = 2026-11-23")
    folder = put(tmp_path, US, boast)
    assert route(folder) == "via_local_doctor"
    assert state(folder) is ReviewState.DRAFT


def test_every_needed_role_must_approve(tmp_path):
    name = "suitability/legal.toml"
    folder = put(tmp_path, name, (library.SHIPPED / name).read_text())
    approve(folder, name, "physician")
    assert library.read((folder,)).rule_groups()[0].is_draft
    group = next(one for one in library.read((folder,)).rule_groups() if one.id == "legal")
    assert group.is_draft
    approve(folder, name, "lawyer")
    group = next(one for one in library.read((folder,)).rule_groups() if one.id == "legal")
    assert not group.is_draft
    assert group.review.role == "physician; lawyer"


def test_a_translator_is_needed_for_every_language_beside_english(tmp_path):
    name = "letters/missing_record.toml"
    folder = put(tmp_path, name, (library.SHIPPED / name).read_text())
    seats = ["lawyer", "translator-de", "translator-es", "translator-fr", "translator-it"]
    for number in range(len(seats)):
        approve(folder, name, seats[number])
        holds = library.read((folder,))
        assert holds.letter("missing_record", "en", "DE").draft == (number < len(seats) - 1)


def test_the_latest_word_counts_and_of_two_at_the_same_moment_the_withdrawal(tmp_path):
    folder, elsewhere = put(tmp_path / "a", US, MILDER), tmp_path / "elsewhere"

    def holds() -> str:
        return library.read((folder,), (elsewhere,)).jurisdiction("US").route.value

    approve(folder, US, "lawyer")
    approve(folder, US, "lawyer", state="withdrawn", into=elsewhere)
    assert holds() == "via_local_doctor"
    approve(folder, US, "lawyer", state="withdrawn", into=elsewhere, at=NOON + timedelta(hours=1))
    assert holds() == "via_local_doctor"
    approve(folder, US, "lawyer", at=NOON + timedelta(hours=2))
    assert holds() == "direct"


def test_who_approves_what_cannot_be_laid_over(tmp_path):
    text = (library.SHIPPED / "reviewers.toml").read_text().replace('["lawyer"]', '["physicist"]')
    with pytest.raises(LibraryError, match=r"reviewers.toml: line 1: file: who approves what is shipped"):
        library.read((put(tmp_path, "reviewers.toml", text),))


def test_nobody_is_asked_to_approve_nothing(tmp_path):
    text = (library.SHIPPED / "reviewers.toml").read_text().replace('jurisdictions = ["lawyer"]', "jurisdictions = []")
    shutil.copytree(library.SHIPPED, tmp_path / "all")
    put(tmp_path / "all", "reviewers.toml", text)
    with pytest.raises(LibraryError, match="names at least one role"):
        laying.lay(tmp_path / "all", (), ())


def test_every_kind_of_the_library_has_a_line_that_says_who_approves_it():
    hold = library.load()
    known = hold.layers.reviewers.kinds
    assert sorted({kind for kind, _ in hold.files} - set(known)) == []


@settings(max_examples=50, deadline=None)
@given(st.text(min_size=1, max_size=40), st.text(max_size=80))
def test_any_name_and_note_comes_back_out_of_the_file(by, note):
    said = {"kind": "x", "id": "y", "version": 1, "sha256": "a" * 64, "by": by, "note": note, "at": NOON}
    one = Approval(role=ReviewerRole.LAWYER, state=ApprovalState.APPROVED, **said)
    again = tomllib.loads(one.toml())
    printable = "".join(mark for mark in by if mark.isprintable() or mark in "\n\t")
    assert again["by"] == printable
    assert again["at"] == NOON
    assert one.path == "x/y.v1.lawyer.toml"


def test_a_lawyer_has_no_language_and_a_translator_has_one():
    with pytest.raises(ValueError, match="names a language"):
        Approval(
            kind="x",
            id="y",
            version=1,
            sha256="a" * 64,
            role="translator",
            state="approved",
            by="x",
            at=NOON,
        )
    assert str(Seat(ReviewerRole.TRANSLATOR, "de")) == "translator-de"


def test_a_ground_that_nobody_approved_suits_nobody_whatever_approvals_lie_about(tmp_path):
    """The mutant of the whole rule: approvals of other bytes beside a draft that would loosen."""
    name = "suitability/readiness.toml"
    text = (library.SHIPPED / name).read_text()
    folder = approve(put(tmp_path, name, text), name, "physician")
    loose = text.replace('outcome = "hold_incomplete"', 'outcome = "suitable"')
    assert loose != text
    put(folder, name, loose)
    bad = GOOD | {"essential_records": "missing", "results_available": "none"}
    assert judged(bad, library.read((folder,)))[0].severity >= judged(bad, library.read())[0].severity
    assert approvals.read((folder / "approvals",))[0].found
