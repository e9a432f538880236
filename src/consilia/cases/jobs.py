"""What happens by the clock alone: checkpoints, scrubs, invitations that are over, reminders, ends nobody makes.

Periodic functions only look; each thing found becomes a job of its own with a key, so that it happens once and one
case that fails does not keep the others waiting. Every job reads its state again and may run twice.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from consilia.accounts.models import Person, Role
from consilia.audit import actions as audit
from consilia.audit import queries as audit_queries
from consilia.audit.kinds import Kind
from consilia.cases import clocks
from consilia.cases.actions.desk import owner_of
from consilia.cases.actions.moving import lock, move
from consilia.cases.models import Assignment, Case, ExpertQuestion, SelfCheck
from consilia.cases.queries.thread import zone
from consilia.cases.states import TABLE, Seat, State
from consilia.jobs import actions as jobs
from consilia.jobs.registry import job, periodic
from consilia.kernel.actor import system
from consilia.kernel.refusal import NotFound
from consilia.notify import actions as notify
from consilia.vault import queries as vault

WEEK = timedelta(days=7)
# States whose promise, once past, is told to those who can act.
LATE_IS_TOLD = (State.ORGANISING, State.READY, State.MATCHING, State.EDITORIAL, State.SIGNED)
# (states.TABLE, fourth column) after how long the patient is reminded, and with which message.
REMINDERS: dict[State, tuple[timedelta, str]] = {
    State.DRAFT: (WEEK, "records_missing"),
    State.COLLECTING: (WEEK, "records_missing"),
    State.RETURNED: (WEEK, "records_missing"),
    State.WAITING_FOR_PATIENT: (timedelta(days=2), "question_from_expert"),
}
ENDINGS: dict[State, tuple[timedelta, State]] = {
    State.DRAFT: (timedelta(days=90), State.EXPIRED),
    State.RETURNED: (timedelta(days=90), State.EXPIRED),
    State.DELIVERED: (timedelta(days=30), State.CLOSED),
}
LOOKS_BACK = 1000  # events of a case that are read to see whether something was said already
GOES_ON_AFTER = timedelta(days=4)  # a question of an expert that the patient was reminded of
SELF_CHECKS_KEPT = timedelta(days=30)  # without a case; a case asks for fresh answers after a day anyway
BEFORE_THE_END = timedelta(hours=12)  # an expert is reminded so long before the opinion is due


@periodic(every=timedelta(minutes=1), name="audit.checkpoint")
def checkpoint(ids: Mapping[str, str], *, at: datetime) -> None:
    """Signs the heads of the trail into a file outside the database."""
    audit.checkpoint(at)


@periodic(every=timedelta(days=1), name="vault.scrub")
def scrub(ids: Mapping[str, str], *, at: datetime) -> None:
    """Reads every original; each damaged one becomes an event of its case and a message to the administrators."""
    for finding in vault.scrub():
        case_id, _slash, name = finding.key.partition("/")
        key = f"{finding.key}/{at.date().isoformat()}"
        jobs.queue("cases.note_damage", key=key, ids={"case": case_id, "object": name}, at=at)
    with transaction.atomic():
        audit.record(Kind.SCRUBBED, actor=system(), entity=("vault", "originals"), at=at)


@job("cases.note_damage")
@transaction.atomic
def note_damage(ids: Mapping[str, str], *, at: datetime) -> None:
    """One event a damaged object and night; one message a damaged object, however long it stays so."""
    case_id = _uuid(ids["case"])
    night = at.replace(hour=0, minute=0, second=0, microsecond=0)
    if case_id is not None and noted(case_id, Kind.DAMAGE_FOUND, ids["object"], since=night):
        return
    audit.record(Kind.DAMAGE_FOUND, case_id=case_id, actor=system(), entity=("object", ids["object"]), at=at)
    for person in people(Role.ADMINISTRATOR):
        notify.tell(person, "damage_found", case_id=case_id, once=f"damage:{ids['case']}:{ids['object']}", at=at)


def _uuid(word: str) -> UUID | None:
    try:
        return UUID(word)
    except ValueError:
        return None


@periodic(every=timedelta(days=1))
def forget_self_checks(ids: Mapping[str, str], *, at: datetime) -> None:
    """Answers that no case took over are deleted: they served the person who gave them, and nobody else."""
    SelfCheck.objects.filter(case=None, answered_at__lt=at - SELF_CHECKS_KEPT).delete()


# --- invitations ------------------------------------------------------------------------------------------------


@periodic(every=timedelta(minutes=15), name="cases.end_invitations")
def end_invitations(ids: Mapping[str, str], *, at: datetime) -> None:
    """Looks for invitations without an answer in time."""
    over = Assignment.objects.filter(state=Seat.INVITED, ended_at=None, answer_due__lt=at)
    for pk in over.values_list("pk", flat=True):
        jobs.queue("cases.invitation_over", key=str(pk), ids={"seat": pk}, at=at)


@job("cases.invitation_over")
@transaction.atomic
def invitation_over(ids: Mapping[str, str], *, at: datetime) -> None:
    """The invitation ends; where nobody else sits there or was asked, the seat is planned again for the next expert."""
    found = Assignment.objects.filter(pk=ids["seat"]).values_list("case_id", flat=True).first()
    if found is None:
        return
    case = _locked(found)
    seat = Assignment.objects.filter(pk=ids["seat"], state=Seat.INVITED, ended_at=None, answer_due__lt=at).first()
    if case is None or seat is None:
        return
    seat.state, seat.ended_at = Seat.WITHDRAWN, at
    seat.save(update_fields=["state", "ended_at"])
    audit.record(Kind.INVITATION_EXPIRED, case_id=case.pk, actor=system(), entity=("assignment", seat.pk), at=at)
    live = [Seat.PLANNED, Seat.INVITED, Seat.ACCEPTED, Seat.FINISHED]
    if not case.assignments.filter(seat=seat.seat, state__in=live).exists():
        Assignment.objects.create(
            case=case, seat=seat.seat, country=seat.country, speciality=seat.speciality, state=Seat.PLANNED
        )
    tell_desk(case.pk, "expert_reminder", once=f"invitation:{seat.pk}", at=at)


# --- clocks of cases --------------------------------------------------------------------------------------------


@periodic(every=timedelta(hours=1), name="cases.watch_clocks")
def watch_clocks(ids: Mapping[str, str], *, at: datetime) -> None:
    """Asks for a job a case whose state has something to happen by now: a reminder, a late promise, an end."""
    for state in State:
        due = _first_moment(state)
        if due is None:
            continue
        waiting = Case.objects.filter(state=state, state_since__lte=at - due, tombstone_at=None)
        for pk, since in waiting.values_list("pk", "state_since").iterator():
            for word in _words_due(state, since, at):
                key = f"{pk}/{state}/{int(since.timestamp())}/{word}"
                jobs.queue(f"cases.{word}", key=key, ids={"case": pk, "state": str(state)}, at=at)
    _watch_experts(at)


def _first_moment(state: State) -> timedelta | None:
    """The shortest time in the state after which anything may be due; None: nothing ever is."""
    moments = [rule[state][0] for rule in (REMINDERS, ENDINGS) if state in rule]
    if state in LATE_IS_TOLD:
        moments.append(TABLE[state].promise or timedelta(days=TABLE[state].business_days or 1) / 2)
    return min(moments, default=None)


def _words_due(state: State, since: datetime, at: datetime) -> list[str]:
    waited = at - since
    words = []
    if state in REMINDERS and waited >= REMINDERS[state][0]:
        words.append("remind")
    if state in LATE_IS_TOLD and clocks.clock(state, since, zone()).late(at):
        words.append("late")
    if state in ENDINGS and waited >= ENDINGS[state][0]:
        words.append("end")
    if state is State.WAITING_FOR_PATIENT and waited >= GOES_ON_AFTER:
        words.append("go_on")
    return words


@job("cases.remind")
@transaction.atomic
def remind(ids: Mapping[str, str], *, at: datetime) -> None:
    """Reminds the patient once of a step that is hers."""
    case = _still(ids)
    if case is not None:
        tell_patient(case, REMINDERS[State(case.state)][1], once=_this_time(case), at=at)


@job("cases.late")
@transaction.atomic
def late(ids: Mapping[str, str], *, at: datetime) -> None:
    """A promise of ours is past: the trail keeps it, those who can act are told."""
    case = _still(ids)
    if case is None or noted(case.pk, Kind.DEADLINE_MISSED, case.pk, since=case.state_since):
        return
    audit.record(
        Kind.DEADLINE_MISSED,
        case_id=case.pk,
        actor=system(),
        entity=("case", case.pk),
        at=at,
        detail={"from_state": case.state},
    )
    role = Role.EDITOR if State(case.state) is State.EDITORIAL else Role.COORDINATOR
    tell_desk(case.pk, "promise_late", once=f"late:{_this_time(case)}", at=at, role=role)


def _this_time(case: Case) -> str:
    """Names one stay of a case in a state."""
    return f"{case.pk}:{case.state}:{int(case.state_since.timestamp())}"


@job("cases.end")
@transaction.atomic
def end(ids: Mapping[str, str], *, at: datetime) -> None:
    """A case that waited as long as we keep waiting: a draft and a returned case expire, a delivered one closes."""
    case = _still(ids)
    if case is not None and at - case.state_since >= ENDINGS[State(case.state)][0]:
        move(case, ENDINGS[State(case.state)][1], actor=system(), at=at)


@job("cases.go_on")
@transaction.atomic
def go_on(ids: Mapping[str, str], *, at: datetime) -> None:
    """The expert goes on without the answers to her questions; her clock gets the time back that it stood still."""
    case = _still(ids)
    if case is None:
        return
    asked = ExpertQuestion.objects.select_for_update().filter(assignment__case=case, answered_at=None)
    for question in asked:
        seat = Assignment.objects.select_for_update().get(pk=question.assignment_id)
        if seat.opinion_due:
            seat.opinion_due += at - question.asked_at
            seat.save(update_fields=["opinion_due"])
        question.answered_at = at
        question.save(update_fields=["answered_at"])
        entity = ("expert_question", question.pk)
        audit.record(Kind.CLOCK_STARTED, case_id=case.pk, actor=system(), entity=entity, at=at)
    move(case, State.IN_REVIEW, actor=system(), at=at)


def _watch_experts(at: datetime) -> None:
    writing = Assignment.objects.filter(state=Seat.ACCEPTED, ended_at=None, case__state=State.IN_REVIEW)
    for pk, due in writing.filter(opinion_due__lte=at + BEFORE_THE_END).values_list("pk", "opinion_due"):
        moment = int(due.timestamp()) if due else 0
        jobs.queue("cases.remind_expert", key=f"{pk}/{moment}", ids={"seat": pk}, at=at)
        if due and due < at:
            jobs.queue("cases.expert_late", key=f"{pk}/{moment}", ids={"seat": pk}, at=at)


@job("cases.remind_expert")
@transaction.atomic
def remind_expert(ids: Mapping[str, str], *, at: datetime) -> None:
    """Half a day before the opinion is due, once a deadline."""
    seat = _writing(ids, at + BEFORE_THE_END)
    if seat is not None and seat.expert:
        once = f"due:{seat.pk}:{int(seat.opinion_due.timestamp()) if seat.opinion_due else 0}"
        link = f"/expert/cases/{seat.case_id}/"
        notify.tell(seat.expert.person, "expert_reminder", case_id=seat.case_id, link=link, once=once, at=at)


@job("cases.expert_late")
@transaction.atomic
def expert_late(ids: Mapping[str, str], *, at: datetime) -> None:
    """The opinion is late: the trail keeps it, the desk calls."""
    seat = _writing(ids, at)
    if seat is None or noted(seat.case_id, Kind.DEADLINE_MISSED, seat.pk, since=seat.opinion_due or at):
        return
    entity = ("assignment", seat.pk)
    audit.record(Kind.DEADLINE_MISSED, case_id=seat.case_id, actor=system(), entity=entity, at=at)
    moment = int(seat.opinion_due.timestamp()) if seat.opinion_due else 0
    tell_desk(seat.case_id, "promise_late", once=f"expert-late:{seat.pk}:{moment}", at=at)


def _writing(ids: Mapping[str, str], until: datetime) -> Assignment | None:
    return (
        Assignment.objects.select_related("expert__person")
        .filter(pk=ids["seat"], state=Seat.ACCEPTED, ended_at=None, opinion_due__lte=until)
        .filter(case__state=State.IN_REVIEW, case__tombstone_at=None)
        .first()
    )


def _still(ids: Mapping[str, str]) -> Case | None:
    """The locked case while it is in the state in which the job was asked for; None when life went on."""
    case = _locked(UUID(ids["case"]))
    return case if case is not None and case.state == ids["state"] else None


def _locked(case_id: UUID) -> Case | None:
    try:
        return lock(case_id)
    except NotFound:
        return None


def noted(case_id: UUID, kind: Kind, entity_id: UUID | str, *, since: datetime) -> bool:
    """True when the trail of the case says so already: a job that is run again after a crash says nothing twice."""
    for line in audit_queries.for_case(case_id, limit=LOOKS_BACK):
        if line.at < since:
            return False
        if line.kind is kind and line.entity_id == str(entity_id):
            return True
    return False


def tell_patient(case: Case, kind: str, *, once: str, at: datetime) -> None:
    """One message to the patient, or to whoever opened the case for her."""
    if owner := owner_of(case):
        notify.tell(owner, kind, case_id=case.pk, link=f"/patient/cases/{case.pk}/", once=once, at=at)


def people(role: Role) -> list[Person]:
    """Everybody who holds a role now and can sign in."""
    return list(Person.objects.filter(grants__role=role, grants__revoked_at=None, is_active=True).distinct())


def tell_desk(case_id: UUID, kind: str, *, once: str, at: datetime, role: Role = Role.COORDINATOR) -> None:
    """One message to everybody of a role: something waits in this case, or is late."""
    for person in people(role):
        notify.tell(person, kind, case_id=case_id, link=f"/desk/cases/{case_id}/", once=once, at=at)
