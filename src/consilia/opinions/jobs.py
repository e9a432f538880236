"""Leads cases on whose opinions are ready but whose last seat was answered or taken back elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db import transaction

from consilia.cases.actions.moving import lock
from consilia.cases.states import State
from consilia.jobs.registry import periodic
from consilia.kernel.actor import system
from consilia.opinions import actions
from consilia.opinions.models import Opinion
from consilia.opinions.states import OpinionState

WRITTEN = (OpinionState.SUBMITTED, OpinionState.PASSED, OpinionState.SIGNED)
WAITING = (State.IN_REVIEW, State.WAITING_FOR_PATIENT, State.EDITORIAL)


@periodic(every=timedelta(seconds=20))
def catch_up(ids: Mapping[str, str], *, at: datetime) -> None:
    """Twice is once: each case is looked at under its lock."""
    found = Opinion.objects.filter(state__in=WRITTEN, case__state__in=WAITING, case__tombstone_at=None)
    for case_id in set(found.values_list("case_id", flat=True)):
        with transaction.atomic():
            actions.catch_up(lock(case_id), actor=system(), at=at)
