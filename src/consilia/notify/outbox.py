"""Django's door for mail, leading into the outbox: what libraries send (sign-in codes) goes the way of all messages."""

from __future__ import annotations

from collections.abc import Sequence

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.utils import timezone, translation

from consilia.notify import actions
from consilia.notify.kinds import Kind
from consilia.notify.models import Message


class OutboxBackend(BaseEmailBackend):
    """Writes one row for each mail and reader; attachments and HTML twins are left out."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        at = timezone.now()  # an interface of Django's: there is no caller who could pass the clock in
        with transaction.atomic():
            for mail in email_messages:
                for address in mail.recipients():
                    actions.write(
                        Message(
                            address=address,
                            kind=Kind.CODE,
                            language=translation.get_language() or "en",
                            subject=" ".join(str(mail.subject).split())[:200],
                            body=str(mail.body),
                            created_at=at,
                        )
                    )
        return len(email_messages)
