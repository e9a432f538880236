"""Laboratory and home values at the expert's table, with the names covered as on every page of hers."""

from __future__ import annotations

from functools import partial

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from consilia.cases.access import Reader, Right
from consilia.cases.queries import expert as queries
from consilia.cases.queries import expert_names
from consilia.intake import queries as intake
from consilia.web import access
from consilia.web.expert.showing import show, tongue
from consilia.web.values import page as values
from consilia.web.values.shared import Door, note_look


@access.case_right(Right.READ_AS_EXPERT)
@require_safe
def page(request: HttpRequest, reader: Reader) -> HttpResponse:
    """All values, and the trend of one."""
    at = timezone.now()
    head = queries.head(reader=reader, language=tongue())
    names = queries.names_of_records(reader=reader, names=head.names)
    found = intake.conclusions(reader=reader, at=at)
    note_look(reader, at=at)
    door = Door(
        lambda record_id: reverse("expert:record", args=[reader.case_id, record_id]),
        partial(expert_names.covered_words, names=names),
    )
    return show(request, "expert/table/values.html", {"head": head, "values": values.page(found, request.GET, door)})
