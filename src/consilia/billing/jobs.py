"""Offers whose time is over: noted in the trail once, the patient is asked once, the desk is told."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from consilia.audit import actions as audit
from consilia.audit.kinds import Kind
from consilia.billing.models import Offer
from consilia.cases.actions.moving import lock
from consilia.cases.jobs import noted, tell_desk, tell_patient
from consilia.cases.states import State
from consilia.jobs import actions as jobs
from consilia.jobs.registry import job, periodic
from consilia.kernel.actor import system


@periodic(every=timedelta(minutes=15), name="billing.end_offers")
def end_offers(ids: Mapping[str, str], *, at: datetime) -> None:
    """Asks for a job an offer that is over; each offer and each deadline of it once."""
    over = Offer.objects.filter(accepted_at=None, refunded_at=None, valid_until__lt=at, case__state=State.OFFERED)
    for pk, until in over.values_list("pk", "valid_until"):
        jobs.queue("billing.offer_over", key=f"{pk}/{int(until.timestamp())}", ids={"offer": pk}, at=at)


@job("billing.offer_over")
@transaction.atomic
def offer_over(ids: Mapping[str, str], *, at: datetime) -> None:
    """Event, one message to the patient, one to the desk; the key of the job lets it happen once a deadline."""
    offer = Offer.objects.filter(pk=UUID(ids["offer"])).first()
    if offer is None:
        return
    case = lock(offer.case_id)
    offer.refresh_from_db()
    if offer.accepted_at or offer.valid_until > at or State(case.state) is not State.OFFERED:
        return
    if noted(case.pk, Kind.OFFER_EXPIRED, offer.pk, since=offer.valid_until):
        return
    once = f"offer:{offer.pk}:{int(offer.valid_until.timestamp())}"
    audit.record(Kind.OFFER_EXPIRED, case_id=case.pk, actor=system(), entity=("offer", offer.pk), at=at)
    tell_patient(case, "offer_made", once=once, at=at)
    tell_desk(case.pk, "expert_reminder", once=once, at=at)
