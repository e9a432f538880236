"""Seats of experts: planned, invited, accepted by exactly one, declined with a code; questions that stop the clock."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from consilia.audit import actions as audit
from consilia.audit.kinds import Kind
from consilia.cases import policy
from consilia.cases.access import Reader, Right
from consilia.cases.actions.desk import tell_owner
from consilia.cases.actions.moving import lock, move, refuse
from consilia.cases.models import Assignment, Case, ExpertQuestion
from consilia.cases.states import DeclineCode, Seat, State
from consilia.experts import policy as experts_policy
from consilia.experts.models import Expert
from consilia.kernel.refusal import Invalid, NotFound, Refusal, Refused
from consilia.notify import actions as notify

ANSWER_WITHIN = timedelta(hours=12)  # workflow row 8 [UCSF]
OPINION_WITHIN = timedelta(hours=48)  # workflow row 9 [UCSF], after the acceptance


@transaction.atomic
def plan_seat(
    by: Reader, *, country: str, speciality: str, via_doctor: bool, reasons: list[dict[str, str]], at: datetime
) -> Assignment:
    """A seat for a country; `via_doctor` when the law of the pair sends the opinion through the local doctor."""
    by.require(Right.WORK_AS_DESK)
    case = lock(by.case_id)
    last = case.assignments.order_by("-seat").values_list("seat", flat=True).first() or 0
    seat = Assignment.objects.create(
        case=case,
        seat=last + 1,
        country=country,
        speciality=speciality,
        state=Seat.VIA_DOCTOR if via_doctor else Seat.PLANNED,
        reasons=reasons,
    )
    audit.record(
        Kind.EXPERT_CHOSEN,
        case_id=case.pk,
        actor=by.actor,
        entity=("assignment", seat.pk),
        at=at,
        detail={"country": country},
    )
    return seat


@transaction.atomic
def invite(by: Reader, expert: Expert, *, seat: int, reasons: list[dict[str, str]], at: datetime) -> Assignment:
    """Asks one expert for a seat. Raises Refused without the patient's consent for that country or a valid licence."""
    by.require(Right.WORK_AS_DESK)
    case = lock(by.case_id)
    refuse(policy.against_inviting(case, expert.country))
    refuse(experts_policy.against_working(expert, at))
    planned = case.assignments.filter(seat=seat).exclude(state=Seat.VIA_DOCTOR).first()
    if planned is None:
        raise NotFound
    if case.assignments.filter(expert=expert, state__in=[Seat.INVITED, Seat.ACCEPTED, Seat.FINISHED]).exists():
        raise Refused(Refusal("sits_already", _("This expert has been asked already.")))
    assignment = Assignment.objects.create(
        case=case,
        seat=seat,
        country=expert.country,
        speciality=planned.speciality,
        expert=expert,
        state=Seat.INVITED,
        reasons=reasons,
        invited_at=at,
        answer_due=at + ANSWER_WITHIN,
    )
    case.assignments.filter(seat=seat, state=Seat.PLANNED).delete()
    audit.record(
        Kind.EXPERT_INVITED,
        case_id=case.pk,
        actor=by.actor,
        entity=("assignment", assignment.pk),
        at=at,
        detail={"country": expert.country},
    )
    notify.tell(expert.person, "expert_invited", case_id=case.pk, link=f"/expert/invitations/{case.pk}/", at=at)
    return assignment


@transaction.atomic
def show_treating(by: Reader, *, at: datetime) -> Assignment:
    """She checks for conflicts: from now on her invitation names doctor and hospital, and never the patient."""
    by.require(Right.ANSWER_INVITATION)
    case = lock(by.case_id)
    seat = _own_seat(by)
    refuse(policy.against_answering_invitation(seat, at))
    if seat.treating_shown_at is None:
        seat.treating_shown_at = at
        seat.save(update_fields=["treating_shown_at"])
        audit.record(Kind.TREATING_SHOWN, case_id=case.pk, actor=by.actor, entity=("treating", seat.pk), at=at)
    return seat


@transaction.atomic
def accept(by: Reader, *, no_conflict: bool, at: datetime) -> Assignment:
    """The expert takes the seat; of several who press at once exactly one gets it, the others a clear refusal."""
    by.require(Right.ANSWER_INVITATION)
    case = lock(by.case_id)
    seat = _own_seat(by)
    refuse(policy.against_accepting(seat, at))
    if not no_conflict:
        raise Invalid({"no_conflict": _("Declare that you have no conflict of interest, or decline.")})
    if seat.expert is None:
        raise NotFound
    refuse(experts_policy.against_working(seat.expert, at))
    seat.state, seat.answered_at, seat.no_conflict_declared_at = Seat.ACCEPTED, at, at
    seat.opinion_due = at + OPINION_WITHIN
    seat.save(update_fields=["state", "answered_at", "no_conflict_declared_at", "opinion_due"])
    others = Assignment.objects.filter(case=case, seat=seat.seat, state=Seat.INVITED).exclude(pk=seat.pk)
    others.update(state=Seat.WITHDRAWN, ended_at=at)
    audit.record(Kind.INVITATION_ACCEPTED, case_id=case.pk, actor=by.actor, entity=("assignment", seat.pk), at=at)
    _review_when_answered(case, by, at)
    return seat


