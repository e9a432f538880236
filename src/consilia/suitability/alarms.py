"""Alarms: answers to emergency questions become one of two alarms; yes and "not sure" are the same; no score."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from consilia.clinical.library import Library
from consilia.clinical.rules import Action, RedFlag
from consilia.suitability.facts import ADULT_FROM, NOT_SURE


@dataclass(frozen=True, slots=True)
class Alarms:
    """What was answered with yes or not sure, and what was not answered at all."""

    call_now: tuple[RedFlag, ...]
    today: tuple[RedFlag, ...]
    unanswered: tuple[RedFlag, ...]

    @property
    def alarm_now(self) -> str:
        """The fact alarm_now: yes; no only when every question was answered; else unknown."""
        return self._fact(self.call_now, Action.CALL_NOW)

    @property
    def alarm_today(self) -> str:
        """The fact alarm_today, likewise."""
        return self._fact(self.today, Action.TODAY)

    def _fact(self, raised: tuple[RedFlag, ...], action: Action) -> str:
        if raised:
            return "yes"
        return "unknown" if any(flag.action is action for flag in self.unanswered) else "no"


def alarms(answers: Mapping[str, str], flags: Iterable[RedFlag]) -> Alarms:
    """Answers by flag id: yes, not_sure or no; anything else is unanswered."""
    asked = tuple(flags)
    raised = [flag for flag in asked if answers.get(flag.id) in ("yes", NOT_SURE)]
    return Alarms(
        call_now=tuple(flag for flag in raised if flag.action is Action.CALL_NOW),
        today=tuple(flag for flag in raised if flag.action is Action.TODAY),
        unanswered=tuple(flag for flag in asked if answers.get(flag.id) not in ("yes", NOT_SURE, "no")),
    )


def questions_for(library: Library, *, age_years: int | None, may_be_pregnant: bool | None) -> tuple[RedFlag, ...]:
    """The emergency questions for a person; whoever might be a child or pregnant is asked those questions too."""
    groups = ["adult"]
    if age_years is None or age_years < ADULT_FROM:
        groups.insert(0, "child")
    if may_be_pregnant is not False:
        groups.append("pregnancy")
    return tuple(flag for group in groups for flag in library.red_flags(group).flag)


def questions_of_case_type(library: Library, case_type: str) -> tuple[RedFlag, ...]:
    """The emergency questions that a kind of case asks again when records are handed in."""
    groups = ("adult", "pregnancy", "child")
    return tuple(flag for group in groups for flag in library.red_flags(group).flag if case_type in flag.case_types)
