"""Tables of what arrives: uploads in quarantine, links through which others send, letters that ask for a record."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from consilia.accounts.models import Person
from consilia.cases.models import Case
from consilia.kernel.ids import new_id
from consilia.records.models import Document, Original


class UploadState(models.TextChoices):
    ARRIVING = "arriving", _("Arriving")
    QUARANTINED = "quarantined", _("Here, waiting to be read")
    SORTED = "sorted", _("Read and sorted")
    FAILED = "failed", _("Could not be read; kept")
    DISCARDED = "discarded", _("Given up")


class UploadLink(models.Model):
    """A one-time door for a hospital, or the doctor at home, to add records; only the hash of its secret is kept."""

    class Kind(models.TextChoices):
        HOSPITAL = "hospital", _("Hospital")
        TREATING_DOCTOR = "treating_doctor", _("Treating doctor")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="upload_links")
    kind = models.CharField(max_length=16, choices=Kind.choices)
    secret_hash = models.CharField(max_length=64, unique=True)
    ae_hash = models.CharField(max_length=64, blank=True)  # of the AE title that stands for the secret in DIMSE
    label = models.CharField(max_length=200)  # "Ospedale Civile Santa Chiara"
    made_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    made_at = models.DateTimeField()
    valid_until = models.DateTimeField()
    opened_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)  # one-time: after this the link is over
    revoked_at = models.DateTimeField(null=True, blank=True)
    comment = models.TextField(blank=True)  # the one comment of a treating doctor

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["ae_hash"], condition=~models.Q(ae_hash=""), name="one_link_an_ae_title")
        ]


class Upload(models.Model):
    """One file on its way in; its bytes are in the vault's staging until the last one is acknowledged."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="uploads")
    path = models.CharField(max_length=1000)
    size = models.BigIntegerField()
    offset = models.BigIntegerField(default=0)  # for showing; the vault knows the durable one
    key = models.CharField(max_length=64)  # idempotency key of the sender: the same file asked for twice is one upload
    staged_id = models.UUIDField()
    state = models.CharField(max_length=12, choices=UploadState.choices, default=UploadState.ARRIVING)
    source = models.CharField(max_length=20, default="patient")
    link = models.ForeignKey(UploadLink, null=True, blank=True, on_delete=models.SET_NULL, related_name="uploads")
    opened_by_id = models.UUIDField(null=True)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    sorted_at = models.DateTimeField(null=True, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    problem = models.CharField(max_length=60, blank=True)
    # The record with a password of which these bytes are a copy without it.
    came_out_of = models.ForeignKey(Original, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        ordering: ClassVar = ["opened_at"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["case", "key"], condition=~models.Q(state="discarded"), name="one_live_upload_a_key"
            ),
            models.CheckConstraint(condition=models.Q(size__gte=0), name="upload_size_not_negative"),
            models.CheckConstraint(
                condition=models.Q(state__in=["arriving", "discarded"]) | ~models.Q(sha256=""),
                name="upload_hashed_when_here",
            ),
        ]


class RecordRequest(models.Model):
    """A letter to a hospital for a record that is missing, with the one-time link in it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="record_requests")
    item = models.CharField(max_length=60)  # checklist item
    hospital = models.CharField(max_length=200)
    address = models.EmailField(blank=True)
    language = models.CharField(max_length=16)
    text = models.TextField()
    link = models.ForeignKey(UploadLink, null=True, on_delete=models.SET_NULL, related_name="requests")
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    sent_at = models.DateTimeField(null=True, blank=True)


class Example(models.Model):
    """What was recognised in a paper and what a person called it, to mend the words of content against.

    It holds words of content only, none of the paper's own, and outlives the paper without pointing at anybody.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    document = models.OneToOneField(Document, null=True, on_delete=models.SET_NULL, related_name="+")
    language = models.CharField(max_length=16, blank=True)
    recognised = models.CharField(max_length=40)
    confidence = models.FloatField()
    kind = models.CharField(max_length=40)  # as the person called it
    date_confidence = models.FloatField()
    date_was_right = models.BooleanField()
    headings = models.JSONField(default=list)  # lines: words of content, others are three dots
    phrases = models.JSONField(default=list)  # [[kind, phrase of content]]
