"""The opinion form in a browser without scripts and with them: nothing typed is lost, nothing is overwritten unseen."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse
from tests import cast, make
from tests import expert_opinion as write
from tests.expert_pages import sent_by, signed_in
from tests.pure import opinions_sample as sample

from consilia.cases.models import Case
from consilia.opinions import actions, sealing
from consilia.opinions.content import DraftContent
from consilia.opinions.models import FollowUp, Opinion, Seal
from consilia.opinions.states import OpinionState
from consilia.records.models import Original
from consilia.web.opinion import form as opinion_form

pytestmark = pytest.mark.django_db
JSON = {"Accept": "application/json"}


def address(name: str, case: Case, *more: object) -> str:
    return reverse(f"expert:{name}", args=[case.pk, *more])


def typed(case: Case, **changes: list[str]) -> dict[str, object]:
    """The form of the saved draft as a browser sends it."""
    opinion = Opinion.objects.get(case=case)
    fields = opinion_form.to_fields(DraftContent.model_validate(opinion.content))
    named = {name.replace("__", "-"): values for name, values in changes.items()}
    return {**fields, "version": str(opinion.version), **named}


def draft(case: Case) -> DraftContent:
    return DraftContent.model_validate(Opinion.objects.get(case=case).content)


def test_the_first_words_are_kept_while_she_types():
    case = write.in_review()
    client = signed_in()
    sent = {"version": "0", "diagnoses-here": ["", "1"], "diagnoses-1-words": "A lump."}
    answer = client.post(address("save", case), sent, headers=JSON)
    assert answer.status_code == 200
    assert answer.json()["version"] == 2
    assert draft(case).diagnoses[0].words == "A lump."
    assert draft(case).diagnoses[0].stated == case.stated_diagnosis
    again = client.post(address("save", case), sent | {"version": "2", "diagnoses-1-words": "Two."}, headers=JSON)
    assert again.json()["version"] == 3


def test_the_whole_form_comes_back_from_its_own_page_as_it_was():
    case = write.in_review()
    record = Original.objects.get(case_id=case.pk)
    whole = sample.draft()
    for source in whole["sources"]:
        source.pop("region", None)
    whole["answers"] = [
        whole["answers"][one.number - 1] | {"question": one.text, "number": one.number} for one in case.questions.all()
    ]
    whole["justifications"] = [{"place": "answers-2", "source": "2", "words": "\n  It is so.\n\nYes <b>."}]
    actions.save(make.reader(cast.WEBER, case, at=write.now()), whole, version=0, at=write.now())
    before = draft(case)
    client = signed_in()
    sent = sent_by(client.get(address("record", case, record.pk)).content.decode())
    sent["plain-how_sure"] = ["Fairly."]
    assert client.post(address("save", case), sent).status_code == 302
    assert draft(case) == before.model_copy(update={"plain": before.plain.model_copy(update={"how_sure": "Fairly."})})


def test_a_second_tab_is_told_and_both_versions_stand_side_by_side():
    case = write.in_review()
    write.saved(case)
    client = signed_in()
    old = typed(case, answers__1__short=["Typed in the other tab"])
    client.post(address("save", case), typed(case, answers__1__short=["Saved first"]))
    clash = client.post(address("save", case), old, headers=JSON)
    assert clash.status_code == 409
    assert "version" in clash.json()["message"]
    page = client.post(address("save", case), old)
    said = page.content.decode()
    assert page.status_code == 409
    assert "Saved first" in said
    assert "Typed in the other tab" in said
    assert draft(case).answers[0].short == "Saved first"
    version = Opinion.objects.get(case=case).version
    assert f'name="version" value="{version}"' in said
    client.post(address("save", case), old | {"version": str(version)})
    assert draft(case).answers[0].short == "Typed in the other tab"


def test_entries_are_added_and_removed_by_buttons_and_the_words_typed_beside_are_kept():
    case = write.in_review()
    write.saved(case)
    client = signed_in()
    added = client.post(address("save", case), typed(case, plain__how_sure=["Quite"], do=["add findings"]))
    assert added.headers["Location"].endswith("#findings-1")
    assert len(draft(case).findings) == 1
    assert draft(case).plain.how_sure == "Quite"
    client.post(address("save", case), typed(case, do=["remove findings 1"]))
    assert draft(case).findings == ()


def test_a_code_that_is_none_is_told_and_the_rest_is_saved():
    case = write.in_review()
    write.saved(case)
    client = signed_in()
    wrong = typed(case, diagnoses__1__icd10=["breast"], diagnoses__1__stage=["IIB"])
    told = client.post(address("save", case), wrong, headers=JSON)
    assert "diagnoses-1-icd10" in told.json()["faults"]
    assert draft(case).diagnoses[0].stage == "IIB"
    page = client.post(address("save", case), wrong | {"version": told.json()["version"]})
    assert page.status_code == 422
    assert 'value="BREAST"' in page.content.decode() or 'value="breast"' in page.content.decode()


def test_a_page_is_cited_for_a_statement_and_carries_one_number():
    case = write.in_review()
    write.saved(case)
    record = Original.objects.get(case_id=case.pk)
    client = signed_in()
    cite = {"cite__record": [str(record.pk)], "cite__page": ["1"], "cite__quote": ["a lump"], "do": ["cite page"]}
    client.post(address("save", case), typed(case, cite__for=["answers-2"], **cite))
    source = draft(case).sources[-1]
    assert (source.id, source.kind, source.page, source.quote) == ("2", "record_page", 1, "a lump")
    assert source.record_id == str(record.pk)
    assert draft(case).answers[1].sources == ("2",)
    assert "2 cited" in client.get(address("table", case)).content.decode()


def test_a_held_record_cannot_be_cited():
    case = write.in_review()
    write.saved(case)
    held = make.paper(case, b"x", path="held.txt", standing=make.Standing.HELD)
    sent = typed(case, cite__record=[str(held.pk)], cite__page=["1"], do=["cite page"])
    assert signed_in().post(address("save", case), sent).status_code == 404
    assert len(draft(case).sources) == 1


def test_literature_is_a_source_of_its_own():
    case = write.in_review()
    write.saved(case)
    new = {"literature__label": ["A trial, 2020"], "literature__reference": ["PMID 1"], "do": ["literature"]}
    signed_in().post(address("save", case), typed(case, **new))
    assert (draft(case).sources[-1].id, draft(case).sources[-1].reference) == ("L1", "PMID 1")


def test_the_reasons_against_lead_to_the_places_to_mend():
    case = write.in_review()
    said = signed_in().get(address("table", case)).content.decode()
    places = re.findall(r'href="#([^"]+)"', said)
    assert len(places) > 10
    missing = [place for place in places if f'id="{place}"' not in said]
    assert missing == []


def test_it_is_handed_in_saved_and_the_editor_has_it():
    case = write.in_review()
    write.saved(case)
    client = signed_in()
    refused = client.post(address("submit", case), typed(case, plain__how_sure=[""]))
    assert refused.headers["Location"].endswith("#reasons")
    assert Opinion.objects.get(case=case).state == OpinionState.DRAFT
    client.post(address("submit", case), typed(case, plain__how_sure=["Fairly"]))
    assert Opinion.objects.get(case=case).state == OpinionState.SUBMITTED
    page = client.get(address("table", case)).content.decode()
    assert "With the editor" in page
    assert 'name="diagnoses-1-verdict"' not in page


def test_what_the_editor_sent_back_stands_on_top_with_the_reasons():
    case = write.in_review()
    opinion = write.submitted(case)
    editor = make.reader(cast.PRIYA, case, at=write.now())
    actions.send_back(editor, opinion.pk, reasons="Answer 2 needs a source.", points={}, at=write.now())
    page = signed_in().get(address("table", case)).content.decode()
    assert page.index("Answer 2 needs a source.") < page.index('id="diagnoses"')


def test_she_reads_the_whole_document_shows_who_she_is_and_signs():
    case = write.in_review()
    opinion = write.passed(case)
    client = signed_in()
    page = client.get(address("sign", case)).content.decode()
    for words in ("What you sign", "DEMO-DE-1", "The plan is right.", "Records reviewed", "Speak with your doctor."):
        assert words in page
    assert "Ana" not in page
    done = client.post(address("sign", case), {"version": str(opinion.version)})
    assert done.headers["Location"] == address("addendum", case)
    seal = Seal.objects.get()
    assert seal.proof == "totp"
    signed = client.get(address("addendum", case)).content.decode()
    assert seal.check_code in signed
    assert seal.sha256 in signed
    assert client.post(address("sign", case), {"version": str(opinion.version)}).status_code == 409
    assert Seal.objects.count() == 1


def test_an_old_sign_in_is_asked_once_more_before_the_signature():
    case = write.in_review()
    opinion = write.passed(case)
    client = signed_in(long_ago=True)
    asked = client.post(address("sign", case), {"version": str(opinion.version)})
    assert asked.status_code == 302
    assert asked.headers["Location"].startswith("/account/step-up/")
    assert not Seal.objects.exists()


def test_a_stale_signing_page_signs_nothing():
    case = write.in_review()
    opinion = write.passed(case)
    page = signed_in().post(address("sign", case), {"version": str(opinion.version - 1)})
    assert page.status_code == 409
    assert "It was not signed" in page.content.decode()
    assert not Seal.objects.exists()


def test_later_questions_are_answered_by_an_addendum_and_words_are_kept_when_the_proof_is_old():
    case = write.in_review()
    made = write.signed(case)
    asked = sealing.ask_follow_up(make.reader(cast.ANA, case), made.opinion_id, text="May I travel?", at=write.now())
    assert "1 question waits for your answer" in signed_in().get(reverse("expert:home")).content.decode()
    said = {"reason": "A question", "words": "Yes, you may.", "follow_ups": [str(asked.pk)]}
    old = signed_in(long_ago=True).post(address("addendum", case), said)
    assert old.status_code == 409
    assert "Yes, you may." in old.content.decode()
    client = signed_in()
    assert "May I travel?" in client.get(address("addendum", case)).content.decode()
    assert client.post(address("addendum", case), said | {"words": ""}).status_code == 422
    assert client.post(address("addendum", case), said).status_code == 302
    assert FollowUp.objects.get().answered_at is not None
    assert "waits for your answer" not in client.get(reverse("expert:home")).content.decode()
    assert Seal.objects.count() == 2


def test_an_opinion_is_withdrawn_by_typing_its_number():
    case = write.in_review()
    made = write.signed(case)
    client = signed_in()
    said = {"reason": "Other patient", "words": "Do not use it.", "number": "O-1"}
    assert client.post(address("withdraw", case), said).status_code == 422
    assert client.post(address("withdraw", case), said | {"number": made.number}).status_code == 302
    page = client.get(address("addendum", case)).content.decode()
    assert "Withdrawn" in page
    assert client.post(address("addendum", case), {"reason": "r", "words": "w"}).status_code == 409


def test_codes_are_found_by_their_beginning_and_by_words():
    make.expert()
    client = signed_in()
    assert 'value="C50.4"' in client.get("/expert/icd10/?diagnoses-1-icd10=c50").content.decode()
    assert 'value="C50.9"' in client.get("/expert/icd10/?x=breast+unspecified").content.decode()
    assert "option" not in client.get("/expert/icd10/?x=c").content.decode()
