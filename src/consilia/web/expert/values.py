"""Laboratory and home values at the expert's table, with the names covered as on every page of hers."""

from __future__ import annotations

from functools import partial
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from consilia.audit.kinds import Kind
from consilia.cases.access import Reader, Right
from consilia.cases.queries import expert as queries
from consilia.cases.queries import expert_names
from consilia.intake import queries as intake
from consilia.kernel.refusal import NotFound
from consilia.records import looks, pictures
from consilia.web import access
from consilia.web.expert.showing import png, show, tongue
from consilia.web.values import checking, shared
from consilia.web.values import page as values
from consilia.web.values.forms import CheckForm


@access.case_right(Right.READ_AS_EXPERT)
@require_safe
def page(request: HttpRequest, reader: Reader) -> HttpResponse:
    """All values, and the trend of one."""
    return _page(request, reader)


@access.case_right(Right.WRITE_OPINION)
@require_POST
def check(request: HttpRequest, reader: Reader, record_id: UUID) -> HttpResponse:
    """The expert's word about a value that we doubt."""
    return checking.said(request, reader, record_id, home="expert:values", page=_page)


def _page(request: HttpRequest, reader: Reader, typed: CheckForm | None = None) -> HttpResponse:
    at = timezone.now()
    head = queries.head(reader=reader, language=tongue())
    names = queries.names_of_records(reader=reader, names=head.names)
    found = intake.values_page(reader=reader, at=at)
    shared.note_look(reader, at=at)
    door = shared.door("expert", reader, found, cover=partial(expert_names.covered_words, names=names), typed=typed)
    told = {"head": head, "values": values.page(found.found, request.GET, door)}
    return show(request, "expert/table/values.html", told, status=422 if typed else 200)


@access.case_right(Right.READ_AS_EXPERT)
@require_safe
def row(request: HttpRequest, reader: Reader, record_id: UUID, number: int, row: int) -> HttpResponse:
    """PNG of one row of a page (from 0), cut out of the page with its covers; no record is reviewed by seeing it."""
    paper = queries.paper(reader=reader, record_id=record_id)
    text = pictures.text_of_page(paper.original, number)
    if not paper.has_pictures or not expert_names.can_be_covered(text, paper.names):
        raise NotFound
    entity = ("record", record_id)
    looks.went_on(reader.case_id, Kind.RECORD_OPENED, entity, actor=reader.actor, at=timezone.now())
    return png(pictures.row(paper.original, number, row, paper.names))
