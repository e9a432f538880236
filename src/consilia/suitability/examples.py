"""Examples: every rule file carries facts and the outcome they must give; this runs them all."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from consilia.clinical.checklists import ChecklistFile
from consilia.clinical.jurisdictions import Jurisdiction
from consilia.clinical.library import ALWAYS, GENERAL, Library
from consilia.clinical.rules import FACTS, UNKNOWN, RedFlagGroup, RuleExample, RuleGroup
from consilia.suitability.alarms import alarms
from consilia.suitability.assessing import judged
from consilia.suitability.filling import PresentRecord
from consilia.suitability.readying import readiness
from consilia.suitability.verdicts import Where, verdict

GOOD = {
    "alarm_now": "no",
    "alarm_today": "no",
    "asks_as": "self",
    "minor": "no",
    "paediatric_expert": "no",
    "named_diagnosis": "yes",
    "seen_in_person": "yes",
    "tests_recommended": "all_done",
    "results_available": "all",
    "doctor_report": "yes",
    "essential_records": "complete",
    "decision_date": "none",
    "question": "diagnosis",
    "wants_prescription": "no",
    "wants_certificate": "no",
    "route": "direct",
    "upload": "allowed",
}
"""Facts that all speak for a second opinion: the ground of examples with base = "good"."""


def failures(library: Library) -> tuple[str, ...]:
    """One line for each example that does not come out as its file says; empty when all do."""
    return tuple(
        f"{loaded.path}: {fault}" for loaded in library.files.values() for fault in _run(loaded.entry, library)
    )


def failures_of(entry: object, library: Library) -> tuple[str, ...]:
    """The same for one entry, as it comes out in a library that may hold another version of it."""
    return tuple(_run(entry, library))


def count(library: Library) -> int:
    """How many examples the library carries."""
    return sum(len(getattr(loaded.entry, "example", ())) for loaded in library.files.values())


def _run(entry: Any, library: Library) -> Iterator[str]:
    if isinstance(entry, RuleGroup):
        yield from (fault for example in entry.example for fault in _rules(example, library))
    elif isinstance(entry, RedFlagGroup):
        yield from _flags(entry, library)
    elif isinstance(entry, ChecklistFile):
        yield from _checklist(entry, library)
    elif isinstance(entry, Jurisdiction):
        yield from _pairs(entry, library)


def _rules(example: RuleExample, library: Library) -> Iterator[str]:
    nothing = dict.fromkeys(FACTS, UNKNOWN)
    outcome, fired = judged((GOOD if example.base == "good" else nothing) | example.facts, library)
    if outcome is not example.outcome:
        yield f"{example.about}: {outcome} instead of {example.outcome}"
    if not set(example.fires) <= set(fired):
        yield f"{example.about}: {', '.join(set(example.fires) - set(fired))} did not speak"


def _flags(entry: RedFlagGroup, library: Library) -> Iterator[str]:
    for example in entry.example:
        answers = {flag.id: "no" for flag in entry.flag} | example.answers
        raised = alarms(answers, entry.flag)
        facts = GOOD | {"alarm_now": raised.alarm_now, "alarm_today": raised.alarm_today}
        outcome = judged(facts, library)[0]
        if outcome is not example.outcome or not set(example.answers) <= {flag.id for flag in entry.flag}:
            yield f"{example.about}: {outcome} instead of {example.outcome}"


def _checklist(entry: ChecklistFile, library: Library) -> Iterator[str]:
    checklist = library.checklist(GENERAL if entry.id == ALWAYS else entry.id)
    for example in entry.example:
        records = [PresentRecord(**dict(record)) for record in example.present]
        lines = readiness(checklist, records, example.today, conditions=example.conditions).items
        states = {line.item.id: line.state.value for line in lines}
        for item, wanted in example.expect.items():
            if states.get(item) != wanted:
                yield f"{example.about}: {item} is {states.get(item)} instead of {wanted}"


def _pairs(entry: Jurisdiction, library: Library) -> Iterator[str]:
    for example in entry.example:
        found = verdict(Where(example.patient, example.patient, example.expert), library).value
        if found != example.verdict:
            yield f"{example.about}: {found} instead of {example.verdict}"
