"""Tables of offers and vouchers; no clinical word stands here, so that a sponsor's view can never leak one."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from consilia.accounts.models import Person
from consilia.cases.models import Case
from consilia.kernel.ids import new_id


class Settlement(models.TextChoices):
    """How an offer is settled; payment providers come with another issue."""

    FREE = "free", _("Free of charge")
    SPONSORED = "sponsored", _("Paid by a sponsor")
    INVOICE = "invoice", _("By invoice")


class Voucher(models.Model):
    """A sponsor's promise to pay for one or more cases; only the hash of its code is kept."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    code_hash = models.CharField(max_length=64, unique=True)
    sponsor = models.CharField(max_length=200)
    uses_left = models.PositiveIntegerField(default=1)
    valid_until = models.DateTimeField()
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")


class Offer(models.Model):
    """A price for a case that is ready; nothing is owed before the patient says yes."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="offers")
    amount = models.DecimalField(max_digits=10, decimal_places=2)
    currency = models.CharField(max_length=3)
    settlement = models.CharField(max_length=10, choices=Settlement.choices)
    made_at = models.DateTimeField()
    valid_until = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    voucher = models.ForeignKey(Voucher, null=True, blank=True, on_delete=models.PROTECT)
    paid_at = models.DateTimeField(null=True, blank=True)
    paid_marked_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    invoice_number = models.CharField(max_length=40, blank=True)
    refunded_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(amount__gte=0), name="offer_amount_not_negative"),
            models.UniqueConstraint(
                fields=["case"], condition=models.Q(refunded_at=None), name="one_live_offer_a_case"
            ),
            models.CheckConstraint(
                condition=models.Q(paid_at=None) | models.Q(accepted_at__isnull=False), name="paid_after_acceptance"
            ),
        ]
