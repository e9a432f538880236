"""Words of a message from its template: subject, greeting, what happened, whose turn, link; nothing clinical.

A template knows the service's name, the link and a greeting; it is given no word of the case.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation

from consilia.notify.kinds import Kind

_IN_NAMES = set(" -'’.·")


@dataclass(frozen=True, slots=True)
class Words:
    """`subject` is one line; `body` is plain text."""

    subject: str
    body: str


def words(kind: Kind, *, language: str, name: str = "", link: str = "") -> Words:
    """The message in the language of its reader. Raises ValueError for a link that leads out of the service."""
    context = {"name": greeted(name), "link": absolute(link), "service": settings.CONSILIA_SERVICE_NAME}
    with translation.override(language):
        text = render_to_string(f"notify/{kind.value}.txt", context)
    subject, _, body = text.strip().partition("\n")
    return Words(" ".join(subject.split())[:200], body.strip() + "\n")


def absolute(link: str) -> str:
    """The full address of a path of this service; a full address must be one of this service already."""
    if not link:
        return ""
    base = settings.CONSILIA_PUBLIC_URL.rstrip("/")
    full = urljoin(f"{base}/", link)
    if urlsplit(full)[:2] != urlsplit(base)[:2] or any(sign.isspace() for sign in full):
        raise ValueError("a message links to pages of the service only")
    return full


def greeted(name: str) -> str:
    """The name if it can be nothing but a name: what strangers type must not become an advertisement in our mail."""
    fits = len(name) <= 60 and all(sign.isalpha() or sign in _IN_NAMES for sign in name)
    return name.strip() if fits and not any(part.count(".") > 2 for part in name.split()) else ""
