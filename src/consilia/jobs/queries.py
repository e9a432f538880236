"""Reads about jobs for the desk, the metrics and the check of an installation; they show names and ids only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Min, Q

from consilia.jobs.models import Job, State


@dataclass(frozen=True, slots=True)
class JobLine:
    """One job; `error`: class and place of the last failure; `due_at`: next time, or end of lease."""

    id: UUID
    name: str
    ids: dict[str, str]
    state: str
    attempts: int
    queued_at: datetime
    due_at: datetime
    finished_at: datetime | None
    error: str


@dataclass(frozen=True, slots=True)
class Counts:
    """Numbers for the metrics; `oldest_wait` is seconds since the oldest overdue job was due, 0 when there is none."""

    waiting: int
    running: int
    dead: int
    oldest_wait: float


def waiting(limit: int = 200) -> tuple[JobLine, ...]:
    """Jobs not yet over, next due first."""
    return tuple(_line(job) for job in Job.objects.open().order_by("due_at", "id")[:limit])


def waits(name: str, ids: Mapping[str, str]) -> bool:
    """Whether a job of this name about just these ids has not begun yet."""
    return Job.objects.open().filter(name=name, state=State.WAITING, ids=dict(ids)).exists()


def dead(limit: int = 200) -> tuple[JobLine, ...]:
    """Jobs given up, latest first."""
    rows = Job.objects.filter(state=State.DEAD, finished_at__isnull=False).order_by("-finished_at")
    return tuple(_line(job) for job in rows[:limit])


def counts(*, at: datetime) -> Counts:
    """How much there is to do and how late it is."""
    open_ones = Job.objects.open().aggregate(
        waiting=Count("pk", filter=Q(state=State.WAITING)),
        running=Count("pk", filter=Q(state=State.RUNNING)),
        oldest=Min("due_at", filter=Q(state=State.WAITING)),
    )
    oldest: datetime | None = open_ones["oldest"]
    return Counts(
        waiting=open_ones["waiting"],
        running=open_ones["running"],
        dead=Job.objects.filter(state=State.DEAD, finished_at__isnull=False).count(),
        oldest_wait=max(0.0, (at - oldest).total_seconds()) if oldest else 0.0,
    )


def _line(job: Job) -> JobLine:
    return JobLine(
        id=job.pk,
        name=job.name,
        ids=dict(job.ids),
        state=job.state,
        attempts=job.attempts,
        queued_at=job.queued_at,
        due_at=job.due_at,
        finished_at=job.finished_at,
        error=job.error,
    )
