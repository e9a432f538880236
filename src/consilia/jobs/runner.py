"""The worker's loop: every job that is due runs, one worker at a time, until it is done or given up.

Idle, it asks one indexed question seven times a second; a second thread keeps the leases, frees the jobs of
workers that died and queues what is periodic.
"""

from __future__ import annotations

import logging
import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.db import DatabaseError, connections
from django.utils import timezone

from consilia.jobs import actions, leases, presence, registry
from consilia.jobs.models import Job, State

POLL = 0.15  # seconds between two looks for work; a new job waits at most this long for an idle worker
ROUND = 1.0  # seconds between two rounds of the keeper
HEARTBEAT = 10.0  # seconds; a sixth of the lease
REST = 1.0  # seconds to wait when the database does not answer
CHANCE = secrets.SystemRandom().random
logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Worker:
    """One process that works: its name, where the locks lie, its clock and its chance, the jobs in its hands."""

    name: str
    folder: Path
    clock: Callable[[], datetime]
    chance: Callable[[], float]
    hands: set[UUID] = field(default_factory=set)


def run(
    stop: threading.Event,
    *,
    concurrency: int = 1,
    clock: Callable[[], datetime] = timezone.now,
    chance: Callable[[], float] = CHANCE,
) -> None:
    """Works until `stop` is set and the jobs in hand are over; the caller's thread is one of `concurrency`."""
    registry.discover()
    folder = Path(settings.CONSILIA_HOME) / "workers"
    with presence.present(folder) as name:
        worker = Worker(name, folder, clock, chance)
        over = threading.Event()
        keeper = threading.Thread(target=_keep, args=(worker, over), name="jobs-keeper", daemon=True)
        others = [threading.Thread(target=_work, args=(worker, stop), daemon=True) for _ in range(concurrency - 1)]
        for thread in (keeper, *others):
            thread.start()
        try:
            _work(worker, stop)
        finally:
            stop.set()
            for thread in others:
                thread.join()
            over.set()
            keeper.join()


def drain(at: datetime, *, quiet: bool = False) -> int:
    """Runs everything due at `at` in this thread, and what that queues for `at`; returns how many were begun.

    For tests: the first error rises once it has been written down, unless `quiet`.
    """
    worker = Worker("drain", Path(), lambda: at, lambda: 0.0)
    begun = 0
    while job := leases.claim(worker.name, at=at):
        begun += 1
        if (error := _run_one(worker, job)) and not quiet:
            raise error
    return begun


def queue_periodic(at: datetime, known: dict[str, int] | None = None) -> None:
    """Queues each periodic job whose period has begun; `known` remembers periods, so that most rounds ask nothing."""
    known = {} if known is None else known
    for entry in registry.periodic_entries():
        period = int(at.timestamp() // entry.every.total_seconds()) if entry.every else 0
        if known.get(entry.name) == period:
            continue
        actions.add(entry.name, {str(period): {}}, at=at, due_at=at)
        Job.objects.filter(name=entry.name, state=State.DONE).exclude(key=str(period)).delete()
        known[entry.name] = period


def _work(worker: Worker, stop: threading.Event) -> None:
    """Looks and works until told to stop; a bug in here ends the process, so that its supervisor starts it anew."""
    try:
        while not stop.is_set():
            pause = _step(worker)
            if pause:
                stop.wait(pause)
    finally:
        stop.set()
        connections.close_all()


def _step(worker: Worker) -> float:
    """One look and at most one job; returns the seconds to wait before the next look."""
    try:
        at = worker.clock()
        if not Job.objects.due(at).exists():
            return POLL
        if job := leases.claim(worker.name, at=at):
            _run_one(worker, job)
        return 0.0
    except DatabaseError as error:
        logger.warning("the database did not answer: %s", leases.named(error))
        connections.close_all()
        return REST


def _run_one(worker: Worker, job: Job) -> Exception | None:
    """Does the job and writes its end; returns the error of the work, which is known by then."""
    entry = registry.find(job.name)
    attempts = entry.attempts if entry else 5
    if job.losses >= leases.MOST_LOSSES:
        leases.give_up(job, "WorkerLost", at=worker.clock())
        return None
    worker.hands.add(job.pk)
    try:
        if entry is None:
            raise LookupError("no installed room registers this job")
        entry.work(job.ids, at=worker.clock())
    except Exception as error:
        named = leases.named(error)
        logger.warning("job %s %s failed at attempt %s: %s", job.name, job.pk, job.attempts, named)
        leases.fail(job, named, attempts=attempts, at=worker.clock(), chance=worker.chance)
        return error
    else:
        leases.finish(job, at=worker.clock())
        return None
    finally:
        worker.hands.discard(job.pk)


def _keep(worker: Worker, over: threading.Event) -> None:
    """Rounds of the second thread, the first at once: a job of a worker that was killed must not wait."""
    known: dict[str, int] = {}
    rounds = 0
    try:
        while True:
            try:
                _round(worker, known, heartbeat=rounds % int(HEARTBEAT / ROUND) == 0)
                rounds += 1
            except Exception as error:  # whatever it is: without the keeper the leases of healthy jobs would end
                logger.warning("a round of the keeper failed: %s", leases.named(error))
                connections.close_all()
            if over.wait(ROUND):
                return
    finally:
        connections.close_all()


def _round(worker: Worker, known: dict[str, int], *, heartbeat: bool) -> None:
    at = worker.clock()
    if heartbeat and (hands := set(worker.hands)):
        leases.extend(worker.name, hands, at=at)
    others = leases.workers_running() - {worker.name}
    if lost := [name for name in others if presence.gone(worker.folder, name)]:
        count = leases.release(lost, at=at)
        logger.warning("%s jobs of workers that ended are run again", count)
    queue_periodic(at, known)
