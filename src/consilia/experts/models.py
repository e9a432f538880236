"""Tables of experts and their licences; two different people create and verify an expert."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from consilia.accounts.models import Person
from consilia.kernel.ids import new_id


class ExpertState(models.TextChoices):
    PROPOSED = "proposed", _("Proposed, waits for a second person")
    VERIFIED = "verified", _("Verified")
    SUSPENDED = "suspended", _("Suspended")


class Expert(models.Model):
    """A specialist who gives opinions under the law of the country of the licence."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    person = models.OneToOneField(Person, on_delete=models.PROTECT, related_name="expert")
    state = models.CharField(max_length=10, choices=ExpertState.choices, default=ExpertState.PROPOSED)
    title = models.CharField(max_length=40, blank=True)  # "Prof. Dr"
    country = models.CharField(max_length=2)  # where she works; her law and her school of medicine
    specialities = models.JSONField(default=list)  # ids of the content library
    languages = models.JSONField(default=list)  # BCP 47
    institutions = models.JSONField(default=list)  # names of hospitals and groups, for conflicts of interest
    capacity = models.PositiveSmallIntegerField(default=2)  # open cases at a time
    yearly_volume = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    verified_at = models.DateTimeField(null=True, blank=True)
    verified_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    suspended_at = models.DateTimeField(null=True, blank=True)
    suspended_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(verified_by=None) | ~models.Q(verified_by=models.F("created_by")),
                name="expert_verified_by_a_second_person",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="verified") | models.Q(verified_by__isnull=False),
                name="expert_verified_has_a_verifier",
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def name(self) -> str:
        return f"{self.title} {self.person.name}".strip()


class LicenceQuerySet(models.QuerySet["Licence"]):
    def valid(self, day: date) -> LicenceQuerySet:
        return self.filter(valid_from__lte=day, valid_until__gte=day, revoked_at=None)


class Licence(models.Model):
    """The right to practise: authority, number, country, until when; checked by a named person."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    expert = models.ForeignKey(Expert, on_delete=models.CASCADE, related_name="licences")
    authority = models.CharField(max_length=200)
    number = models.CharField(max_length=80)
    country = models.CharField(max_length=2)
    speciality = models.CharField(max_length=80)
    valid_from = models.DateField()
    valid_until = models.DateField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    added_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    checked_at = models.DateTimeField(null=True, blank=True)
    checked_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    objects = LicenceQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(valid_until__gte=models.F("valid_from")), name="licence_days_in_order"
            ),
            models.CheckConstraint(
                condition=models.Q(checked_by=None)
                | models.Q(added_by=None)
                | ~models.Q(checked_by=models.F("added_by")),
                name="licence_checked_by_a_second_person",
            ),
        ]
