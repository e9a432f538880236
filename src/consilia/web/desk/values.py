"""Laboratory and home values as the desk reads them, with names."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from consilia.cases.access import Reader, Right
from consilia.cases.queries import desk_case
from consilia.intake import queries
from consilia.web import access
from consilia.web.desk.pages import show
from consilia.web.values import page as values
from consilia.web.values.shared import Door, note_look


@access.case_right(Right.READ_AS_DESK)
@require_GET
def page(request: HttpRequest, reader: Reader) -> HttpResponse:
    """All values, and the trend of one."""
    at = timezone.now()
    found = queries.conclusions(reader=reader, at=at)
    note_look(reader, at=at)
    door = Door(lambda record_id: reverse("desk:record", args=[reader.case_id, record_id]))
    words = {"head": desk_case.head(reader=reader, at=at), "values": values.page(found, request.GET, door)}
    return show(request, "desk/records/values.html", words)
