"""The quality gate: the editor writes summary and key questions and passes the case, or sees what speaks against."""

from __future__ import annotations

from dataclasses import replace

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from consilia.cases import actions
from consilia.cases.access import Reader, Right
from consilia.cases.queries import desk_case
from consilia.kernel.refusal import Refusal
from consilia.web import access
from consilia.web.desk import forms, summary
from consilia.web.desk.pages import done, note_case, show


@access.case_right(Right.PASS_GATE)
@require_http_methods(["GET", "POST"])
def gate(request: HttpRequest, reader: Reader) -> HttpResponse:
    """Only editors come here; coordinators read on the case page who must act."""
    now = timezone.now()
    page = desk_case.case_page(reader=reader, at=now)
    form = forms.GateForm(
        request.POST or None,
        questions=page.questions,
        missing=page.gate.missing,
        initial={"summary": page.summary, "not_answerable": page.not_answerable},
    )
    if request.method == "POST" and done(form, lambda: _pass(reader, form, page.gate)):
        messages.success(request, _("The case has passed the quality gate. The offer comes next."))
        return redirect("desk:case", reader.case_id)
    note_case(reader, "gate", at=now)
    told = summary.told(reader, at=now)
    given = {"page": page, "head": page.head, "form": form, "hard": _with_places(page), "told": told}
    return show(request, "desk/cases/gate.html", given, status=422 if form.is_bound else 200)


def _pass(reader: Reader, form: forms.GateForm, gate_now: desk_case.Gate) -> None:
    actions.pass_gate(
        reader,
        summary=form.cleaned_data["summary"],
        key_texts=form.key_texts,
        not_answerable=form.cleaned_data["not_answerable"],
        essential_missing=gate_now.missing,
        bypass_reason=form.cleaned_data.get("bypass_reason", ""),
        at=timezone.now(),
    )


def _with_places(page: desk_case.DeskCase) -> list[Refusal]:
    """The reasons against with addresses: their places are on the case page."""
    case_page = reverse("desk:case", args=[page.head.case_id])
    return [replace(one, mend=f"{case_page}#{one.mend}") if one.mend else one for one in page.gate.hard]
