"""Tables of people: one person may be a patient, act for patients, and work for the service."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils.translation import gettext_lazy as _

from consilia.kernel.ids import new_id


class Role(models.TextChoices):
    """What a person does for the service; patients and proxies need none (workflow: roles)."""

    COORDINATOR = "coordinator", _("Coordinator")
    EDITOR = "editor", _("Medical editor")
    TRANSLATOR = "translator", _("Translator")
    EXPERT = "expert", _("Expert")
    ADMINISTRATOR = "administrator", _("Administrator")
    AUDITOR = "auditor", _("Privacy officer")
    # Who reads clinical and legal content and stands behind it; translators do, too.
    PHYSICIAN = "physician", _("Reviewing physician")
    LAWYER = "lawyer", _("Reviewing lawyer")
    PHARMACIST = "pharmacist", _("Reviewing pharmacist")
    PHYSICIST = "physicist", _("Reviewing medical physicist")


REVIEWERS = (Role.PHYSICIAN, Role.LAWYER, Role.PHARMACIST, Role.PHYSICIST, Role.TRANSLATOR)
"""The roles in which content is approved, as `clinical.approvals.ReviewerRole` knows them."""


class Sex(models.TextChoices):
    """Administrative sex as FHIR R4 knows it (administrative-gender)."""

    FEMALE = "female", _("Female")
    MALE = "male", _("Male")
    OTHER = "other", _("Other")
    UNKNOWN = "unknown", _("Not said")


class People(BaseUserManager["Person"]):
    """Finds people by e-mail address whatever its letters' case."""

    def get_by_natural_key(self, username: str | None) -> Person:
        return self.get(email__iexact=username or "")


class Person(AbstractBaseUser):
    """Somebody with an account. The e-mail address is the only thing needed to begin."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    email = models.EmailField(unique=True)
    given_name = models.CharField(max_length=100, blank=True)
    family_name = models.CharField(max_length=100, blank=True)
    language = models.CharField(max_length=16, default="en")
    time_zone = models.CharField(max_length=64, blank=True)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects = People()

    def __str__(self) -> str:
        return str(self.pk)  # never a name: this text reaches logs

    @property
    def name(self) -> str:
        """Given and family name, or the address where neither is known."""
        return f"{self.given_name} {self.family_name}".strip() or self.email

    @property
    def initials(self) -> str:
        return (self.given_name[:1] + self.family_name[:1]).upper() or self.email[:1].upper()


class RoleGrant(models.Model):
    """A role, given by somebody at some time, and perhaps taken back; the history stays."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="grants")
    role = models.CharField(max_length=20, choices=Role.choices)
    granted_at = models.DateTimeField()
    granted_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["person", "role"], condition=models.Q(revoked_at=None), name="one_live_grant_a_role"
            ),
        ]


class Patient(models.Model):
    """The person whose records and whose question it is; with or without an account of her own."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    person = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="patients")
    given_name = models.CharField(max_length=100)
    family_name = models.CharField(max_length=100)
    former_name = models.CharField(max_length=100, blank=True)
    birth_date = models.DateField()
    sex = models.CharField(max_length=10, choices=Sex.choices, default=Sex.UNKNOWN)
    identifiers = models.JSONField(default=list, blank=True)  # [{"system": "tax code", "value": "..."}]
    residence_country = models.CharField(max_length=2)
    language = models.CharField(max_length=16, default="en")
    created_at = models.DateTimeField()
    # Decided from the start (trust 13): what the law keeps, what it forbids to delete, and what is gone.
    retention_class = models.CharField(max_length=40, default="case")
    legal_hold = models.BooleanField(default=False)
    tombstone_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def name(self) -> str:
        return f"{self.given_name} {self.family_name}"


class MandateQuerySet(models.QuerySet["Mandate"]):
    def live(self, at: datetime) -> MandateQuerySet:
        """Mandates that hold at the moment: begun, neither revoked nor over."""
        return self.filter(
            models.Q(valid_until=None) | models.Q(valid_until__gt=at), valid_from__lte=at, revoked_at=None
        )


class Mandate(models.Model):
    """The right of a proxy to act for a patient: parent of a minor, guardian, or with a mandate in writing."""

    class Kind(models.TextChoices):
        PARENT = "parent", _("Parent of a minor")
        GUARDIAN = "guardian", _("Legal guardian")
        WRITTEN = "written", _("With a mandate in writing")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    proxy = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="mandates")
    patient = models.ForeignKey(Patient, on_delete=models.CASCADE, related_name="mandates")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    valid_from = models.DateTimeField()
    valid_until = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    declared_at = models.DateTimeField()  # when the proxy declared in our words to act lawfully

    objects = MandateQuerySet.as_manager()


class SignInLink(models.Model):
    """A way in that works once, for somebody whom the service added; only the hash of its secret is kept."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="sign_in_links")
    secret_hash = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()
    valid_until = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)


class SignIn(models.Model):
    """One browser in which a person is signed in, so that she can see it and end it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="sign_ins")
    session_key = models.CharField(max_length=40, unique=True)
    way = models.CharField(max_length=20)  # a word of session.Way
    browser = models.CharField(max_length=60, blank=True)  # "Firefox, Windows"; no address, no full agent
    began_at = models.DateTimeField()


class UsedCode(models.Model):
    """A code of an authenticator app that was taken; the constraint lets nobody take it twice, in any process."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="used_codes")
    code_hash = models.CharField(max_length=64)
    used_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["person", "code_hash"], name="one_use_a_code"),
        ]
