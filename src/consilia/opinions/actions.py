"""Writing an opinion: begin, save by version, hand to the editor, send back, pass; sealing stands in `sealing`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _
from pydantic import ValidationError

from consilia.accounts.models import Role, RoleGrant
from consilia.audit import actions as audit
from consilia.audit.kinds import Kind
from consilia.cases import actions as cases
from consilia.cases.access import Reader, Right
from consilia.cases.actions.moving import lock, refuse
from consilia.cases.models import Assignment, Case
from consilia.cases.states import Seat
from consilia.kernel.actor import Actor
from consilia.kernel.refusal import Invalid, NotFound
from consilia.notify import actions as notify
from consilia.opinions import drafts, policy
from consilia.opinions.content import DraftContent
from consilia.opinions.models import EditorialCheck, Opening, Opinion, Uncovering
from consilia.opinions.states import OpinionState

SHORTEST_REASON = 5  # letters of a reason in words
CHECK_POINTS = ("all_answered", "understandable", "cited", "actionable", "respectful", "right_patient_side_units")


@transaction.atomic
def begin(by: Reader, *, at: datetime) -> Opinion:
    """The expert's draft for this seat, with the patient's questions and the first doctor's words already in it."""
    by.require(Right.WRITE_OPINION)
    case = lock(by.case_id)
    known = Opinion.objects.filter(assignment_id=by.seat_id).first()
    if known is not None:
        return known
    opinion = Opinion.objects.create(
        case=case, assignment_id=by.seat_id, content=drafts.first(case).model_dump(mode="json"), saved_at=at
    )
    audit.record(Kind.OPINION_STARTED, case_id=case.pk, actor=by.actor, entity=("opinion", opinion.pk), at=at)
    return opinion


@transaction.atomic
def save(by: Reader, content: Mapping[str, Any], *, version: int, at: datetime) -> Opinion:
    """Keeps the draft when `version` is the one that was read; raises Refused("stale") when somebody saved meanwhile.

    `version` 0 says that nothing was saved yet: the first words begin the opinion.

    Two tabs or two devices never overwrite each other silently. Raises Invalid for a shape that is not a draft.
    """
    by.require(Right.WRITE_OPINION)
    lock(by.case_id)
    opinion = Opinion.objects.select_for_update().filter(assignment_id=by.seat_id, case_id=by.case_id).first()
    if opinion is None and version == 0:
        opinion = begin(by, at=at)
        version = opinion.version
    if opinion is None:
        raise NotFound
    refuse(policy.against_editing(opinion, version))
    try:
        draft = DraftContent.model_validate(content)
    except ValidationError as error:
        raise Invalid({".".join(map(str, fault["loc"])): fault["msg"] for fault in error.errors()}) from error
    opinion.content, opinion.version, opinion.saved_at = draft.model_dump(mode="json"), opinion.version + 1, at
    opinion.save(update_fields=["content", "version", "saved_at"])
    detail = {"version": str(opinion.version)}
    audit.record(
        Kind.OPINION_CHANGED, case_id=by.case_id, actor=by.actor, entity=("opinion", opinion.pk), at=at, detail=detail
    )
    return opinion


@transaction.atomic
def note_opening(by: Reader, record_id: UUID, *, at: datetime) -> None:
    """The expert opened a record: printed in "records reviewed" as really opened."""
    by.require(Right.READ_AS_EXPERT)
    opening = Opening(assignment_id=by.seat_id, record_id=record_id, first_at=at)
    Opening.objects.bulk_create([opening], ignore_conflicts=True)  # the first one stays, in one query


@transaction.atomic
def uncover(by: Reader, record_id: UUID, *, page: int, reason: str, at: datetime) -> None:
    """The expert asks to see the covered lines of one page. Raises Invalid without a reason in words."""
    by.require(Right.READ_AS_EXPERT)
    if len(reason.strip()) < SHORTEST_REASON:
        raise Invalid({"reason": _("Write why you need to see it.")})
    lock(by.case_id)
    Uncovering.objects.create(
        assignment_id=by.seat_id, record_id=record_id, page=page, reason=reason.strip()[:300], at=at
    )
    audit.record(
        Kind.IDENTITY_UNCOVERED,
        case_id=by.case_id,
        actor=by.actor,
        entity=("record", record_id),
        at=at,
        detail={"page": str(page)},
    )


