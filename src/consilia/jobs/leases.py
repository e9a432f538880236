"""Leases: a job belongs to one worker until its lease ends, and whoever lost it can no longer write its end.

An attempt that ended with the death of the worker is counted apart: workers are killed for many reasons, so work is
given up for its own errors sooner than for the deaths it was near.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

from django.db import transaction

from consilia.jobs.models import Job, JobQuerySet, State

LEASE = timedelta(seconds=60)  # a worker on another machine that died is noticed after this; here, by its lock
MOST_LOSSES = 10  # deaths of workers after which the work is taken for their cause
LONGEST_BACKOFF = 300.0  # seconds


@transaction.atomic
def claim(worker: str, *, at: datetime) -> Job | None:
    """The next due job, now this worker's with one attempt more; None when nothing is due.

    PostgreSQL passes over rows that another worker is claiming; on SQLite the transaction is IMMEDIATE, which
    makes claims one after the other (Django leaves FOR UPDATE out there).
    """
    job = Job.objects.due(at).select_for_update(skip_locked=True).first()
    if job is None:
        return None
    job.losses += job.state == State.RUNNING  # its lease is over or was ended: that worker is gone
    job.state, job.worker, job.attempts, job.due_at = State.RUNNING, worker, job.attempts + 1, at + LEASE
    job.save(update_fields=["state", "worker", "attempts", "losses", "due_at"])
    return job


def extend(worker: str, jobs: Collection[UUID], *, at: datetime) -> None:
    """The heartbeat: what this worker runs stays its own for another lease."""
    mine = Job.objects.filter(pk__in=jobs, worker=worker, state=State.RUNNING)
    mine.update(due_at=at + LEASE)


def finish(job: Job, *, at: datetime) -> bool:
    """Writes the good end; False when the lease went to somebody else meanwhile."""
    return _held(job).update(state=State.DONE, finished_at=at, error="") == 1


def fail(job: Job, error: str, *, attempts: int, at: datetime, chance: Callable[[], float]) -> bool:
    """Writes the bad end: next attempt after the backoff, or dead when `attempts` are used up."""
    failures = job.attempts - job.losses
    if failures >= attempts:
        return give_up(job, error, at=at)
    return _held(job).update(state=State.WAITING, worker="", due_at=at + backoff(failures, chance), error=error) == 1


def give_up(job: Job, error: str, *, at: datetime) -> bool:
    """Makes it a dead letter."""
    return _held(job).update(state=State.DEAD, finished_at=at, error=error) == 1


def release(workers: Collection[str], *, at: datetime) -> int:
    """Ends the leases of workers that are gone: their jobs are due now. Returns how many there were."""
    return Job.objects.open().filter(worker__in=workers, state=State.RUNNING).update(due_at=at)


def workers_running() -> set[str]:
    """Names of the workers that hold a lease."""
    return set(Job.objects.open().filter(state=State.RUNNING).order_by().values_list("worker", flat=True).distinct())


def backoff(attempt: int, chance: Callable[[], float]) -> timedelta:
    """Time to wait after the n-th attempt failed: 1, 4, 16 ... seconds and up to half as much more, at most 5 minutes.

    `chance` gives numbers in [0, 1): jobs that failed together do not come back together.
    """
    return timedelta(seconds=min(LONGEST_BACKOFF, 4.0 ** min(attempt - 1, 6) * (1 + chance() / 2)))


def named(error: BaseException) -> str:
    """Class and place of an error; its words stay out, because they may hold words of a case (trust 14)."""
    frames = traceback.extract_tb(error.__traceback__)
    place = f" at {'/'.join(Path(frames[-1].filename).parts[-2:])}:{frames[-1].lineno}" if frames else ""
    return f"{type(error).__name__}{place}"[:200]


def _held(job: Job) -> JobQuerySet:
    return Job.objects.open().filter(pk=job.pk, worker=job.worker, attempts=job.attempts, state=State.RUNNING)
