"""Tables of opinions: a draft that changes by version, and sealed rows that never change."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from consilia.accounts.models import Person
from consilia.cases.models import Assignment, Case
from consilia.experts.models import Expert
from consilia.kernel.ids import new_id
from consilia.opinions.states import OpinionState


class Opinion(models.Model):
    """What one expert writes for one seat; saved continuously, each save moves the version."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="opinions")
    assignment = models.OneToOneField(Assignment, on_delete=models.PROTECT, related_name="opinion")
    state = models.CharField(max_length=10, choices=OpinionState.choices, default=OpinionState.DRAFT)
    version = models.PositiveIntegerField(default=1)
    content = models.JSONField(default=dict)  # opinions.content.DraftContent
    saved_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True, blank=True)
    passed_at = models.DateTimeField(null=True, blank=True)
    passed_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(state__in=OpinionState.values), name="opinion_state_is_known"),
        ]


class EditorialCheck(models.Model):
    """The editor's judgement of one version: passed, or sent back with reasons."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    opinion = models.ForeignKey(Opinion, on_delete=models.CASCADE, related_name="checks")
    version = models.PositiveIntegerField()
    passed = models.BooleanField()
    reasons = models.TextField(blank=True)
    points = models.JSONField(default=dict, blank=True)  # question of the check -> true or false
    at = models.DateTimeField()
    by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")


class Seal(models.Model):
    """A signed document: hash, signature, credential snapshot. Its canonical bytes are an original in the vault."""

    class Kind(models.TextChoices):
        OPINION = "opinion"
        ADDENDUM = "addendum"
        WITHDRAWAL = "withdrawal"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    opinion = models.ForeignKey(Opinion, on_delete=models.PROTECT, related_name="seals")
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.OPINION)
    number = models.CharField(max_length=40, unique=True)  # O-7KQ4M2-1
    sequence = models.PositiveSmallIntegerField()  # 0 the opinion, 1.. addenda
    sha256 = models.CharField(max_length=64, unique=True)  # of the canonical bytes; also their name in the vault
    signature = models.CharField(max_length=128)  # Ed25519, base64
    public_key = models.CharField(max_length=64)  # base64
    check_code = models.CharField(max_length=20, db_index=True)
    signed_at = models.DateTimeField()
    signed_by = models.ForeignKey(Expert, on_delete=models.PROTECT, related_name="+")
    proof = models.CharField(max_length=30)  # how the expert confirmed: totp, webauthn, ...
    law = models.JSONField(default=list)  # (id, version) of each clause
    template_version = models.CharField(max_length=20)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["sequence"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["opinion", "sequence"], name="one_seal_a_place_in_the_chain"),
        ]


class SigningKey(models.Model):
    """The Ed25519 key of an expert: its private half lies in the vault, only its name (SHA-256) stands here."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    expert = models.ForeignKey(Expert, on_delete=models.PROTECT, related_name="signing_keys")
    public_key = models.CharField(max_length=64)
    private_sha256 = models.CharField(max_length=64)
    made_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["expert"], condition=models.Q(revoked_at=None), name="one_live_key_an_expert"
            ),
        ]


class Opening(models.Model):
    """A record that the expert really opened; printed in "records reviewed"."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    assignment = models.ForeignKey(Assignment, on_delete=models.CASCADE, related_name="openings")
    record_id = models.UUIDField()  # an Original or a Study
    first_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["assignment", "record_id"], name="one_opening_a_record"),
        ]


class Uncovering(models.Model):
    """A page on which the expert asked to see what was covered, and why; the trail holds the event alone."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    assignment = models.ForeignKey(Assignment, on_delete=models.CASCADE, related_name="uncoverings")
    record_id = models.UUIDField()
    page = models.PositiveIntegerField()
    reason = models.CharField(max_length=300)
    at = models.DateTimeField()


class FollowUp(models.Model):
    """One of three questions after delivery; answered by an addendum."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    opinion = models.ForeignKey(Opinion, on_delete=models.CASCADE, related_name="follow_ups")
    number = models.PositiveSmallIntegerField()
    text = models.TextField()
    asked_at = models.DateTimeField()
    answered_by_seal = models.ForeignKey(Seal, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["opinion", "number"], name="one_follow_up_a_number"),
            models.CheckConstraint(condition=models.Q(number__gte=1, number__lte=3), name="three_follow_ups"),
        ]
