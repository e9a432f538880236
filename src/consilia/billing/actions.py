"""Offer, accept, redeem a voucher, mark an invoice as paid: exactly once each, whoever presses how often."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from consilia.accounts.models import Person, Role
from consilia.audit import actions as audit
from consilia.audit.kinds import Kind
from consilia.billing import policy
from consilia.billing.models import Offer, Settlement, Voucher
from consilia.cases import actions as cases
from consilia.cases.access import Reader, Right, live_roles
from consilia.cases.actions.desk import tell_owner
from consilia.cases.actions.moving import lock, refuse
from consilia.cases.clocks import business_deadline
from consilia.kernel.actor import Actor
from consilia.kernel.ids import hash_secret, new_secret
from consilia.kernel.refusal import Forbidden, Invalid, NotFound

OFFER_DAYS = 3  # working days (workflow row 7)
MOST_USES = 1000  # cases of one voucher
VOUCHER_MAKERS = frozenset({Role.ADMINISTRATOR, Role.COORDINATOR})


@dataclass(frozen=True, slots=True)
class Price:
    amount: Decimal
    currency: str


def price() -> Price:
    """The price of one opinion from the settings ("EUR 350.00")."""
    currency, _space, amount = settings.CONSILIA_PRICE.partition(" ")
    return Price(Decimal(amount), currency)


@transaction.atomic
def offer(by: Reader, settlement: Settlement, *, at: datetime) -> Offer:
    """The desk makes the offer; `free` costs nothing, whatever the settings say."""
    by.require(Right.WORK_AS_DESK)
    case = lock(by.case_id)
    refuse(policy.against_offering(case))
    _end_earlier(by, at)
    one = price()
    made = Offer.objects.create(
        case=case,
        amount=Decimal(0) if settlement == Settlement.FREE else one.amount,
        currency=one.currency,
        settlement=settlement,
        made_at=at,
        valid_until=_until(at),
    )
    cases.make_offer(by, at=at)
    return made


@transaction.atomic
def accept(by: Reader, *, at: datetime, voucher_code: str = "") -> Offer:
    """The patient accepts. Free and sponsored cases go on at once; an invoice goes on when the desk marks it as paid.

    Raises Invalid for a code that opens nothing; Refused when it was accepted before or is over.
    """
    by.require(Right.CHANGE_CASE)
    lock(by.case_id)
    live = _live_offer(by)
    refuse(policy.against_accepting(live, at))
    if live.settlement == Settlement.SPONSORED:
        live.voucher = _redeem(voucher_code, at)
        audit.record(Kind.VOUCHER_USED, case_id=by.case_id, actor=by.actor, entity=("offer", live.pk), at=at)
    live.accepted_at = at
    if live.settlement == Settlement.INVOICE:
        live.invoice_number = f"{at.year}-{str(live.pk)[-8:].upper()}"
    live.save(update_fields=["accepted_at", "voucher", "invoice_number"])
    audit.record(Kind.OFFER_ACCEPTED, case_id=by.case_id, actor=by.actor, entity=("offer", live.pk), at=at)
    if live.settlement != Settlement.INVOICE:
        cases.start_matching(by.case_id, actor=by.actor, at=at)
    return live


@transaction.atomic
def mark_paid(by: Reader, *, at: datetime) -> Offer:
    """The desk has seen the money: the case goes to the experts."""
    by.require(Right.WORK_AS_DESK)
    lock(by.case_id)
    live = _live_offer(by)
    refuse(policy.against_marking_paid(live))
    live.paid_at, live.paid_marked_by_id = at, by.person_id
    live.save(update_fields=["paid_at", "paid_marked_by"])
    audit.record(Kind.PAYMENT_RECORDED, case_id=by.case_id, actor=by.actor, entity=("offer", live.pk), at=at)
    cases.start_matching(by.case_id, actor=by.actor, at=at)
    return live


@transaction.atomic
def renew(by: Reader, *, at: datetime) -> Offer:
    """The desk lets an offer that is over hold for three working days more. Raises Refused for an accepted one."""
    by.require(Right.WORK_AS_DESK)
    lock(by.case_id)
    live = _live_offer(by)
    refuse(policy.against_renewing(live, at))
    live.valid_until = _until(at)
    live.save(update_fields=["valid_until"])
    audit.record(Kind.OFFER_MADE, case_id=by.case_id, actor=by.actor, entity=("offer", live.pk), at=at)
    tell_owner(live.case, "offer_made", at)
    return live


@transaction.atomic
def make_voucher(by: Person, sponsor: str, *, uses: int, valid_until: datetime, at: datetime) -> str:
    """A new voucher of a sponsor; its code is returned once and never kept. Raises Forbidden, Invalid."""
    if not VOUCHER_MAKERS & live_roles(by):
        raise Forbidden
    wrong = _wrong_voucher(sponsor, uses, valid_until, at)
    if wrong:
        raise Invalid(wrong)
    code = new_secret()
    voucher = Voucher.objects.create(
        code_hash=hash_secret(code),
        sponsor=sponsor.strip()[:200],
        uses_left=uses,
        valid_until=valid_until,
        made_at=at,
        made_by=by,
    )
    actor = Actor(by.pk, "administrator" if Role.ADMINISTRATOR in live_roles(by) else "coordinator")
    audit.record(Kind.SETTINGS_CHANGED, actor=actor, entity=("voucher", voucher.pk), at=at)
    return code


def _wrong_voucher(sponsor: str, uses: int, valid_until: datetime, at: datetime) -> dict[str, str]:
    wrong = {}
    if not sponsor.strip():
        wrong["sponsor"] = _("Write who pays.")
    if not 1 <= uses <= MOST_USES:
        wrong["uses"] = _("Between 1 and %d cases.") % MOST_USES
    if valid_until <= at:
        wrong["valid_until"] = _("Choose a day that lies ahead.")
    return wrong


def _until(at: datetime) -> datetime:
    return business_deadline(at, OFFER_DAYS, ZoneInfo(settings.CONSILIA_TIME_ZONE))


def _end_earlier(by: Reader, at: datetime) -> None:
    """An offer from before the case went back: one that nobody accepted goes, an accepted one is cancelled."""
    earlier = Offer.objects.select_for_update().filter(case_id=by.case_id, refunded_at=None)
    for one in earlier:
        if one.accepted_at is None:
            one.delete()
            continue
        one.refunded_at = at
        one.save(update_fields=["refunded_at"])
        audit.record(Kind.PAYMENT_REFUNDED, case_id=by.case_id, actor=by.actor, entity=("offer", one.pk), at=at)


def _live_offer(by: Reader) -> Offer:
    live = (
        Offer.objects.select_for_update(of=("self",))
        .select_related("case")
        .filter(case_id=by.case_id, refunded_at=None)
        .first()
    )
    if live is None:
        raise NotFound
    return live


def _redeem(code: str, at: datetime) -> Voucher:
    voucher = Voucher.objects.select_for_update().filter(code_hash=hash_secret(code.strip())).first()
    if reasons := policy.against_voucher(voucher, at):
        raise Invalid({"voucher": reasons[0].reason})
    if voucher is None:  # the policy has said so already; this is for the type checker's reader
        raise Invalid({"voucher": _("This code is not known.")})
    voucher.uses_left -= 1
    voucher.save(update_fields=["uses_left"])
    return voucher
