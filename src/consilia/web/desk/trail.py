"""Who has looked: for the desk beside the case, for the auditor by reference without clinical content; break-glass."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from consilia.accounts import step_up
from consilia.accounts.models import Person, Role
from consilia.audit import actions as audit
from consilia.audit import queries as audit_queries
from consilia.audit.kinds import Kind
from consilia.audit.queries import EventLine
from consilia.cases import access as cases_access
from consilia.cases import actions
from consilia.cases.access import Reader, Right
from consilia.cases.models import Case
from consilia.cases.queries import desk_case
from consilia.web import access
from consilia.web.desk import forms
from consilia.web.desk.pages import done, note_case, show

LINES = 100  # events on a page


@dataclass(frozen=True, slots=True)
class TrailLine:
    """One event with the name of who acted."""

    event: EventLine
    name: str


def named(events: Iterable[EventLine]) -> tuple[TrailLine, ...]:
    """Events with names: links and the software have none."""
    rows = tuple(events)
    people = {one.pk: one.name for one in Person.objects.filter(pk__in={row.actor_id for row in rows if row.actor_id})}
    return tuple(TrailLine(row, people.get(row.actor_id, "") if row.actor_id else "") for row in rows)


def _before(request: HttpRequest) -> int | None:
    word = request.GET.get("before", "")
    return int(word) if word.isascii() and word.isdigit() and len(word) < 12 else None


@access.case_right(Right.READ_AS_DESK)
@require_GET
def looked(request: HttpRequest, reader: Reader) -> HttpResponse:
    """Who opened what of this case."""
    now = timezone.now()
    note_case(reader, "looked", at=now)
    lines = named(audit_queries.looked_at(reader.case_id, limit=LINES, before=_before(request)))
    page = {"head": desk_case.head(reader=reader, at=now), "lines": lines, "more": _more(lines)}
    return show(request, "desk/trail/looked.html", page)


def _more(lines: tuple[TrailLine, ...]) -> int | None:
    return lines[-1].event.sequence if len(lines) == LINES else None


@access.role(Role.AUDITOR)
@require_http_methods(["GET", "POST"])
def trail(request: HttpRequest, who: Person) -> HttpResponse:
    """The auditor names a case by its reference; the page shows events and codes, no word of the case."""
    form = forms.ReferenceForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        found = _case_of(form.cleaned_data["reference"])
        if found is not None:
            return redirect("desk:trail-case", found)
        form.add_error("reference", _("There is no case with this reference."))
    status = 422 if form.is_bound else 200
    return show(request, "desk/trail/find.html", {"form": form}, here="trail", status=status)


def _case_of(reference: str) -> UUID | None:
    return Case.objects.filter(reference__iexact=reference.strip()).values_list("pk", flat=True).first()


@access.role(Role.AUDITOR)
@require_GET
def trail_case(request: HttpRequest, who: Person, case_id: UUID) -> HttpResponse:
    """Everything that happened to one case, newest first; reading it stands in it."""
    now = timezone.now()
    reader = cases_access.reader_for(who, case_id, at=now)
    reader.require(Right.READ_TRAIL)
    with transaction.atomic():
        audit.record(Kind.AUDIT_READ, case_id=case_id, actor=reader.actor, entity=("case", case_id), at=now)
    lines = named(audit_queries.for_case(case_id, limit=LINES, before=_before(request)))
    reference = Case.objects.values_list("reference", flat=True).get(pk=case_id)
    page = {"reference": reference, "case_id": case_id, "lines": lines, "more": _more(lines)}
    return show(request, "desk/trail/case.html", page, here="trail")


@access.role(Role.ADMINISTRATOR)
@require_http_methods(["GET", "POST"])
def glass(request: HttpRequest, who: Person) -> HttpResponse:
    """An administrator opens one case for one hour, with a reason that the patient reads, after a step-up."""
    form = forms.GlassForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        step_up.step_up_proof(request)
        found = _case_of(form.cleaned_data["reference"])
        if found is None:
            form.add_error("reference", _("There is no case with this reference."))
        elif done(form, lambda: actions.break_glass(who, found, reason=form.cleaned_data["reason"], at=timezone.now())):
            messages.success(request, _("You see this case for one hour, read-only."))
            return redirect("desk:case", found)
    page = {"form": form, "against": step_up.against_step_up(request)}
    return show(request, "desk/trail/glass.html", page, here="glass", status=422 if form.is_bound else 200)
