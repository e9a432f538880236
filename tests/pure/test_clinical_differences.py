"""What changes in meaning is said field by field; how a file is written is no change; what loosens is said."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from tests.content_room import put

from consilia.clinical import differences, laying, library
from consilia.clinical.differences import Change
from consilia.suitability import loosening

SHIPPED = laying.lay(library.SHIPPED, (), ()).holds


def changed(tmp_path: Path, name: str, *edits: tuple[str, str]):
    """A whole library with one file changed."""
    shutil.copytree(library.SHIPPED, tmp_path / "all", dirs_exist_ok=True)
    text = (library.SHIPPED / name).read_text()
    for old, new in edits:
        assert old in text, old
        text = text.replace(old, new, 1)
    return laying.lay(put(tmp_path / "all", name, text), (), ()).holds


def test_the_same_library_differs_in_nothing():
    assert differences.differences(SHIPPED, SHIPPED) == ()
    assert loosening.loosened(SHIPPED, SHIPPED) == ()


def test_order_and_formatting_are_no_meaning(tmp_path):
    text = (library.SHIPPED / "jurisdictions" / "US.toml").read_text()
    head, _, tail = text.partition("[upload]")
    upload, _, rest = tail.partition("[")
    moved = f"# a comment\n{head}[{rest}\n[upload]{upload}".replace(' = "', '  =  "')
    shutil.copytree(library.SHIPPED, tmp_path / "all")
    new = laying.lay(put(tmp_path / "all", "jurisdictions/US.toml", moved), (), ()).holds
    assert new["jurisdictions", "US"].sha256 != SHIPPED["jurisdictions", "US"].sha256
    assert differences.differences(SHIPPED, new) == ()


def test_the_order_of_rows_of_a_table_is_no_meaning_and_a_value_is(tmp_path):
    shutil.copytree(library.SHIPPED, tmp_path / "all")
    path = tmp_path / "all" / "emergency_numbers" / "world.csv"
    head, *rows = path.read_text().splitlines()
    path.write_text("\n".join([head, *reversed(rows)]) + "\n")
    assert differences.differences(SHIPPED, laying.lay(tmp_path / "all", (), ()).holds) == ()
    path.write_text(path.read_text().replace("IT,Italy,112,118,112", "IT,Italy,113,118,112"))
    new = laying.lay(tmp_path / "all", (), ()).holds
    (one,) = differences.differences(SHIPPED, new)
    assert [(field.where, field.old, field.new) for field in one.fields] == [("IT > show first", "112", "113")]
    assert loosening.loosened(SHIPPED, new) == ("emergency_numbers/world: IT has another number to call",)


def test_a_change_is_said_by_field_in_words_and_asks_for_a_new_version(tmp_path):
    new = changed(tmp_path, "red_flags/pregnancy.toml", ('action = "today"', 'action = "call_now"'))
    (one,) = differences.differences(SHIPPED, new)
    assert (one.kind, one.id, one.change) == ("red_flags", "pregnancy", Change.CHANGED)
    assert [(field.where, field.old, field.new) for field in one.fields] == [
        ("flag > p_move > action", "today", "call_now")
    ]
    assert one.same_version
    assert loosening.loosened(SHIPPED, new) == ()  # stricter
    back = loosening.loosened(new, SHIPPED)
    assert back == ("red_flags/pregnancy: a yes to p_move means a doctor today instead of a call now",)


def test_a_new_version_is_said_and_asks_for_nothing(tmp_path):
    new = changed(
        tmp_path,
        "red_flags/pregnancy.toml",
        ('action = "today"', 'action = "call_now"'),
        ("version = 1", "version = 2"),
    )
    (one,) = differences.differences(SHIPPED, new)
    assert not one.same_version


def test_a_file_more_or_less_is_said(tmp_path):
    shutil.copytree(library.SHIPPED, tmp_path / "all")
    (tmp_path / "all" / "jurisdictions" / "US.toml").unlink()
    new = laying.lay(tmp_path / "all", (), ()).holds
    (one,) = differences.differences(SHIPPED, new)
    assert (one.id, one.title, one.change) == ("US", "United States", Change.REMOVED)
    assert differences.differences(new, SHIPPED)[0].change is Change.ADDED
    assert "jurisdictions/US: route: via_local_doctor becomes direct" in loosening.loosened(SHIPPED, new)


@pytest.mark.parametrize(
    ("name", "old", "new", "said"),
    [
        ("jurisdictions/AE.toml", "blocked = true", "blocked = false", "the upload is no longer blocked"),
        ("jurisdictions/US.toml", '"per_state"', '"permitted"', "foreign doctor: per_state becomes permitted"),
        ("jurisdictions/DE.toml", "expert_must_not_operate = true", "", "may be the one who operates"),
        ("checklists/spine.toml", 'need = "essential"', 'need = "helpful"', "is no longer essential"),
        ("checklists/spine.toml", "newer_than_days = 365", "newer_than_days = 900", "may be older than 365 days"),
        ("red_flags/adult.toml", 'action = "call_now"', 'action = "today"', "means a doctor today instead of a call"),
        ("data_protection/gdpr.toml", 'adequate = ["', 'adequate = ["US", "', "adequate has more countries: US"),
        ("texts/limits.toml", 'key = "only_what_you_send"', 'key = "other"', "only_what_you_send is gone"),
        ("clauses/default.toml", "It is no prescription", "It is a prescription", "the clause has other words"),
        ("consents/health_data.toml", "required = true", "required = false", "is no longer needed for a case"),
        (
            "suitability/readiness.toml",
            'outcome = "hold_incomplete"',
            'outcome = "suitable_with_conditions"',
            "becomes",
        ),
        ("suitability/safety.toml", 'unknown = "hold_incomplete"', 'unknown = "suitable_with_conditions"', ""),
    ],
)
def test_what_loosens_a_safety_rule_is_said(tmp_path, name, old, new, said):
    after = changed(tmp_path, name, (old, new))
    found = loosening.loosened(SHIPPED, after)
    if said:  # the floor of the program holds whatever the rules of safety say of the unknown
        assert any(said in line for line in found), found
    assert differences.differences(SHIPPED, after)


def test_a_rule_that_goes_is_told_by_what_it_let_through(tmp_path):
    text = (library.SHIPPED / "suitability" / "legal.toml").read_text()
    first = text.index("[[rule]]")
    second = text.index("[[rule]]", first + 1)
    shutil.copytree(library.SHIPPED, tmp_path / "all")
    without = text[:first] + text[second:]
    after = laying.lay(put(tmp_path / "all", "suitability/legal.toml", without), (), ()).holds
    (line, *_) = loosening.loosened(SHIPPED, after)
    assert line.startswith("suitability: around the rule ")
    assert "for example where" in line


def test_words_of_a_page_loosen_nothing(tmp_path):
    new = changed(tmp_path, "texts/why_international.toml", ("Some countries", "Certain countries"))
    assert len(differences.differences(SHIPPED, new)) == 1
    assert loosening.loosened(SHIPPED, new) == ()
