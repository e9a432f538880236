"""Tables of the trail: events that are only ever added, and one head per chain that says where it ends.

Events carry identifiers, codes and times, no clinical content and no names (names are resolved when shown), so the
chain of a case survives the erasure of the case and needs no way around its own triggers.
"""

from __future__ import annotations

from django.db import models

from consilia.kernel.ids import new_id


class Event(models.Model):
    """One thing that happened; fields as in IHE BALP AuditEvent. Database triggers refuse change and removal."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    chain = models.CharField(max_length=36)
    sequence = models.PositiveBigIntegerField()
    at = models.DateTimeField()
    kind = models.CharField(max_length=40)
    actor_id = models.UUIDField(null=True)
    role = models.CharField(max_length=20)
    via = models.CharField(max_length=10)
    request_id = models.CharField(max_length=64, blank=True)
    case_id = models.UUIDField(null=True)
    patient_id = models.UUIDField(null=True)
    entity_type = models.CharField(max_length=40, blank=True)
    entity_id = models.CharField(max_length=100, blank=True)
    purpose = models.CharField(max_length=40, blank=True)
    outcome = models.CharField(max_length=10)
    detail = models.JSONField(default=dict)
    previous = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["chain", "sequence"], name="audit_event_place")]
        indexes = [
            models.Index(fields=["actor_id", "at"], name="audit_event_actor"),
            models.Index(fields=["case_id", "at"], name="audit_event_case"),
        ]


class Head(models.Model):
    """The end of a chain: the row that is locked to add the next event."""

    chain = models.CharField(primary_key=True, max_length=36)
    sequence = models.PositiveBigIntegerField(default=0)
    hash = models.CharField(max_length=64)
