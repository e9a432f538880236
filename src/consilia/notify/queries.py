"""Reads of the outbox: the demo's post, and what the check of an installation wants to know."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from consilia.notify.models import Message


@dataclass(frozen=True, slots=True)
class Letter:
    """One message as its reader would see it."""

    id: UUID
    address: str
    kind: str
    subject: str
    body: str
    created_at: datetime
    sent_at: datetime | None
    failed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Counts:
    kept: int
    failed: int


def newest(limit: int = 50, *, address: str = "") -> tuple[Letter, ...]:
    """The newest messages to everybody, or to one address. For the demo only: nobody reads other people's post."""
    rows = Message.objects.newest_first()
    if address:
        rows = rows.filter(address__iexact=address)
    return tuple(_letter(row) for row in rows[:limit])


def counts() -> Counts:
    """How many messages have not left the house, and how many of them failed to."""
    unsent = Message.objects.filter(sent_at=None)
    return Counts(kept=unsent.count(), failed=unsent.exclude(failure="").count())


def _letter(row: Message) -> Letter:
    return Letter(
        id=row.pk,
        address=row.address,
        kind=row.kind,
        subject=row.subject,
        body=row.body,
        created_at=row.created_at,
        sent_at=row.sent_at,
        failed_at=row.failed_at,
    )
