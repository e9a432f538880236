"""Table of what reviewers say about content; approvals are files and events of the trail, never rows."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from consilia.accounts.models import Person
from consilia.kernel.ids import new_id


class Comment(models.Model):
    """A sentence about an entry as it was read: its version and SHA-256 stay with it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    kind = models.CharField(max_length=60)
    entry = models.CharField(max_length=60)
    version = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    text = models.TextField()
    # The name stays readable in the file of an approval; here the person may leave, and her words stay.
    author = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["kind", "entry", "at"], name="comments_of_an_entry")]

    def __str__(self) -> str:
        return str(self.pk)
