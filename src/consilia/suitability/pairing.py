"""Pairing: whether an expert in one country may answer a patient in another; the stricter side wins; advice only."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from consilia.clinical.entries import Stamp
from consilia.clinical.jurisdictions import DataProtection, ForeignDoctor, Jurisdiction, Route
from consilia.clinical.library import DEFAULT, Library
from consilia.kernel import country


class Verdict(StrEnum):
    """What a pair of countries allows, mildest first."""

    POSSIBLE = "possible"
    VIA_LOCAL_DOCTOR = "via_local_doctor"
    LOCAL_REGISTRATION = "local_registration"
    NOT_POSSIBLE = "not_possible"


class Transfer(StrEnum):
    """What sending the records needs besides the consent for the opinion."""

    INTERNAL = "internal"
    ADEQUATE = "adequate"
    EXPLICIT_CONSENT = "explicit_consent"


@dataclass(frozen=True, slots=True)
class PairReason:
    """Why: a stable code, the side it comes from (patient or expert), the country, the sentence."""

    code: str
    verdict: Verdict
    side: str
    country: str
    message: str


@dataclass(frozen=True, slots=True)
class PairAssessment:
    """The verdict for one pair with its reasons, strictest first, and the clauses that the opinion must print.

    `expert_must_not_operate`: the expert may not be the one who would do the operation (matching checks it).
    `localisation`: the patient's country watches where health data lie; the desk looks before anything is sent.
    """

    patient_country: str
    expert_country: str
    verdict: Verdict
    reasons: tuple[PairReason, ...]
    clause_ids: tuple[str, ...]
    transfer: Transfer
    transfer_message: str
    expert_must_not_operate: bool
    localisation: bool
    stamps: tuple[Stamp, ...]
    draft: bool


@dataclass(frozen=True, slots=True)
class _Found:
    code: str
    verdict: Verdict
    side: str
    country: str


_FOREIGN = {
    ForeignDoctor.PERMITTED: Verdict.POSSIBLE,
    ForeignDoctor.UNKNOWN: Verdict.POSSIBLE,
    ForeignDoctor.UNCLEAR: Verdict.POSSIBLE,
    # Rules differ within the country: the treating doctor takes part, which most of its parts ask for.
    ForeignDoctor.PER_STATE: Verdict.VIA_LOCAL_DOCTOR,
    ForeignDoctor.VIA_LOCAL_DOCTOR: Verdict.VIA_LOCAL_DOCTOR,
    ForeignDoctor.LOCAL_REGISTRATION: Verdict.LOCAL_REGISTRATION,
}


def pair(patient_country: str, expert_country: str, library: Library, *, language: str = "en") -> PairAssessment:
    """The verdict for a patient in one country and an expert in another (ISO 3166-1 alpha-2, unknown ones too)."""
    patient, expert = patient_country.upper(), expert_country.upper()
    here, there = library.jurisdiction(patient), library.jurisdiction(expert)
    found = [*_patient_side(patient, here, expert), *_expert_side(expert, there, patient)]
    order = list(Verdict)
    reasons = sorted(
        (_said(one, patient, expert, library, language) for one in found), key=lambda r: -order.index(r.verdict)
    )
    data = library.data_protection()
    leaving = transfer(patient, expert, data)
    return PairAssessment(
        patient_country=patient,
        expert_country=expert,
        verdict=max((one.verdict for one in found), key=order.index),
        reasons=tuple(reasons),
        clause_ids=tuple(clause.id for clause in library.law_clauses(patient, expert)),
        transfer=leaving,
        transfer_message=_sentence(leaving.value, expert, patient, expert, library, language),
        expert_must_not_operate=here.expert_must_not_operate or there.expert_must_not_operate,
        localisation=patient in data.localisation_watchlist and patient != expert,
        stamps=tuple(library.stamp("jurisdictions", law) for law in dict.fromkeys((here.id, there.id))),
        draft=here.is_draft or there.is_draft,
    )


def _patient_side(code: str, rules: Jurisdiction, other: str) -> Iterator[_Found]:
    if rules.upload.blocked:
        yield _Found("upload_blocked", Verdict.NOT_POSSIBLE, "patient", code)
    if rules.route is Route.VIA_LOCAL_DOCTOR:
        yield _Found("via_local_doctor", Verdict.VIA_LOCAL_DOCTOR, "patient", code)
    foreign = _FOREIGN[rules.patient.foreign_doctor]
    if code != other and foreign is not Verdict.POSSIBLE:
        yield _Found(foreign.value, foreign, "patient", code)
    yield _Found("not_on_file" if rules.id == DEFAULT else "advice_only", Verdict.POSSIBLE, "patient", code)


def _expert_side(code: str, rules: Jurisdiction, other: str) -> Iterator[_Found]:
    if rules.route is Route.VIA_LOCAL_DOCTOR:
        yield _Found("expert_advises_doctor", Verdict.VIA_LOCAL_DOCTOR, "expert", code)
    if rules.expert.platform_registration and code != other:
        yield _Found("platform_registration", Verdict.LOCAL_REGISTRATION, "expert", code)
    if rules.id == DEFAULT:
        yield _Found("not_on_file", Verdict.POSSIBLE, "expert", code)


def _said(found: _Found, patient: str, expert: str, library: Library, language: str) -> PairReason:
    sentence = _sentence(found.code, found.country, patient, expert, library, language)
    return PairReason(found.code, found.verdict, found.side, found.country, sentence)


def _sentence(key: str, about: str, patient: str, expert: str, library: Library, language: str) -> str:
    return library.text("pairs", key, language).format(
        country=country.country_name(about, language),
        patient_country=country.country_name(patient, language),
        expert_country=country.country_name(expert, language),
    )


def transfer(patient: str, expert: str, data: DataProtection) -> Transfer:
    """What a transfer needs; partly adequate and unknown countries count as not adequate (GDPR art. 44 to 49)."""
    if patient == expert and patient:
        return Transfer.INTERNAL
    if patient in data.eea and expert in data.eea:
        return Transfer.INTERNAL
    protected = {*data.eea, *data.adequate}
    return Transfer.ADEQUATE if patient in data.eea and expert in protected else Transfer.EXPLICIT_CONSENT
