"""Transfers: what sending the records of a patient to an expert abroad needs, and how long they are kept."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from consilia.clinical.jurisdictions import DataProtection
from consilia.clinical.library import Library
from consilia.suitability.verdicts import Where


class Transfer(StrEnum):
    """What sending the records needs besides the consent for the opinion, mildest first."""

    INTERNAL = "internal"
    ADEQUATE = "adequate"
    EXPLICIT_CONSENT = "explicit_consent"


@dataclass(frozen=True, slots=True)
class Keeper:
    """The service that keeps the records: its country ("" = not said), and the years that it keeps them at least."""

    country: str = ""
    minimum_years: int = 0


@dataclass(frozen=True, slots=True)
class Retention:
    """Years that records are kept at least, and whose rule that is ("" = the service's own, or nobody's for 0 years).

    `unknown`: countries of the case whose years nobody knows; the years of the others hold until somebody does.
    """

    years: int
    country: str
    unknown: tuple[str, ...]


def transfer(where: Where, data: DataProtection) -> Transfer:
    """The strictest that a transfer needs, over where the patient is and where she lives (GDPR art. 44 to 49)."""
    order = list(Transfer)
    return max((_one(code, where.experts, data) for code in where.patients), key=order.index)


def _one(patient: str, expert: str, data: DataProtection) -> Transfer:
    """Partly adequate and unknown countries count as not adequate."""
    if patient == expert and patient:
        return Transfer.INTERNAL
    if patient in data.eea and expert in data.eea:
        return Transfer.INTERNAL
    return Transfer.ADEQUATE if patient in data.eea and expert in data.adequate else Transfer.EXPLICIT_CONSENT


def is_watched(where: Where, data: DataProtection) -> bool:
    """True when a country of the patient watches where health data lie and the expert is elsewhere."""
    return any(code in data.localisation_watchlist and code != where.experts for code in where.patients)


def retention(where: Where, library: Library, keeper: Keeper) -> Retention:
    """The longest that applies: the patient's countries, the expert's, the country of the service, its own minimum."""
    involved = dict.fromkeys((*where.patients, where.experts, *((keeper.country.upper(),) if keeper.country else ())))
    years = {code: library.jurisdiction(code).retention.years for code in involved}
    known = {code: value for code, value in years.items() if value is not None}
    longest = max(known, key=lambda code: known[code], default="")
    unknown = tuple(code for code, value in years.items() if value is None)
    if known.get(longest, 0) < keeper.minimum_years:
        return Retention(keeper.minimum_years, "", unknown)
    return Retention(known.get(longest, 0), longest, unknown)
