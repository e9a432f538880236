"""Reasons against an offer, an acceptance, a payment."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from consilia.billing.models import Offer, Settlement, Voucher
from consilia.cases.models import Case
from consilia.cases.states import State
from consilia.kernel.refusal import Refusal

Reasons = tuple[Refusal, ...]


def against_offering(case: Case) -> Reasons:
    """Never money for a case that cannot be answered: an offer only after the quality gate."""
    if State(case.state) is not State.READY:
        return (Refusal("not_ready", _("An offer follows the quality gate, never before.")),)
    return ()


def against_accepting(offer: Offer, at: datetime) -> Reasons:
    if offer.accepted_at:
        return (Refusal("accepted_already", _("You have accepted this offer already.")),)
    if at > offer.valid_until:
        return (Refusal("offer_over", _("This offer is over. Write to the desk for a new one."), "patient:messages"),)
    if State(offer.case.state) is not State.OFFERED:
        return (Refusal("not_offered", _("There is no open offer for this case.")),)
    return ()


def against_renewing(offer: Offer, at: datetime) -> Reasons:
    """Only an offer that is over and that nobody accepted can be made to hold longer."""
    if offer.accepted_at or State(offer.case.state) is not State.OFFERED:
        return (Refusal("accepted_already", _("This offer has been accepted already.")),)
    if at <= offer.valid_until:
        return (Refusal("offer_holds", _("This offer still holds.")),)
    return ()


def against_voucher(voucher: Voucher | None, at: datetime) -> Reasons:
    """A code that is unknown, used up or over gives one and the same sentence."""
    if voucher is None or voucher.uses_left < 1 or at > voucher.valid_until:
        return (
            Refusal("voucher", _("This code does not open a place any more. Check the letters, or ask your sponsor.")),
        )
    return ()


def against_marking_paid(offer: Offer) -> Reasons:
    if offer.settlement != Settlement.INVOICE or not offer.accepted_at:
        return (Refusal("no_invoice", _("Only an accepted offer with an invoice can be marked as paid.")),)
    if offer.paid_at:
        return (Refusal("paid_already", _("This invoice is marked as paid already.")),)
    return ()
