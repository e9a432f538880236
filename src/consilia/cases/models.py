"""Tables of cases: the case, its questions, consents, messages, steps and seats for experts."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from consilia.accounts.models import Patient, Person
from consilia.cases.states import DeclineCode, Seat, State
from consilia.experts.models import Expert
from consilia.kernel.ids import new_id


class SelfCheck(models.Model):
    """Answers given before there was an account; no identity stands in it until a case adopts it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    answered_at = models.DateTimeField()
    location_country = models.CharField(max_length=2, blank=True)
    facts = models.JSONField(default=dict)
    outcome = models.CharField(max_length=30)
    assessment = models.JSONField(default=dict)  # rule ids, versions, hashes


class AdviceAnswer(models.TextChoices):
    """What she says of an examination that a report recommends and no record shows."""

    HAD = "had", _("I had it, but the result is not here")
    NOT_DONE = "not_done", _("It was not done")
    NOT_MINE = "not_mine", _("It does not concern me")


class Case(models.Model):
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    reference = models.CharField(max_length=20, unique=True)  # C-2026-7KQ4M2: random, tells nothing
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="cases")
    opened_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    opened_at = models.DateTimeField()
    state = models.CharField(max_length=20, choices=State.choices, default=State.DRAFT)
    state_since = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)  # every change of the case moves it; stale writers are refused
    self_check = models.OneToOneField(SelfCheck, null=True, blank=True, on_delete=models.SET_NULL, related_name="case")

    # What it is about, in the patient's words.
    case_type = models.CharField(max_length=60, default="general")  # checklist of the content library
    stated_diagnosis = models.TextField(blank=True)
    proposed_therapy = models.TextField(blank=True)
    treating_doctor = models.CharField(max_length=200, blank=True)
    hospital = models.CharField(max_length=200, blank=True)
    hospital_country = models.CharField(max_length=2, blank=True)
    location_country = models.CharField(max_length=2, blank=True)  # where the patient is now
    wanted_countries = models.JSONField(default=list, blank=True)
    reading_language = models.CharField(max_length=16, blank=True)
    talking_language = models.CharField(max_length=16, blank=True)
    report_language = models.CharField(max_length=16, default="en")
    decision_due = models.DateField(null=True, blank=True)
    matters = models.TextField(blank=True)  # what matters to me
    conditions = models.JSONField(default=dict, blank=True)  # {"operated": false}: said not to concern her
    # Of examinations that reports recommend: {key: {"answer": AdviceAnswer, "at": "...", "by": "person id"}}.
    said_of_advice = models.JSONField(default=dict, blank=True)

    # Flags, not states.
    urgent_at = models.DateTimeField(null=True, blank=True)
    urgent_note = models.TextField(blank=True)
    urgent_cleared_at = models.DateTimeField(null=True, blank=True)
    held_since = models.DateTimeField(null=True, blank=True)
    complaint_at = models.DateTimeField(null=True, blank=True)

    # Frozen at handing in and at the quality gate.
    assessment = models.JSONField(default=dict, blank=True)  # outcome, checklist id, version, sha256
    summary = models.TextField(blank=True)  # the editor's
    not_answerable = models.TextField(blank=True)  # what cannot be answered from these records
    bypass_reason = models.TextField(blank=True)
    bypass_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    coordinator = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")

    retention_class = models.CharField(max_length=40, default="case")
    legal_hold = models.BooleanField(default=False)
    tombstone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(state__in=State.values), name="case_state_is_known"),
            models.CheckConstraint(
                condition=models.Q(bypass_reason="") | models.Q(bypass_by__isnull=False), name="case_bypass_has_a_name"
            ),
        ]
        # The worklist counts the open cases of each state and takes the longest waiting ones, all by this index alone.
        indexes: ClassVar = [models.Index(fields=["state", "tombstone_at", "state_since"])]

    def __str__(self) -> str:
        return self.reference


class Question(models.Model):
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="questions")
    number = models.PositiveSmallIntegerField()
    text = models.TextField()
    key_text = models.TextField(blank=True)  # the editor's wording for the expert, in the report's language

    class Meta:
        ordering: ClassVar = ["number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["case", "number"], name="one_question_a_number"),
            models.CheckConstraint(condition=models.Q(number__gte=1, number__lte=10), name="one_to_ten_questions"),
        ]


