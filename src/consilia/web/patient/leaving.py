"""Leaving: take everything along, withdraw the case, erase it; each says before what will happen and what stays."""

from __future__ import annotations

from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from consilia.accounts import step_up
from consilia.cases import actions as cases
from consilia.cases.access import Reader, Right
from consilia.kernel.refusal import Refusal, Refused
from consilia.reports import erasure, queries
from consilia.reports.package import making
from consilia.reports.package import nameless as naming_nobody
from consilia.web import access
from consilia.web.patient.places import mendable
from consilia.web.patient.report_forms import NamingForm

ASK = require_http_methods(["GET", "HEAD", "POST"])
ERASED = "erased"  # session: what the goodbye page says, no word of the case


@access.case_right(Right.READ_CASE)
@require_safe
def leave(request: HttpRequest, reader: Reader) -> HttpResponse:
    """The three ways, with what each does."""
    page = queries.leaving(reader=reader)
    return render(request, "patient/leaving/leave.html", {"page": page, "case": page.case})


@access.case_right(Right.READ_CASE)
@require_POST
def take_along(request: HttpRequest, reader: Reader) -> HttpResponseBase:
    """Everything as one ZIP, sent while it is made; the trail knows it before the first byte goes out."""
    made = making.everything(reader, at=timezone.now())
    response = StreamingHttpResponse(made.chunks, content_type="application/zip")
    response.headers["Content-Disposition"] = f'attachment; filename="{made.name}"'
    return response


@access.case_right(Right.READ_CASE)
@require_POST
def nameless(request: HttpRequest, reader: Reader, study_id: UUID) -> HttpResponseBase:
    """The images of a study without her name, as a ZIP; says why where there are none."""
    try:
        made = naming_nobody.of_study(reader, study_id, at=timezone.now())
    except Refused as refused:
        messages.error(request, "\n".join(one.reason for one in refused.refusals))
        return redirect("patient:study", reader.case_id, study_id)
    response = StreamingHttpResponse(made.chunks, content_type="application/zip")
    response.headers["Content-Disposition"] = f'attachment; filename="{made.name}"'
    return response


@access.case_right(Right.CHANGE_CASE)
@ASK
def withdraw(request: HttpRequest, reader: Reader) -> HttpResponse:
    """The case ends; nothing is deleted by it."""
    page = queries.leaving(reader=reader)
    form = NamingForm(request.POST or None, expected=page.case.reference)
    if request.method == "POST" and form.is_valid():
        cases.withdraw_case(reader, at=timezone.now())
        messages.success(request, _("Your case is withdrawn. No expert can see it any more."))
        return redirect("patient:leave", reader.case_id)
    against = mendable(page.against_withdrawing, reader.case_id)
    words = {"page": page, "case": page.case, "form": form, "against": against}
    return render(request, "patient/leaving/withdraw.html", words)


@access.case_right(Right.ERASE_CASE)
@ASK
def erase(request: HttpRequest, reader: Reader) -> HttpResponse:
    """For good: step-up, then the number of the case."""
    page = queries.leaving(reader=reader)
    form = NamingForm(request.POST or None, expected=page.case.reference)
    unproved = step_up.against_step_up(request)
    if request.method == "POST" and unproved is None and form.is_valid():
        paid = erasure.is_paid(reader.case_id)
        erasure.erase(reader, at=timezone.now())
        request.session[ERASED] = {"paid": paid}
        return redirect("patient:goodbye")
    against = mendable(page.against_erasing, reader.case_id)
    words = {
        "page": page,
        "case": page.case,
        "form": form,
        "against": against,
        "step_up": shown_again(request, unproved),
        "kept": erasure.what_stays(paid=erasure.is_paid(reader.case_id)),
    }
    return render(request, "patient/leaving/erase.html", words)


def shown_again(request: HttpRequest, unproved: Refusal | None) -> str:
    """Where she shows once more that it is she, and comes back from; "" when she did just now."""
    if unproved is None:
        return ""
    return f"{reverse(unproved.mend or step_up.PAGE)}?{urlencode({'next': request.path})}"


@access.public
@require_safe
def goodbye(request: HttpRequest) -> HttpResponse:
    """What is gone and what stays; the page knows no case."""
    said = request.session.pop(ERASED, None)
    kept = erasure.what_stays(paid=bool(said["paid"])) if said else ()
    return render(request, "patient/leaving/goodbye.html", {"kept": kept})
