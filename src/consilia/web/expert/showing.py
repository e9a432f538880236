"""What every page of an expert shares: who she is, the language of the page, looks that are written down first."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language

from consilia.audit.kinds import Kind
from consilia.cases.access import Reader
from consilia.opinions import actions as opinions
from consilia.records import looks
from consilia.web.opinion import words as opinion_words


def tongue() -> str:
    """The language of the page."""
    return get_language() or "en"


def show(request: HttpRequest, template: str, page: Mapping[str, Any], *, status: int = 200) -> HttpResponse:
    return render(request, template, {"role_words": opinion_words.SEAT_ROLE, **page}, status=status)


def png(picture: bytes) -> HttpResponse:
    """A picture of a record: it runs nothing and is kept nowhere."""
    response = HttpResponse(picture, content_type="image/png")
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["Cache-Control"] = "private, no-store"
    return response


def note_opened(reader: Reader, kind: Kind, entity: tuple[str, UUID], *, at: datetime) -> None:
    """A record is opened: in the trail and among "records reviewed", before its first byte goes out."""
    with transaction.atomic():
        looks.opened(reader.case_id, kind, entity, actor=reader.actor, at=at)
        opinions.note_opening(reader, entity[1], at=at)


def note_picture(reader: Reader, kind: Kind, entity: tuple[str, UUID], *, at: datetime) -> None:
    """A page or frame of it: the look that began within half an hour goes on, else a new one is written down."""
    with transaction.atomic():
        looks.went_on(reader.case_id, kind, entity, actor=reader.actor, at=at)
        opinions.note_opening(reader, entity[1], at=at)
