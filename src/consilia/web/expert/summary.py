"""The case on one page for an expert: quoted facts with their sources and every name covered, course and radiation."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from consilia.audit.kinds import Kind
from consilia.cases.access import Reader, Right
from consilia.cases.queries import expert as queries
from consilia.cases.queries import expert_names
from consilia.cases.queries.expert import Table
from consilia.opinions import queries as opinions
from consilia.records import looks
from consilia.web import access, telling
from consilia.web.expert.showing import show, tongue

ADDRESSES = telling.Addresses(record="expert:record", study="expert:study")


@access.case_right(Right.READ_AS_EXPERT)
@require_safe
def summary(request: HttpRequest, reader: Reader) -> HttpResponse:
    """The page; it quotes records, so the look is written down first."""
    at = timezone.now()
    found = queries.table(reader=reader, seat=opinions.seat(reader=reader), language=tongue())
    looks.opened(reader.case_id, Kind.CASE_OPENED, ("case", reader.case_id), actor=reader.actor, at=at)
    head = found.head
    sheet = telling.Sheet(
        reference=head.reference,
        facts=(head.about, head.sex, _("%(age)d years") % {"age": head.age}, head.country),
        diagnosis=found.overview.diagnosis,
        therapy=found.overview.therapy,
        questions=tuple(original or words for _number, words, original in found.overview.questions),
        back=reverse("expert:table", args=[reader.case_id]),
    )
    return show(request, "telling/summary.html", {"sheet": sheet, "told": told(reader, found, at=at), "head": head})


def told(reader: Reader, found: Table, *, at: datetime) -> telling.Told:
    """What the papers say, with the names of the patient, and of whom each record claims, covered."""
    claims = {paper.original_id: paper.original.claims for paper in found.shelf.papers}

    def cover(record_id: UUID, words: str) -> str:
        names = expert_names.with_claims(found.head.names, claims.get(record_id, ()))
        return expert_names.covered_words(words, names)

    return telling.told(reader, ADDRESSES, at=at, cover=cover)
