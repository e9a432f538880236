"""Tables of reports: the rendered files of a seal, the links a patient gives to her doctor, and his answer."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from consilia.accounts.models import Person
from consilia.cases.models import Case
from consilia.experts.models import Expert
from consilia.kernel.ids import new_id
from consilia.opinions.models import Seal


class Report(models.Model):
    """The renderings of one seal; the bytes lie in the vault under (case, sha256)."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    seal = models.OneToOneField(Seal, on_delete=models.PROTECT, related_name="report")
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="reports")
    pdf_sha256 = models.CharField(max_length=64, db_index=True)  # the verification page looks for it
    fhir_sha256 = models.CharField(max_length=64)
    made_at = models.DateTimeField()
    first_read_at = models.DateTimeField(null=True, blank=True)  # by the patient


class PdfKey(models.Model):
    """The P-256 key and certificate of an expert for the PDF; the private half (PEM) lies in the vault."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    expert = models.ForeignKey(Expert, on_delete=models.PROTECT, related_name="pdf_keys")
    certificate = models.TextField()  # PEM
    private_sha256 = models.CharField(max_length=64)
    made_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["expert"], condition=models.Q(revoked_at=None), name="one_live_pdf_key_an_expert"
            ),
        ]


class Share(models.Model):
    """A link for the doctor at home: made, sent and taken back by the patient; opened with a second secret."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="shares")
    secret_hash = models.CharField(max_length=64, unique=True)
    code_hash = models.CharField(max_length=64)  # the second secret, told on another way
    wrong_codes = models.PositiveSmallIntegerField(default=0)
    doctor = models.CharField(max_length=200)
    address = models.EmailField(blank=True)
    made_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    made_at = models.DateTimeField()
    valid_until = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    first_opened_at = models.DateTimeField(null=True, blank=True)  # the read receipt
    last_opened_at = models.DateTimeField(null=True, blank=True)


class DoctorAnswer(models.Model):
    """One tap and one comment of the treating doctor."""

    class Answer(models.TextChoices):
        AGREE = "agree", _("I agree")
        PARTLY = "partly", _("I agree in part")
        DISAGREE = "disagree", _("I see it differently")
        WILL_ACT = "will_act", _("I will act on it")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    share = models.OneToOneField(Share, on_delete=models.CASCADE, related_name="answer")
    answer = models.CharField(max_length=10, choices=Answer.choices)
    comment = models.TextField(blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(answer__in=["agree", "partly", "disagree", "will_act"]),
                name="doctor_answer_is_known",
            ),
        ]
