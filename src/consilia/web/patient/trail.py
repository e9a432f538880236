"""Who looked at my record."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from consilia.cases.access import Reader, Right
from consilia.cases.queries import trail
from consilia.intake import links
from consilia.web import access


@access.case_right(Right.READ_TRAIL)
@require_GET
def page(request: HttpRequest, reader: Reader) -> HttpResponse:
    """Openings, newest first; with ?all=1 everything that happened."""
    everything = request.GET.get("all") == "1"
    asked = request.GET.get("before", "")
    before = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 18 else None
    found = trail.of_case(reader=reader, everything=everything, before=before, link_labels=links.labels(reader=reader))
    context = {"case_id": reader.case_id, "page": found, "everything": everything, "is_first": before is None}
    return render(request, "patient/trail/page.html", context | {"is_patient": reader.may(Right.READ_CASE)})
