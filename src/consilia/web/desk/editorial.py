"""The editorial check: the opinion as written, six points, pass or send back; the editor never changes a word."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from consilia.audit.kinds import Kind
from consilia.cases.access import Reader, Right
from consilia.cases.queries import desk_case
from consilia.kernel import country
from consilia.kernel.refusal import ConsiliaError, Refusal
from consilia.opinions import actions, policy
from consilia.opinions.content import DraftContent, Source
from consilia.opinions.models import EditorialCheck, Opinion
from consilia.opinions.terms import RECORD_KINDS, SourceKind
from consilia.web import access
from consilia.web.desk.editorial_form import POINTS, CheckForm
from consilia.web.desk.pages import note_looks, show, take_back
from consilia.web.opinion import reading as opinion_reading


@dataclass(frozen=True, slots=True)
class OpinionPage:
    """One opinion of the case for the editor."""

    id: UUID
    expert: str
    country: str
    state: str
    state_words: str
    version: int
    saved_at: datetime
    submitted_at: datetime | None
    parts: tuple[opinion_reading.Part, ...]
    earlier: tuple[EditorialCheck, ...]
    against: tuple[Refusal, ...]


@access.case_right(Right.PASS_GATE)
@require_http_methods(["GET", "POST"])
def editorial(request: HttpRequest, reader: Reader) -> HttpResponse:
    """All opinions of the case; those with the editor can be passed or sent back."""
    now = timezone.now()
    form = CheckForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            said = _judge(reader, form)
        except ConsiliaError as error:
            take_back(form, error)
        else:
            messages.success(request, said)
            return redirect("desk:editorial", reader.case_id)
    rows = _rows(reader)
    note_looks(reader, Kind.OPINION_OPENED, [("opinion", row.pk) for row in rows], at=now)
    opinions = [_page(row) for row in rows]
    chosen = str(form["opinion"].value() or "")
    page = {
        "head": desk_case.head(reader=reader, at=now),
        "opinions": [
            (one, form if str(one.id) == chosen else CheckForm(initial={"opinion": one.id})) for one in opinions
        ],
        "points": list(POINTS.items()),
    }
    return show(request, "desk/cases/editorial.html", page, status=422 if form.is_bound else 200)


def _judge(reader: Reader, form: CheckForm) -> str:
    opinion_id, points = form.cleaned_data["opinion"], form.points
    if form.cleaned_data["verdict"] == "pass":
        actions.pass_on(reader, opinion_id, points=points, at=timezone.now())
        return _("Passed. The expert can sign.")
    reasons = form.cleaned_data["reasons"]
    actions.send_back(reader, opinion_id, reasons=reasons, points=points, at=timezone.now())
    return _("Sent back with your reasons.")


def _rows(reader: Reader) -> Iterable[Opinion]:
    rows = Opinion.objects.filter(case_id=reader.case_id).select_related("assignment__expert__person")
    return list(rows.prefetch_related("checks__by").order_by("assignment__seat"))


def _page(row: Opinion) -> OpinionPage:
    seat = row.assignment
    return OpinionPage(
        id=row.pk,
        expert=seat.expert.name if seat.expert else "",
        country=country.country_name(seat.country),
        state=row.state,
        state_words=str(row.get_state_display()),
        version=row.version,
        saved_at=row.saved_at,
        submitted_at=row.submitted_at,
        parts=opinion_reading.parts(DraftContent.model_validate(row.content), address=_at_desk(row.case_id)),
        earlier=tuple(sorted(row.checks.all(), key=lambda check: check.at)),
        against=policy.against_checking(row),
    )


def _at_desk(case_id: UUID) -> opinion_reading.Address:
    """Where the desk opens a source: the page of the record; "" for literature and for what names no record of ours."""

    def address(source: Source) -> str:
        try:
            record = UUID(source.record_id)
        except ValueError:
            return ""
        if source.kind not in RECORD_KINDS:
            return ""
        if source.kind is SourceKind.RECORD_IMAGE:
            return reverse("desk:study", args=[case_id, record])
        return reverse("desk:record", args=[case_id, record]) + f"?page={source.page or 1}"

    return address
