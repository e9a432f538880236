"""Verdicts: what each country of a pair limits; the effect of a pair is its strictest side, and a limit only adds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from consilia.clinical.jurisdictions import DataProtection, ForeignDoctor, Route
from consilia.clinical.library import DEFAULT, Library


class Verdict(StrEnum):
    """What a pair of countries allows, mildest first."""

    POSSIBLE = "possible"
    VIA_LOCAL_DOCTOR = "via_local_doctor"
    LOCAL_REGISTRATION = "local_registration"
    NOT_POSSIBLE = "not_possible"

    @property
    def severity(self) -> int:
        """0 for possible up to 3 for not possible."""
        return _ORDER[self]


_ORDER = {verdict: place for place, verdict in enumerate(Verdict)}


class Form(StrEnum):
    """The form of the service, mildest first; a talk is asked for at the time when it is arranged."""

    VIA_LOCAL_DOCTOR = "via_local_doctor"
    WRITTEN = "written"
    WITH_VIDEO = "with_video"


@dataclass(frozen=True, slots=True)
class Where:
    """The countries that count, ISO 3166-1 alpha-2: where the patient is, where she lives, where the expert works.

    An empty or unknown code has no rules on file. Where she is and where she lives both count: the stricter holds.
    """

    located_in: str
    residence: str
    expert: str

    @property
    def patients(self) -> tuple[str, ...]:
        """The countries of the patient, each once, the one where she is now first; ("",) when nobody said."""
        said = dict.fromkeys(code.upper() for code in (self.located_in, self.residence) if code)
        return tuple(said) or ("",)

    @property
    def experts(self) -> str:
        """The country of the expert in capital letters."""
        return self.expert.upper()


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that the law of one side says: a stable code, what it allows at best, side, country."""

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

# The European Economic Area is the European Union and these three (2012/52/EU names them beside it).
_OUTSIDE_THE_UNION = frozenset({"IS", "LI", "NO"})


def findings(where: Where, library: Library, *, form: Form = Form.WRITTEN) -> tuple[Finding, ...]:
    """What both sides say, strictest first; never empty."""
    found = [one for code in where.patients for one in patient_side(code, where.experts, library)]
    found += expert_side(where, library)
    if inside_the_union(where, library.data_protection()):
        found.append(Finding("provider_country", Verdict.POSSIBLE, "expert", where.experts))
    if form is Form.WITH_VIDEO:
        found += _talk(where, library)
    return tuple(sorted(found, key=lambda one: -one.verdict.severity))


def strictest(found: Iterable[Finding]) -> Verdict:
    """The effect of a pair: the strictest of all that was found."""
    return max((one.verdict for one in found), key=lambda verdict: verdict.severity)


def verdict(where: Where, library: Library, *, form: Form = Form.WRITTEN) -> Verdict:
    """The effect of a pair alone, for tables of many pairs."""
    return strictest(findings(where, library, form=form))


def patient_side(code: str, expert: str, library: Library) -> Iterator[Finding]:
    """What the country of the patient says; `expert` is the country of the expert, "" when none is chosen yet."""
    rules = library.jurisdiction(code)
    if rules.upload.blocked:
        confirmed = code in library.confirmed
        blocked = Finding("upload_blocked", Verdict.NOT_POSSIBLE, "patient", code)
        yield Finding("upload_confirmed", Verdict.POSSIBLE, "patient", code) if confirmed else blocked
    if rules.route is Route.VIA_LOCAL_DOCTOR:
        yield Finding("via_local_doctor", Verdict.VIA_LOCAL_DOCTOR, "patient", code)
    foreign = _FOREIGN[rules.patient.foreign_doctor]
    # The route above says the same already; a reason is told once.
    told = rules.route is Route.VIA_LOCAL_DOCTOR and foreign is Verdict.VIA_LOCAL_DOCTOR
    if code != expert and foreign is not Verdict.POSSIBLE and not told:
        yield Finding(foreign.value, foreign, "patient", code)
    yield Finding("not_on_file" if rules.id == DEFAULT else "advice_only", Verdict.POSSIBLE, "patient", code)


def expert_side(where: Where, library: Library) -> Iterator[Finding]:
    """What the country of the expert says."""
    code = where.experts
    rules = library.jurisdiction(code)
    if rules.route is Route.VIA_LOCAL_DOCTOR:
        yield Finding("expert_advises_doctor", Verdict.VIA_LOCAL_DOCTOR, "expert", code)
    if rules.expert.platform_registration and where.patients != (code,):
        confirmed = code in library.confirmed
        needed = Finding("platform_registration", Verdict.LOCAL_REGISTRATION, "expert", code)
        yield Finding("platform_confirmed", Verdict.POSSIBLE, "expert", code) if confirmed else needed
    if rules.id == DEFAULT:
        yield Finding("not_on_file", Verdict.POSSIBLE, "expert", code)


def inside_the_union(where: Where, data: DataProtection) -> bool:
    """True when patient and expert are all in the European Union (Court of Justice, C-115/24: provider's country)."""
    union = {*data.eea} - _OUTSIDE_THE_UNION
    return union.issuperset((*where.patients, where.experts))


def _talk(where: Where, library: Library) -> Iterator[Finding]:
    """A talk with the patient alone needs a rule that allows it; where none is on file the treating doctor is there."""
    inside = inside_the_union(where, library.data_protection())
    for code in where.patients:
        allowed = library.jurisdiction(code).patient.foreign_doctor is ForeignDoctor.PERMITTED
        if not (allowed or inside or code == where.experts):
            yield Finding("talk_with_doctor", Verdict.VIA_LOCAL_DOCTOR, "patient", code)


@dataclass(frozen=True, slots=True)
class Limits:
    """What holds for a patient before any expert is chosen: the words of the rules, and the country that says so."""

    route: str
    upload: str
    country: str


def limits(countries: Iterable[str], library: Library) -> Limits:
    """The strictest of where she is and where she lives; the facts `route` and `upload` of the rules."""
    found = [one for code in dict.fromkeys(countries) for one in patient_side(code, "", library)]
    worst = max(found, key=lambda one: one.verdict.severity)
    routes = [one.verdict for one in found if one.verdict is not Verdict.NOT_POSSIBLE]
    route = max(routes, key=lambda verdict: verdict.severity, default=Verdict.POSSIBLE)
    return Limits(
        route="direct" if route is Verdict.POSSIBLE else route.value,
        upload="blocked" if worst.verdict is Verdict.NOT_POSSIBLE else "allowed",
        country=worst.country,
    )


def codes_on_file(library: Library) -> tuple[str, ...]:
    """The countries whose rules are on file, by code."""
    return tuple(one.entry.id for one in library.all_of("jurisdictions") if one.entry.id != DEFAULT)
