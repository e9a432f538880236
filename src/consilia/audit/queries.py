"""Reading the trail as pages show it: identifiers and codes; names are resolved by the room that may know them.

Who may read is decided above (the patient her own cases, the auditor all); the trail knows events, not relations.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet
from django.utils.functional import Promise

from consilia.audit import kinds
from consilia.audit.kinds import Kind
from consilia.audit.models import Event


@dataclass(frozen=True, slots=True)
class EventLine:
    """One line of an access log. `sequence` is the place in the chain and serves as `before` for the next page."""

    sequence: int
    at: datetime
    kind: Kind
    word: Promise
    actor_id: UUID | None
    role: str
    via: str
    entity_type: str
    entity_id: str
    purpose: str
    outcome: str
    detail: dict[str, str]


def for_case(case_id: UUID, *, limit: int = 100, before: int | None = None) -> tuple[EventLine, ...]:
    """Everything that happened to a case, newest first; `before` is the sequence of the last line already shown."""
    return _lines(_of_case(case_id), limit, before)


def looked_at(case_id: UUID, *, limit: int = 100, before: int | None = None) -> tuple[EventLine, ...]:
    """Who looked at the record, newest first: openings, downloads, uncoverings (EHDS, article 9)."""
    looks = [kind.value for kind in kinds.LOOKS]
    return _lines(_of_case(case_id).filter(kind__in=looks, outcome="success"), limit, before)


def for_service(*, limit: int = 100, before: int | None = None) -> tuple[EventLine, ...]:
    """What belongs to no case: sign-ins, roles, settings, backups; newest first."""
    return _lines(Event.objects.filter(chain="service"), limit, before)


def _of_case(case_id: UUID) -> QuerySet[Event]:
    return Event.objects.filter(chain=str(case_id))


def _lines(events: QuerySet[Event], limit: int, before: int | None) -> tuple[EventLine, ...]:
    if before is not None:
        events = events.filter(sequence__lt=before)
    return tuple(_line(event) for event in events.order_by("-sequence")[:limit])


def _line(event: Event) -> EventLine:
    kind = Kind(event.kind)
    return EventLine(
        sequence=event.sequence,
        at=event.at,
        kind=kind,
        word=kinds.word(kind),
        actor_id=event.actor_id,
        role=event.role,
        via=event.via,
        entity_type=event.entity_type,
        entity_id=event.entity_id,
        purpose=event.purpose,
        outcome=event.outcome,
        detail=event.detail,
    )