class Purpose(models.TextChoices):
    """What a consent is for; each is withdrawn on its own. Values are ids of the content library."""

    TERMS = "service_terms", _("Terms of the service")
    PROCESSING = "health_data", _("Use of your health records for this opinion")
    RECIPIENT_COUNTRY = "transfer", _("An expert in this country may see your records")
    NAMED = "named_to_expert", _("The expert may see your name")
    TREATING_DOCTOR = "share_with_doctor", _("Your doctor takes part through your links")


class ConsentQuerySet(models.QuerySet["Consent"]):
    def live(self) -> ConsentQuerySet:
        return self.filter(withdrawn_at=None)


class Consent(models.Model):
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="consents")
    purpose = models.CharField(max_length=20, choices=Purpose.choices)
    country = models.CharField(max_length=2, blank=True)
    text_id = models.CharField(max_length=80)  # content library: id, version, hash of what was read
    text_version = models.CharField(max_length=20)
    text_sha256 = models.CharField(max_length=64)
    given_at = models.DateTimeField()
    given_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects = ConsentQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["case", "purpose", "country"],
                condition=models.Q(withdrawn_at=None),
                name="one_live_consent_a_purpose",
            ),
        ]


class Step(models.Model):
    """One change of state: the thread of the case and its clocks are computed from these."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="steps")
    old = models.CharField(max_length=20, blank=True)
    new = models.CharField(max_length=20, choices=State.choices)
    at = models.DateTimeField()
    by_id = models.UUIDField(null=True)
    note = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering: ClassVar = ["at", "id"]


class Message(models.Model):
    """Words between the patient, the desk and experts; internal notes never reach the patient or an expert."""

    class Audience(models.TextChoices):
        PATIENT = "patient", _("The patient and the desk")
        EXPERT = "expert", _("The expert and the desk")
        INTERNAL = "internal", _("Internal note")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="messages")
    audience = models.CharField(max_length=10, choices=Audience.choices)
    author = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    author_role = models.CharField(max_length=20)
    text = models.TextField()
    at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, blank=True)
    assignment = models.ForeignKey(
        "Assignment", null=True, blank=True, on_delete=models.CASCADE, related_name="messages"
    )

    class Meta:
        ordering: ClassVar = ["at", "id"]


class Assignment(models.Model):
    """A seat for one expert of one country: planned, invited, accepted, declined, withdrawn, finished."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="assignments")
    seat = models.PositiveSmallIntegerField()  # 1, 2, 3: several experts may be asked for one seat, one accepts
    country = models.CharField(max_length=2)
    speciality = models.CharField(max_length=80, blank=True)
    expert = models.ForeignKey(Expert, null=True, blank=True, on_delete=models.PROTECT, related_name="assignments")
    state = models.CharField(max_length=10, choices=Seat.choices, default=Seat.PLANNED)
    reasons = models.JSONField(default=list, blank=True)  # why this expert, or why not this seat
    invited_at = models.DateTimeField(null=True, blank=True)
    answer_due = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    decline_code = models.CharField(max_length=24, choices=DeclineCode.choices, blank=True)
    decline_note = models.CharField(max_length=500, blank=True)
    treating_shown_at = models.DateTimeField(null=True, blank=True)  # she has seen who treats the patient
    no_conflict_declared_at = models.DateTimeField(null=True, blank=True)
    opinion_due = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["seat", "invited_at"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["case", "seat"],
                condition=models.Q(state__in=["accepted", "finished"]),
                name="exactly_one_acceptance_a_seat",
            ),
            models.UniqueConstraint(
                fields=["case", "expert"],
                condition=models.Q(state__in=["invited", "accepted", "finished"]),
                name="an_expert_sits_once_in_a_case",
            ),
            models.CheckConstraint(
                condition=~models.Q(state__in=["accepted", "finished"])
                | models.Q(no_conflict_declared_at__isnull=False),
                name="acceptance_needs_the_declaration",
            ),
        ]


class ExpertQuestion(models.Model):
    """A question of an expert to the patient or the desk; while it is open the expert's clock stands still."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    assignment = models.ForeignKey(Assignment, on_delete=models.CASCADE, related_name="questions")
    to_patient = models.BooleanField(default=True)
    text = models.TextField()
    asked_at = models.DateTimeField()
    answer = models.TextField(blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")


class BreakGlass(models.Model):
    """An administrator's sight of one case for one hour, with a reason that the patient can read."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="broken_glasses")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=500)
    at = models.DateTimeField()
    until = models.DateTimeField()
