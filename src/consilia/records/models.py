"""Tables of records: an Original for every file that came, a Document or an Instance for what it holds."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from consilia.clinical.papers import ASK_BELOW
from consilia.formats import sniff
from consilia.formats.verdicts import Reason
from consilia.kernel.ids import new_id

NOT_MEDICAL = "not_medical"  # the reason on a file that the desk set aside
SEEMS_NOT_MEDICAL = "seems_not_medical"  # the reason on a paper that was set aside as it came, by its words
NO_RECORD = frozenset({NOT_MEDICAL, SEEMS_NOT_MEDICAL})


class Standing(models.TextChoices):
    """What became of a file; nothing but TAKEN ever reaches an expert, a trend or a viewer."""

    TAKEN = "taken", _("Taken")
    HELD = "held", _("Held back")
    DUPLICATE = "duplicate", _("Duplicate")
    NOT_READ_YET = "not_read_yet", _("Kept, not read yet")
    UNREADABLE = "unreadable", _("Cannot be read")
    IGNORED = "ignored", _("Set aside")
    REMOVED = "removed", _("Removed")


class OriginalQuerySet(models.QuerySet["Original"]):
    def shown_to_experts(self) -> OriginalQuerySet:
        return self.filter(standing=Standing.TAKEN)


class Original(models.Model):
    """One file as it came: its bytes lie in the vault under (case, sha256) and never change."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    case_id = models.UUIDField(db_index=True)  # the room `cases` stands above; the key is enough
    path = models.CharField(max_length=1000)  # as the sender named it, inside folders and archives
    sha256 = models.CharField(max_length=64)
    size = models.BigIntegerField()
    media_type = models.CharField(max_length=100, blank=True)
    standing = models.CharField(max_length=14, choices=Standing.choices)
    reason = models.CharField(max_length=60, blank=True)  # code of the sentence (formats.verdicts, records.reasons)
    source = models.CharField(max_length=20, default="patient")  # patient, proxy, desk, hospital, treating_doctor
    upload_id = models.UUIDField(null=True, blank=True, db_index=True)
    received_at = models.DateTimeField()
    duplicate_of = models.ForeignKey("self", null=True, blank=True, on_delete=models.SET_NULL, related_name="copies")
    # The file of which this is a copy without its password, or some pages (from 1); pages have the bytes of their file.
    came_out_of = models.ForeignKey("self", null=True, blank=True, on_delete=models.CASCADE, related_name="taken_out")
    first_page = models.PositiveIntegerField(null=True, blank=True)
    last_page = models.PositiveIntegerField(null=True, blank=True)
    # Identity: what the file claims, how it compares with the case, and who decided about a held one.
    claims = models.JSONField(default=list, blank=True)  # [{"kind": "name", "value": "...", "where": "page 1"}]
    identity = models.CharField(
        max_length=12, default="unknown"
    )  # match, probable, no_identity, unknown, suspect, mismatch
    identity_reasons = models.JSONField(default=list, blank=True)
    decision = models.CharField(max_length=12, blank=True)  # released, removed
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by_id = models.UUIDField(null=True, blank=True)
    decision_reason = models.CharField(max_length=500, blank=True)
    objected_at = models.DateTimeField(null=True, blank=True)  # the patient says that a set aside file is a record
    retention_class = models.CharField(max_length=40, default="record")
    legal_hold = models.BooleanField(default=False)
    tombstone_at = models.DateTimeField(null=True, blank=True)

    objects = OriginalQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["received_at", "path"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["upload_id", "path"], name="one_original_a_path_of_an_upload"),
            models.CheckConstraint(
                condition=~models.Q(identity="mismatch") | ~models.Q(standing="taken") | models.Q(decision="released"),
                name="another_persons_file_needs_a_decision",
            ),
            models.CheckConstraint(
                condition=models.Q(decision="") | models.Q(decided_at__isnull=False), name="a_decision_has_a_time"
            ),
            models.CheckConstraint(
                condition=models.Q(first_page=None, last_page=None)
                | models.Q(came_out_of__isnull=False, first_page__gte=1, last_page__gte=models.F("first_page")),
                name="a_part_is_pages_of_a_file",
            ),
        ]
        # The desk counts the held ones of everybody on each of its pages.
        indexes: ClassVar = [models.Index(fields=["standing", "case_id"], name="originals_by_standing")]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def asks_password(self) -> bool:
        """True for a PDF that opens with a password which nobody has typed yet."""
        is_locked = self.standing == Standing.UNREADABLE and self.reason == Reason.PASSWORD
        return is_locked and self.media_type == sniff.PDF

    @property
    def is_no_record(self) -> bool:
        """True for a file that was set aside as no medical record; it can be taken again."""
        return self.standing == Standing.IGNORED and self.reason in NO_RECORD

    @property
    def file_name(self) -> str:
        """The name of the file as it came; a part has the one of its file."""
        file = self.came_out_of if self.first_page and self.came_out_of else self
        return file.path.rpartition("/")[2]

    def page_of_file(self, number: int) -> int | None:
        """The page of the file (from 1) that is page `number` of this record; None outside of a part."""
        if self.first_page is None or self.last_page is None:
            return number
        return self.first_page + number - 1 if 1 <= number <= self.last_page - self.first_page + 1 else None


