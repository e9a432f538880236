"""The report as the patient reads it: plain words first, the whole opinion, files, three questions, the sheet."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from consilia.cases import content
from consilia.cases.access import Reader, Right
from consilia.kernel.refusal import Invalid, NotFound
from consilia.reports import actions, queries
from consilia.web import access, files
from consilia.web.patient.case_forms import tongue
from consilia.web.patient.report_forms import QuestionForm

ASK = require_http_methods(["GET", "HEAD", "POST"])


@access.case_right(Right.READ_REPORT)
@require_safe
def report(request: HttpRequest, reader: Reader, opinion_id: UUID | None = None) -> HttpResponse:
    """The plain page of one opinion; the look is in the trail before the first byte goes out."""
    try:
        page = queries.report(reader=reader, opinion_id=opinion_id)
    except NotFound:
        if opinion_id is not None:
            raise
        return waiting(request, reader)
    actions.note_reading(reader, page.current, page.addenda, at=timezone.now())
    return render(request, "patient/reports/report.html", {"page": page, "case": page.case, **sentences()})


@access.case_right(Right.READ_REPORT)
@require_safe
def opinion(request: HttpRequest, reader: Reader, opinion_id: UUID) -> HttpResponse:
    """The whole opinion, as it stands on paper."""
    page = queries.full(reader=reader, opinion_id=opinion_id)
    actions.note_reading(reader, page.current, page.addenda, at=timezone.now())
    return render(request, "patient/reports/opinion.html", {"page": page, "case": page.case})


@access.case_right(Right.READ_REPORT)
@require_safe
def pdf(request: HttpRequest, reader: Reader, seal_id: UUID) -> HttpResponse:
    return files.attachment(actions.download(reader, seal_id, "pdf", at=timezone.now()))


@access.case_right(Right.READ_REPORT)
@require_safe
def fhir(request: HttpRequest, reader: Reader, seal_id: UUID) -> HttpResponse:
    return files.attachment(actions.download(reader, seal_id, "fhir", at=timezone.now()))


@access.case_right(Right.READ_REPORT)
@require_safe
def doctor_sheet(request: HttpRequest, reader: Reader, opinion_id: UUID) -> HttpResponse:
    """What to take to the doctor at home, made for paper."""
    page = queries.sheet(reader=reader, opinion_id=opinion_id)
    actions.note_reading(reader, page.current, at=timezone.now())
    return render(request, "patient/reports/doctor_sheet.html", {"page": page, "case": page.case, **sentences()})


@access.case_right(Right.READ_REPORT)
@require_safe
def doctor_sheet_pdf(request: HttpRequest, reader: Reader, seal_id: UUID) -> HttpResponse:
    return files.attachment(actions.download(reader, seal_id, "sheet", at=timezone.now()))


@access.case_right(Right.CHANGE_CASE)
@ASK
def follow_up(request: HttpRequest, reader: Reader, opinion_id: UUID) -> HttpResponse:
    """One of three questions to the expert about what she wrote."""
    page = queries.report(reader=reader, opinion_id=opinion_id)
    form = QuestionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.ask(reader, opinion_id, text=form.cleaned_data["text"], at=timezone.now())
        except Invalid as refusal:
            form.take_up(refusal)
        else:
            messages.success(request, _("Sent to the expert. We tell you by e-mail when the answer is here."))
            return redirect("patient:report-of", reader.case_id, opinion_id)
    return render(request, "patient/reports/follow_up.html", {"page": page, "case": page.case, "form": form})


def waiting(request: HttpRequest, reader: Reader) -> HttpResponse:
    """What will stand here, before there is an opinion."""
    return render(request, "patient/reports/waiting.html", {"case": queries.case_of(reader=reader)})


def sentences() -> dict[str, dict[str, str]]:
    """What the content library says of medicines, in the language of the page."""
    return {"medicines": content.library().sentences("medicines", tongue())}
