"""The offer as pages show it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from consilia.billing.models import Offer
from consilia.cases.access import Reader, Right
from consilia.kernel.refusal import NotFound


@dataclass(frozen=True, slots=True)
class OfferPage:
    amount: Decimal
    currency: str
    settlement: str
    made_at: datetime
    valid_until: datetime
    accepted_at: datetime | None
    paid_at: datetime | None
    invoice_number: str


def offer(*, reader: Reader) -> OfferPage | None:
    """The live offer of the case, or None. For the patient's side and the desk."""
    if not (reader.may(Right.READ_CASE) or reader.may(Right.READ_AS_DESK)):
        raise NotFound
    row = Offer.objects.filter(case_id=reader.case_id, refunded_at=None).first()
    if row is None:
        return None
    return OfferPage(
        row.amount,
        row.currency,
        row.settlement,
        row.made_at,
        row.valid_until,
        row.accepted_at,
        row.paid_at,
        row.invoice_number,
    )
