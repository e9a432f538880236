"""Looks: each opening of a record leaves an event before its first byte goes out; turning pages is one look."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from consilia.audit import actions as audit
from consilia.audit import queries as audit_queries
from consilia.audit.kinds import Kind
from consilia.kernel.actor import Actor

ONE_LOOK = timedelta(minutes=30)
LAST = 40  # events that are searched for the look that goes on


@transaction.atomic
def opened(case_id: UUID, kind: Kind, entity: tuple[str, UUID], *, actor: Actor, at: datetime) -> None:
    """Writes down that somebody opens a record or a study; commits before the caller answers."""
    audit.record(kind, case_id=case_id, actor=actor, entity=entity, at=at)


def went_on(case_id: UUID, kind: Kind, entity: tuple[str, UUID], *, actor: Actor, at: datetime) -> None:
    """For a page or a frame: the look that began within half an hour goes on; otherwise a new one is written down."""
    for line in audit_queries.looked_at(case_id, limit=LAST):
        same = line.actor_id == actor.id and (line.entity_type, line.entity_id) == (entity[0], str(entity[1]))
        if same and line.at > at - ONE_LOOK:
            return
    opened(case_id, kind, entity, actor=actor, at=at)
