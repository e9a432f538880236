"""Jurisdictions: what the law of a country adds to the default "advice only"; a row can only add limits."""

from __future__ import annotations

from enum import StrEnum
from typing import Self

from pydantic import Field, model_validator

from consilia.clinical.entries import Confidence, Entry, Identifier, Region, Strict, Words
from consilia.kernel import country


class Route(StrEnum):
    """How an opinion may reach the patient, mildest first."""

    DIRECT = "direct"
    VIA_LOCAL_DOCTOR = "via_local_doctor"


class Prescribing(StrEnum):
    """What a doctor registered in the country may do without an examination in person; the product never prescribes."""

    ALLOWED = "allowed"
    CONDITIONAL = "conditional"
    UNCLEAR = "unclear"
    UNKNOWN = "unknown"
    NOT_ALLOWED = "not_allowed"


class ForeignDoctor(StrEnum):
    """What holds for a doctor abroad whose patient is in the country."""

    PERMITTED = "permitted"
    UNKNOWN = "unknown"
    UNCLEAR = "unclear"
    PER_STATE = "per_state"
    VIA_LOCAL_DOCTOR = "via_local_doctor"
    LOCAL_REGISTRATION = "local_registration"


class ForeignPrescription(StrEnum):
    """Which foreign paper a pharmacy of the country may dispense."""

    EEA = "eea"
    EEA_AND_SWITZERLAND = "eea_ch"
    NONE = "none"
    UNCLEAR = "unclear"
    UNKNOWN = "unknown"


class ExpertSide(Strict):
    """Rules for a doctor registered here. `platform_registration`: only over a system registered in the country."""

    prescribe_without_exam: Prescribing
    platform_registration: bool = False
    note: str = ""
    confidence: Confidence


class PatientSide(Strict):
    """Rules that hold when the patient is here."""

    foreign_doctor: ForeignDoctor
    foreign_prescription: ForeignPrescription
    note: str = ""
    confidence: Confidence


class Upload(Strict):
    """Whether health records may leave the country; blocked until the operator confirms what `until` says."""

    blocked: bool
    until: str = ""
    confidence: Confidence


class Retention(Strict):
    """Years that records are kept, as a fact about the country; absent = unknown."""

    years: int | None = Field(default=None, ge=1)
    note: str = ""
    confidence: Confidence


class Data(Strict):
    """The country's data protection law, what a transfer from the EU needs, and what must stay in the country."""

    regime: str
    transfer_from_eu: str
    localisation: str = ""
    confidence: Confidence


class PairExample(Strict):
    """A patient and an expert, one of them here, and the verdict that must follow."""

    about: str
    patient: Region
    expert: Region
    verdict: str = Field(pattern="^(possible|via_local_doctor|local_registration|not_possible)$")


class Jurisdiction(Entry):
    """One country, id = ISO 3166-1 alpha-2; `default` holds for every country without a file."""

    effect: str = Field(pattern="^advice_only$")
    route: Route = Route.DIRECT
    clause: str = ""
    expert_must_not_operate: bool = False
    extra: str = ""
    languages: tuple[str, ...] = ()
    expert: ExpertSide
    patient: PatientSide
    upload: Upload
    retention: Retention
    data: Data
    example: tuple[PairExample, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _is_a_country(self) -> Self:
        if self.id != "default" and not country.is_region(self.id):
            raise ValueError(f"{self.id!r} is no country (ISO 3166-1 alpha-2)")
        return self

    @model_validator(mode="after")
    def _route_is_explained(self) -> Self:
        if self.route is not Route.DIRECT and not self.clause:
            raise ValueError("a route other than direct names its clause")
        return self


class TransferTool(Strict):
    """A ground on which health data may go to another country."""

    id: Identifier
    text: Words
    confidence: Confidence


class DataProtection(Entry):
    """Who needs what before health data go from one country to another; lists of ISO 3166-1 alpha-2 codes.

    `to_verify` holds what is said of a country but not yet proved: it counts as not adequate.
    """

    eea: tuple[Region, ...]
    adequate: tuple[Region, ...]
    partly_adequate: dict[Region, str]
    to_verify: dict[Region, str]
    localisation_watchlist: dict[Region, Confidence]
    transfer_tool: tuple[TransferTool, ...] = ()


class Clause(Entry):
    """A law clause that an opinion prints; placeholders {expert_country} and {patient_country}."""

    title: Words
    text: Words
