"""The case on one page for the desk: quoted facts with their sources; below it course and radiation."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from consilia.cases.access import Reader, Right
from consilia.cases.queries import desk_case
from consilia.web import access, telling
from consilia.web.desk.pages import note_case, show

ADDRESSES = telling.Addresses(record="desk:record", study="desk:study")


@access.case_right(Right.READ_AS_DESK)
@require_GET
def summary(request: HttpRequest, reader: Reader) -> HttpResponse:
    """The page; it quotes records, so the look is written down first."""
    at = timezone.now()
    page = desk_case.case_page(reader=reader, at=at)
    note_case(reader, "summary", at=at)
    head = page.head
    sheet = telling.Sheet(
        reference=head.reference,
        facts=(head.name, head.sex, _("%(age)d years") % {"age": head.age}, head.kind),
        diagnosis=page.stated_diagnosis,
        therapy=page.proposed_therapy,
        questions=tuple(question.text for question in page.questions),
        back=reverse("desk:case", args=[reader.case_id]),
    )
    return show(request, "telling/summary.html", {"sheet": sheet, "told": told(reader, at=at), "head": head})


def told(reader: Reader, *, at: datetime) -> telling.Told:
    """What the papers say, as they say it."""
    return telling.told(reader, ADDRESSES, at=at)
