"""Who could judge this case: a reason for each point, a reason against for each expert left out. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Candidate:
    """What matching knows of an expert: no name, no person."""

    expert_id: str
    country: str
    specialities: frozenset[str]
    languages: frozenset[str]
    institutions: frozenset[str]
    open_cases: int
    capacity: int
    against: tuple[str, ...] = ()  # codes of experts.policy.against_working
    registered_in: frozenset[str] = frozenset()  # countries of checked licences that are valid today


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the seat asks for."""

    country: str
    specialities: frozenset[str]
    languages: frozenset[str]  # in which the records and the report are
    report_language: str
    treating_country: str
    treating_names: tuple[str, ...]  # hospital and doctor, for conflicts of interest
    asked_already: frozenset[str]
    registration_in: frozenset[str] = frozenset()  # countries of the patient where her doctors must be registered


@dataclass(frozen=True, slots=True)
class Why:
    """One reason: a code that pages word, and whether it speaks for or against."""

    code: str
    speaks_for: bool
    detail: str = ""

    @property
    def hard(self) -> bool:
        """True for a reason that no other outweighs."""
        return not self.speaks_for and self.code in HARD


@dataclass(frozen=True, slots=True)
class Proposal:
    expert_id: str
    score: int
    reasons: tuple[Why, ...]

    @property
    def possible(self) -> bool:
        return not any(reason.hard for reason in self.reasons)


HARD = frozenset(
    {
        "other_country",
        "no_speciality",
        "full",
        "conflict_institution",
        "asked_already",
        "not_verified",
        "suspended",
        "no_licence",
        "no_account",
        "not_registered",
    }
)


def propose(wanted: Wanted, candidates: Iterable[Candidate]) -> list[Proposal]:
    """All candidates of the country, best first; impossible ones last, with what speaks against them."""
    judged = [judge(wanted, candidate) for candidate in candidates if candidate.country == wanted.country]
    return sorted(judged, key=lambda proposal: (not proposal.possible, -proposal.score, proposal.expert_id))


def judge(wanted: Wanted, candidate: Candidate) -> Proposal:
    """Points: speciality 4 each, report language 3, a language of the records 2, another country than the doctor's 2,
    free capacity 1 each (at most 3). The points only order; every reason is shown in words.
    """
    reasons: list[Why] = [Why(code, False) for code in candidate.against]
    score = 0
    for speciality in sorted(wanted.specialities & candidate.specialities):
        score += 4
        reasons.append(Why("speciality", True, speciality))
    if wanted.specialities and not wanted.specialities & candidate.specialities:
        reasons.append(Why("no_speciality", False))
    score += _languages(wanted, candidate, reasons)
    if candidate.country != wanted.treating_country:
        score += 2
        reasons.append(Why("another_school", True, candidate.country))
    score += _capacity(candidate, reasons)
    if _conflict(wanted, candidate):
        reasons.append(Why("conflict_institution", False))
    reasons += [Why("not_registered", False, code) for code in sorted(wanted.registration_in - candidate.registered_in)]
    if candidate.expert_id in wanted.asked_already:
        reasons.append(Why("asked_already", False))
    return Proposal(candidate.expert_id, score, tuple(reasons))


def _languages(wanted: Wanted, candidate: Candidate, reasons: list[Why]) -> int:
    score = 0
    if wanted.report_language in candidate.languages:
        score += 3
        reasons.append(Why("report_language", True, wanted.report_language))
    else:
        reasons.append(Why("needs_translation", False, wanted.report_language))
    for language in sorted(wanted.languages & candidate.languages - {wanted.report_language}):
        score += 2
        reasons.append(Why("reads", True, language))
    return score


def _capacity(candidate: Candidate, reasons: list[Why]) -> int:
    free = candidate.capacity - candidate.open_cases
    if free <= 0:
        reasons.append(Why("full", False))
        return 0
    reasons.append(Why("free", True, str(free)))
    return min(free, 3)


def _conflict(wanted: Wanted, candidate: Candidate) -> bool:
    """Same hospital or group as the first doctor: the second opinion must be another house's (SGB V 27b)."""
    treating = [_plain(name) for name in wanted.treating_names if len(_plain(name)) > 3]
    houses = [_plain(name) for name in candidate.institutions if len(_plain(name)) > 3]
    return any(house in name or name in house for name in treating for house in houses)


def _plain(name: str) -> str:
    return "".join(letter for letter in name.lower() if letter.isalnum())
