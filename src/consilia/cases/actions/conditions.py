"""What the patient says of the lists: a place does not concern her; what became of what a report recommends."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from consilia.audit import actions as audit
from consilia.audit.kinds import Kind
from consilia.cases import content, policy
from consilia.cases.access import Reader, Right
from consilia.cases.actions.moving import lock, refuse, touch
from consilia.cases.models import AdviceAnswer, Case
from consilia.kernel.refusal import Invalid


@transaction.atomic
def say_condition(by: Reader, condition: str, *, applies: bool, at: datetime) -> Case:
    """Keeps that the places under this condition do not concern her; with `applies` they are asked for again.

    `condition` is the id of an `only_if` of the case's checklist. Raises Invalid for another, Refused after the gate.
    """
    by.require(Right.CHANGE_CASE)
    case = lock(by.case_id)
    refuse(policy.against_saying_conditions(case))
    known = {item.only_if for item in content.library().checklist(case.case_type).items if item.only_if}
    if condition not in known:
        raise Invalid({"condition": _("The list of this case asks nothing of that kind.")})
    kept = {name: answer for name, answer in case.conditions.items() if name != condition}
    case.conditions = kept if applies else kept | {condition: False}
    touch(case, "conditions")
    detail = {"code": f"{condition}:{'open' if applies else 'no'}"}
    entity = ("condition", case.pk)
    audit.record(Kind.CASE_CHANGED, case_id=case.pk, actor=by.actor, entity=entity, at=at, detail=detail)
    return case


@transaction.atomic
def say_of_advice(by: Reader, key: str, answer: AdviceAnswer | None, *, at: datetime) -> Case:
    """Keeps what she says of one recommended examination; None takes it back. It clears nothing by itself.

    `key` is one of the case's recommendations, as the caller has seen. Raises Refused after the gate.
    """
    by.require(Right.CHANGE_CASE)
    case = lock(by.case_id)
    refuse(policy.against_saying_conditions(case))
    kept = {name: said for name, said in case.said_of_advice.items() if name != key}
    said = {"answer": answer, "at": at.isoformat(), "by": str(by.person_id)}
    case.said_of_advice = kept | ({key: said} if answer else {})
    touch(case, "said_of_advice")
    detail = {"code": answer or "open"}
    audit.record(Kind.CASE_CHANGED, case_id=case.pk, actor=by.actor, entity=("advice", case.pk), at=at, detail=detail)
    return case
