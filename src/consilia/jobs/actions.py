"""Queueing: a job exists exactly when the caller's transaction commits, and once however often it is asked for."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from consilia.jobs import registry
from consilia.jobs.models import Job, State
from consilia.kernel.refusal import NotFound, Refusal, Refused

# Ids and nothing else travel in jobs (trust 9, 14): words of a case would not pass these.
_ID = re.compile(r"[A-Za-z0-9._:-]{1,80}")
ALONG = timedelta(seconds=15)  # jobs that another one takes along are put off for so long
_KEY = re.compile(r"[A-Za-z0-9._:/-]{1,200}")


def queue(
    name: str, *, key: str | UUID, ids: Mapping[str, UUID | str], at: datetime, run_after: datetime | None = None
) -> None:
    """Asks for a job in the caller's transaction; a worker sees it after the commit, a rollback takes it back.

    `key` is the idempotency key within `name`: asked for again, also after it has run, nothing more happens.
    `run_after` is the earliest time. Raises LookupError for a name no room registers, ValueError for what is no id.
    """
    queue_each(name, {str(key): ids}, at=at, run_after=run_after)


def queue_each(
    name: str, works: Mapping[str, Mapping[str, UUID | str]], *, at: datetime, run_after: datetime | None = None
) -> None:
    """As `queue` for several keys with their ids, in one query."""
    if registry.find(name) is None:
        raise LookupError(f"no installed room registers the job {name}")
    add(name, {_checked(_KEY, key): _plain(ids) for key, ids in works.items()}, at=at, due_at=run_after or at)


def _plain(ids: Mapping[str, UUID | str]) -> dict[str, str]:
    return {_checked(_ID, word): _checked(_ID, str(value)) for word, value in ids.items()}


@transaction.atomic
def take_along(name: str, keys: Iterable[str], *, at: datetime) -> set[str]:
    """Of these jobs those that wait and are due, now put off: the caller does their work with its own.

    What it does not `settle`, because it failed or died, is due again soon.
    """
    due = Job.objects.due(at).filter(name=name, state=State.WAITING, key__in=list(keys))
    rows = dict(due.select_for_update(skip_locked=True).values_list("key", "pk"))
    Job.objects.filter(pk__in=rows.values()).update(due_at=at + ALONG)
    return set(rows)


def settle(name: str, keys: Collection[str], *, at: datetime) -> None:
    """These jobs wait no longer: another one has done their work. One that runs by itself comes to its own end."""
    waiting = Job.objects.open().filter(name=name, state=State.WAITING, key__in=keys)
    waiting.update(state=State.DONE, finished_at=at, error="")


def add(name: str, works: Mapping[str, Mapping[str, str]], *, at: datetime, due_at: datetime) -> None:
    """Writes the rows unless they are there; for this room."""
    rows = [Job(name=name, key=key, ids=dict(ids), queued_at=at, due_at=due_at) for key, ids in works.items()]
    Job.objects.bulk_create(rows, ignore_conflicts=True)


@transaction.atomic
def retry(job_id: UUID, *, at: datetime) -> None:
    """Gives a dead job all its attempts again. Raises NotFound, or Refused when it is not dead."""
    job = Job.objects.select_for_update().filter(pk=job_id).first()
    if job is None:
        raise NotFound
    if job.state != State.DEAD:
        raise Refused(Refusal("job_not_dead", "This job has not been given up."))
    job.state, job.attempts, job.losses, job.worker = State.WAITING, 0, 0, ""
    job.due_at, job.finished_at = at, None
    job.save(update_fields=["state", "attempts", "losses", "worker", "due_at", "finished_at"])


def _checked(pattern: re.Pattern[str], word: str) -> str:
    if not pattern.fullmatch(word):
        raise ValueError("a job carries ids only: letters, digits and . _ : - up to 80 characters")
    return word
