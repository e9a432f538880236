"""The patient's words with the desk, and the button for when something got worse."""

from __future__ import annotations

from django.contrib import messages as notices
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from consilia.cases import actions, content
from consilia.cases.access import Reader, Right
from consilia.cases.queries import patient as queries
from consilia.kernel.refusal import Invalid
from consilia.web import access
from consilia.web.patient.case_forms import MessageForm, UrgentForm, tongue
from consilia.web.patient.places import posted
from consilia.web.public.where import number_page

ASK = require_http_methods(["GET", "HEAD", "POST"])


@access.case_right(Right.CHANGE_CASE)
@ASK
def messages(request: HttpRequest, reader: Reader) -> HttpResponse:
    """The conversation, oldest first; whoever answers has read what stood there."""
    form = MessageForm(posted(request))
    if request.method == "POST" and form.is_valid() and sent(reader, form):
        notices.success(request, _("Sent. We tell you by e-mail when there is an answer."))
        return redirect("patient:messages", reader.case_id)
    return render(
        request, "patient/messages/messages.html", {"page": queries.conversation(reader=reader), "form": form}
    )


def sent(reader: Reader, form: MessageForm) -> bool:
    at = timezone.now()
    try:
        actions.write(reader, text=form.cleaned_data["text"], at=at)
    except Invalid as refusal:
        form.take_up(refusal)
        return False
    actions.mark_read(reader, at=at)
    return True


@access.case_right(Right.CHANGE_CASE)
@require_POST
def read(request: HttpRequest, reader: Reader) -> HttpResponse:
    """What stands there is read; the page sends this by itself where scripts run."""
    actions.mark_read(reader, at=timezone.now())
    return redirect("patient:messages", reader.case_id)


@access.case_right(Right.CHANGE_CASE)
@ASK
def urgent(request: HttpRequest, reader: Reader) -> HttpResponse:
    """The number of the place where she is comes first; then the desk is told."""
    head = queries.head(reader=reader)
    form = UrgentForm(posted(request))
    if request.method == "POST" and form.is_valid():
        actions.mark_urgent(reader, note=form.cleaned_data["note"], at=timezone.now())
        notices.success(request, _("The desk has been told. If it gets worse, do not wait for us: call the number."))
        return redirect("patient:urgent", reader.case_id)
    here = request.session.get("location_country", "") or head.location_country or head.residence_country
    numbers = content.library().emergency_number(here, tongue())
    page = {
        "head": head,
        "form": form,
        **number_page(numbers, tongue()),
        "words": content.library().sentences("emergency", tongue()),
    }
    return render(request, "patient/messages/urgent.html", page)
