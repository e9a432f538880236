"""Laboratory and home values as the desk reads them, with names."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from consilia.cases.access import Reader, Right
from consilia.cases.queries import desk_case
from consilia.intake import queries
from consilia.web import access
from consilia.web.desk.pages import show
from consilia.web.values import checking, shared
from consilia.web.values import page as values
from consilia.web.values.forms import CheckForm


@access.case_right(Right.READ_AS_DESK)
@require_GET
def page(request: HttpRequest, reader: Reader) -> HttpResponse:
    """All values, and the trend of one."""
    return _page(request, reader)


@access.case_right(Right.DECIDE_RECORDS)
@require_POST
def check(request: HttpRequest, reader: Reader, original_id: UUID) -> HttpResponse:
    """The desk's word about a value that we doubt."""
    return checking.said(request, reader, original_id, home="desk:values", page=_page)


def _page(request: HttpRequest, reader: Reader, typed: CheckForm | None = None) -> HttpResponse:
    at = timezone.now()
    found = queries.values_page(reader=reader, at=at)
    shared.note_look(reader, at=at)
    door = shared.door("desk", reader, found, typed=typed)
    words = {"head": desk_case.head(reader=reader, at=at), "values": values.page(found.found, request.GET, door)}
    return show(request, "desk/records/values.html", words, status=422 if typed else 200)
