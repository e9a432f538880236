"""An opinion from the first word to the seal and after it, as expert, editor and patient live it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests import cast, make
from tests import expert_opinion as write

from consilia.cases import actions as cases
from consilia.cases.models import Case, Purpose
from consilia.cases.states import DeclineCode, State
from consilia.experts.models import Licence
from consilia.jobs.models import Job
from consilia.kernel.refusal import Invalid, NotFound, Refused
from consilia.opinions import actions, jobs, queries, seal, sealing, signing_keys
from consilia.opinions.models import Opening, Opinion, Seal
from consilia.opinions.states import ALLOWED, OpinionState

pytestmark = pytest.mark.django_db


def weber(case):
    return make.reader(cast.WEBER, case, at=write.now())


def codes(refused) -> set[str]:
    return {refusal.code for refusal in refused.value.refusals}


def test_every_state_of_an_opinion_says_what_may_follow():
    assert set(ALLOWED) == set(OpinionState)


def test_the_first_words_begin_the_opinion_with_the_questions_already_in_it():
    case = write.in_review()
    page = queries.draft(reader=weber(case), at=write.now())
    assert page.version == 0
    assert [one.question for one in page.content.answers] == [
        "Is the diagnosis certain?",
        "Is the operation needed now?",
    ]
    saved = actions.save(weber(case), page.content.model_dump(mode="json"), version=0, at=write.now())
    assert saved.version == 2
    assert Opinion.objects.filter(case=case).count() == 1


def test_two_tabs_never_overwrite_each_other_silently():
    case = write.in_review()
    first = write.saved(case)
    words = write.content(case, summary={"in_short": "Other words."})
    second = actions.save(weber(case), words, version=first.version, at=write.now())
    with pytest.raises(Refused) as refused:
        actions.save(weber(case), write.content(case), version=first.version, at=write.now())
    assert codes(refused) == {"stale"}
    with pytest.raises(Refused) as refused:
        actions.save(weber(case), write.content(case), version=0, at=write.now())
    assert codes(refused) == {"stale"}
    kept = Opinion.objects.get(case=case)
    assert kept.version == second.version
    assert kept.content["summary"]["in_short"] == "Other words."


def test_what_is_no_draft_is_refused_with_the_place():
    case = write.in_review()
    with pytest.raises(Invalid) as refused:
        actions.save(weber(case), {"diagnoses": [{"verdict": "perhaps"}]}, version=0, at=write.now())
    assert "diagnoses.0.verdict" in refused.value.fields
    assert not Opinion.objects.filter(case=case).exists()


def test_an_unfinished_opinion_is_not_handed_in_and_says_every_reason():
    case = write.in_review()
    saved = actions.save(
        weber(case),
        queries.draft(reader=weber(case), at=write.now()).content.model_dump(mode="json"),
        version=0,
        at=write.now(),
    )
    with pytest.raises(Refused) as refused:
        actions.submit(weber(case), version=saved.version, at=write.now())
    assert {"question_unanswered", "diagnosis_unjudged", "therapy_unjudged", "declaration_missing"} <= codes(refused)


def test_the_editor_sends_back_with_reasons_and_passes_when_every_point_is_ticked():
    case = write.in_review()
    opinion = write.submitted(case)
    editor = make.reader(cast.PRIYA, case, at=write.now())
    with pytest.raises(Invalid):
        actions.pass_on(editor, opinion.pk, points={}, at=write.now())
    actions.send_back(editor, opinion.pk, reasons="Say how sure you are.", points={}, at=write.now())
    page = queries.draft(reader=weber(case), at=write.now())
    assert page.editable
    assert page.sent_back[0][1] == "Say how sure you are."
    actions.submit(weber(case), version=page.version, at=write.now())
    actions.pass_on(editor, opinion.pk, points=write.POINTS, at=write.now())
    assert Opinion.objects.get(pk=opinion.pk).state == OpinionState.PASSED


def test_nothing_can_be_changed_while_the_editor_reads():
    case = write.in_review()
    opinion = write.submitted(case)
    with pytest.raises(Refused) as refused:
        actions.save(weber(case), write.content(case), version=opinion.version, at=write.now())
    assert codes(refused) == {"not_editable"}


def test_a_signed_opinion_verifies_byte_by_byte_and_asks_for_its_report():
    case = write.in_review()
    made = write.signed(case)
    data = sealing.canonical_bytes(made)
    given = seal.Seal(made.sha256, made.signature, made.public_key, made.check_code)
    assert seal.verify(data, given, expected_key=made.public_key) is None
    assert signing_keys.is_known(made.public_key)
    document = seal.read(data)
    assert document.header.number == made.number
    assert document.credentials.licence_number == "DEMO-DE-1"
    assert Job.objects.filter(name="reports.issue", key=str(made.pk)).count() == 1
    assert type(case).objects.get(pk=case.pk).state == State.SIGNED


def test_an_opinion_is_signed_once_however_often_it_is_pressed():
    case = write.in_review()
    write.signed(case)
    with pytest.raises(Refused) as refused:
        sealing.sign(weber(case), method="totp", at=write.now())
    assert codes(refused) == {"signed_already"}
    assert Seal.objects.count() == 1


def test_what_is_signed_is_what_was_read():
    case = write.in_review()
    opinion = write.passed(case)
    with pytest.raises(Refused) as refused:
        sealing.sign(weber(case), method="totp", version=opinion.version - 1, at=write.now())
    assert codes(refused) == {"stale"}
    assert not Seal.objects.exists()


def test_a_licence_that_ends_stops_sight_writing_and_signing_at_once():
    case = write.in_review()
    write.passed(case)
    before = weber(case)
    Licence.objects.update(valid_until=(write.now() - timedelta(days=1)).date())
    with pytest.raises(Refused) as refused:
        sealing.sign(before, method="totp", at=write.now())
    assert "no_licence" in codes(refused)
    with pytest.raises(NotFound):
        weber(case)
    assert not Seal.objects.exists()


def test_a_consent_that_is_taken_back_ends_the_sight_of_the_case():
    case = write.in_review()
    write.saved(case)
    cases.withdraw_consent(make.reader(cast.ANA, case), Purpose.RECIPIENT_COUNTRY, country="DE", at=write.now())
    with pytest.raises(NotFound):
        weber(case)


def test_a_follow_up_is_answered_by_an_addendum_that_names_the_opinion():
    case = write.in_review()
    made = write.signed(case)
    asked = sealing.ask_follow_up(make.reader(cast.ANA, case), made.opinion_id, text="May I travel?", at=write.now())
    added = sealing.add(
        weber(case),
        made.opinion_id,
        reason="A question",
        words="Yes.",
        method="totp",
        at=write.now(),
        follow_ups=[asked.pk],
    )
    document = seal.read(sealing.canonical_bytes(added))
    assert document.opinion == document.previous == made.sha256
    asked.refresh_from_db()
    assert asked.answered_by_seal_id == added.pk
    assert Job.objects.filter(name="reports.issue").count() == 2


def test_nothing_is_added_after_a_withdrawal_and_an_empty_addendum_says_what_is_missing():
    case = write.in_review()
    made = write.signed(case)
    with pytest.raises(Invalid) as empty:
        sealing.add(weber(case), made.opinion_id, reason=" ", words="", method="totp", at=write.now())
    assert set(empty.value.fields) == {"reason", "words"}
    sealing.add(
        weber(case),
        made.opinion_id,
        reason="Wrong patient",
        words="Do not use it.",
        method="totp",
        at=write.now(),
        withdraw=True,
    )
    for again in (False, True):
        with pytest.raises(Refused) as refused:
            sealing.add(
                weber(case), made.opinion_id, reason="r", words="w", method="totp", at=write.now(), withdraw=again
            )
        assert codes(refused) == {"withdrawn_already"}
    assert Seal.objects.get(pk=made.pk).withdrawn_at is not None
    assert Seal.objects.count() == 2


def test_records_reviewed_say_what_was_really_opened():
    case = write.in_review()
    record = make.Original.objects.get(case_id=case.pk)
    make.paper(case, b"Another letter\n", path="letter.txt", at=write.now())
    actions.note_opening(weber(case), record.pk, at=write.now())
    actions.note_opening(weber(case), record.pk, at=write.now())
    assert Opening.objects.count() == 1
    document = seal.read(sealing.canonical_bytes(write.signed(case)))
    assert sorted(bool(one.opened) for one in document.records) == [False, True]


def test_an_opinion_is_handed_in_checked_and_signed_while_another_seat_is_still_asked():
    case = make.case_invited(asked=(cast.WEBER, cast.LEVI), at=write.now())
    make.accept(make.reader(cast.WEBER, case), at=write.now())
    seal = write.signed(Case.objects.get(pk=case.pk))
    assert seal.sha256
    assert Case.objects.get(pk=case.pk).state == State.MATCHING
    cases.decline(make.reader(cast.LEVI, case), code=DeclineCode.NO_TIME, at=write.now())
    assert Case.objects.get(pk=case.pk).state == State.IN_REVIEW
    jobs.catch_up({}, at=write.now())
    assert Case.objects.get(pk=case.pk).state == State.SIGNED
