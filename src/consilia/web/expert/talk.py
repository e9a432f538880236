"""The expert's words: questions that stop the clock, messages with the desk, the button for what cannot wait."""

from __future__ import annotations

from django.contrib import messages as notices
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from consilia.cases import actions, content
from consilia.cases.access import Reader, Right
from consilia.cases.queries import expert as queries
from consilia.kernel.country import country_name
from consilia.kernel.refusal import Invalid, Refusal, Refused
from consilia.web import access
from consilia.web.expert.forms import AskForm, MessageForm, UrgentForm
from consilia.web.expert.showing import show, tongue

PAGE = require_http_methods(["GET", "HEAD", "POST"])


@access.case_right(Right.WRITE_OPINION)
@PAGE
def ask(request: HttpRequest, reader: Reader) -> HttpResponse:
    """A question to the patient or the desk; the clock stands until it is answered."""
    form = AskForm(request.POST or None)
    refusals: tuple[Refusal, ...] = ()
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            actions.ask(reader, text=said["text"], to_patient=said["whom"] == "patient", at=timezone.now())
        except Invalid as refusal:
            form.take_up(refusal)
        except Refused as refused:
            refusals = refused.refusals
        else:
            notices.success(request, _("Asked. Your clock stands still until the answer is here."))
            return redirect("expert:ask", reader.case_id)
    return _page(request, reader, ask_form=form, refusals=refusals)


@access.case_right(Right.READ_AS_EXPERT)
@PAGE
def message(request: HttpRequest, reader: Reader) -> HttpResponse:
    """The conversation with the desk; whoever answers has read what stood there."""
    form = MessageForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        at = timezone.now()
        try:
            actions.write(reader, text=form.cleaned_data["text"], assignment=queries.seat(reader=reader), at=at)
        except Invalid as refusal:
            form.take_up(refusal)
        else:
            actions.mark_read(reader, at=at)
            notices.success(request, _("Sent. We tell you by e-mail when there is an answer."))
            return redirect("expert:message", reader.case_id)
    return _page(request, reader, message_form=form)


def _page(
    request: HttpRequest,
    reader: Reader,
    ask_form: AskForm | None = None,
    message_form: MessageForm | None = None,
    refusals: tuple[Refusal, ...] = (),
) -> HttpResponse:
    page = {
        "talk": queries.talk(reader=reader, language=tongue()),
        "ask_form": ask_form or AskForm(),
        "message_form": message_form or MessageForm(),
        "sent": ask_form if ask_form and ask_form.errors else message_form,
        "refusals": refusals,
        "may_ask": reader.may(Right.WRITE_OPINION),
    }
    failed = request.method == "POST"
    return show(request, "expert/talk/talk.html", page, status=(409 if refusals else 422) if failed else 200)


@access.case_right(Right.READ_AS_EXPERT)
@PAGE
def urgent(request: HttpRequest, reader: Reader) -> HttpResponse:
    """Something cannot wait: the desk and the patient are told at once, with the number of the place where she is."""
    head = queries.head(reader=reader, language=tongue())
    form = UrgentForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        actions.mark_urgent(reader, note=form.cleaned_data["note"], at=timezone.now())
        notices.success(request, _("The desk and the patient have been told at once."))
        return redirect("expert:urgent", reader.case_id)
    page = {
        "head": head,
        "form": form,
        "numbers": content.library().emergency_number(head.here, tongue()),
        "place": country_name(head.here, tongue()) if head.here else "",
    }
    return show(request, "expert/talk/urgent.html", page, status=422 if request.method == "POST" else 200)
