"""Rules: conditions over typed facts in three closed forms, so that a clinician can review them line by line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Any, Self

from pydantic import Field, model_validator

from consilia.clinical.entries import Confidence, Entry, Identifier, Strict, Words


class Outcome(StrEnum):
    """The six outcomes, worst first: the order of the members is the order of severity."""

    EMERGENCY = "emergency"
    NOT_SUITABLE = "not_suitable"
    SEE_DOCTOR_FIRST = "see_doctor_first"
    HOLD_INCOMPLETE = "hold_incomplete"
    SUITABLE_WITH_CONDITIONS = "suitable_with_conditions"
    SUITABLE = "suitable"

    @property
    def severity(self) -> int:
        """5 for an emergency down to 0 for suitable."""
        return _SEVERITY[self]


_SEVERITY = {outcome: place for place, outcome in enumerate(reversed(Outcome))}


UNKNOWN = "unknown"
YES_NO = ("yes", "no")

FACTS: dict[str, tuple[str, ...]] = {
    "alarm_now": YES_NO,
    "alarm_today": YES_NO,
    "asks_as": ("self", "parent_or_guardian", "authorised_person", "none"),
    "minor": YES_NO,
    "paediatric_expert": YES_NO,
    "named_diagnosis": YES_NO,
    "seen_in_person": YES_NO,
    "tests_recommended": ("all_done", "some_open", "none_recommended", "do_not_know"),
    "results_available": ("all", "some", "none"),
    "doctor_report": ("yes", "can_get", "no"),
    "essential_records": ("complete", "missing"),
    "decision_date": ("before_answer", "after_answer", "none"),
    "question": ("diagnosis", "treatment", "operation", "other_test", "general_info"),
    "wants_prescription": YES_NO,
    "wants_certificate": YES_NO,
    "route": ("direct", "via_local_doctor", "local_registration"),
    "upload": ("allowed", "blocked"),
}
"""Every fact a rule may name, with its values; each fact may also be unknown, which no rule names."""


class Condition(Strict):
    """Exactly one form: a fact that is a value or one of several, all_of, any_of, or not.

    An unknown fact leaves a condition undecided unless the rest decides it (Kleene's three-valued logic).
    """

    fact: str = ""
    is_: str = Field(default="", alias="is")
    is_one_of: tuple[str, ...] = ()
    all_of: tuple[Condition, ...] = ()
    any_of: tuple[Condition, ...] = ()
    not_: Condition | None = Field(default=None, alias="not")

    @model_validator(mode="after")
    def _one_form(self) -> Self:
        forms = [bool(self.fact), bool(self.all_of), bool(self.any_of), self.not_ is not None]
        if sum(forms) != 1:
            raise ValueError("a condition is exactly one of: fact, all_of, any_of, not")
        if self.fact:
            self._known_values()
        elif self.is_ or self.is_one_of:
            raise ValueError("is and is_one_of belong to a fact")
        return self

    def _known_values(self) -> None:
        if self.fact not in FACTS:
            raise ValueError(f"unknown fact {self.fact!r}")
        if bool(self.is_) == bool(self.is_one_of):
            raise ValueError("a fact takes either is or is_one_of")
        for value in self.values:
            if value not in FACTS[self.fact]:
                raise ValueError(f"{self.fact} is never {value!r}; it is one of {', '.join(FACTS[self.fact])}")

    @property
    def values(self) -> tuple[str, ...]:
        """The values that make a fact condition true."""
        return (self.is_,) if self.is_ else self.is_one_of

    def facts(self) -> Iterator[str]:
        """The facts that this condition names, in reading order."""
        if self.fact:
            yield self.fact
        for part in (*self.all_of, *self.any_of, *((self.not_,) if self.not_ else ())):
            yield from part.facts()

    def holds(self, facts: Mapping[str, str]) -> bool | None:
        """True, False, or None when an unknown fact leaves it open."""
        if self.fact:
            value = facts.get(self.fact, UNKNOWN)
            return None if value == UNKNOWN else value in self.values
        if self.not_ is not None:
            inner = self.not_.holds(facts)
            return None if inner is None else not inner
        results = [part.holds(facts) for part in (self.all_of or self.any_of)]
        decisive = not self.all_of
        if decisive in results:
            return decisive
        return None if None in results else not decisive


class Rule(Strict):
    """If the condition holds, the outcome is at least this bad.

    `unknown` says what an undecided condition means: an outcome, or "skip" where the draft asks the question later.
    """

    id: Identifier
    when: Condition
    outcome: Outcome
    unknown: Outcome | None = None
    message: Words
    what_to_do: Words
    unknown_message: Words | None = None
    unknown_what_to_do: Words | None = None
    override: Words | None = None
    confidence: Confidence

    @model_validator(mode="before")
    @classmethod
    def _skip(cls, value: Any) -> Any:
        if not isinstance(value, dict):
            return value
        if "unknown" not in value:
            raise ValueError('unknown is missing: an outcome, or "skip" with a comment why')
        return {**value, "unknown": None} if value["unknown"] == "skip" else value

    @model_validator(mode="after")
    def _unknown_has_words(self) -> Self:
        if self.unknown is Outcome.SUITABLE:
            raise ValueError("what is unknown is never suitable")
        if self.unknown and not (self.unknown_message and self.unknown_what_to_do):
            raise ValueError("unknown needs unknown_message and unknown_what_to_do")
        return self


class RuleExample(Strict):
    """Facts (all others unknown, or as `given` says) and the outcome that the rules must give."""

    about: str
    facts: dict[str, str]
    base: str = "none"
    outcome: Outcome
    fires: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _known_facts(self) -> Self:
        for fact, value in self.facts.items():
            if value not in (*FACTS.get(fact, ()), UNKNOWN):
                raise ValueError(f"{fact} = {value!r} is no fact of the rules")
        if self.base not in ("none", "good"):
            raise ValueError('base is "none" (all else unknown) or "good" (all else speaks for a second opinion)')
        return self


class RuleGroup(Entry):
    """Rules of one subject; `order` places the groups, `first_only` stops at the first rule that fires."""

    order: int
    first_only: bool = False
    title: Words
    rule: tuple[Rule, ...] = Field(min_length=1)
    example: tuple[RuleExample, ...] = Field(min_length=1)


class Action(StrEnum):
    """What a yes (or "not sure") to an emergency question means; the worse comes first."""

    CALL_NOW = "call_now"
    TODAY = "today"


class RedFlag(Strict):
    """One emergency question, about now or the last hours, for the person who is ill."""

    id: Identifier
    question: Words
    action: Action
    confidence: Confidence
    sources: tuple[str, ...] = Field(min_length=1)
    case_types: tuple[str, ...] = ()
    note: str = ""


class FlagExample(Strict):
    """Answers to flags of this group (all others no) and the outcome that follows."""

    about: str
    answers: dict[str, str]
    outcome: Outcome


class RedFlagGroup(Entry):
    """The emergency questions for adults, for pregnancy, or for children."""

    title: Words
    intro: Words
    flag: tuple[RedFlag, ...] = Field(min_length=1)
    example: tuple[FlagExample, ...] = Field(min_length=1)
