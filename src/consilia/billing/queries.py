"""The offer as pages show it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from consilia.accounts.models import Person
from consilia.billing import policy
from consilia.billing.actions import VOUCHER_MAKERS
from consilia.billing.models import Offer, Voucher
from consilia.cases.access import Reader, Right, live_roles
from consilia.cases.models import Case
from consilia.kernel.refusal import NotFound, Refusal


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
    against_paid: tuple[Refusal, ...] = ()  # marking the invoice as paid
    against_renewing: tuple[Refusal, ...] = ()


@dataclass(frozen=True, slots=True)
class VoucherLine:
    """A voucher for the page of vouchers; its code is not kept."""

    sponsor: str
    uses_left: int
    valid_until: datetime
    made_at: datetime
    made_by: str
    is_live: bool


def offer(*, reader: Reader, at: datetime | None = None) -> OfferPage | None:
    """The live offer of the case, or None; for the patient's side and the desk, which gives `at` for its reasons."""
    if not (reader.may(Right.READ_CASE) or reader.may(Right.READ_AS_DESK)):
        raise NotFound
    row = Offer.objects.select_related("case").filter(case_id=reader.case_id, refunded_at=None).first()
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
        policy.against_marking_paid(row),
        policy.against_renewing(row, at) if at else (),
    )


def against_offering(*, reader: Reader) -> tuple[Refusal, ...]:
    """What speaks against making an offer now."""
    reader.require(Right.READ_AS_DESK)
    return policy.against_offering(Case.objects.get(pk=reader.case_id))


def vouchers(*, reader: Person, at: datetime, most: int = 100) -> tuple[VoucherLine, ...]:
    """The vouchers made last. Raises NotFound for people who make none."""
    if not VOUCHER_MAKERS & live_roles(reader):
        raise NotFound
    rows = Voucher.objects.select_related("made_by").order_by("-made_at")[:most]
    return tuple(
        VoucherLine(
            row.sponsor,
            row.uses_left,
            row.valid_until,
            row.made_at,
            row.made_by.name if row.made_by else "",
            row.uses_left > 0 and at <= row.valid_until,
        )
        for row in rows
    )
