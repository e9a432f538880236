"""A case from draft to review, as the people of the cast live it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests import cast, make
from tests.make import HOUR, NOON

from consilia.billing import actions as billing
from consilia.billing.models import Settlement
from consilia.cases import access
from consilia.cases import actions as cases
from consilia.cases.access import Relation
from consilia.cases.models import Assignment, Case, Purpose
from consilia.cases.states import ALLOWED, TABLE, DeclineCode, Seat, State
from consilia.experts import actions as experts
from consilia.kernel.refusal import Invalid, NotFound, Refused
from consilia.records import actions as records
from consilia.records.models import Standing

pytestmark = pytest.mark.django_db


def codes(refused: pytest.ExceptionInfo[Refused]) -> set[str]:
    return {refusal.code for refusal in refused.value.refusals}


def test_every_state_has_its_four_columns_and_a_way_out() -> None:
    assert set(TABLE) == set(ALLOWED) == set(State)


def test_records_may_come_once_the_case_is_described_and_consented() -> None:
    assert make.case_draft().state == State.DRAFT
    assert make.case_collecting(cast.MALLORY).state == State.COLLECTING


def test_a_stranger_has_no_relation_to_a_case() -> None:
    case = make.case_collecting()
    with pytest.raises(NotFound):
        make.reader(cast.MALLORY, case)


def test_a_case_without_a_record_is_not_handed_in() -> None:
    case = make.case_collecting()
    with pytest.raises(Refused) as refused:
        cases.hand_in(make.reader(cast.ANA, case), {}, at=NOON)
    assert codes(refused) == {"no_records", "no_country"}


def test_the_gate_stays_shut_over_a_held_record_and_over_a_missing_one_without_a_reason() -> None:
    case = make.case_handed_in()
    held = make.paper(case, b"another person's", path="other.txt", standing=Standing.HELD)
    editor = make.reader(cast.PRIYA, case)
    words = {"summary": "s", "key_texts": {}, "not_answerable": "", "essential_missing": ("HER2",), "at": NOON}
    with pytest.raises(Refused) as refused:
        cases.pass_gate(editor, **words)
    assert codes(refused) == {"held_records", "missing_records"}
    records.remove(case.pk, held.pk, reason="hers is another birth date", actor=editor.actor, at=NOON)
    assert cases.pass_gate(editor, **words, bypass_reason="cannot be had in time").state == State.READY


def test_the_coordinator_cannot_pass_the_gate_of_the_editor() -> None:
    case = make.case_handed_in()
    with pytest.raises(NotFound):
        cases.pass_gate(
            make.reader(cast.EVA, case), summary="s", key_texts={}, not_answerable="", essential_missing=(), at=NOON
        )


def test_no_price_before_the_case_is_ready() -> None:
    case = make.case_handed_in()
    with pytest.raises(Refused):
        billing.offer(make.reader(cast.EVA, case), Settlement.INVOICE, at=NOON)


def test_an_invoice_waits_for_the_desk_and_is_paid_once() -> None:
    case = make.case_offered(settlement=Settlement.INVOICE)
    billing.accept(make.reader(cast.ANA, case), at=NOON)
    assert Case.objects.get(pk=case.pk).state == State.OFFERED
    billing.mark_paid(make.reader(cast.EVA, case), at=NOON)
    assert Case.objects.get(pk=case.pk).state == State.MATCHING
    with pytest.raises(Refused):
        billing.mark_paid(make.reader(cast.EVA, case), at=NOON)


def test_a_voucher_opens_as_many_places_as_it_says() -> None:
    code = billing.make_voucher(make.person(cast.MARTA), "Insurer", uses=1, valid_until=NOON + 24 * HOUR, at=NOON)
    for_ana = make.case_offered(settlement=Settlement.SPONSORED)
    with pytest.raises(Invalid):
        billing.accept(make.reader(cast.ANA, for_ana), voucher_code="wrong", at=NOON)
    billing.accept(make.reader(cast.ANA, for_ana), voucher_code=code, at=NOON)
    for_mallory = make.case_offered(cast.MALLORY, settlement=Settlement.SPONSORED)
    with pytest.raises(Invalid):
        billing.accept(make.reader(cast.MALLORY, for_mallory), voucher_code=code, at=NOON)


def test_no_expert_is_asked_in_a_country_without_her_consent() -> None:
    case = make.case_matching()
    desk = make.reader(cast.EVA, case)
    seat = cases.plan_seat(desk, country="US", speciality="medical_oncology", via_doctor=False, reasons=[], at=NOON)
    with pytest.raises(Refused) as refused:
        cases.invite(desk, make.expert(cast.MILLER), seat=seat.seat, reasons=[], at=NOON)
    assert codes(refused) == {"no_consent_country"}


def test_an_expert_without_a_licence_of_today_is_not_asked() -> None:
    case = make.case_matching()
    desk = make.reader(cast.EVA, case)
    seat = cases.plan_seat(desk, country="DE", speciality="medical_oncology", via_doctor=False, reasons=[], at=NOON)
    soon_over = make.expert(cast.WEBER, valid_until=(NOON + timedelta(days=1)).date())
    with pytest.raises(Refused) as refused:
        cases.invite(desk, soon_over, seat=seat.seat, reasons=[], at=NOON + timedelta(days=2))
    assert "no_licence" in codes(refused)


def test_an_invited_expert_sees_a_teaser_and_an_accepted_one_the_records() -> None:
    case = make.case_invited()
    assert make.reader(cast.WEBER, case).relations == {Relation.EXPERT_INVITED}
    make.accept(make.reader(cast.WEBER, case), at=NOON)
    assert make.reader(cast.WEBER, case).relations == {Relation.EXPERT}
    assert Case.objects.get(pk=case.pk).state == State.IN_REVIEW


def test_of_two_experts_for_one_seat_exactly_one_gets_it() -> None:
    second = cast.ExpertCharacter(
        "klein", "klein@example.org", "Jan", "Klein", country="DE", languages=("de",), authority="A", number="2"
    )
    case = make.case_invited(asked=(cast.WEBER, second))
    make.accept(make.reader(cast.WEBER, case), at=NOON)
    with pytest.raises(NotFound):
        make.reader(second, case)
    assert Assignment.objects.filter(case=case, state=Seat.ACCEPTED).count() == 1


def test_nobody_accepts_without_declaring_that_there_is_no_conflict() -> None:
    weber = make.reader(cast.WEBER, make.case_invited())
    cases.show_treating(weber, at=NOON)
    with pytest.raises(Invalid):
        cases.accept(weber, no_conflict=False, at=NOON)


def test_a_declined_seat_leaves_the_case_to_the_others() -> None:
    case = make.case_invited(asked=(cast.WEBER, cast.LEVI))
    make.accept(make.reader(cast.WEBER, case), at=NOON)
    assert Case.objects.get(pk=case.pk).state == State.MATCHING
    cases.decline(make.reader(cast.LEVI, case), code=DeclineCode.NO_TIME, at=NOON)
    assert Case.objects.get(pk=case.pk).state == State.IN_REVIEW


@pytest.mark.parametrize("way", ["consent", "licence", "suspension", "role", "withdrawal", "account"])
def test_sight_ends_at_the_next_request_when_its_ground_is_gone(way: str) -> None:
    case = make.case_in_review()
    her = make.reader(cast.ANA, case)
    weber = make.expert(cast.WEBER)
    boss = make.person(cast.TOM)
    if way == "consent":
        cases.withdraw_consent(her, Purpose.RECIPIENT_COUNTRY, country="DE", at=NOON)
    elif way == "licence":
        experts.revoke_licence(weber.licences.get().pk, by=boss, at=NOON)
    elif way == "suspension":
        experts.suspend(weber.pk, reason="asked by the authority", by=boss, at=NOON)
    elif way == "role":
        make.accounts.revoke_role(weber.person, make.Role.EXPERT, by=boss, at=NOON)
    elif way == "withdrawal":
        cases.withdraw_case(her, at=NOON)
    else:
        make.accounts.deactivate(weber.person, by=boss, at=NOON)
    with pytest.raises(NotFound):
        access.reader_for(make.Person.objects.get(pk=weber.person_id), case.pk, at=NOON)


def test_a_question_stops_the_experts_clock_and_the_answer_gives_the_time_back() -> None:
    case = make.case_in_review()
    weber = make.reader(cast.WEBER, case)
    due = make.seat_of(cast.WEBER, case).opinion_due
    asked = cases.ask(weber, text="Was there a second biopsy?", to_patient=True, at=NOON + HOUR)
    assert Case.objects.get(pk=case.pk).state == State.WAITING_FOR_PATIENT
    cases.answer_question(make.reader(cast.ANA, case), asked.pk, answer="No.", at=NOON + 4 * HOUR)
    assert Case.objects.get(pk=case.pk).state == State.IN_REVIEW
    assert make.seat_of(cast.WEBER, case).opinion_due == due + 3 * HOUR


def test_another_persons_file_is_never_taken_without_a_decision() -> None:
    case = make.case_collecting()
    held = make.paper(case, b"x", standing=Standing.HELD)
    with pytest.raises(Invalid):
        records.release(case.pk, held.pk, reason="", actor=make.reader(cast.EVA, case).actor, at=NOON)
    released = records.release(
        case.pk,
        held.pk,
        reason="typing error of the laboratory, I called",
        actor=make.reader(cast.EVA, case).actor,
        at=NOON,
    )
    assert released.standing == Standing.TAKEN
    removed = records.remove(case.pk, held.pk, reason="", actor=make.reader(cast.EVA, case).actor, at=NOON)
    assert (
        records.put_back(case.pk, removed.pk, actor=make.reader(cast.EVA, case).actor, at=NOON).standing
        == Standing.HELD
    )
