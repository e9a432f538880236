"""Ends: closed, withdrawn, erased. Erasing the rows of a case is the last call of reports.erasure, never the first."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from consilia.audit import actions as audit
from consilia.audit.kinds import Kind
from consilia.cases import policy
from consilia.cases.access import Reader, Right
from consilia.cases.actions.moving import lock, move, refuse
from consilia.cases.models import Assignment, Case
from consilia.cases.states import Seat, State


@transaction.atomic
def withdraw_case(by: Reader, *, at: datetime) -> Case:
    """The patient ends the case; every expert loses sight of it at once."""
    by.require(Right.CHANGE_CASE)
    case = lock(by.case_id)
    refuse(policy.against_withdrawing(case))
    move(case, State.WITHDRAWN, actor=by.actor, at=at)
    Assignment.objects.filter(case=case, state__in=[Seat.PLANNED, Seat.INVITED, Seat.ACCEPTED]).update(
        state=Seat.WITHDRAWN, ended_at=at
    )
    return case


@transaction.atomic
def close(by: Reader, *, at: datetime) -> Case:
    """Delivered and nothing open: the patient closes it, or the clock does after 30 days."""
    by.require(Right.CHANGE_CASE)
    case = lock(by.case_id)
    move(case, State.CLOSED, actor=by.actor, at=at)
    return case


@transaction.atomic
def erase_rows(by: Reader, *, at: datetime) -> None:
    """Empties every word of the case and keeps a tombstone: an id, a reference and the moment.

    Also ends the patient's record when this was her last case. The audit trail holds no clinical word and stays.
    """
    by.require(Right.ERASE_CASE)
    case = lock(by.case_id)
    refuse(policy.against_erasing(case))
    for rows in (case.messages, case.questions, case.broken_glasses, case.assignments, case.consents, case.steps):
        rows.all().delete()
    if case.self_check:
        case.self_check.delete()
    blank = {
        field.name: "" if field.get_internal_type() in {"TextField", "CharField"} else None
        for field in Case._meta.concrete_fields
        if field.name in WORDS_OF_THE_PATIENT
    }
    for name, value in blank.items():
        setattr(case, name, value)
    case.self_check = None
    case.wanted_countries, case.conditions, case.said_of_advice, case.assessment = [], {}, {}, {}
    case.tombstone_at = at
    case.save()
    audit.record(Kind.CASE_ERASED, case_id=case.pk, actor=by.actor, entity=("case", case.pk), at=at)


WORDS_OF_THE_PATIENT = frozenset(
    {
        "case_type",
        "stated_diagnosis",
        "proposed_therapy",
        "treating_doctor",
        "hospital",
        "hospital_country",
        "location_country",
        "reading_language",
        "talking_language",
        "decision_due",
        "matters",
        "urgent_note",
        "summary",
        "not_answerable",
        "bypass_reason",
    }
)
