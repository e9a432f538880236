"""What every template may show: the service's name, the emergency number of the country where the person is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest

from consilia.cases import content
from consilia.kernel import country


@dataclass(frozen=True, slots=True)
class Emergency:
    """The number in the footer; `country` is where the person said to be, else nobody knows."""

    country: str
    country_name: str
    show_first: str


def emergency_of(code: str, language: str) -> Emergency | None:
    """The emergency number of a country; None where no country is known."""
    if not code:
        return None
    numbers = content.library().emergency_number(code)
    return Emergency(code, country.country_name(code, language), numbers.show_first)


def service(request: HttpRequest | None) -> dict[str, Any]:
    """Context of every page."""
    if request is None or not hasattr(request, "session"):
        return {"service_name": settings.CONSILIA_SERVICE_NAME}
    language = getattr(request, "LANGUAGE_CODE", "en")
    return {
        "service_name": settings.CONSILIA_SERVICE_NAME,
        "emergency": emergency_of(request.session.get("location_country", ""), language),
        "demo": settings.CONSILIA_DEMO,
    }
