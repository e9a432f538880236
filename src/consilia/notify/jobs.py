"""The room's jobs: sending one message, forgetting old ones."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.conf import settings

from consilia.jobs import actions as jobs
from consilia.jobs import registry
from consilia.notify import post
from consilia.notify.kinds import Kind
from consilia.notify.models import Message

KEPT = timedelta(days=90)  # that a person was told, and when
WAITS_AT_MOST = timedelta(days=7)  # for a mail server
ON_ITS_WAY = timedelta(hours=1)  # younger messages have a job of their own
CODES_KEPT = timedelta(days=1)


@registry.job("notify.send", attempts=8)
def send(ids: Mapping[str, str], *, at: datetime) -> None:
    """Sends a message unless it was sent or erased meanwhile; without a mail server it is kept here as it is."""
    message = Message.objects.filter(pk=ids["message"], sent_at=None).first()
    if message is None or not settings.CONSILIA_MAIL_URL:
        return
    unsent = Message.objects.filter(pk=message.pk, sent_at=None)
    try:
        post.send(message)
    except Exception as error:
        unsent.update(failed_at=at, failure=type(error).__name__[:80])
        raise
    # A code or a link that opens something must not lie readable in the database any longer (trust 1).
    unsent.update(sent_at=at, failure="", body="")


@registry.periodic(every=timedelta(hours=1))
def send_waiting(ids: Mapping[str, str], *, at: datetime) -> None:
    """Sends what was written before a mail server was named; codes and what is older than a week help nobody now."""
    if not settings.CONSILIA_MAIL_URL:
        return
    unsent = Message.objects.filter(sent_at=None, failed_at=None).exclude(kind=Kind.CODE)
    waiting = unsent.filter(created_at__gt=at - WAITS_AT_MOST, created_at__lt=at - ON_ITS_WAY)
    for pk in waiting.values_list("pk", flat=True):
        jobs.queue("notify.send", key=f"{pk}/again", ids={"message": pk}, at=at)


@registry.periodic(every=timedelta(hours=6))
def forget_old(ids: Mapping[str, str], *, at: datetime) -> None:
    Message.objects.filter(created_at__lt=at - KEPT).delete()
    Message.objects.filter(kind=Kind.CODE, created_at__lt=at - CODES_KEPT).delete()
