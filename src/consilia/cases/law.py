"""The law of a case: where its patient is and lives, an expert's country, the service that keeps the records."""

from __future__ import annotations

from django.conf import settings
from django.utils.translation import get_language

from consilia.cases import content
from consilia.cases.models import Case
from consilia.kernel.refusal import Refusal
from consilia.suitability import verdicts
from consilia.suitability.law import LawAssessment, assess_law, sentence
from consilia.suitability.transfers import Keeper
from consilia.suitability.verdicts import Where


def of_case(case: Case, expert_country: str, *, language: str = "") -> LawAssessment:
    """What holds for an expert of a country in this case."""
    return between(case.location_country, case.patient.residence_country, expert_country, language=language)


def between(located_in: str, residence: str, expert_country: str, *, language: str = "") -> LawAssessment:
    """What holds between a patient, by where she is and where she lives ("" = not said), and a country of experts."""
    return assess_law(
        Where(located_in, residence, expert_country),
        content.library(),
        keeper=keeper(),
        language=language or get_language() or "en",
    )


def keeper() -> Keeper:
    """The service as the keeper of the records, from the settings."""
    return Keeper(settings.CONSILIA_SERVICE_COUNTRY, settings.CONSILIA_RETENTION_YEARS)


def against_records(case: Case) -> tuple[Refusal, ...]:
    """No record leaves a country whose law keeps it there, until the operator has confirmed an exception."""
    where = Where(case.location_country, case.patient.residence_country, "")
    found = [one for code in where.patients for one in verdicts.patient_side(code, "", content.library())]
    blocked = [one.country for one in found if one.code == "upload_blocked"]
    language = get_language() or "en"
    return tuple(
        Refusal("upload_blocked", sentence("upload_blocked", code, where, content.library(), language))
        for code in blocked
    )
