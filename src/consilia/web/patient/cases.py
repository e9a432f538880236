"""The case as the patient sees it: whose turn, what to do, what it is about, and handing it in."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, replace
from datetime import date, datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from consilia.billing import queries as billing_queries
from consilia.billing.models import Settlement
from consilia.cases import actions, assessing, content, next_steps, task_list
from consilia.cases.access import Reader, Right
from consilia.cases.actions import Description
from consilia.cases.queries import patient as queries
from consilia.cases.states import State
from consilia.clinical.entries import said
from consilia.clinical.library import GENERAL
from consilia.clinical.rules import Outcome
from consilia.kernel import country, language
from consilia.kernel.refusal import Invalid, NotFound, Refused
from consilia.web import access
from consilia.web.patient import case_forms
from consilia.web.patient.afterwards import afterwards
from consilia.web.patient.case_forms import tongue
from consilia.web.patient.places import mendable, place, posted
from consilia.web.templatetags import moments
from consilia.web.templatetags.courses import Task

ASK = require_http_methods(["GET", "HEAD", "POST"])
PARTS: dict[str, type[case_forms.WordsForm]] = {
    "illness": case_forms.IllnessForm,
    "people": case_forms.PeopleForm,
    "wishes": case_forms.WishesForm,
}


@access.case_right(Right.READ_CASE)
@require_safe
def home(request: HttpRequest, reader: Reader) -> HttpResponse:
    """Whose turn it is, the one next step, the list, the thread, the time used."""
    at = timezone.now()
    page = queries.case_home(reader=reader, at=at, language=tongue())
    if page.facts.state is State.OFFERED:
        page = replace(page, facts=replace(page.facts, offer=offer_word(reader, at)))
    if page.facts.state in task_list.WITH_REPORT:
        page = replace(page, facts=replace(page.facts, afterwards=afterwards(reader, at)))
    remember_place(request, page.head.location_country)
    step = next_steps.next_step(page.facts)
    tasks = [
        Task(line.title, place(line.page, reader.case_id, line.item_id) if line.page else "", line.hint, line.state)
        for line in task_list.tasks(page.facts)
    ]
    words = {"page": page, "step": step, "to_do": place(step.page, reader.case_id, step.item_id) if step.page else ""}
    words |= {"due": due(page.decision_due), "more": more_pages(reader)}
    # A step of hers while the case is at our desk carries no clock: the running one is ours.
    clock = page.thread.clock
    words |= {"since": clock.since, "until": clock.until} if step.turn is clock.turn else {}
    return render(request, "patient/cases/home.html", {**words, "tasks": tasks, "now": at})


def due(day: date | None) -> list[tuple[str, str]]:
    """The patient's own date beside our deadlines."""
    return [(_("You decide by"), moments.day(day, "year"))] if day else []


def more_pages(reader: Reader) -> list[tuple[str, str]]:
    """Pages that are no step: who looked, what can be taken along, how to end; those that stand."""
    pages = (
        (_("Who looked at my record"), "patient:trail"),
        (_("Invite my doctor to add records"), "patient:doctor-before"),
        (_("Download, withdraw or erase"), "patient:leave"),
    )
    return [(words, url) for words, name in pages if (url := place(name, reader.case_id))]


def remember_place(request: HttpRequest, code: str) -> None:
    """The footer's number follows the case when nobody has said anything else in this browser."""
    if code and not request.session.get("location_country"):
        request.session["location_country"] = code


def offer_word(reader: Reader, at: datetime) -> str:
    """What the price room says of the offer, in the words of the next steps."""
    offer = billing_queries.offer(reader=reader)
    if offer is None:
        return ""
    if offer.accepted_at:
        return "unpaid" if offer.settlement == Settlement.INVOICE and not offer.paid_at else "settled"
    return "over" if at > offer.valid_until else "open"


@access.case_right(Right.CHANGE_CASE)
@ASK
def describe(request: HttpRequest, reader: Reader, part: str = "illness") -> HttpResponse:
    """One of three short pages; each is kept when it is sent, and the next one follows."""
    if part not in PARTS:
        raise NotFound
    head = queries.head(reader=reader)
    words = queries.description(reader=reader)
    if part != "illness" and not words.stated_diagnosis:
        return redirect("patient:case-describe", reader.case_id)
    # Until she has said what it is about, her own words choose the kind of case, not the default of the table.
    first = {} if words.stated_diagnosis else {"case_type": ""}
    form = PARTS[part](posted(request), initial=asdict(words) | first)
    if request.method == "POST" and form.is_valid() and kept(reader, form, words):
        if form.cleaned_data.get("case_type") == "":
            messages.info(request, chosen(queries.description(reader=reader).case_type))
        return redirect(after(part, reader))
    page = {
        "form": form,
        "head": head,
        "part": part,
        "number": list(PARTS).index(part) + 1,
        "back": before(part, reader),
        "next": after(part, reader),
        "shown": shown(form),
    }
    return render(request, "patient/cases/describe.html", page)


