"""Brings what a case and a self-check know into the words of the rules, and an assessment into what a case keeps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, fields, replace
from datetime import date
from typing import Any

from consilia.cases.models import Case
from consilia.clinical.checklists import Checklist
from consilia.suitability.assessing import Assessment
from consilia.suitability.facts import Facts
from consilia.suitability.readying import Readiness


def told(facts: Facts) -> dict[str, Any]:
    """The facts as JSON keeps them."""
    return asdict(facts)


def from_told(kept: Mapping[str, Any]) -> Facts:
    """The facts of a self-check row; what is not known any more is left out."""
    known = {field.name for field in fields(Facts)}
    words = {name: value for name, value in kept.items() if name in known}
    missing = words.get("essential_missing")
    return Facts(**words | {"essential_missing": None if missing is None else tuple(missing)})


def of_case(case: Case, readiness: Readiness, today: date, language: str = "en") -> Facts:
    """What the case knows today: the answers of its self-check, the residence, the date, the records that miss."""
    said = from_told(case.self_check.facts) if case.self_check else Facts()
    return replace(
        said,
        located_in=case.location_country or said.located_in,
        patient_country=case.patient.residence_country,
        age_years=years(case.patient.birth_date, today),
        essential_missing=readiness.essential_labels(language),
        decision_in_days=(case.decision_due - today).days if case.decision_due else said.decision_in_days,
        no_decision_date=said.no_decision_date and case.decision_due is None,
    )


def years(born: date, today: date) -> int:
    """Completed years of life."""
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


def kept(assessment: Assessment, checklist: Checklist | None = None) -> dict[str, Any]:
    """What a self-check and a case keep of an assessment: outcome, the rules that spoke, the content it stands on."""
    stamps = (*assessment.stamps, *((checklist.stamp,) if checklist else ()))
    return {
        "outcome": assessment.outcome.value,
        "reasons": [
            {"rule": reason.rule_id, "version": reason.version, "outcome": reason.outcome.value}
            for reason in assessment.reasons
        ],
        "stamps": [asdict(stamp) for stamp in stamps],
    }
