"""Consents one by one, each with the text that was read; countries, each with what is possible before she chooses."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from consilia.cases import actions, content, law
from consilia.cases.access import Reader, Right
from consilia.cases.actions.consents import TextRead
from consilia.cases.models import Purpose
from consilia.cases.queries import patient as queries
from consilia.cases.states import ENDS
from consilia.experts import queries as experts_queries
from consilia.intake import links
from consilia.kernel import country
from consilia.kernel.refusal import NotFound
from consilia.reports import shares
from consilia.suitability.law import LawAssessment
from consilia.suitability.verdicts import Verdict
from consilia.web import access
from consilia.web.patient.case_forms import CountriesForm, LookForm, tongue
from consilia.web.patient.places import posted

ASK = require_http_methods(["GET", "HEAD", "POST"])
VERDICTS = {
    Verdict.POSSIBLE: (gettext_lazy("Possible"), "green"),
    Verdict.VIA_LOCAL_DOCTOR: (gettext_lazy("Through your doctor"), "amber"),
    Verdict.LOCAL_REGISTRATION: (gettext_lazy("Only experts registered there"), "amber"),
    Verdict.NOT_POSSIBLE: (gettext_lazy("Not possible now"), "grey"),
}


@dataclass(frozen=True, slots=True)
class ConsentCard:
    """One purpose (and country) with its words and whether it is given."""

    purpose: str
    country: str
    title: str
    text: str
    if_refused: str
    if_withdrawn: str
    sha256: str
    version: int
    required: bool
    given_at: datetime | None
    protection: str = ""  # of a country: what its law means for the records of this patient

    @property
    def anchor(self) -> str:
        return f"{self.purpose}-{self.country}" if self.country else self.purpose


@dataclass(frozen=True, slots=True)
class CountryCard:
    """One country with what is possible for this patient."""

    code: str
    name: str
    verdict: Any
    tone: str
    law: LawAssessment
    chosen: bool

    @property
    def possible(self) -> bool:
        return not self.law.refusals


@access.case_right(Right.CHANGE_CASE)
@ASK
def consents(request: HttpRequest, reader: Reader) -> HttpResponse:
    """Each purpose is a card with its own button; a text that changed since it was read is shown again first."""
    head = queries.head(reader=reader)
    given, wanted = queries.consents(reader=reader), queries.wanted_countries(reader=reader)
    cards = cards_of(given, wanted, head)
    if request.method == "POST":
        card = chosen(request, cards)
        if request.POST.get("sha256") != card.sha256:
            messages.warning(request, _("The text has changed since you read it. Please read it again."))
            return redirect("patient:case-consents", reader.case_id)
        text = TextRead(card.purpose, str(card.version), card.sha256)
        actions.give_consent(reader, Purpose(card.purpose), text, country=card.country, at=timezone.now())
        messages.success(request, _("Saved: %s") % card.title)
        return redirect(next_open(cards, card, reader))
    page = {"head": head, "cards": cards, "draft": True, "is_ready": ready(cards), "has_countries": bool(wanted)}
    return render(request, "patient/consents/consents.html", page)


def next_open(cards: Iterable[ConsentCard], answered: ConsentCard, reader: Reader) -> str:
    """The next card without an answer below the one that was pressed, or the way on at the end of the page."""
    shown = list(cards)
    below = shown[shown.index(answered) + 1 :]
    anchor = next((card.anchor for card in below if not card.given_at), "go-on")
    return f"{reverse('patient:case-consents', args=[reader.case_id])}#{anchor}"


def ready(cards: Iterable[ConsentCard]) -> bool:
    """Nothing that is needed is open."""
    return all(card.given_at for card in cards if card.required)


@access.case_right(Right.CHANGE_CASE)
@require_POST
def withdraw(request: HttpRequest, reader: Reader) -> HttpResponse:
    """Takes one consent back; what happens stood beside the button."""
    cards = cards_of(queries.consents(reader=reader), queries.wanted_countries(reader=reader))
    card = chosen(request, cards)
    take_back(reader, card, at=timezone.now())
    messages.success(request, _("Taken back: %s") % card.title)
    return redirect("patient:case-consents", reader.case_id)


@transaction.atomic
def take_back(reader: Reader, card: ConsentCard, *, at: datetime) -> None:
    """Without the terms there is no case, and without her doctor's part no link: the text that was read says so."""
    actions.withdraw_consent(reader, Purpose(card.purpose), country=card.country, at=at)
    if card.purpose == Purpose.TERMS and card.given_at and queries.head(reader=reader).state not in ENDS:
        actions.withdraw_case(reader, at=at)
    if card.purpose == Purpose.TREATING_DOCTOR:
        links.revoke_doctors(reader, at=at)
        shares.revoke_all(reader, at=at)