@transaction.atomic
def decline(by: Reader, *, code: DeclineCode, note: str = "", at: datetime) -> Assignment:
    """The expert declines with a code; the desk asks the next one."""
    by.require(Right.ANSWER_INVITATION)
    case = lock(by.case_id)
    seat = _own_seat(by)
    refuse(policy.against_answering_invitation(seat, at))
    seat.state, seat.answered_at, seat.ended_at = Seat.DECLINED, at, at
    seat.decline_code, seat.decline_note = code, note.strip()
    seat.save(update_fields=["state", "answered_at", "ended_at", "decline_code", "decline_note"])
    audit.record(
        Kind.INVITATION_DECLINED,
        case_id=case.pk,
        actor=by.actor,
        entity=("assignment", seat.pk),
        at=at,
        detail={"code": code},
    )
    _review_when_answered(case, by, at)
    return seat


@transaction.atomic
def close_seat(by: Reader, seat_id: UUID, *, at: datetime) -> None:
    """The desk takes an invitation or a planned seat back."""
    by.require(Right.WORK_AS_DESK)
    case = lock(by.case_id)
    seat = (
        case.assignments.select_for_update()
        .filter(pk=seat_id, state__in=[Seat.PLANNED, Seat.INVITED, Seat.VIA_DOCTOR])
        .first()
    )
    if seat is None:
        raise NotFound
    seat.state, seat.ended_at = Seat.WITHDRAWN, at
    seat.save(update_fields=["state", "ended_at"])
    audit.record(Kind.ASSIGNMENT_REVOKED, case_id=case.pk, actor=by.actor, entity=("assignment", seat.pk), at=at)
    _review_when_answered(case, by, at)


def _review_when_answered(case: Case, by: Reader, at: datetime) -> None:
    """matching -> in review, once a seat is taken and nobody's answer is outstanding.

    Where the opinions are written or signed already, the room `opinions` leads on (opinions.jobs.catch_up).
    """
    seats = Assignment.objects.filter(case=case)
    waiting = seats.filter(state__in=[Seat.INVITED, Seat.PLANNED]).exists()
    taken = seats.filter(state__in=[Seat.ACCEPTED, Seat.FINISHED]).exists()
    if State(case.state) is State.MATCHING and taken and not waiting:
        move(case, State.IN_REVIEW, actor=by.actor, at=at)


@transaction.atomic
def ask(by: Reader, *, text: str, to_patient: bool, at: datetime) -> ExpertQuestion:
    """The expert asks the patient or the desk; the expert's clock stops until the answer."""
    by.require(Right.WRITE_OPINION)
    case = lock(by.case_id)
    seat = _own_seat(by)
    refuse(policy.against_asking(seat))
    if not text.strip():
        raise Invalid({"text": _("Write your question.")})
    question = ExpertQuestion.objects.create(assignment=seat, text=text.strip(), to_patient=to_patient, asked_at=at)
    audit.record(Kind.CLOCK_STOPPED, case_id=case.pk, actor=by.actor, entity=("expert_question", question.pk), at=at)
    if State(case.state) is State.IN_REVIEW:
        move(case, State.WAITING_FOR_PATIENT, actor=by.actor, at=at)
    if to_patient:
        tell_owner(case, "question_from_expert", at)
    return question


@transaction.atomic
def answer_question(by: Reader, question_id: UUID, *, answer: str, at: datetime) -> ExpertQuestion:
    """The patient (or the desk) answers; the expert's clock runs again with the time that was left."""
    case = lock(by.case_id)
    question = (
        ExpertQuestion.objects.select_for_update()
        .filter(pk=question_id, assignment__case=case, answered_at=None)
        .first()
    )
    if question is None or not (by.may(Right.WORK_AS_DESK) or (question.to_patient and by.may(Right.CHANGE_CASE))):
        raise NotFound
    if not answer.strip():
        raise Invalid({"answer": _("Write an answer, or that you do not know.")})
    question.answer, question.answered_at, question.answered_by_id = answer.strip(), at, by.person_id
    question.save(update_fields=["answer", "answered_at", "answered_by"])
    seat = question.assignment
    if seat.opinion_due:
        seat.opinion_due += at - question.asked_at
        seat.save(update_fields=["opinion_due"])
    audit.record(Kind.CLOCK_STARTED, case_id=case.pk, actor=by.actor, entity=("expert_question", question.pk), at=at)
    still_open = ExpertQuestion.objects.filter(assignment__case=case, answered_at=None).exists()
    if State(case.state) is State.WAITING_FOR_PATIENT and not still_open:
        move(case, State.IN_REVIEW, actor=by.actor, at=at)
    if seat.expert:
        notify.tell(seat.expert.person, "message_new", case_id=case.pk, link=f"/expert/cases/{case.pk}/", at=at)
    return question


@transaction.atomic
def finish_seat(by: Reader, *, at: datetime) -> Assignment:
    """The opinion of this seat is signed; called by `opinions` alone, inside its transaction."""
    by.require(Right.WRITE_OPINION)
    seat = _own_seat(by)
    seat.state = Seat.FINISHED
    seat.save(update_fields=["state"])
    return seat


def _own_seat(by: Reader) -> Assignment:
    seat = (
        Assignment.objects.select_for_update(of=("self",))
        .select_related("expert")
        .filter(pk=by.seat_id, case_id=by.case_id)
        .first()
    )
    if seat is None:
        raise NotFound
    return seat
