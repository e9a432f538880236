"""The room's own job: rows of work that was done long ago are forgotten, dead letters are kept."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from consilia.jobs import registry
from consilia.jobs.models import Job, State

KEPT = timedelta(days=30)  # as long an idempotency key counts after the work is done


@registry.periodic(every=timedelta(hours=6))
def forget_done(ids: Mapping[str, str], *, at: datetime) -> None:
    Job.objects.filter(state=State.DONE, finished_at__lt=at - KEPT).delete()
