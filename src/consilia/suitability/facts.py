"""Facts: what a person answered and what the case knows, brought into the closed words that rules may name."""

from __future__ import annotations

from dataclasses import dataclass, fields

from consilia.clinical.library import Library
from consilia.clinical.rules import FACTS, UNKNOWN
from consilia.suitability import verdicts

ADULT_FROM = 18
NOT_SURE = "not_sure"


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything is unknown until it is answered; "" is the same as unknown, "not_sure" is unknown except for alarms.

    alarm_now, alarm_today: yes, not_sure (counts as yes), no. located_in: where the patient is now, ISO 3166-1 alpha-2,
    for the number to call; patient_country: where the patient lives. The law of both holds, the stricter one decides.
    Days count from today.
    essential_missing: labels of missing essential records; None = not checked yet (self-check).
    asks_as: self, parent_or_guardian, authorised_person, none. question: diagnosis, treatment, operation, other_test,
    general_info. tests_recommended: all_done, some_open, none_recommended, do_not_know. results_available: all, some,
    none. doctor_report: yes, can_get, no. The rest: yes or no.
    """

    alarm_now: str = UNKNOWN
    alarm_today: str = UNKNOWN
    located_in: str = ""
    patient_country: str = ""
    asks_as: str = UNKNOWN
    age_years: int | None = None
    paediatric_expert: bool = False
    named_diagnosis: str = UNKNOWN
    seen_in_person: str = UNKNOWN
    tests_recommended: str = UNKNOWN
    results_available: str = UNKNOWN
    doctor_report: str = UNKNOWN
    essential_missing: tuple[str, ...] | None = None
    decision_in_days: int | None = None
    no_decision_date: bool = False
    service_days: int = 10
    question: str = UNKNOWN
    wants_prescription: str = UNKNOWN
    wants_certificate: str = UNKNOWN

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            if field.name in FACTS and isinstance(value, str) and value not in (*FACTS[field.name], *_OPEN):
                raise ValueError(f"{field.name} is never {value!r}")

    @property
    def countries(self) -> tuple[str, ...]:
        """The countries whose law holds for the patient, where she lives first; empty when nobody said."""
        return tuple(dict.fromkeys(code.upper() for code in (self.patient_country, self.located_in) if code))


_OPEN = (UNKNOWN, NOT_SURE, "")


def as_rules_see(facts: Facts, library: Library) -> dict[str, str]:
    """Every fact of the rules by name; what nobody knows is "unknown"."""
    told = {name: _known(getattr(facts, name)) for name in FACTS if isinstance(getattr(facts, name, None), str)}
    return told | {
        "alarm_now": _alarm(facts.alarm_now),
        "alarm_today": _alarm(facts.alarm_today),
        "minor": UNKNOWN if facts.age_years is None else _yes(facts.age_years < ADULT_FROM),
        "paediatric_expert": _yes(facts.paediatric_expert),
        "essential_records": _records(facts.essential_missing),
        "decision_date": _date(facts),
        **_law(facts, library),
    }


def _known(answer: str) -> str:
    return UNKNOWN if answer in _OPEN else answer


def _alarm(answer: str) -> str:
    # "Any yes or not sure blocks the case": the draft's own rule for emergency questions.
    return "yes" if answer == NOT_SURE else _known(answer)


def _yes(value: bool) -> str:
    return "yes" if value else "no"


def _records(missing: tuple[str, ...] | None) -> str:
    if missing is None:
        return UNKNOWN
    return "missing" if missing else "complete"


def _date(facts: Facts) -> str:
    if facts.decision_in_days is not None:
        return "before_answer" if facts.decision_in_days < facts.service_days else "after_answer"
    return "none" if facts.no_decision_date else UNKNOWN


def _law(facts: Facts, library: Library) -> dict[str, str]:
    if not facts.countries:
        return {"route": UNKNOWN, "upload": UNKNOWN}
    found = verdicts.limits(facts.countries, library)
    return {"route": found.route, "upload": found.upload}
