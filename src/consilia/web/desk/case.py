"""The case page of the desk, and the small acts on it: take, note, send back, decline, urgent."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django import forms as django_forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from consilia.billing import queries as billing_queries
from consilia.cases import actions
from consilia.cases.access import Reader, Right
from consilia.cases.queries import desk_case
from consilia.cases.states import ALLOWED, State, Turn
from consilia.web import access
from consilia.web.desk import forms
from consilia.web.desk.pages import done, note_case, show
from consilia.web.desk.wording import ask_first_words


@access.case_right(Right.READ_AS_DESK)
@require_GET
def case(request: HttpRequest, reader: Reader) -> HttpResponse:
    """Everything about one case on one page."""
    return show_case(request, reader, forms.NoteForm())


def show_case(
    request: HttpRequest,
    reader: Reader,
    note: django_forms.Form,
    *,
    status: int = 200,
    decided: Mapping[str, Any] | None = None,
) -> HttpResponse:
    """The case page with a form for a note, empty or as typed; `decided` is a decision that was not taken."""
    now = timezone.now()
    note_case(reader, "case", at=now)
    page = desk_case.case_page(reader=reader, at=now)
    given = {
        "page": page,
        "head": page.head,
        # Amber means "your turn": at the desk that is never the patient's.
        "turn_look": Turn.EXPERT if page.turn is Turn.PATIENT else page.turn,
        "records": page.records,
        "offer": billing_queries.offer(reader=reader, at=now),
        "note": note,
        "ask_first": ask_first_words(page.head.given_name),
        "decided": decided,
        "may_send_back": State.RETURNED in ALLOWED[page.head.state],
        "may_decline": State.DECLINED in ALLOWED[page.head.state],
    }
    return show(request, "desk/cases/case.html", given, status=status)


@access.case_right(Right.WORK_AS_DESK)
@require_POST
def take(request: HttpRequest, reader: Reader) -> HttpResponse:
    """From now on this person looks after the case."""
    actions.take_case(reader, at=timezone.now())
    messages.success(request, _("You look after this case now."))
    return redirect("desk:case", reader.case_id)


@access.case_right(Right.WORK_AS_DESK)
@require_POST
def note(request: HttpRequest, reader: Reader) -> HttpResponse:
    """Keeps an internal note."""
    form = forms.NoteForm(request.POST)
    if done(form, lambda: actions.keep_note(reader, text=form.cleaned_data["text"], at=timezone.now())):
        messages.success(request, _("The note is kept. Only the desk sees it."))
        return redirect("desk:case", reader.case_id)
    return show_case(request, reader, form, status=422)


def _by_words(
    request: HttpRequest, reader: Reader, form: django_forms.Form, act: Callable[[], object], said: str, section: str
) -> HttpResponse:
    """One page with one field: shown, or acted on and left."""
    now = timezone.now()
    if request.method == "POST" and done(form, act):
        messages.success(request, said)
        return redirect("desk:case", reader.case_id)
    note_case(reader, section, at=now)
    page = {"form": form, "head": desk_case.head(reader=reader, at=now)}
    return show(request, f"desk/cases/{section}.html", page, status=422 if form.is_bound else 200)


@access.case_right(Right.WORK_AS_DESK)
@require_http_methods(["GET", "POST"])
def send_back(request: HttpRequest, reader: Reader) -> HttpResponse:
    """The case goes back to the patient with words that say what is missing."""
    form = forms.WordsForm(request.POST or None)
    return _by_words(
        request,
        reader,
        form,
        lambda: actions.send_back(reader, words=form.cleaned_data["words"], at=timezone.now()),
        _("The case is with the patient again; your words are in the conversation."),
        "send_back",
    )


@access.case_right(Right.WORK_AS_DESK)
@require_http_methods(["GET", "POST"])
def decline(request: HttpRequest, reader: Reader) -> HttpResponse:
    """The service does not take the case; the letter says why."""
    form = forms.WordsForm(request.POST or None)
    return _by_words(
        request,
        reader,
        form,
        lambda: actions.decline_case(reader, words=form.cleaned_data["words"], at=timezone.now()),
        _("The case is declined; the letter is with the patient."),
        "decline",
    )


@access.case_right(Right.WORK_AS_DESK)
@require_http_methods(["GET", "POST"])
def urgent(request: HttpRequest, reader: Reader) -> HttpResponse:
    """Raises the urgent flag: the desk and the editors are told at once."""
    form = forms.UrgentForm(request.POST or None)
    return _by_words(
        request,
        reader,
        form,
        lambda: actions.mark_urgent(reader, note=form.cleaned_data["note"], at=timezone.now()),
        _("The case is marked as urgent. The patient and everybody on call are told."),
        "urgent",
    )


@access.case_right(Right.WORK_AS_DESK)
@require_http_methods(["GET", "POST"])
def urgent_clear(request: HttpRequest, reader: Reader) -> HttpResponse:
    """Takes the flag down with words about what was agreed."""
    form = forms.ClearForm(request.POST or None)
    return _by_words(
        request,
        reader,
        form,
        lambda: actions.clear_urgent(reader, note=form.cleaned_data["note"], at=timezone.now()),
        _("The urgent flag is down; your words are kept as a note."),
        "urgent_clear",
    )
