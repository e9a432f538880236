"""Public pages: what a second opinion is, for whom, its limits and its price; the sentences come from the library."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from consilia.billing import actions as billing
from consilia.cases import content
from consilia.experts import queries as experts_queries
from consilia.kernel import country, language
from consilia.web.access import public


def say(*sets: str) -> dict[str, dict[str, str]]:
    """Text sets of the library by id, in the language of the page."""
    return {name: content.library().sentences(name, get_language() or "en") for name in sets}


def page(request: HttpRequest, template: str, *sets: str, **more: Any) -> HttpResponse:
    """A page of sentences; while they wait for their review, it says so."""
    library = content.library()
    draft = any(loaded.entry.is_draft for loaded in library.all_of("texts") if loaded.entry.id in sets)
    return render(request, template, {**say(*sets), "draft": draft, **more})


@public
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    return page(request, "public/home.html", "why_international", "what_it_cannot_do", "is_it_for_me", "medicines")


@public
@require_safe
def what(request: HttpRequest) -> HttpResponse:
    return page(request, "public/what.html", "why_a_second_opinion", "is_it_for_me")


@public
@require_safe
def when(request: HttpRequest) -> HttpResponse:
    return page(request, "public/when.html", "is_it_for_me", "what_it_cannot_do")


@public
@require_safe
def is_it_for_me(request: HttpRequest) -> HttpResponse:
    return page(request, "public/is_it_for_me.html", "is_it_for_me", "limits")


@public
@require_safe
def international(request: HttpRequest) -> HttpResponse:
    return page(request, "public/international.html", "why_international")


@public
@require_safe
def limits(request: HttpRequest) -> HttpResponse:
    return page(request, "public/limits.html", "what_it_cannot_do", "limits", "emergency")


@public
@require_safe
def medicines(request: HttpRequest) -> HttpResponse:
    return page(request, "public/medicines.html", "medicines")


@public
@require_safe
def telemedicine(request: HttpRequest) -> HttpResponse:
    return page(request, "public/telemedicine.html", "telemedicine")


@public
@require_safe
def prices(request: HttpRequest) -> HttpResponse:
    return render(request, "public/prices.html", {"price": billing.price()})


@public
@require_safe
def experts(request: HttpRequest) -> HttpResponse:
    """Verified experts by country, with what they know in words."""
    tongue = get_language() or "en"
    library = content.library()
    known = {row.id: row for row in library.specialities()}
    listed = [
        {
            "name": one.name,
            "country": country.country_name(one.country, tongue),
            "code": one.country,
            "specialities": [
                getattr(known[name], tongue, known[name].en) for name in one.specialities if name in known
            ],
            "languages": [language.language_name(tag, tongue) for tag in one.languages],
        }
        for one in experts_queries.public()
    ]
    return render(request, "public/experts.html", {"experts": listed})
