"""Laboratory and home values of the patient's own records."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from consilia.cases.access import Reader, Right
from consilia.intake import queries
from consilia.web import access
from consilia.web.values import page as values
from consilia.web.values.shared import Door, note_look


@access.case_right(Right.READ_CASE)
@require_GET
def page(request: HttpRequest, reader: Reader) -> HttpResponse:
    """All values, and the trend of one."""
    at = timezone.now()
    found = queries.conclusions(reader=reader, at=at)
    note_look(reader, at=at)
    door = Door(lambda record_id: reverse("patient:record", args=[reader.case_id, record_id]))
    words = {"case": queries.case_line(reader=reader), "values": values.page(found, request.GET, door)}
    return render(request, "patient/records/values.html", words)
