"""Words between people of a case; each side sees only its own conversation."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from consilia.accounts.models import Role, RoleGrant
from consilia.audit import actions as audit
from consilia.audit.kinds import Kind
from consilia.cases.access import Reader, Relation, Right
from consilia.cases.actions.desk import tell_owner
from consilia.cases.actions.moving import lock
from consilia.cases.models import Assignment, Message
from consilia.kernel.refusal import Invalid, NotFound
from consilia.notify import actions as notify

LONGEST = 5000  # characters of one message


@transaction.atomic
def write(by: Reader, *, text: str, at: datetime, assignment: Assignment | None = None) -> Message:
    """A message of the patient to the desk, of the desk to the patient, or between the desk and one expert.

    Raises Invalid for an empty or too long text, NotFound for a seat of another case.
    """
    words = text.strip()
    if not 0 < len(words) <= LONGEST:
        raise Invalid({"text": _("Write a message of at most 5,000 characters.")})
    case = lock(by.case_id)
    audience = _audience(by, assignment)
    message = Message.objects.create(
        case=case,
        audience=audience,
        author_id=by.person_id,
        author_role=by.role,
        text=words,
        at=at,
        assignment=assignment,
    )
    audit.record(Kind.MESSAGE_SENT, case_id=case.pk, actor=by.actor, entity=("message", message.pk), at=at)
    from_desk = bool({Relation.COORDINATOR, Relation.EDITOR} & by.relations)
    if from_desk and assignment is None:
        tell_owner(case, "message_new", at)
    elif from_desk and assignment and assignment.expert:
        notify.tell(assignment.expert.person, "message_new", case_id=case.pk, link=f"/expert/cases/{case.pk}/", at=at)
    else:
        for grant in RoleGrant.objects.filter(role=Role.COORDINATOR, revoked_at=None).select_related("person"):
            notify.tell(grant.person, "message_new", case_id=case.pk, link=f"/desk/cases/{case.pk}/", at=at)
    return message


def _audience(by: Reader, assignment: Assignment | None) -> Message.Audience:
    if assignment is not None and assignment.case_id != by.case_id:
        raise NotFound
    if by.may(Right.READ_CASE):
        return Message.Audience.PATIENT
    if by.may(Right.READ_AS_EXPERT):
        return Message.Audience.EXPERT
    by.require(Right.WORK_AS_DESK)
    return Message.Audience.EXPERT if assignment else Message.Audience.PATIENT


@transaction.atomic
def mark_read(by: Reader, *, at: datetime) -> None:
    """The messages of the other side count as read once the conversation was opened."""
    unread = Message.objects.filter(case_id=by.case_id, read_at=None).exclude(audience=Message.Audience.INTERNAL)
    if by.may(Right.READ_CASE):
        unread.filter(audience=Message.Audience.PATIENT).exclude(author_role__in=["patient", "proxy"]).update(
            read_at=at
        )
    elif by.may(Right.READ_AS_EXPERT):
        unread.filter(audience=Message.Audience.EXPERT, assignment_id=by.seat_id).exclude(author_role="expert").update(
            read_at=at
        )
    else:
        by.require(Right.WORK_AS_DESK)
        unread.filter(author_role__in=["patient", "proxy", "expert"]).update(read_at=at)
