"""Words of a message from its template: subject, greeting, what happened, whose turn, link; nothing clinical.

A template knows the service's name, the link and a greeting; it is given no word of the case.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urljoin, urlsplit

from django.conf import settings
from django.template import Context, Engine
from django.utils import translation

from consilia.notify.kinds import Kind

# An engine of its own: mails are plain text, and the worker sends them without the tags of the web.
_ENGINE = Engine(
    dirs=[str(Path(__file__).parent / "templates")], autoescape=False, builtins=["django.templatetags.i18n"]
)
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
        text = _ENGINE.render_to_string(f"notify/{kind.value}.txt", Context(context, autoescape=False))
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
    name = name.strip()
    letters = all(unicodedata.category(sign)[0] in "LM" or sign in _IN_NAMES for sign in name)
    # A full stop ends an initial; inside a word it makes an address that mail programs turn into a link.
    return name if letters and len(name) <= 60 and not re.search(r"\.[^ ]", name) else ""
