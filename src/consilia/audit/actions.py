"""Writing to the trail: one event in the transaction of its effect, at the next place of its chain, never twice."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from django.db import connection

from consilia.audit import canonical, checkpoints, verification
from consilia.audit.kinds import Kind
from consilia.audit.models import Event, Head
from consilia.kernel.actor import Actor
from consilia.kernel.ids import new_id

OUTCOMES: Final = frozenset({"success", "refused", "failure"})
# What may stand in `detail`: codes, counts, versions and hashes. A new key is a decision, not a convenience.
DETAIL_KEYS: Final = frozenset(
    {
        "code",
        "content_id",
        "content_version",
        "count",
        "country",
        "format",
        "from_state",
        "hash",
        "language",
        "law",
        "legal_basis",
        "page",
        "reason_code",
        "role",
        "seat",
        "section",
        "size",
        "to_state",
        "until",
        "url_name",
        "version",
    }
)
_CODE: Final = re.compile(r"[A-Za-z0-9_.:+/@-]{0,128}")


Entity = tuple[str, UUID | str]  # its type and id


class NotRecorded(ValueError):
    """An event that must not be written as it is: outside a transaction, or with words that have no place in it."""


def record(
    kind: Kind,
    *,
    actor: Actor,
    at: datetime,
    case_id: UUID | None = None,
    patient_id: UUID | None = None,
    entity: Entity | None = None,
    purpose: str = "",
    outcome: str = "success",
    detail: Mapping[str, str] | None = None,
) -> Event:
    """Adds one event to the chain of the case, or of the service when there is none; locks that chain until commit.

    `entity` is (type, id); purpose, outcome and the values of `detail` are codes without spaces (DETAIL_KEYS).
    Lock order for callers of both chains: the case first, the service second. Raises NotRecorded, TypeError.
    """
    (event,) = record_each(
        kind,
        [entity],
        actor=actor,
        at=at,
        case_id=case_id,
        patient_id=patient_id,
        purpose=purpose,
        outcome=outcome,
        detail=detail,
    )
    return event


def record_each(
    kind: Kind,
    entities: Sequence[Entity | None],
    *,
    actor: Actor,
    at: datetime,
    case_id: UUID | None = None,
    patient_id: UUID | None = None,
    purpose: str = "",
    outcome: str = "success",
    detail: Mapping[str, str] | None = None,
) -> list[Event]:
    """The same event for each of several things, one after the other in the chain, in three queries however many.

    Refuses all when one does not fit. No entities: nothing is written. Raises NotRecorded, TypeError.
    """
    for entity in entities:
        _refuse_unfit(kind, at, entity, purpose, outcome, detail or {})
    if not entities:
        return []
    head = _head(str(case_id) if case_id else canonical.SERVICE_CHAIN)
    sequence, previous, events = head.sequence, head.hash, []
    for entity in entities:
        sequence += 1
        fields: dict[str, canonical.Value] = {
            "id": new_id(),
            "chain": head.chain,
            "sequence": sequence,
            "at": at.astimezone(UTC),
            "kind": kind.value,
            "actor_id": actor.id,
            "role": actor.role,
            "via": actor.via,
            "request_id": actor.request_id,
            "case_id": case_id,
            "patient_id": patient_id,
            "entity_type": entity[0] if entity else "",
            "entity_id": str(entity[1]) if entity else "",
            "purpose": purpose,
            "outcome": outcome,
            "detail": dict(detail or {}),
            "previous": previous,
        }
        events.append(Event(**fields, hash=canonical.digest(fields)))
        previous = events[-1].hash
    Event.objects.bulk_create(events)
    Head.objects.filter(pk=head.chain).update(sequence=sequence, hash=previous)
    return events


def checkpoint(at: datetime) -> checkpoints.Written | None:
    """Signs the heads that moved since the last checkpoint into a file outside the database; None when none did.

    Run it every minute: what happened after the last checkpoint is protected by the chain alone.
    """
    heads = {head.chain: (head.sequence, head.hash) for head in Head.objects.all().iterator()}
    return checkpoints.write(heads, at=at)


def verify() -> verification.VerifyReport:
    """Reads the whole trail and all checkpoints; finds edit, delete, cut, swap, drop, recompute and insert."""
    return verification.verify()


def _head(chain: str) -> Head:
    head = Head.objects.select_for_update().filter(pk=chain).first()
    if head is None:
        # Two transactions may begin a chain together: one inserts, the other waits for it and finds the row.
        Head.objects.bulk_create([Head(chain=chain, sequence=0, hash=canonical.FIRST)], ignore_conflicts=True)
        head = Head.objects.select_for_update().get(pk=chain)
    return head


def _refuse_unfit(
    kind: Kind,
    at: datetime,
    entity: Entity | None,
    purpose: str,
    outcome: str,
    detail: Mapping[str, str],
) -> None:
    if not isinstance(kind, Kind):
        raise TypeError(f"{kind!r} is not a Kind")
    if not connection.in_atomic_block:
        raise NotRecorded("an event is recorded inside the transaction of its effect")
    if at.tzinfo is None or outcome not in OUTCOMES:
        raise NotRecorded(f"{at!r} or {outcome!r} does not fit")
    if unknown := set(detail) - DETAIL_KEYS:
        raise NotRecorded(f"not a key of detail: {', '.join(sorted(unknown))}")
    codes = [*detail.values(), purpose, *(str(part) for part in entity or ())]
    if not all(_CODE.fullmatch(code) for code in codes):
        raise NotRecorded("values are codes without spaces: words of people do not belong in the trail")
