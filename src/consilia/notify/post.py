"""The way out of the house: one SMTP server named by a setting, spoken to with TLS unless it is this machine."""

from __future__ import annotations

from urllib.parse import parse_qs, unquote, urlsplit

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.smtp import EmailBackend

from consilia.notify.models import Message

_SECONDS = 20  # an SMTP server that says nothing for so long counts as down
_HERE = {"localhost", "127.0.0.1", "::1"}


def open_door(url: str) -> EmailBackend:
    """`smtp://user:password@host:port` (STARTTLS; plain on this machine or with ?tls=off) or `smtps://...` (TLS)."""
    parts = urlsplit(url)
    if parts.scheme not in {"smtp", "smtps"} or not parts.hostname:
        raise ValueError("CONSILIA_MAIL_URL must look like smtp://user:password@host:port")
    plain = parts.hostname in _HERE or parse_qs(parts.query).get("tls") == ["off"]
    return EmailBackend(
        host=parts.hostname,
        port=parts.port or (465 if parts.scheme == "smtps" else 587),
        username=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        use_tls=parts.scheme == "smtp" and not plain,
        use_ssl=parts.scheme == "smtps",
        timeout=_SECONDS,
    )


def send(message: Message) -> None:
    """Sends one message; the Message-ID is its key, so that a mail sent twice after a crash is known as one."""
    sender = settings.CONSILIA_MAIL_FROM
    host = sender.rpartition("@")[2].rstrip(">") or "localhost"
    mail = EmailMessage(
        message.subject,
        message.body,
        sender,
        [message.address],
        connection=open_door(settings.CONSILIA_MAIL_URL),
        headers={"Message-ID": f"<{message.pk}@{host}>", "Auto-Submitted": "auto-generated"},
    )
    mail.send()
