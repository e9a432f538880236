"""Links for the doctor at home: made with two secrets that are shown once, listed with their fate, taken back."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from consilia.cases.access import Reader, Right
from consilia.kernel.refusal import Invalid
from consilia.reports import queries, shares
from consilia.reports.shares import Made
from consilia.web import access
from consilia.web.patient.report_forms import ShareForm

ASK = require_http_methods(["GET", "HEAD", "POST"])


@access.case_right(Right.SHARE_REPORT)
@ASK
def share(request: HttpRequest, reader: Reader) -> HttpResponse:
    """The list and the form. The two secrets are shown in the answer itself: they are kept nowhere."""
    at = timezone.now()
    form = ShareForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = shares.make(reader, **form.cleaned_data, at=at)
        except Invalid as refusal:
            form.take_up(refusal)
        else:
            return shown_once(request, reader, made, form)
    page = queries.shares(reader=reader, at=at)
    if request.method != "POST":
        form = ShareForm(initial={"doctor": page.case.doctor})
    return render(request, "patient/shares/share.html", {"page": page, "case": page.case, "form": form})


def shown_once(request: HttpRequest, reader: Reader, made: Made, form: ShareForm) -> HttpResponse:
    """The link and the code, this one time."""
    address = settings.CONSILIA_PUBLIC_URL.rstrip("/") + reverse("doctor:report", args=[made.secret])
    words = {"link": address, "code": f"{made.code[:3]} {made.code[3:]}", **form.cleaned_data}
    page = {"case": queries.case_of(reader=reader), "made": words}
    return render(request, "patient/shares/made.html", page)


@access.case_right(Right.SHARE_REPORT)
@require_POST
def revoke(request: HttpRequest, reader: Reader, share_id: UUID) -> HttpResponse:
    """Taken back at once; a new link can be made at any time."""
    shares.revoke(reader, share_id, at=timezone.now())
    messages.success(request, _("The link is taken back. It opens nothing any more."))
    return redirect("patient:share", reader.case_id)