@transaction.atomic
def submit(by: Reader, *, version: int, at: datetime) -> Opinion:
    """Hands the opinion to the editor. Raises Refused with every reason that speaks against it."""
    by.require(Right.WRITE_OPINION)
    case = lock(by.case_id)
    opinion = _own(by)
    refuse(policy.against_submitting(opinion, version, at))
    opinion.state, opinion.submitted_at = OpinionState.SUBMITTED, at
    opinion.save(update_fields=["state", "submitted_at"])
    audit.record(Kind.OPINION_SUBMITTED, case_id=case.pk, actor=by.actor, entity=("opinion", opinion.pk), at=at)
    catch_up(case, actor=by.actor, at=at)
    for grant in RoleGrant.objects.filter(role=Role.EDITOR, revoked_at=None).select_related("person"):
        notify.tell(grant.person, "opinion_to_check", case_id=case.pk, link=f"/desk/cases/{case.pk}/", at=at)
    return opinion


def catch_up(case: Case, *, actor: Actor, at: datetime) -> None:
    """Leads a locked case on as far as its opinions are: to the editor, or signed; nothing while somebody writes."""
    seats = Assignment.objects.filter(case=case)
    if seats.filter(state__in=[Seat.PLANNED, Seat.INVITED]).exists():
        return
    done = [OpinionState.SUBMITTED, OpinionState.PASSED, OpinionState.SIGNED]
    accepted = seats.filter(state=Seat.ACCEPTED)
    if accepted.exclude(opinion__state__in=done).exists():
        return
    if accepted.exists():
        cases.to_editorial(case.pk, actor=actor, at=at)
    elif seats.filter(state=Seat.FINISHED).exists():
        cases.pass_signing(case.pk, actor=actor, at=at)


@transaction.atomic
def send_back(by: Reader, opinion_id: UUID, *, reasons: str, points: Mapping[str, bool], at: datetime) -> Opinion:
    """The editor sends the opinion back with reasons; the editor never changes the expert's words."""
    by.require(Right.PASS_GATE)
    case = lock(by.case_id)
    opinion = _of_case(by, opinion_id)
    refuse(policy.against_checking(opinion))
    if not reasons.strip():
        raise Invalid({"reasons": _("Write what the expert should look at again.")})
    _check(by, opinion, passed=False, reasons=reasons, points=points, at=at)
    opinion.state = OpinionState.RETURNED
    opinion.save(update_fields=["state"])
    audit.record(Kind.OPINION_SENT_BACK, case_id=case.pk, actor=by.actor, entity=("opinion", opinion.pk), at=at)
    cases.back_to_experts(case.pk, actor=by.actor, at=at)
    _tell_expert(opinion, "opinion_returned", at)
    return opinion


@transaction.atomic
def pass_on(by: Reader, opinion_id: UUID, *, points: Mapping[str, bool], at: datetime) -> Opinion:
    """The editor has checked every point: the expert can sign. Raises Invalid while a point is not ticked."""
    by.require(Right.PASS_GATE)
    lock(by.case_id)
    opinion = _of_case(by, opinion_id)
    refuse(policy.against_checking(opinion))
    if not all(points.get(point) for point in CHECK_POINTS):
        raise Invalid({"points": _("Tick every point, or send the opinion back with reasons.")})
    _check(by, opinion, passed=True, reasons="", points=points, at=at)
    opinion.state, opinion.passed_at, opinion.passed_by_id = OpinionState.PASSED, at, by.person_id
    opinion.save(update_fields=["state", "passed_at", "passed_by"])
    audit.record(Kind.OPINION_APPROVED, case_id=by.case_id, actor=by.actor, entity=("opinion", opinion.pk), at=at)
    _tell_expert(opinion, "opinion_passed", at)
    return opinion


def _check(
    by: Reader, opinion: Opinion, *, passed: bool, reasons: str, points: Mapping[str, bool], at: datetime
) -> None:
    EditorialCheck.objects.create(
        opinion=opinion,
        version=opinion.version,
        passed=passed,
        reasons=reasons.strip(),
        points={point: bool(points.get(point)) for point in CHECK_POINTS},
        at=at,
        by_id=by.person_id,
    )


def _tell_expert(opinion: Opinion, kind: str, at: datetime) -> None:
    if expert := opinion.assignment.expert:
        notify.tell(expert.person, kind, case_id=opinion.case_id, link=f"/expert/cases/{opinion.case_id}/", at=at)


def _own(by: Reader) -> Opinion:
    opinion = Opinion.objects.select_for_update().filter(assignment_id=by.seat_id, case_id=by.case_id).first()
    if opinion is None:
        raise NotFound
    return opinion


def _of_case(by: Reader, opinion_id: UUID) -> Opinion:
    opinion = (
        Opinion.objects.select_for_update(of=("self",))
        .select_related("assignment__expert__person")
        .filter(pk=opinion_id, case_id=by.case_id)
        .first()
    )
    if opinion is None:
        raise NotFound
    return opinion
