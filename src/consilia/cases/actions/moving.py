"""The one way to lock a case and to move it to another state."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from consilia.audit import actions as audit
from consilia.audit.kinds import Kind
from consilia.cases import states
from consilia.cases.models import Case, Step
from consilia.cases.states import State
from consilia.kernel.actor import Actor
from consilia.kernel.refusal import NotFound, Refusal, Refused

EVENTS: dict[State, Kind] = {
    State.ORGANISING: Kind.CASE_HANDED_IN,
    State.RETURNED: Kind.CASE_RETURNED,
    State.READY: Kind.CASE_READY,
    State.OFFERED: Kind.OFFER_MADE,
    State.MATCHING: Kind.OFFER_ACCEPTED,
    State.DELIVERED: Kind.REPORT_DELIVERED,
    State.CLOSED: Kind.CASE_CLOSED,
    State.WITHDRAWN: Kind.CASE_WITHDRAWN,
    State.DECLINED: Kind.CASE_DECLINED,
    State.EXPIRED: Kind.CASE_EXPIRED,
}


def lock(case_id: UUID) -> Case:
    """The case under a row lock (PostgreSQL) or inside the IMMEDIATE transaction (SQLite). Raises NotFound."""
    try:
        return (
            Case.objects.select_for_update(of=("self",))
            .select_related("patient", "self_check")
            .get(pk=case_id, tombstone_at=None)
        )
    except Case.DoesNotExist:
        raise NotFound from None


def move(case: Case, new: State, *, actor: Actor, at: datetime, note: str = "") -> None:
    """Changes the state of a locked case, writes the step, counts the version, leaves an audit event.

    Raises Refused where the table of states does not allow it.
    """
    if not states.may_follow(case.state, new):
        raise Refused(
            Refusal("state", _("The case is at “%s”; this step does not follow from there.") % State(case.state).label)
        )
    old, case.state, case.state_since = case.state, new, at
    touch(case, "state", "state_since")
    Step.objects.create(case=case, old=old, new=new, at=at, by_id=actor.id, note=note)
    audit.record(
        EVENTS.get(new, Kind.CASE_CHANGED),
        case_id=case.pk,
        actor=actor,
        entity=("case", case.pk),
        at=at,
        detail={"from_state": old, "to_state": new},
    )


def touch(case: Case, *fields: str) -> None:
    """Saves the named fields and moves the version, so that stale writers are refused."""
    case.version += 1
    case.save(update_fields=[*fields, "version"])


def refuse(reasons: tuple[Refusal, ...]) -> None:
    """Raises the reasons against, if there are any."""
    if reasons:
        raise Refused(*reasons)