def chosen(request: HttpRequest, cards: Iterable[ConsentCard]) -> ConsentCard:
    wanted = (request.POST.get("purpose", ""), request.POST.get("country", ""))
    for card in cards:
        if (card.purpose, card.country) == wanted:
            return card
    raise NotFound


def cards_of(
    given: Iterable[queries.GivenConsent], wanted: Iterable[str], head: queries.CaseHead | None = None
) -> list[ConsentCard]:
    """The purposes in the order of the library; a country that is not wanted any more stays while its consent lives.

    With `head` each country says what its law means for the patient's records, as before the choice.
    """
    live = {(one.purpose, one.country): one.given_at for one in given}
    countries = list(dict.fromkeys([*wanted, *(code for _purpose, code in live if code)]))
    library = content.library()
    cards = []
    for purpose in library.consents():
        text = library.consent_text(purpose, tongue())
        for code in countries if text.per_country else [""]:
            named = {"country": country.country_name(code, tongue()) if code else ""}
            title, words, refused, withdrawn = (
                part.format_map(named) for part in (text.title, text.text, text.if_refused, text.if_withdrawn)
            )
            at = live.get((purpose, code))
            protection = _law(head, code).transfer_message if head and code else ""
            cards.append(
                ConsentCard(
                    purpose,
                    code,
                    title,
                    words,
                    refused,
                    withdrawn,
                    text.sha256,
                    text.version,
                    text.required,
                    at,
                    protection,
                )
            )
    return cards


@access.case_right(Right.CHANGE_CASE)
@ASK
def countries(request: HttpRequest, reader: Reader) -> HttpResponse:
    """Each country says what is possible for this patient before it can be chosen."""
    head = queries.head(reader=reader)
    wanted = queries.wanted_countries(reader=reader)
    cards = [country_card(code, head, wanted) for code in codes(request, wanted)]
    form = CountriesForm(
        posted(request), initial={"countries": wanted}, codes=[card.code for card in cards if card.possible]
    )
    if request.method == "POST" and form.is_valid():
        actions.choose_countries(reader, form.cleaned_data["countries"], at=timezone.now())
        messages.success(request, _("Saved. Now we ask for your consent for each country."))
        return redirect("patient:case-consents", reader.case_id)
    page = {
        "head": head,
        "form": form,
        "cards": cards,
        "marked": request.POST.getlist("countries") if form.is_bound else wanted,
        "is_in": _elsewhere(head),
        "look": LookForm(request.GET),
        "lives_in": country.country_name(head.residence_country, tongue()),
        "draft": any(card.law.draft for card in cards),
    }
    return render(request, "patient/consents/countries.html", page)


def codes(request: HttpRequest, wanted: Iterable[str]) -> list[str]:
    """Countries where we have experts, those chosen before, and those she looks at; by name."""
    looked = [
        code for code in request.GET.getlist("look") + request.POST.getlist("countries") if country.is_country(code)
    ]
    found = {one.country for one in experts_queries.public()} | set(wanted) | set(looked)
    return sorted(found, key=lambda code: country.country_name(code, tongue()))


def country_card(code: str, head: queries.CaseHead, wanted: Iterable[str]) -> CountryCard:
    found = _law(head, code)
    words, tone = VERDICTS[Verdict.NOT_POSSIBLE if found.refusals else found.verdict]
    return CountryCard(code, country.country_name(code, tongue()), words, tone, found, code in wanted)


def _elsewhere(head: queries.CaseHead) -> str:
    """Where the patient is now, when that is not where she lives."""
    here = head.location_country
    return country.country_name(here, tongue()) if here and here != head.residence_country else ""


def _law(head: queries.CaseHead, code: str) -> LawAssessment:
    return law.between(head.location_country, head.residence_country, code, language=tongue())
