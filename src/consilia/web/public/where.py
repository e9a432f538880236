"""Where the person is now: kept in the session, so that every footer shows the emergency number of that place."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods

from consilia.cases import content
from consilia.clinical.answers import EmergencyNumbers
from consilia.web.access import public
from consilia.web.public import self_check_forms

KEY = "location_country"


@public
@require_http_methods(["GET", "HEAD", "POST"])
def where(request: HttpRequest) -> HttpResponse:
    """Choose the country; its numbers are shown at once, and a page that asked for it is gone back to."""
    tongue = get_language() or "en"
    here = request.session.get(KEY, "")
    form = self_check_forms.HereForm(request.POST or None, tongue=tongue, initial={"located_in": here})
    if request.method == "POST" and form.is_valid():
        request.session[KEY] = form.cleaned_data["located_in"]
        return redirect(next_page(request))
    numbers = content.library().emergency_number(here, tongue) if here else None
    page = {"form": form, "numbers": numbers, **(number_page(numbers, tongue) if numbers else {})}
    return render(request, "public/where.html", page)


def number_page(numbers: EmergencyNumbers, tongue: str) -> dict[str, Any]:
    """What the card with the number needs: its place by name, and the day on which it was checked last."""
    try:
        checked_on = date.fromisoformat(numbers.as_of)
    except ValueError:
        checked_on = None
    return {"numbers": numbers, "named": numbers.name(tongue) if numbers.region else "", "checked_on": checked_on}


def next_page(request: HttpRequest) -> str:
    """Only pages of our own."""
    wanted = request.POST.get("next", "")
    ours = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if ours else reverse("public:where")
