"""What is this paper? The patient's screen: she knows what her papers are."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from consilia.audit.kinds import Kind
from consilia.cases.access import Reader, Right
from consilia.intake import queries
from consilia.records import looks
from consilia.web import access, naming


def _look(request: HttpRequest, reader: Reader, original_id: UUID, at: datetime) -> None:
    looks.opened(reader.case_id, Kind.RECORD_OPENED, ("record", original_id), actor=reader.actor, at=at)


def _page(request: HttpRequest, reader: Reader, given: Mapping[str, Any], status: int) -> HttpResponse:
    case = queries.case_line(reader=reader)
    return render(request, "patient/naming/page.html", {"case": case, **given}, status=status)


PATIENT = naming.Audience(
    begin="patient:naming",
    paper="patient:name-paper",
    undo="patient:name-undo",
    picture="patient:record-page",
    record="patient:record",
    back="patient:records",
    look=_look,
    page=_page,
)


@access.case_right(Right.DECIDE_OWN_RECORDS)
@require_GET
def begin(request: HttpRequest, reader: Reader) -> HttpResponse:
    """The first paper that waits for a name."""
    return naming.begin(request, reader, PATIENT)


@access.case_right(Right.DECIDE_OWN_RECORDS)
@require_http_methods(["GET", "POST"])
def paper(request: HttpRequest, reader: Reader, record_id: UUID) -> HttpResponse:
    """One paper, or her word on it."""
    return naming.paper(request, reader, PATIENT, record_id)


@access.case_right(Right.DECIDE_OWN_RECORDS)
@require_POST
def undo(request: HttpRequest, reader: Reader, record_id: UUID) -> HttpResponse:
    """Takes her word back."""
    return naming.undo(request, reader, PATIENT, record_id)
