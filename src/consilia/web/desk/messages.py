"""Conversations of a case: with the patient, with each expert, and the answers to experts' questions."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages as told
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from consilia.cases import actions
from consilia.cases.access import Reader, Right
from consilia.cases.queries import desk_case, desk_talk
from consilia.web import access
from consilia.web.desk import forms
from consilia.web.desk.pages import done, note_case, show

PATIENT = "patient"


@access.case_right(Right.READ_AS_DESK)
@require_http_methods(["GET", "POST"])
def messages(request: HttpRequest, reader: Reader) -> HttpResponse:
    """Shows all conversations; a POST writes to one side, and what that side wrote counts as read."""
    form = forms.MessageForm(request.POST or None, auto_id="id_said_%s")
    to = request.POST.get("to", "")
    if request.method == "POST":
        reader.require(Right.WORK_AS_DESK)
        if done(form, lambda: _write(reader, to, form.cleaned_data["text"])):
            told.success(request, _("The message is sent."))
            return redirect("desk:messages", reader.case_id)
    return _show(request, reader, form, to)


def _show(request: HttpRequest, reader: Reader, form: forms.MessageForm, to: str) -> HttpResponse:
    now = timezone.now()
    note_case(reader, "messages", at=now)
    head = desk_case.head(reader=reader, at=now)
    page = {
        "head": head,
        "talks": desk_talk.talks(reader=reader, patient_name=head.name),
        "form": form,
        "to": to,
        "empty": forms.MessageForm(auto_id=False),
    }
    return show(request, "desk/cases/messages.html", page, status=422 if form.is_bound else 200)


def _write(reader: Reader, to: str, text: str) -> None:
    now = timezone.now()
    seat = None if to == PATIENT else desk_talk.seat_to_write_to(reader=reader, seat_id=_uuid(to))
    actions.write(reader, text=text, at=now, assignment=seat)
    actions.mark_read(reader, at=now)


def _uuid(word: str) -> UUID:
    try:
        return UUID(word)
    except ValueError:
        return UUID(int=0)


@access.case_right(Right.WORK_AS_DESK)
@require_POST
def mark_read(request: HttpRequest, reader: Reader) -> HttpResponse:
    """What the others wrote counts as read without an answer."""
    actions.mark_read(reader, at=timezone.now())
    return redirect("desk:messages", reader.case_id)


@access.case_right(Right.WORK_AS_DESK)
@require_POST
def answer(request: HttpRequest, reader: Reader, question_id: UUID) -> HttpResponse:
    """The desk answers an expert's question; the expert's clock runs again."""
    actions.answer_question(reader, question_id, answer=request.POST.get("answer", ""), at=timezone.now())
    told.success(request, _("The expert has your answer; the clock runs again."))
    return redirect("desk:messages", reader.case_id)
