"""Proposals for a seat of a case, for the desk: the law of each pair, and who could sit there, with reasons."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from django.db.models import Count, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import get_language

from consilia.cases import content
from consilia.cases import law as cases_law
from consilia.cases import policy as cases_policy
from consilia.cases.access import Reader, Right
from consilia.cases.models import Assignment, Case, Consent, Purpose
from consilia.cases.queries import lists
from consilia.cases.states import ENDS, State
from consilia.clinical.jurisdictions import Route
from consilia.experts import policy as experts_policy
from consilia.experts.models import Expert
from consilia.kernel import country as countries
from consilia.kernel.refusal import NotFound, Refusal, Refused
from consilia.matching import wording
from consilia.matching.proposing import Candidate, Proposal, Wanted, judge, propose
from consilia.matching.wording import Said
from consilia.records.models import Document, Standing
from consilia.suitability.law import LawAssessment

# A seat counts against the capacity while its case is alive.
OPEN_SEATS = Q(
    state__in=["invited", "accepted"], ended_at=None, case__state__in=[state for state in State if state not in ENDS]
)


@dataclass(frozen=True, slots=True)
class ProposalLine:
    """One expert of the country: why, and what speaks against asking her now."""

    expert: Expert
    proposal: Proposal
    said: tuple[Said, ...]
    against: tuple[Refusal, ...]

    @property
    def possible(self) -> bool:
        return not self.against


@dataclass(frozen=True, slots=True)
class CountryPlan:
    """A wanted country: what the law of the pair says, what speaks against asking there, who could sit there."""

    country: str
    country_name: str
    law: LawAssessment
    via_doctor: bool
    against: tuple[Refusal, ...]  # asking anybody of this country now
    against_planning: tuple[Refusal, ...]
    lines: tuple[ProposalLine, ...]


def proposals(*, reader: Reader, at: datetime) -> tuple[CountryPlan, ...]:
    """For every country that the patient wants: the law of the pair and the experts, best first."""
    reader.require(Right.READ_AS_DESK)
    case = _case(reader)
    experts = _experts(case.wanted_countries)
    candidates = [_candidate(expert, at) for expert in experts]
    wanted = _wanted(case)
    by_id = {str(expert.pk): expert for expert in experts}
    return tuple(_plan(case, code, wanted, candidates, by_id) for code in case.wanted_countries)


def reasons_for(expert_id: UUID, *, reader: Reader, at: datetime) -> tuple[Expert, tuple[Said, ...]]:
    """One expert of a wanted country and why she is proposed, to be kept with the invitation.

    Raises NotFound, and Refused where a reason stands against her that nothing outweighs.
    """
    reader.require(Right.WORK_AS_DESK)
    case = _case(reader)
    expert = next((one for one in _experts(case.wanted_countries) if one.pk == expert_id), None)
    if expert is None:
        raise NotFound
    law = cases_law.of_case(case, expert.country)
    judged = judge(_for_country(_wanted(case), law), _candidate(expert, at))
    said = wording.said(judged.reasons, get_language() or "en")
    if hard := _hard(judged, said):
        raise Refused(*hard)
    return expert, said


def _hard(judged: Proposal, said: tuple[Said, ...]) -> tuple[Refusal, ...]:
    return tuple(Refusal(why.code, words.words) for why, words in zip(judged.reasons, said, strict=True) if why.hard)


def law_of(code: str, *, reader: Reader) -> LawAssessment:
    """What the law of the pair says, by where the patient is and lives. Raises NotFound for a country not wanted."""
    reader.require(Right.WORK_AS_DESK)
    case = Case.objects.select_related("patient").get(pk=reader.case_id)
    if code not in case.wanted_countries:
        raise NotFound
    return cases_law.of_case(case, code)


def _case(reader: Reader) -> Case:
    """The case with what a proposal asks of it, in one query: consents, languages of the records, who was asked."""
    consents = Consent.objects.live().filter(purpose=Purpose.RECIPIENT_COUNTRY)
    papers = Document.objects.filter(original__standing=Standing.TAKEN)
    rows = Case.objects.select_related("patient").annotate(
        its_countries=lists.listed(consents, "country"),
        its_languages=lists.listed(papers, "language", key="original__case_id"),
        its_experts=lists.listed(Assignment.objects.exclude(expert=None), "expert_id"),
    )
    return rows.get(pk=reader.case_id)


def against_planning(law: LawAssessment) -> tuple[Refusal, ...]:
    """No seat where the law of the pair leaves none."""
    return law.refusals


def _plan(case: Case, code: str, wanted: Wanted, candidates: list[Candidate], by_id: dict[str, Expert]) -> CountryPlan:
    spoken = get_language() or "en"
    law = cases_law.of_case(case, code)
    agreed = any(row["country"] == code for row in lists.rows_of(case, "its_countries"))
    against = cases_policy.against_inviting(case, code, agreed=agreed)
    lines = []
    for one in propose(_for_country(wanted, law), candidates):
        said = wording.said(one.reasons, spoken)
        lines.append(ProposalLine(by_id[one.expert_id], one, said, (*against, *_hard(one, said))))
    return CountryPlan(
        country=code,
        country_name=countries.country_name(code, spoken),
        law=law,
        via_doctor=law.route is Route.VIA_LOCAL_DOCTOR,
        against=against,
        against_planning=against_planning(law),
        lines=tuple(lines),
    )


def _experts(wanted: list[str]) -> list[Expert]:
    # Counted beside the row: grouped by the columns of the person, the experts would be found by reading all people.
    seats = Assignment.objects.filter(OPEN_SEATS, expert=OuterRef("pk")).order_by().values("expert")
    open_cases = Coalesce(Subquery(seats.annotate(count=Count("pk")).values("count")), 0)
    experts = Expert.objects.filter(country__in=wanted).annotate(open_cases=open_cases)
    return list(experts.select_related("person").prefetch_related("licences"))


def _candidate(expert: Expert, at: datetime) -> Candidate:
    # The expert's own name among the houses: whoever treats the patient does not give the second opinion.
    return Candidate(
        expert_id=str(expert.pk),
        country=expert.country,
        specialities=frozenset(expert.specialities),
        languages=frozenset(expert.languages),
        institutions=frozenset([*expert.institutions, expert.person.name]),
        open_cases=getattr(expert, "open_cases", 0),
        capacity=expert.capacity,
        registered_in=experts_policy.registered_in(expert, at.date()),
        against=tuple(refusal.code for refusal in experts_policy.against_working(expert, at)),
    )


def _wanted(case: Case) -> Wanted:
    """What every seat of the case asks for; the country is filled in by `_for_country`."""
    return Wanted(
        country="",
        specialities=frozenset(row.id for row in content.library().specialities(case.case_type)),
        languages=frozenset(row["language"] for row in lists.rows_of(case, "its_languages") if row["language"]),
        report_language=case.report_language,
        treating_country=case.hospital_country or case.patient.residence_country,
        treating_names=(case.hospital, case.treating_doctor),
        asked_already=frozenset(str(UUID(row["expert_id"])) for row in lists.rows_of(case, "its_experts")),
    )


def _for_country(wanted: Wanted, law: LawAssessment) -> Wanted:
    return replace(wanted, country=law.where.experts, registration_in=frozenset(law.registration_in))
