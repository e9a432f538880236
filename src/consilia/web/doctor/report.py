"""The report in the hands of the doctor at home: a link from the patient, a second secret, one tap for an answer."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import wraps
from typing import Any, Final
from uuid import UUID

from django import forms
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from consilia.cases.access import Reader, Right
from consilia.kernel.refusal import Invalid, NotFound, Refused
from consilia.reports import actions, queries, shares
from consilia.reports.models import DoctorAnswer
from consilia.web import access, files
from consilia.web.patient.case_forms import WordsForm

OPEN_FOR: Final = timedelta(minutes=30)  # after the last page; then the code is asked for again
UNLOCKED: Final = "shares_unlocked"  # session: share -> moment of the last page
ASK = require_http_methods(["GET", "HEAD", "POST"])
View = Callable[..., HttpResponseBase]


class Locked(Exception):
    """The link is alive, but its code has not been given in this browser."""


class CodeForm(WordsForm):
    code = forms.CharField(
        label=_("The six digits"),
        max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code"}),
        error_messages={"required": _("Type the six digits that the patient told you.")},
    )


class AnswerForm(WordsForm):
    choice = forms.ChoiceField(
        label=_("Your view of this opinion"),
        choices=DoctorAnswer.Answer.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose one of the four.")},
    )
    comment = forms.CharField(
        label=_("A word to the patient"), required=False, max_length=5000, widget=forms.Textarea(attrs={"rows": 3})
    )


def calm(view: View) -> View:
    """One page for links that are over, taken back, guessed at or never were; the door where the code is missing."""

    @wraps(view)
    def answered(request: HttpRequest, secret: str, **words: Any) -> HttpResponseBase:
        try:
            return view(request, secret=secret, **words)
        except NotFound:
            return render(None, "doctor/report/closed.html", status=404)
        except Locked:
            return redirect("doctor:report-door", secret)

    return answered


def at_the_door(request: HttpRequest, secret: str) -> Reader:
    """The live link, before its code was given; only the door uses it."""
    return shares.reader_of(shares.alive(secret, timezone.now()))


def unlocked(request: HttpRequest, secret: str) -> Reader:
    """The live link whose code was given in this browser a short while ago."""
    at = timezone.now()
    share = shares.alive(secret, at)
    held = request.session.get(UNLOCKED, {})
    since = held.get(str(share.pk), "")
    if not since or at - datetime.fromisoformat(since) > OPEN_FOR:
        raise Locked
    request.session[UNLOCKED] = held | {str(share.pk): at.isoformat()}
    return shares.reader_of(share)


@calm
@access.link(Right.READ_SHARED_REPORT, at_the_door)
@ASK
def door(request: HttpRequest, reader: Reader, secret: str) -> HttpResponse:
    """Asks for the second secret; shows nothing of the case."""
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        at = timezone.now()
        try:
            share = shares.unlock(secret, form.cleaned_data["code"], at=at)
        except Invalid as refusal:
            form.take_up(refusal)
        else:
            request.session[UNLOCKED] = request.session.get(UNLOCKED, {}) | {str(share.pk): at.isoformat()}
            return redirect("doctor:report", secret)
    return render(request, "doctor/report/door.html", {"form": form})


@calm
@access.link(Right.READ_SHARED_REPORT, unlocked)
@require_safe
def report(request: HttpRequest, reader: Reader, secret: str, opinion_id: UUID | None = None) -> HttpResponse:
    """The whole opinion; the look is the patient's read receipt and stands in her trail."""
    return shown(request, reader, secret, opinion_id, AnswerForm())


@calm
@access.link(Right.ANSWER_SHARED_REPORT, unlocked)
@require_POST
def answer(request: HttpRequest, reader: Reader, secret: str) -> HttpResponse:
    """One tap and, if wished, one comment."""
    form = AnswerForm(request.POST)
    if form.is_valid():
        choice = DoctorAnswer.Answer(form.cleaned_data["choice"])
        with contextlib.suppress(Refused):  # answered already, in another window: the page says so
            shares.answer(reader, choice=choice, comment=form.cleaned_data["comment"], at=timezone.now())
        return redirect("doctor:report", secret)
    return shown(request, reader, secret, None, form)


def shown(request: HttpRequest, reader: Reader, secret: str, opinion_id: UUID | None, form: AnswerForm) -> HttpResponse:
    at = timezone.now()
    with transaction.atomic():
        page = queries.full(reader=reader, opinion_id=opinion_id)
        shares.note_opening(reader, at=at)
    given = shares.given_answer(reader)
    words = {"page": page, "case": page.case, "secret": secret, "form": form, "given": given}
    return render(request, "doctor/report/report.html", words)


@calm
@access.link(Right.READ_SHARED_REPORT, unlocked)
@require_safe
def pdf(request: HttpRequest, reader: Reader, secret: str, seal_id: UUID) -> HttpResponse:
    return files.attachment(actions.download(reader, seal_id, "pdf", at=timezone.now()))


@calm
@access.link(Right.READ_SHARED_REPORT, unlocked)
@require_safe
def fhir(request: HttpRequest, reader: Reader, secret: str, seal_id: UUID) -> HttpResponse:
    return files.attachment(actions.download(reader, seal_id, "fhir", at=timezone.now()))


@calm
@access.link(Right.READ_SHARED_REPORT, at_the_door)
@require_POST
def leave(request: HttpRequest, reader: Reader, secret: str) -> HttpResponse:
    """Closes the report in this browser, on a computer that others use."""
    held = request.session.get(UNLOCKED, {})
    request.session[UNLOCKED] = {share: at for share, at in held.items() if share != str(reader.link_id)}
    return redirect("doctor:report-door", secret)
