"""The law of two countries: what a patient here and an expert there may do; the stricter side wins; advice only.

Whatever the content says, no pair ever gives a prescription: `Effect` has no other member.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from enum import StrEnum

from consilia.clinical.answers import LawClause
from consilia.clinical.entries import Stamp
from consilia.clinical.jurisdictions import Route
from consilia.clinical.library import DEFAULT, Library
from consilia.kernel import country as countries
from consilia.kernel.refusal import Refusal
from consilia.suitability import transfers, verdicts
from consilia.suitability.prescribing import LocalPrescription, local_prescription
from consilia.suitability.transfers import Keeper, Retention, Transfer
from consilia.suitability.verdicts import Finding, Form, Verdict, Where


class Effect(StrEnum):
    """What an opinion is in law: written advice. There is no other member, so there is no other effect."""

    ADVICE_ONLY = "advice_only"


class Asked(StrEnum):
    """What the patient asks the expert about."""

    OPINION = "opinion"
    MEDICINES = "medicines"
    REFERRAL = "referral"
    OPERATION = "operation"


_WORDING = {
    Asked.MEDICINES: (("medicines", "advice_not_prescription"), ("medicines", "your_doctor_decides")),
    Asked.REFERRAL: (("limits", "new_examinations"),),
}
_PROVIDER_COUNTRY = "eu_distance_care"


@dataclass(frozen=True, slots=True)
class Reason:
    """Why: a stable code, what it allows at best, the side (patient or expert), the country, the sentence, the rule."""

    code: str
    verdict: Verdict
    side: str
    country: str
    message: str
    rule: Stamp


@dataclass(frozen=True, slots=True)
class ConsentNeeded:
    """A consent of the library that must live; `country` and `protection` (what the law there means) for a transfer."""

    id: str
    version: int
    sha256: str
    country: str = ""
    protection: str = ""


@dataclass(frozen=True, slots=True)
class LawAssessment:
    """What holds for one pair of countries, reasons strictest first.

    wording: what is said about the effect and about each thing asked. clauses: what the opinion must print.
    rules: the country files that were applied. registration_in: countries where the expert must hold a licence.
    localisation: the patient's country watches where health data lie; the desk looks before anything is sent.
    expert_must_not_operate: who would do the operation may not give the opinion (SGB V 27b).
    prescription: the fields that a local doctor needs to write one (2012/52/EU); None unless medicines are asked about.
    on_file: False when a country has no rules of its own; then the conservative default was applied.
    """

    where: Where
    verdict: Verdict
    effect: Effect
    route: Route
    reasons: tuple[Reason, ...]
    wording: tuple[str, ...]
    clauses: tuple[LawClause, ...]
    consents: tuple[ConsentNeeded, ...]
    refusals: tuple[Refusal, ...]
    registration_in: tuple[str, ...]
    upload_blocked: bool
    transfer: Transfer
    transfer_message: str
    localisation: bool
    retention: Retention
    retention_words: tuple[str, ...]
    expert_must_not_operate: bool
    prescription: LocalPrescription | None
    rules: tuple[Stamp, ...]
    on_file: bool
    draft: bool


def assess_law(
    where: Where,
    library: Library,
    *,
    form: Form = Form.WRITTEN,
    asked: Collection[Asked] = (Asked.OPINION,),
    keeper: Keeper = Keeper(),  # noqa: B008 - frozen
    language: str = "en",
) -> LawAssessment:
    """What holds for a patient and an expert; never raises for a country: one without rules gets the default."""
    found = verdicts.findings(where, library, form=form)
    data = library.data_protection()
    leaving = transfers.transfer(where, data)
    message = sentence(leaving.value, where.experts, where, library, language)
    through = form is Form.VIA_LOCAL_DOCTOR or any(one.verdict is Verdict.VIA_LOCAL_DOCTOR for one in found)
    reasons = tuple(_reason(one, where, library, language) for one in found)
    laws = [library.jurisdiction(code) for code in (*where.patients, where.experts)]
    stored = transfers.retention(where, library, keeper)
    return LawAssessment(
        where=where,
        verdict=verdicts.strictest(found),
        effect=Effect.ADVICE_ONLY,
        route=Route.VIA_LOCAL_DOCTOR if through else Route.DIRECT,
        reasons=reasons,
        wording=tuple(_wording(where, library, asked, language)),
        clauses=_clauses(where, library, language),
        consents=tuple(_consents(where, library, leaving, message, through)),
        refusals=tuple(_refusals(reasons, asked, library, language)),
        registration_in=tuple(one.country for one in found if _needs_a_licence(one)),
        upload_blocked=any(one.code == "upload_blocked" for one in found),
        transfer=leaving,
        transfer_message=message,
        localisation=transfers.is_watched(where, data),
        retention=stored,
        retention_words=tuple(_kept(stored, where, library, language)),
        expert_must_not_operate=any(rules.expert_must_not_operate for rules in laws),
        prescription=local_prescription(where, library, language) if Asked.MEDICINES in asked else None,
        rules=tuple(library.stamp("jurisdictions", rules) for rules in dict.fromkeys(law.id for law in laws)),
        on_file=all(rules.id != DEFAULT for rules in laws),
        draft=any(rules.is_draft for rules in laws),
    )


def _needs_a_licence(one: Finding) -> bool:
    return one.side == "patient" and one.verdict is Verdict.LOCAL_REGISTRATION


def _reason(found: Finding, where: Where, library: Library, language: str) -> Reason:
    message = sentence(found.code, found.country, where, library, language)
    rule = library.stamp("jurisdictions", library.jurisdiction(found.country).id)
    return Reason(found.code, found.verdict, found.side, found.country, message, rule)


def sentence(key: str, about: str, where: Where, library: Library, language: str, years: int = 0) -> str:
    """One sentence of the library about a pair; `about` is the country that it speaks of."""
    unknown = library.text("pairs", "default_rule", language)
    return library.text("pairs", key, language).format(
        country=countries.country_name(about, language) or unknown,
        patient_country=countries.country_name(where.patients[0], language) or unknown,
        expert_country=countries.country_name(where.experts, language) or unknown,
        years=years,
    )


def _wording(where: Where, library: Library, asked: Collection[Asked], language: str) -> Iterator[str]:
    yield library.text("pairs", "effect", language)
    for thing in Asked:
        if thing in asked:
            yield from (library.text(name, key, language) for name, key in _WORDING.get(thing, ()))
    for code in dict.fromkeys((*where.patients, where.experts)):
        if library.jurisdiction(code).expert_must_not_operate:
            yield sentence("not_by_who_operates", code, where, library, language)


def _clauses(where: Where, library: Library, language: str) -> tuple[LawClause, ...]:
    """Always the default, then those of every country, then the one of the European Union."""
    wanted = [DEFAULT, *(library.jurisdiction(code).clause for code in (*where.patients, where.experts))]
    if verdicts.inside_the_union(where, library.data_protection()):
        wanted.append(_PROVIDER_COUNTRY)
    here, there = where.patients[0], where.experts
    return tuple(library.clause(name, here, there, language) for name in dict.fromkeys(wanted) if name)


def _consents(
    where: Where, library: Library, leaving: Transfer, message: str, through: bool
) -> Iterator[ConsentNeeded]:
    """The required ones, the transfer to this country, and the doctor's reading where the opinion goes through her."""
    for purpose in library.consents():
        text = library.consent_text(purpose)
        if text.per_country and where.experts:
            said = message if leaving is Transfer.EXPLICIT_CONSENT else ""
            yield ConsentNeeded(purpose, text.version, text.sha256, where.experts, said)
        elif text.required or (through and purpose == "share_with_doctor"):
            yield ConsentNeeded(purpose, text.version, text.sha256)


def _refusals(
    reasons: tuple[Reason, ...], asked: Collection[Asked], library: Library, language: str
) -> Iterator[Refusal]:
    # A doctor can register where her patient is; that this service is a registered system only its operator can say.
    no_way = [one for one in reasons if one.verdict is Verdict.NOT_POSSIBLE or one.code == "platform_registration"]
    yield from (Refusal(one.code, one.message) for one in no_way)
    if Asked.MEDICINES in asked:
        yield Refusal("no_prescription", library.text("medicines", "advice_not_prescription", language))


def _kept(stored: Retention, where: Where, library: Library, language: str) -> Iterator[str]:
    if stored.years:
        key = "retention_known" if stored.country else "retention_service"
        yield sentence(key, stored.country, where, library, language, stored.years)
    for code in stored.unknown:
        yield sentence("retention_unknown", code, where, library, language)