def chosen(case_type: str) -> str:
    """What her words were taken for, so that she can put it right."""
    if case_type == GENERAL:
        return _("Your words did not name one kind of case, so we go through the general list. You can choose another.")
    return _("Kind of case, by your words: %s. You can change it.") % said(
        content.library().checklist(case_type).label, tongue()
    )


def shown(form: case_forms.WordsForm) -> list[tuple[str, str]]:
    """Label and value of each field in words, for a page that can only be read."""
    pairs = []
    for bound in form:
        value = bound.value()
        choices = named(getattr(bound.field, "choices", ()))
        words = choices.get(value, "") if choices else moments.day(value, "year") if isinstance(value, date) else value
        pairs.append((str(bound.label), str(words or "")))
    return pairs


def named(choices: Iterable[Any]) -> dict[Any, Any]:
    """The words of each choice, also of those that stand under a heading."""
    found: dict[Any, Any] = {}
    for value, words in choices:
        found |= named(words) if isinstance(words, list | tuple) else {value: words}
    return found


def kept(reader: Reader, form: case_forms.WordsForm, words: Description) -> bool:
    typed = dict(form.cleaned_data)
    if "case_type" in typed and not typed["case_type"]:
        told = f"{typed['stated_diagnosis']} {typed['proposed_therapy']}"
        typed["case_type"] = content.library().checklist_for(told)
    try:
        actions.describe(reader, replace(words, **typed), at=timezone.now())
    except Invalid as refusal:
        form.take_up(refusal)
        return False
    except Refused as refused:
        form.add_error(None, refused.refusals[0].reason)
        return False
    return True


def after(part: str, reader: Reader) -> str:
    names = list(PARTS)
    place_of = names.index(part) + 1
    if place_of == len(names):
        return reverse("patient:case", args=[reader.case_id])
    return reverse("patient:case-describe-part", args=[reader.case_id, names[place_of]])


def before(part: str, reader: Reader) -> str:
    names = list(PARTS)
    if part == names[0]:
        return reverse("patient:case", args=[reader.case_id])
    return reverse("patient:case-describe-part", args=[reader.case_id, names[names.index(part) - 1]])


@access.case_right(Right.CHANGE_CASE)
@ASK
def hand_in(request: HttpRequest, reader: Reader) -> HttpResponse:
    """Check your answers; what speaks against it stands beside the button; handing in freezes the assessment."""
    at = timezone.now()
    page = queries.hand_in(reader=reader, at=at, language=tongue())
    if request.method == "POST":
        if page.against:
            raise Refused(*mendable(page.against, reader.case_id))
        actions.hand_in(reader, assessing.kept(page.assessment, page.readiness.checklist), at=at)
        messages.success(request, _("Your case is handed in. Now it is our turn."))
        return redirect("patient:case", reader.case_id)
    shown = {
        "page": page,
        "head": page.head,
        "rows": answers(page, reader),
        "against": mendable(page.against, reader.case_id),
        "reasons": [reason for reason in page.assessment.reasons if reason.outcome is not Outcome.SUITABLE],
        "counts": page.readiness.counts,
        "missing": page.readiness.essential_labels(tongue()),
        "readiness_url": place("patient:readiness", reader.case_id),
        "is_open": page.head.state in next_steps.EDITABLE,
    }
    return render(request, "patient/cases/hand_in.html", shown)


def answers(page: queries.HandInPage, reader: Reader) -> list[tuple[str, str, str, str]]:
    """Pairs of a name and a value, each with the way to change it while that is possible."""
    words, open_ = page.words, page.head.state in next_steps.EDITABLE
    kind = said(content.library().checklist(words.case_type).label, tongue())
    named = [country.country_name(code, tongue()) for code in page.countries]
    spoken = [language.own_name(tag) for tag in (words.reading_language, words.report_language) if tag]
    rows = [
        (_("Patient"), page.head.patient_name, ""),
        (_("What you were told"), words.stated_diagnosis, "patient:case-describe"),
        (_("What is proposed"), words.proposed_therapy or "–", "patient:case-describe"),
        (_("Kind of case"), kind, "patient:case-describe"),
        (
            _("Doctor and hospital"),
            ", ".join(filter(None, (words.treating_doctor, words.hospital))) or "–",
            "patient:case-describe",
        ),
        (_("What matters to you"), words.matters or "–", "patient:case-describe"),
        (_("Languages"), ", ".join(dict.fromkeys(spoken)), "patient:case-describe"),
        (_("Countries of the experts"), ", ".join(named) or "–", "patient:case-countries"),
        (_("Records"), str(page.records), "patient:records"),
    ]
    return [
        (
            str(label),
            value,
            place(where, reader.case_id) if where and open_ else "",
            _("Change") if where and open_ else "",
        )
        for label, value, where in rows
    ]