class Document(models.Model):
    """A paper: letter, report, result, photo of a page. Page text and images are derived files in the vault."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    original = models.OneToOneField(Original, on_delete=models.CASCADE, related_name="document")
    kind = models.CharField(max_length=40, default="unknown")  # kinds of the content library
    kind_confidence = models.FloatField(default=0)
    items = models.JSONField(default=list, blank=True)  # checklist items that it may fill
    title = models.CharField(max_length=300, blank=True)
    headings = models.TextField(blank=True)  # what is read first and what was measured: checklist items are found by it
    document_date = models.DateField(null=True, blank=True)
    language = models.CharField(max_length=16, blank=True)
    issuer = models.CharField(max_length=200, blank=True)
    pages = models.PositiveIntegerField(default=1)
    has_page_images = models.BooleanField(default=True)  # else its text is shown as text
    date_confidence = models.FloatField(default=0)
    # Of the DICOM object in which it came; empty for every other file.
    study_uid = models.CharField(max_length=64, blank=True)
    series_uid = models.CharField(max_length=64, blank=True)
    instance_uid = models.CharField(max_length=64, blank=True)
    sop_class = models.CharField(max_length=64, blank=True)
    # A person's word stands in kind and document_date; what it replaced stays here until she takes it back.
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by_id = models.UUIDField(null=True, blank=True)
    recognised_kind = models.CharField(max_length=40, blank=True)
    recognised_date = models.DateField(null=True, blank=True)

    @property
    def asks(self) -> bool:
        """True while a person is to say what it is or of which day."""
        return self.decided_at is None and min(self.kind_confidence, self.date_confidence) < ASK_BELOW


class CheckedValue(models.Model):
    """A person's word about one laboratory value of a record: what stands on the paper, or that it does not count.

    The reading stays as it is; `key` (consilia.intake.judging.measured) finds the value in it.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    original = models.ForeignKey(Original, on_delete=models.CASCADE, related_name="checked_values")
    key = models.CharField(max_length=16)
    value = models.TextField()
    unit = models.TextField(blank=True)
    is_left_out = models.BooleanField(default=False)
    role = models.CharField(max_length=20)  # as in the trail
    by_id = models.UUIDField()
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["original", "key"], name="one_word_a_value")]


class Study(models.Model):
    """A DICOM study within one case (PS3.3 A.1.2); the same UID in another case is another row."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    case_id = models.UUIDField(db_index=True)
    uid = models.CharField(max_length=64)
    study_date = models.DateField(null=True, blank=True)
    description = models.CharField(max_length=200, blank=True)
    institution = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["case_id", "uid"], name="one_study_a_uid_in_a_case")]


class Series(models.Model):
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="series")
    uid = models.CharField(max_length=64)
    number = models.IntegerField(null=True, blank=True)
    modality = models.CharField(max_length=16)
    description = models.CharField(max_length=200, blank=True)
    body_part = models.CharField(max_length=64, blank=True)
    laterality = models.CharField(max_length=8, blank=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["study", "uid"], name="one_series_a_uid_in_a_study")]


class Instance(models.Model):
    """One DICOM object with what a viewer must know before it asks for pixels."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    series = models.ForeignKey(Series, on_delete=models.CASCADE, related_name="instances")
    original = models.OneToOneField(Original, on_delete=models.CASCADE, related_name="instance")
    uid = models.CharField(max_length=64)
    sop_class = models.CharField(max_length=64)
    number = models.IntegerField(null=True, blank=True)
    position = models.FloatField(null=True, blank=True)  # along the normal of the slices, mm
    orientation = models.JSONField(default=list, blank=True)  # six cosines (PS3.3 C.7.6.2.1.1); empty = unknown
    rows = models.PositiveIntegerField(default=0)
    columns = models.PositiveIntegerField(default=0)
    frames = models.PositiveIntegerField(default=1)
    window_center = models.FloatField(null=True, blank=True)
    window_width = models.FloatField(null=True, blank=True)
    spacing = models.JSONField(default=list, blank=True)  # [row, column] in mm
    transfer_syntax = models.CharField(max_length=64, blank=True)
    not_shown_because = models.CharField(max_length=60, blank=True)  # code; empty = can be displayed

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["series", "uid"], name="one_instance_a_uid_in_a_series")
        ]
