"""Jobs of reports: each seal gets its report, each erasure is brought to its end; both may run twice."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

from consilia.jobs.registry import job, periodic
from consilia.kernel.refusal import NotFound
from consilia.opinions.models import Seal
from consilia.reports import actions, erasure, issuing


@job("reports.issue")
def issue(ids: Mapping[str, str], *, at: datetime) -> None:
    """The report of a seal; a case that was erased meanwhile needs none."""
    with contextlib.suppress(NotFound):
        issuing.issue(UUID(ids["seal"]), at=at)


@periodic(every=timedelta(seconds=10))
def issue_signed(ids: Mapping[str, str], *, at: datetime) -> None:
    """Seals without a report are asked for here, so that signing needs to know nothing of reports."""
    for seal_id in Seal.objects.filter(report=None, opinion__case__tombstone_at=None).values_list("pk", flat=True):
        actions.ask_for_issue(seal_id, at=at)


@job("reports.finish_erasing", attempts=20)
def finish_erasing(ids: Mapping[str, str], *, at: datetime) -> None:
    """Key, bytes and free pages of an erased case; tried again while somebody still reads the old rows."""
    erasure.finish(UUID(ids["case"]), at=at)
