"""Assessing: facts and reviewed rules give one of six outcomes; the worst wins, each reason says what to do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from consilia.clinical.answers import EmergencyNumbers
from consilia.clinical.entries import Stamp, said
from consilia.clinical.library import Library
from consilia.clinical.rules import Outcome, Rule, RuleGroup
from consilia.kernel import country
from consilia.suitability.facts import Facts, as_rules_see
from consilia.suitability.verdicts import limits


@dataclass(frozen=True, slots=True)
class Reason:
    """One rule that spoke. `undecided`: because a fact is unknown. `override`: when an expert may set it aside."""

    rule_id: str
    version: int
    outcome: Outcome
    message: str
    what_to_do: str
    undecided: bool = False
    override: str = ""


@dataclass(frozen=True, slots=True)
class Assessment:
    """The outcome with its reasons, worst first; `limits` stand with every outcome; `stamps` is what a case keeps.

    `number` is what to call where the patient is now; `draft` asks for the banner.
    """

    outcome: Outcome
    reasons: tuple[Reason, ...]
    limits: tuple[str, ...]
    number: EmergencyNumbers
    stamps: tuple[Stamp, ...]
    draft: bool


def assess(facts: Facts, library: Library, *, language: str = "en") -> Assessment:
    """The outcome of a case or a self-check. Never raises for unknown facts: what is unknown is never `suitable`."""
    seen = as_rules_see(facts, library)
    number = library.emergency_number(facts.located_in or facts.patient_country, language)
    values = _values(facts, library, number, language)
    reasons = [reason for group in library.rule_groups() for reason in _spoken(group, seen, values, language)]
    outcome = _worst(reasons, seen)
    return Assessment(
        outcome=outcome,
        reasons=tuple(sorted(_shown(reasons, outcome), key=lambda reason: -reason.outcome.severity)),
        limits=library.limits(language),
        number=number,
        stamps=_stamps(facts, library),
        draft=any(group.is_draft for group in library.rule_groups()),
    )


def judged(seen: Mapping[str, str], library: Library) -> tuple[Outcome, tuple[str, ...]]:
    """The outcome and the ids of the rules that spoke, for facts in the words of the rules; for examples and proofs."""
    blank = {"number": "", "country": "", "n": "", "list": ""}
    reasons = [reason for group in library.rule_groups() for reason in _spoken(group, seen, blank, "en")]
    return _worst(reasons, seen), tuple(reason.rule_id for reason in reasons)


def _worst(reasons: list[Reason], seen: Mapping[str, str]) -> Outcome:
    """The worst of all reasons and of the floor, which holds whatever the content says."""
    found = [reason.outcome for reason in reasons]
    if seen["alarm_now"] == "yes":
        found.append(Outcome.EMERGENCY)
    if seen["alarm_today"] == "yes":
        found.append(Outcome.SEE_DOCTOR_FIRST)
    if seen["upload"] == "blocked":
        found.append(Outcome.NOT_SUITABLE)
    # Suitable needs a ground: silence of the rules is no ground.
    if Outcome.SUITABLE not in found:
        found.append(Outcome.HOLD_INCOMPLETE)
    return max(found, key=lambda outcome: outcome.severity)


def _shown(reasons: list[Reason], outcome: Outcome) -> list[Reason]:
    """An emergency stops at once; "it suits you" is not said beside a no."""
    if outcome is Outcome.EMERGENCY:
        return [reason for reason in reasons if reason.outcome is Outcome.EMERGENCY]
    if outcome.severity > Outcome.HOLD_INCOMPLETE.severity:
        return [reason for reason in reasons if reason.outcome is not Outcome.SUITABLE]
    return reasons


def _spoken(group: RuleGroup, seen: Mapping[str, str], values: Mapping[str, str], language: str) -> Iterator[Reason]:
    fired = False
    for rule in group.rule:
        holds = rule.when.holds(seen)
        if holds and not (fired and group.first_only):
            fired = True
            yield _reason(rule, group, values, language)
        elif holds is None and rule.unknown is not None:
            # An undecided rule never stops the ones behind it, also where only the first match counts.
            yield _undecided(rule, group, values, language)


def _reason(rule: Rule, group: RuleGroup, values: Mapping[str, str], language: str) -> Reason:
    return Reason(
        rule_id=rule.id,
        version=group.version,
        outcome=rule.outcome,
        message=said(rule.message, language).format_map(values),
        what_to_do=said(rule.what_to_do, language).format_map(values),
        override=said(rule.override or {}, language),
    )


def _undecided(rule: Rule, group: RuleGroup, values: Mapping[str, str], language: str) -> Reason:
    assert rule.unknown is not None
    return Reason(
        rule_id=rule.id,
        version=group.version,
        outcome=rule.unknown,
        message=said(rule.unknown_message or {}, language).format_map(values),
        what_to_do=said(rule.unknown_what_to_do or {}, language).format_map(values),
        undecided=True,
    )


def _values(facts: Facts, library: Library, number: EmergencyNumbers, language: str) -> dict[str, str]:
    missing = facts.essential_missing or ()
    limiting = limits(facts.countries, library).country if facts.countries else ""
    named = country.country_name(limiting, language) if limiting else ""
    return {
        "number": number.show_first or library.text("placeholders", "number", language),
        "country": named or library.text("placeholders", "country", language),
        "n": str(len(missing)),
        "list": ", ".join(missing),
    }


def _stamps(facts: Facts, library: Library) -> tuple[Stamp, ...]:
    laws = dict.fromkeys(library.jurisdiction(code).id for code in facts.countries or ("",))
    return (
        *(library.stamp("suitability", group.id) for group in library.rule_groups()),
        *(library.stamp("jurisdictions", law) for law in laws),
    )
