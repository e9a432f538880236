"""The self-check without an account: where, who, is it urgent, then the criteria; the rules decide, never a view."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from allauth.core import ratelimit
from django import forms
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from consilia.audit import actions as audit
from consilia.audit.kinds import Kind
from consilia.cases import actions as cases
from consilia.cases import assessing, content
from consilia.cases.queries import patient as patient_queries
from consilia.clinical.entries import said as said_in
from consilia.clinical.rules import Outcome
from consilia.kernel.actor import Actor
from consilia.suitability.assessing import Assessment, assess
from consilia.web.access import public, signed_in
from consilia.web.public import self_check_answers as kept_answers
from consilia.web.public import self_check_forms as questions
from consilia.web.public import self_check_words as words
from consilia.web.public.self_check_answers import Answers
from consilia.web.public.where import number_page

ASK = require_http_methods(["GET", "HEAD", "POST"])


@public
@never_cache
@ASK
def place(request: HttpRequest) -> HttpResponse:
    """Where is the person now; from here on every footer shows that country's number."""
    answers = kept_answers.read(request.session)
    start = answers.place or {"located_in": request.session.get("location_country", "")}
    form = questions.PlaceForm(request.POST or None, initial=start, tongue=tongue())
    if request.method == "POST" and form.is_valid():
        kept_answers.write(request.session, "place", form.cleaned_data)
        request.session["location_country"] = form.cleaned_data["located_in"]
        return redirect("public:self-check-person")
    return ask(request, form, answers, words.PLACE, 1, reverse("public:home"))


@public
@never_cache
@ASK
def person(request: HttpRequest) -> HttpResponse:
    answers = kept_answers.read(request.session)
    if not answers.place:
        return redirect("public:self-check")
    form = questions.PersonForm(request.POST or None, initial=answers.person)
    if request.method == "POST" and form.is_valid():
        kept_answers.write(request.session, "person", form.cleaned_data)
        return redirect("public:self-check-alarms", part=1)
    return ask(request, form, answers, words.PERSON, 2, reverse("public:self-check"))


@public
@never_cache
@ASK
def alarms(request: HttpRequest, part: int) -> HttpResponse:
    """Emergency questions; one yes or "not sure" to the worst ones stops everything and shows the number at once."""
    answers = kept_answers.read(request.session)
    if not answers.person or not 1 <= part <= len(answers.parts):
        return redirect("public:self-check-person")
    form = questions.AlarmForm(
        request.POST or None, flags=answers.parts[part - 1], initial=answers.flags, tongue=tongue()
    )
    if request.method == "POST" and stopped(request, form):
        return redirect("public:self-check-emergency")
    if request.method == "POST" and form.is_valid():
        answers = kept_answers.write(request.session, "flags", form.cleaned_data)
        if part < len(answers.parts):
            return redirect("public:self-check-alarms", part=part + 1)
        return finish(request, answers) if answers.alarms.today else redirect("public:self-check-doctor")
    return ask(request, form, answers, words.ALARMS, 3, back_from(part), part=part, parts=len(answers.parts))


def stopped(request: HttpRequest, form: questions.AlarmForm) -> bool:
    """True when an answer is an alarm; an unanswered question beside it does not hold the number back."""
    form.is_valid()
    answers = kept_answers.write(request.session, "flags", dict(form.cleaned_data))
    if not answers.alarms.call_now:
        return False
    keep(request, answers, at=timezone.now())
    return True


def back_from(part: int) -> str:
    return reverse("public:self-check-alarms", args=[part - 1]) if part > 1 else reverse("public:self-check-person")


@public
@never_cache
@require_safe
def emergency(request: HttpRequest) -> HttpResponse:
    """The number of the country where the person is, before anything else."""
    answers = kept_answers.read(request.session)
    library = content.library()
    here = request.session.get("location_country", "") or answers.country
    numbers = library.emergency_number(here, tongue())
    raised = answers.alarms.call_now if answers.person else ()
    page = {
        **number_page(numbers, tongue()),
        "why": [words.said(flag, tongue()) for flag in raised],
        "stopped": library.sentences("emergency", tongue()),
        "form": questions.HereForm(initial={"located_in": here}, tongue=tongue()),
        "part": answers.page_of(raised),
        "draft": numbers.draft,
    }
    return render(request, "public/self_check/emergency.html", page)


@public
@never_cache
@ASK
def doctor(request: HttpRequest) -> HttpResponse:
    return criterion(request, "doctor", questions.DoctorForm, 4, last_alarms)


@public
@never_cache
@ASK
def records(request: HttpRequest) -> HttpResponse:
    return criterion(request, "records", questions.RecordsForm, 5, lambda _answers: reverse("public:self-check-doctor"))


