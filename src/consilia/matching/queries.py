"""Proposals for a seat of a case, for the desk."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q

from consilia.cases import content
from consilia.cases.access import Reader, Right
from consilia.cases.models import Assignment, Case
from consilia.experts import policy as experts_policy
from consilia.experts.models import Expert
from consilia.matching.proposing import Candidate, Proposal, Wanted, propose
from consilia.records.models import Document, Standing
from consilia.suitability.pairing import PairAssessment, pair

OPEN_SEATS = Q(assignments__state__in=["invited", "accepted"])


@dataclass(frozen=True, slots=True)
class ProposalLine:
    """One proposed expert with the name that the desk needs."""

    expert: Expert
    proposal: Proposal


@dataclass(frozen=True, slots=True)
class CountryPlan:
    """A wanted country: what the law of the pair says, and who could sit there."""

    country: str
    pair: PairAssessment
    lines: tuple[ProposalLine, ...]


def proposals(*, reader: Reader, at: datetime) -> tuple[CountryPlan, ...]:
    """For every country that the patient wants: the law of the pair and the experts, best first."""
    reader.require(Right.READ_AS_DESK)
    case = Case.objects.select_related("patient").get(pk=reader.case_id)
    library = content.library()
    experts = list(
        Expert.objects.filter(country__in=case.wanted_countries)
        .select_related("person")
        .annotate(open_cases=Count("assignments", filter=OPEN_SEATS))
    )
    by_id = {str(expert.pk): expert for expert in experts}
    candidates = [_candidate(expert, at) for expert in experts]
    home = case.location_country or case.patient.residence_country
    plans = []
    for country in case.wanted_countries:
        found = propose(_wanted(case, country), candidates)
        lines = tuple(ProposalLine(by_id[one.expert_id], one) for one in found)
        plans.append(CountryPlan(country, pair(home, country, library), lines))
    return tuple(plans)


def _candidate(expert: Expert, at: datetime) -> Candidate:
    return Candidate(
        expert_id=str(expert.pk),
        country=expert.country,
        specialities=frozenset(expert.specialities),
        languages=frozenset(expert.languages),
        institutions=frozenset(expert.institutions),
        open_cases=getattr(expert, "open_cases", 0),
        capacity=expert.capacity,
        against=tuple(refusal.code for refusal in experts_policy.against_working(expert, at)),
    )


def _wanted(case: Case, country: str) -> Wanted:
    languages = Document.objects.filter(original__case_id=case.pk, original__standing=Standing.TAKEN).values_list(
        "language", flat=True
    )
    asked = Assignment.objects.filter(case=case).exclude(expert=None).values_list("expert_id", flat=True)
    return Wanted(
        country=country,
        specialities=frozenset(row.id for row in content.library().specialities(case.case_type)),
        languages=frozenset(language for language in languages if language),
        report_language=case.report_language,
        treating_country=case.hospital_country or case.patient.residence_country,
        treating_names=(case.hospital, case.treating_doctor),
        asked_already=frozenset(str(one) for one in asked),
    )
