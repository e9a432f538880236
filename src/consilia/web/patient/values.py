"""Laboratory and home values of the patient's own records."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from consilia.cases.access import Reader, Right
from consilia.intake import queries
from consilia.web import access
from consilia.web.values import checking, shared
from consilia.web.values import page as values
from consilia.web.values.forms import CheckForm


@access.case_right(Right.READ_CASE)
@require_GET
def page(request: HttpRequest, reader: Reader) -> HttpResponse:
    """All values, and the trend of one."""
    return _page(request, reader)


@access.case_right(Right.DECIDE_OWN_RECORDS)
@require_POST
def check(request: HttpRequest, reader: Reader, record_id: UUID) -> HttpResponse:
    """Her word about a value that we doubt."""
    return checking.said(request, reader, record_id, home="patient:values", page=_page)


def _page(request: HttpRequest, reader: Reader, typed: CheckForm | None = None) -> HttpResponse:
    at = timezone.now()
    found = queries.values_page(reader=reader, at=at)
    shared.note_look(reader, at=at)
    door = shared.door("patient", reader, found, typed=typed)
    words = {"case": queries.case_line(reader=reader), "values": values.page(found.found, request.GET, door)}
    return render(request, "patient/records/values.html", words, status=422 if typed else 200)