@public
@never_cache
@ASK
def question(request: HttpRequest) -> HttpResponse:
    return criterion(
        request, "question", questions.QuestionForm, 6, lambda _answers: reverse("public:self-check-records")
    )


@public
@never_cache
@ASK
def date(request: HttpRequest) -> HttpResponse:
    return criterion(request, "date", questions.DateForm, 7, lambda _answers: reverse("public:self-check-question"))


def last_alarms(answers: Answers) -> str:
    return reverse("public:self-check-alarms", args=[len(answers.parts)])


def criterion(
    request: HttpRequest, page: str, shape: type[forms.Form], step: int, back: Callable[[Answers], str]
) -> HttpResponse:
    """One page of the criteria; whoever left out an earlier page is led back to it."""
    answers = kept_answers.read(request.session)
    if not answers.may_go_on:
        return led_back(answers)
    form = shape(request.POST or None, initial=getattr(answers, page))
    if request.method == "POST" and form.is_valid():
        answers = kept_answers.write(request.session, page, form.cleaned_data)
        name, extra = answers.first_open()
        return finish(request, answers) if name == "public:self-check-result" else redirect(name, **extra)
    return ask(request, form, answers, getattr(words, page.upper()), step, back(answers))


def led_back(answers: Answers) -> HttpResponseRedirect:
    """To the first page that has no answer yet."""
    name, extra = answers.first_open()
    return HttpResponseRedirect(reverse(name, kwargs=extra))


def ask(
    request: HttpRequest, form: forms.Form, answers: Answers, said: words.Ask, step: int, back: str, **more: Any
) -> HttpResponse:
    flags = form if isinstance(form, questions.AlarmForm) else None
    page = {"form": form, "ask": said, "step": step, "steps": 7, "back": back, "is_alarm": bool(flags), **more}
    if flags:
        library = content.library()
        page |= {
            "draft": any(loaded.entry.is_draft for loaded in library.all_of("red_flags")),
            "intro": said_in(library.red_flags("adult").intro, tongue()),
            "emergency_words": library.sentences("emergency", tongue()),
        }
    return render(request, "public/self_check/question.html", page)


def finish(request: HttpRequest, answers: Answers) -> HttpResponse:
    keep(request, answers, at=timezone.now())
    return redirect("public:self-check-result")


def judge(answers: Answers) -> Assessment:
    return assess(answers.facts(), content.library(), language=tongue())


@transaction.atomic
def keep(request: HttpRequest, answers: Answers, *, at: datetime) -> None:
    """One row without identity; its id stays in this browser until a case takes it over.

    Too many from one address are shown their result, and the number, but not kept; an earlier row is let go, because
    it says something else.
    """
    if not ratelimit.consume(request, action="self_check"):
        request.session.pop(kept_answers.KEPT, None)
        return
    found = judge(answers)
    row = cases.keep_self_check(
        assessing.told(answers.facts()), found.outcome.value, assessing.kept(found), answers.country, at=at
    )
    request.session[kept_answers.KEPT] = str(row.pk)
    if found.outcome is Outcome.EMERGENCY:
        audit.record(
            Kind.EMERGENCY_SHOWN,
            actor=Actor(None, "anonymous"),
            entity=("self_check", row.pk),
            at=at,
            detail={"country": answers.country} if answers.country else {},
        )


@public
@never_cache
@require_safe
def result(request: HttpRequest) -> HttpResponse:
    """One of six outcomes with its reasons, what to do, the limits and the one next step."""
    answers = kept_answers.read(request.session)
    if answers.first_open()[0] != "public:self-check-result":
        return led_back(answers)
    return render(request, "public/self_check/result.html", result_page(request, answers, judge(answers)))


def result_page(request: HttpRequest, answers: Answers, found: Assessment) -> dict[str, Any]:
    deciding = [reason for reason in found.reasons if reason.outcome is found.outcome]
    today = bool(answers.alarms.today)
    who = signed_in(request)
    mine = patient_queries.my_cases(who, at=timezone.now()) if who else ()
    return {
        "found": found,
        "head": words.HEADS[found.outcome],
        "reasons": deciding,
        "others": ()
        if today
        else [reason for reason in found.reasons if reason.outcome not in (found.outcome, Outcome.SUITABLE)],
        "criteria": words.criteria(answers.facts(), found.number.show_first),
        "why_today": [words.said(flag, tongue()) for flag in answers.alarms.today],
        "may_start": found.outcome in words.MAY_START,
        "my_drafts": [line for line in mine if line.is_open],
        "named": found.number.name(tongue()),
        "to_alarms": answers.page_of(answers.alarms.today),
        "today": timezone.localdate(),
    }


def tongue() -> str:
    return get_language() or "en"
