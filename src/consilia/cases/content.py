"""The one loaded content library of this process, with the operator's overlay folders and confirmations."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

from django.conf import settings

from consilia.clinical import library as clinical_library


@cache
def library() -> clinical_library.Library:
    found = clinical_library.load(folders=settings.CONSILIA_CONTENT_FOLDERS)
    return replace(found, confirmed=settings.CONSILIA_LAW_CONFIRMED)
