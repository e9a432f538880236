"""What is this paper? The desk's screen for papers of which the intake is not sure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from consilia.audit.kinds import Kind
from consilia.cases.access import Reader, Right
from consilia.cases.queries import desk_case
from consilia.web import access, naming
from consilia.web.desk.pages import note_record, show


def _look(request: HttpRequest, reader: Reader, original_id: UUID, at: datetime) -> None:
    note_record(request, reader, Kind.RECORD_OPENED, ("record", original_id), at=at)


def _page(request: HttpRequest, reader: Reader, given: Mapping[str, Any], status: int) -> HttpResponse:
    head = desk_case.head(reader=reader, at=timezone.now())
    return show(request, "desk/naming/page.html", {"head": head, **given}, status=status)


DESK = naming.Audience(
    begin="desk:naming",
    paper="desk:name-paper",
    undo="desk:name-undo",
    picture="desk:page",
    record="desk:record",
    back="desk:case",
    look=_look,
    page=_page,
)


@access.case_right(Right.DECIDE_RECORDS)
@require_GET
def begin(request: HttpRequest, reader: Reader) -> HttpResponse:
    """The first paper that waits for a name."""
    return naming.begin(request, reader, DESK)


@access.case_right(Right.DECIDE_RECORDS)
@require_http_methods(["GET", "POST"])
def paper(request: HttpRequest, reader: Reader, original_id: UUID) -> HttpResponse:
    """One paper, or the word on it."""
    return naming.paper(request, reader, DESK, original_id)


@access.case_right(Right.DECIDE_RECORDS)
@require_POST
def undo(request: HttpRequest, reader: Reader, original_id: UUID) -> HttpResponse:
    """Takes the word back."""
    return naming.undo(request, reader, DESK, original_id)
