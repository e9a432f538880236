"""Overlays and faults: approved content replaces, a draft only adds, and a fault names file and key."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.content_room import approve, put

from consilia.clinical import library
from consilia.clinical.reading import LibraryError
from consilia.clinical.rules import FACTS, UNKNOWN, Outcome
from consilia.suitability import Verdict, Where, assess_law, verdicts
from consilia.suitability.assessing import judged
from consilia.suitability.examples import GOOD

SHIPPED = library.load()

DRAFT = """
[review]
state = "draft"
by = ""
role = ""
on = ""
due = 2027-02-23
as_of = 2026-11-23
confidence = "low"
sources = ["a test"]
"""
facts_of_rules = st.fixed_dictionaries({name: st.sampled_from((*values, UNKNOWN)) for name, values in FACTS.items()})
some_rule = st.tuples(
    st.sampled_from([(fact, value) for fact, values in FACTS.items() for value in values]),
    st.sampled_from(list(Outcome)),
    st.sampled_from(["skip", *(o.value for o in Outcome if o is not Outcome.SUITABLE)]),
    st.sampled_from(["tests-open", "alarm-now", "upload-blocked", "something-to-verify", "a-new-one"]),
)


def rules(identifier: str, found) -> str:
    lines = [f'id = "{identifier}"', "version = 2", "order = 4", 'title.en = "x"', DRAFT]
    for (fact, value), outcome, unknown, rule_id in found:
        lines += ["[[rule]]", f'id = "{rule_id}"', f'when = {{ fact = "{fact}", is = "{value}" }}']
        lines += [f'outcome = "{outcome}"', f'unknown = "{unknown}"', 'confidence = "low"']
        lines += [f'{key}.en = "x"' for key in ("message", "what_to_do", "unknown_message", "unknown_what_to_do")]
    lines += ["[[example]]", 'about = "x"', "facts = {}", 'outcome = "hold_incomplete"']
    return "\n".join(lines)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(some_rule, min_size=1, max_size=4, unique_by=lambda rule: rule[3]),
    st.sampled_from(["readiness", "purpose", "house-rules"]),
    st.lists(facts_of_rules, min_size=1, max_size=8),
)
def test_a_draft_never_loosens_the_assessment_of_anybody(found, identifier, people):
    own = {rule.id for group in SHIPPED.rule_groups() if group.id == identifier for rule in group.rule}
    others = {rule.id for group in SHIPPED.rule_groups() for rule in group.rule} - own
    found = [rule for rule in found if rule[3] not in others]
    if not found:
        return
    with tempfile.TemporaryDirectory() as name:
        hold = library.load((put(Path(name), f"suitability/{identifier}.toml", rules(identifier, found)),))
        for facts in people:
            assert judged(facts, hold)[0].severity >= judged(facts, SHIPPED)[0].severity


def test_silence_of_the_rules_is_no_ground_and_a_draft_cannot_be_one(tmp_path):
    silent = rules("default", [(("minor", "yes"), Outcome.HOLD_INCOMPLETE, "skip", "x")])
    approved = put(tmp_path / "approved", "suitability/default.toml", silent)
    approve(approved, "suitability/default.toml", "physician")
    assert judged(GOOD, library.load((approved,)))[0] is Outcome.HOLD_INCOMPLETE
    ground = [(("question", "diagnosis"), Outcome.SUITABLE, "skip", "y")]
    for identifier in ("default", "another"):
        draft = put(tmp_path / identifier, f"suitability/{identifier}.toml", rules(identifier, ground))
        assert judged(GOOD, library.load((approved, draft)))[0] is Outcome.HOLD_INCOMPLETE
    signed = put(tmp_path / "signed", "suitability/another.toml", rules("another", ground))
    approve(signed, "suitability/another.toml", "physician")
    assert judged(GOOD, library.load((approved, signed)))[0] is Outcome.SUITABLE


def test_a_draft_of_a_country_can_add_a_limit_but_take_none_away(tmp_path):
    draft = (library.SHIPPED / "jurisdictions" / "US.toml").read_text()
    milder = draft.replace('route = "via_local_doctor"\nclause = "us_peer_to_peer"', 'route = "direct"')
    milder = milder.replace('"per_state"', '"permitted"')
    hold = library.load((put(tmp_path, "jurisdictions/US.toml", milder),))
    assert verdicts.verdict(Where("US", "US", "DE"), hold) is Verdict.VIA_LOCAL_DOCTOR
    clauses = assess_law(Where("IT", "IT", "US"), hold).clauses
    assert [clause.id for clause in clauses] == ["default", "us_peer_to_peer"]
    stricter = draft.replace("blocked = false", 'blocked = true\nuntil = "a test"')
    hold = library.load((put(tmp_path / "2", "jurisdictions/US.toml", stricter),))
    assert verdicts.verdict(Where("US", "US", "DE"), hold) is Verdict.NOT_POSSIBLE


def test_approved_content_of_a_named_person_replaces_a_whole_file(tmp_path):
    text = (library.SHIPPED / "jurisdictions" / "AE.toml").read_text().replace("blocked = true", "blocked = false")
    folder = approve(put(tmp_path, "jurisdictions/AE.toml", text), "jurisdictions/AE.toml", "lawyer")
    hold = library.load((folder,))
    assert verdicts.verdict(Where("AE", "AE", "DE"), hold) is Verdict.POSSIBLE
    assert not hold.jurisdiction("AE").is_draft


def test_a_draft_of_the_emergency_questions_can_neither_drop_nor_soften_one(tmp_path):
    text = (library.SHIPPED / "red_flags" / "pregnancy.toml").read_text()
    softer = text.replace('action = "call_now"', 'action = "today"').replace('id = "p_move"', 'id = "p_other"')
    hold = library.load((put(tmp_path, "red_flags/pregnancy.toml", softer),))
    actions = {flag.id: flag.action.value for flag in hold.red_flags("pregnancy").flag}
    assert actions == {"p_bleed": "call_now", "p_eclampsia": "call_now", "p_move": "today", "p_other": "today"}


def test_a_draft_of_a_checklist_can_ask_for_more_and_never_for_less(tmp_path):
    text = (library.SHIPPED / "checklists" / "general.toml").read_text()
    more = text[: text.index("[[line]]")] + (
        '[[line]]\nitem = "ecg"\nneed = "essential"\n\n[[line]]\nitem = "lab_general"\nneed = "helpful"\n'
        "newer_than_days = 900\n\n" + text[text.index("[[example]]") :]
    )
    hold = library.load((put(tmp_path, "checklists/general.toml", more),))
    items = {item.id: item for item in hold.checklist("general").items}
    assert items["ecg"].essential
    assert items["lab_general"].newer_than_days == 90
    assert "photos" in items


def test_a_draft_cannot_change_the_number_to_call(tmp_path):
    folder = library.SHIPPED / "emergency_numbers"
    put(tmp_path, "emergency_numbers/world.toml", (folder / "world.toml").read_text())
    table = (folder / "world.csv").read_text().replace("IT,Italy,112,118,112", "IT,Italy,999,,999")
    hold = library.load((put(tmp_path, "emergency_numbers/world.csv", table),))
    assert hold.emergency_number("IT").show_first == "112"


def test_a_draft_can_neither_drop_a_limit_nor_weaken_a_clause_nor_free_a_consent(tmp_path):
    def draft(name, old, new):
        text = (library.SHIPPED / name).read_text()
        assert old in text
        put(tmp_path, name, text.replace(old, new))

    draft("texts/limits.toml", 'key = "only_what_you_send"', 'key = "something_else"')
    draft("clauses/default.toml", "It is no prescription", "It is a prescription")
    draft("consents/health_data.toml", "required = true", "required = false")
    hold = library.load((tmp_path,))
    assert set(SHIPPED.limits()) <= set(hold.limits())
    assert len(hold.sentences("limits")) == 5
    assert "no prescription" in hold.clause("default", "IT", "DE").text
    assert hold.consent_text("health_data").required


def test_a_draft_may_change_the_words_of_a_public_page(tmp_path):
    text = (library.SHIPPED / "texts" / "why_international.toml").read_text()
    hold = library.load(
        (put(tmp_path, "texts/why_international.toml", text.replace("Some countries", "Certain countries")),)
    )
    assert "Certain countries" in hold.text("why_international", "antibiotics")


def test_a_library_without_the_rule_for_alarms_cannot_be_loaded_even_if_approved(tmp_path):
    text = rules("safety", [(("minor", "yes"), Outcome.HOLD_INCOMPLETE, "skip", "x")])
    folder = approve(put(tmp_path, "suitability/safety.toml", text), "suitability/safety.toml", "physician")
    with pytest.raises(LibraryError, match="alarm_now = yes -> emergency must stay"):
        library.load((folder,))


def test_the_hash_of_a_file_changes_with_its_bytes(tmp_path):
    text = (library.SHIPPED / "texts" / "banner.toml").read_text()
    hold = library.load((put(tmp_path, "texts/banner.toml", text + "# one more line\n"),))
    assert hold.stamp("texts", "banner").sha256 != SHIPPED.stamp("texts", "banner").sha256
    assert hold.stamp("clauses", "default") == SHIPPED.stamp("clauses", "default")


CLAUSE = 'id = "x"\nversion = 1\ntitle.en = "x"\ntext.en = "x"\n'


@pytest.mark.parametrize(
    ("name", "text", "fault"),
    [
        ("clauses/x.toml", CLAUSE + "colour = 1\n" + DRAFT, "clauses/x.toml: line 5: colour: unknown key"),
        ("clauses/y.toml", CLAUSE + DRAFT, "clauses/y.toml: line 1: id: 'x' differs from the file name"),
        ("clauses/x.toml", CLAUSE, "clauses/x.toml: line 1: review: is missing"),
        ("clauses/x.toml", CLAUSE.replace("version = 1", "version = 0") + DRAFT, "clauses/x.toml: line 2: version"),
        ("clauses/x.toml", CLAUSE + DRAFT.replace('"draft"', '"approved"'), "approved content names by, role and on"),
        ("clauses/x.toml", CLAUSE.replace("text.en", "text.it") + DRAFT, "the English text is missing"),
        ("clauses/x.toml", "id = ", "clauses/x.toml: "),
        ("poems/x.toml", CLAUSE + DRAFT, "poems/x.toml: line 1: file: is in no folder of the library"),
        (
            "suitability/r.toml",
            rules("r", [(("minor", "maybe"), Outcome.SUITABLE, "skip", "r1")]),
            "minor is never 'maybe'",
        ),
        ("suitability/r.toml", rules("r", [(("mood", "yes"), Outcome.SUITABLE, "skip", "r1")]), "unknown fact 'mood'"),
    ],
)
def test_a_fault_names_the_file_and_the_key(tmp_path, name, text, fault):
    with pytest.raises(LibraryError) as caught:
        library.load((put(tmp_path, name, text),))
    assert fault in str(caught.value)


def test_all_faults_of_a_folder_are_told_at_once(tmp_path):
    put(tmp_path, "clauses/x.toml", CLAUSE)
    put(tmp_path, "clauses/y.toml", CLAUSE)
    with pytest.raises(LibraryError) as caught:
        library.load((tmp_path,))
    assert len(caught.value.faults) == 2


def test_a_table_whose_columns_differ_from_its_header_is_refused(tmp_path):
    folder = library.SHIPPED / "specialities"
    put(tmp_path, "specialities/specialities.toml", (folder / "specialities.toml").read_text())
    put(tmp_path, "specialities/specialities.csv", "id,en\ncardiology,Cardiology\n")
    with pytest.raises(LibraryError, match="line 1: columns: the columns differ"):
        library.load((tmp_path,))


def test_an_overlay_folder_that_is_not_there_stops_the_start(tmp_path):
    with pytest.raises(LibraryError, match="is no folder"):
        library.load((tmp_path / "nowhere",))
