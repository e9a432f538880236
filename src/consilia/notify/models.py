"""The outbox: a message is a row of the transaction that caused it, and is sent after the commit."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from django.db import models

from consilia.kernel.ids import new_id
from consilia.notify.kinds import Kind


class MessageQuerySet(models.QuerySet["Message"]):
    def of_case(self, case_id: UUID) -> MessageQuerySet:
        return self.filter(case_id=case_id)

    def newest_first(self) -> MessageQuerySet:
        return self.order_by("-created_at", "-id")


class Message(models.Model):
    """One mail to one address. Once sent, its words are gone: they may hold a link that opens something."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    person_id = models.UUIDField(null=True, blank=True, db_index=True)  # the key is enough; null without an account
    address = models.EmailField()
    kind = models.CharField(max_length=24, choices=Kind.choices)
    language = models.CharField(max_length=16, default="en")
    subject = models.CharField(max_length=200, blank=True)
    body = models.TextField(blank=True)
    case_id = models.UUIDField(null=True, blank=True, db_index=True)  # for erasing; the room `cases` stands above
    once = models.CharField(max_length=200, blank=True)  # idempotency: one message a (kind, address, once)
    created_at = models.DateTimeField(db_index=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    failed_at = models.DateTimeField(null=True, blank=True)
    failure = models.CharField(max_length=80, blank=True)  # class of the last error, never its words

    objects = MessageQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["kind", "address", "once"], condition=~models.Q(once=""), name="one_message_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"
