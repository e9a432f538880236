"""The form of the opinion says the draft and the draft says the form: no word is lost on the way, in no language."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.pure import opinions_sample as sample

from consilia.opinions.content import DraftContent
from consilia.web.expert import opinion_edits
from consilia.web.opinion import form as opinion_form

LINE = st.text(st.characters(exclude_characters="\r\n\x00", exclude_categories=["Cs"]), max_size=60)
TEXT = st.text(st.characters(exclude_characters="\r\x00", exclude_categories=["Cs"]), max_size=80)


def whole() -> DraftContent:
    return DraftContent.model_validate(sample.draft())


def typed(draft: DraftContent) -> dict[str, list[str]]:
    return opinion_form.to_fields(draft)


def test_a_whole_opinion_comes_back_from_its_form_as_it_was() -> None:
    taken = opinion_form.from_fields(typed(whole()), whole())
    assert taken.draft == whole()
    assert taken.faults == {}


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_words_in_any_script_come_back_as_they_were_typed(data: st.DataObject) -> None:
    values = sample.draft()
    values["findings"] = [
        {"kind": "images", "words": data.draw(TEXT), "measurement": data.draw(LINE), "sources": ["1"]}
        for _ in range(data.draw(st.integers(0, 4)))
    ]
    values["answers"][0] |= {"short": data.draw(TEXT), "explanation": data.draw(TEXT)}
    values["alternatives"][0]["guideline"] = {"body": data.draw(LINE), "year": 2020, "grade": ""}
    values["alternatives"][0]["burden"] |= {"irreversible": data.draw(st.sampled_from([True, False, None]))}
    values["agreement"]["prognosis"] = {
        "grade": data.draw(st.sampled_from(["0", "1", "2", "na", None])),
        "causes": data.draw(st.lists(st.sampled_from(["new_data", "other_values"]), unique=True)),
        "words": data.draw(TEXT),
    }
    values["justifications"] = [{"place": "diagnoses-1", "source": "1", "words": "x" + data.draw(TEXT)}]
    draft = DraftContent.model_validate(values)
    taken = opinion_form.from_fields(typed(draft), draft)
    assert taken.draft == draft
    assert taken.faults == {}


@settings(max_examples=40, deadline=None)
@given(st.dictionaries(st.sampled_from(sorted(opinion_form.to_fields(whole()))), st.lists(st.text(max_size=500))))
def test_whatever_a_browser_sends_becomes_a_draft(fields: dict[str, list[str]]) -> None:
    taken = opinion_form.from_fields(typed(whole()) | fields, whole())
    assert isinstance(taken.draft, DraftContent)


def test_a_code_that_is_none_is_told_and_everything_else_is_kept() -> None:
    fields = typed(whole()) | {
        "diagnoses-1-icd10": ["C5"],
        "diagnoses-1-words": ["New words"],
        "alternatives-1-guideline-year": ["soon"],
        "answers-2-confidence": ["very"],
    }
    taken = opinion_form.from_fields(fields, whole())
    assert set(taken.faults) == {"diagnoses-1-icd10", "alternatives-1-guideline-year", "answers-2-confidence"}
    assert taken.draft.diagnoses[0].icd10 == "C50.4"
    assert taken.draft.diagnoses[0].words == "New words"
    assert taken.draft.alternatives[0].guideline.year == 2025


def test_the_first_doctors_words_and_the_questions_are_not_the_experts_to_change() -> None:
    fields = typed(whole()) | {"diagnoses-1-stated": ["forged"], "answers-1-question": ["forged"]}
    taken = opinion_form.from_fields(fields, whole())
    assert taken.draft.diagnoses[0].stated == whole().diagnoses[0].stated
    assert taken.draft.answers[0].question == whole().answers[0].question


def test_an_entry_is_added_and_removed_without_touching_the_others() -> None:
    more, anchor = opinion_edits.add(whole(), "findings")
    assert anchor == "findings-3"
    assert len(more.findings) == 3
    assert opinion_edits.remove(more, "findings", "3") == whole()
    second_gone = opinion_edits.remove(whole(), "findings", "1")
    assert second_gone.findings == whole().findings[1:]


def test_a_source_that_goes_leaves_no_statement_that_rests_on_it() -> None:
    left = opinion_edits.remove(whole(), "sources", "2")
    assert "2" not in {one.id for one in left.sources}
    assert all("2" not in entry.sources for entry in (*left.findings, *left.diagnoses, *left.answers))


def test_citing_the_same_page_twice_is_one_source_with_one_number() -> None:
    page = {"kind": "record_page", "record_id": "r9", "page": 2, "label": "Letter, p. 2", "quote": ""}
    once, first = opinion_edits.cite(whole(), page, "answers-2")
    twice, second = opinion_edits.cite(once, page, "diagnoses-1")
    assert first == second == "6"
    assert twice.answers[1].sources == ("2", "6")
    assert twice.diagnoses[0].sources[-1] == "6"
    assert len(twice.sources) == len(whole().sources) + 1


def test_declaring_puts_the_sentences_of_the_library_into_the_draft_and_taking_back_takes_them_out() -> None:
    bare = whole().model_copy(update={"declaration": DraftContent().declaration})
    made = opinion_form.from_fields({"here": ["declaration"], "declaration-made": ["yes"]}, bare, sentences=["One."])
    assert made.draft.declaration.sentences == ("One.",)
    taken_back = opinion_form.from_fields({"here": ["declaration"]}, made.draft, sentences=["One."])
    assert taken_back.draft.declaration.made is False
    assert taken_back.draft.declaration.sentences == ()
