"""Reasons against an upload and against a link."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from consilia.intake.models import UploadLink
from consilia.kernel.refusal import Refusal

LARGEST = 20 * 2**30  # bytes of one file: a CD or DVD as one archive
LONGEST_PATH = 1000

Reasons = tuple[Refusal, ...]


def incomplete() -> Refusal:
    """Bytes are missing: a file that broke off is never taken for a whole one."""
    return Refusal("incomplete", _("The end of this file has not arrived. Send it again; it goes on where it stopped."))


def against_size(size: int) -> Reasons:
    if size > LARGEST:
        return (Refusal("too_large", _("One file may have 20 GB at most. Please send its parts one by one.")),)
    return ()


def against_link(link: UploadLink, at: datetime) -> Reasons:
    """A link is over when it was finished, taken back or its day has passed."""
    if link.revoked_at or link.finished_at or at > link.valid_until:
        return (Refusal("link_over", _("This link is over. Please ask the patient for a new one.")),)
    return ()
