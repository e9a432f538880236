"""Reasons against an upload and against a link."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from consilia.intake.models import Upload, UploadLink, UploadState
from consilia.kernel.refusal import Refusal

LARGEST = 20 * 2**30  # bytes of one file: a CD or DVD as one archive
LONGEST_PATH = 1000

Reasons = tuple[Refusal, ...]


def against_size(size: int) -> Reasons:
    if size > LARGEST:
        return (Refusal("too_large", _("One file may have 20 GB at most. Please send its parts one by one.")),)
    return ()


def against_appending(upload: Upload) -> Reasons:
    if upload.state != UploadState.ARRIVING:
        return (Refusal("not_arriving", _("This file is here already, or was given up.")),)
    return ()


def against_link(link: UploadLink, at: datetime) -> Reasons:
    """A link is over when it was finished, taken back or its day has passed."""
    if link.revoked_at or link.finished_at or at > link.valid_until:
        return (Refusal("link_over", _("This link is over. Please ask the patient for a new one.")),)
    return ()
