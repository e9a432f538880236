"""The table of jobs: one row a job from queueing to the end, claimed by lease, never by a lock that is held."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from consilia.kernel.ids import new_id


class State(models.TextChoices):
    """waiting -> running -> done, waiting again (backoff, lost worker) or dead (attempts used up)."""

    WAITING = "waiting", _("Waiting")
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    DEAD = "dead", _("Given up")


class JobQuerySet(models.QuerySet["Job"]):
    def open(self) -> JobQuerySet:
        return self.filter(finished_at=None)

    def due(self, at: datetime) -> JobQuerySet:
        """Jobs to be run now, oldest due first: waiting ones whose time has come, running ones whose lease is over."""
        return self.open().filter(due_at__lte=at).order_by("due_at", "id")


class Job(models.Model):
    """A function of the registry to be called with ids; what it works on is read again when it runs.

    `due_at` is one column for two meanings so that one indexed query finds all work: while waiting the
    time from which the job may run, while running the end of its lease.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(max_length=80)
    key = models.CharField(max_length=200)  # idempotency: one job a (name, key)
    ids = models.JSONField(default=dict)
    state = models.CharField(max_length=7, choices=State.choices, default=State.WAITING)
    queued_at = models.DateTimeField()
    due_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)  # begun so far; with `worker` the fence of the lease
    losses = models.PositiveSmallIntegerField(default=0)  # how many of them ended with the death of the worker
    worker = models.CharField(max_length=80, blank=True)
    error = models.CharField(max_length=200, blank=True)  # class and place of the last error, never its words
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["name", "key"], name="one_job_a_key"),
            models.CheckConstraint(
                condition=models.Q(state__in=[State.WAITING, State.RUNNING], finished_at=None)
                | models.Q(state__in=[State.DONE, State.DEAD], finished_at__isnull=False),
                name="job_over_when_finished",
            ),
            models.CheckConstraint(
                condition=~models.Q(state=State.RUNNING) | ~models.Q(worker=""), name="running_job_has_a_worker"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["due_at", "id"], condition=models.Q(finished_at=None), name="job_open_by_due"),
            models.Index(fields=["state", "finished_at"], condition=~models.Q(finished_at=None), name="job_over"),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.pk}"
