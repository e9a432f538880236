"""Whoever owns the database: seven ways to change the trail, for tests and for the proof `audit`."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from consilia.audit import actions as audit
from consilia.audit import canonical
from consilia.audit.kinds import Kind
from consilia.audit.models import Event, Head
from consilia.kernel.actor import Actor
from consilia.kernel.ids import new_id

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
LENGTH = 12


def write(case: UUID, count: int) -> None:
    actor = Actor(id=new_id(), role="expert")
    for number in range(count):
        at = NOON + timedelta(seconds=number)
        audit.record(Kind.RECORD_OPENED, case_id=case, actor=actor, at=at, entity=("record", new_id()))


def of(case: UUID) -> Any:
    return Event.objects.filter(chain=str(case)).order_by("sequence")


def rehash_from(case: UUID, sequence: int) -> None:
    """Recomputes all hashes from a place on, as an intruder who has read our source would do."""
    previous = canonical.FIRST
    for place, event in enumerate(of(case), 1):
        if place >= sequence:
            event.sequence, event.previous = place, previous
            event.hash = canonical.digest({name: getattr(event, name) for name in canonical.FIELDS})
            Event.objects.filter(pk=event.pk).update(sequence=place, previous=previous, hash=event.hash)
        previous = event.hash
    Head.objects.filter(pk=str(case)).update(sequence=of(case).count(), hash=previous)


def edit(case: UUID, chance: random.Random) -> None:
    place = chance.randint(1, LENGTH)
    field, value = chance.choice(
        [("role", "patient"), ("actor_id", new_id()), ("at", NOON - timedelta(days=1)), ("detail", {"count": "9"})]
    )
    of(case).filter(sequence=place).update(**{field: value})


def delete(case: UUID, chance: random.Random) -> None:
    of(case).filter(sequence=chance.randint(1, LENGTH)).delete()


def cut(case: UUID, chance: random.Random) -> None:
    kept = chance.randint(1, LENGTH - 1)
    of(case).filter(sequence__gt=kept).delete()
    Head.objects.filter(pk=str(case)).update(sequence=kept, hash=of(case).last().hash)


def swap(case: UUID, chance: random.Random) -> None:
    one, other = chance.sample(range(1, LENGTH + 1), 2)
    first, second = of(case).get(sequence=one), of(case).get(sequence=other)
    names = ("actor_id", "role", "entity_id", "at", "kind")
    Event.objects.filter(pk=first.pk).update(**{name: getattr(second, name) for name in names})
    Event.objects.filter(pk=second.pk).update(**{name: getattr(first, name) for name in names})


def drop(case: UUID, chance: random.Random) -> None:
    of(case).delete()
    Head.objects.filter(pk=str(case)).delete()


def recompute(case: UUID, chance: random.Random) -> None:
    place = chance.randint(1, LENGTH)
    of(case).filter(sequence=place).update(role="patient")
    rehash_from(case, place)


def insert(case: UUID, chance: random.Random) -> None:
    model, place = of(case).get(sequence=chance.randint(1, LENGTH)), chance.choice([0, LENGTH + 1])
    model.pk, model.sequence = new_id(), place
    model.previous = of(case).last().hash if place else canonical.FIRST
    model.hash = canonical.digest({name: getattr(model, name) for name in canonical.FIELDS})
    model.save(force_insert=True)


ATTACKS: list[Callable[[UUID, random.Random], None]] = [edit, delete, cut, swap, drop, recompute, insert]
