"""The answers of a self-check in the session, without identity, and the facts and steps that follow from them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.contrib.sessions.backends.base import SessionBase

from consilia.cases import content
from consilia.clinical.rules import Action, RedFlag
from consilia.suitability.alarms import Alarms, alarms, questions_for
from consilia.suitability.facts import ADULT_FROM, Facts

KEY = "self_check"
KEPT = "self_check_id"
A_PAGE = 5  # emergency questions on one page
SERVICE_DAYS = Facts().service_days
# Only the side of the line of age counts, so only that is asked.
AGE_OF = {"adult": ADULT_FROM, "child": 0}


@dataclass(frozen=True, slots=True)
class Answers:
    """Everything that was answered so far, by page."""

    place: dict[str, str] = field(default_factory=dict)
    person: dict[str, str] = field(default_factory=dict)
    flags: dict[str, str] = field(default_factory=dict)
    doctor: dict[str, str] = field(default_factory=dict)
    records: dict[str, str] = field(default_factory=dict)
    question: dict[str, str] = field(default_factory=dict)
    date: dict[str, str] = field(default_factory=dict)

    @property
    def parts(self) -> tuple[tuple[RedFlag, ...], ...]:
        """The emergency questions of this person, worst first, a few a page."""
        asked = questions_for(
            content.library(),
            age_years=AGE_OF.get(self.person.get("age_group", "")),
            may_be_pregnant={"no": False, "yes": True}.get(self.person.get("pregnant", "")),
        )
        pages: list[tuple[RedFlag, ...]] = []
        for action in Action:
            flags = [flag for flag in asked if flag.action is action]
            pages += [tuple(flags[first : first + A_PAGE]) for first in range(0, len(flags), A_PAGE)]
        return tuple(pages)

    @property
    def alarms(self) -> Alarms:
        return alarms(self.flags, [flag for part in self.parts for flag in part])

    @property
    def country(self) -> str:
        return self.place.get("located_in", "")

    def facts(self) -> Facts:
        """The facts so far; what was not asked is unknown."""
        raised = self.alarms if self.person else None
        known = {**self.doctor, **self.records, **self.question}
        return Facts(
            alarm_now=raised.alarm_now if raised else "unknown",
            alarm_today=raised.alarm_today if raised else "unknown",
            located_in=self.country,
            patient_country=self.place.get("patient_country", ""),
            asks_as=self.person.get("asks_as", "unknown"),
            age_years=AGE_OF.get(self.person.get("age_group", "")),
            decision_in_days={"soon": 0, "later": SERVICE_DAYS}.get(self.date.get("when", "")),
            no_decision_date=self.date.get("when") == "none",
            **known,  # type: ignore[arg-type]
        )

    def page_of(self, raised: tuple[RedFlag, ...]) -> int:
        """The page of the first of these questions, to go back to; 1 for none."""
        ids = {flag.id for flag in raised}
        return next((n for n, part in enumerate(self.parts, 1) if any(flag.id in ids for flag in part)), 1)

    @property
    def may_go_on(self) -> bool:
        """True once all emergency questions are answered and none of the answers is an alarm."""
        asked = bool(self.place and self.person) and not self.alarms.unanswered
        return asked and not (self.alarms.call_now or self.alarms.today)

    def first_open(self) -> tuple[str, dict[str, Any]]:
        """The URL name (and its words) of the first page that has no answer: nobody skips the emergency questions."""
        if not self.place:
            return "public:self-check", {}
        if not self.person:
            return "public:self-check-person", {}
        for number, part in enumerate(self.parts, 1):
            if any(flag.id not in self.flags for flag in part):
                return "public:self-check-alarms", {"part": number}
        if self.alarms.call_now:
            return "public:self-check-emergency", {}
        if self.alarms.today:
            return "public:self-check-result", {}
        for page in ("doctor", "records", "question", "date"):
            if not getattr(self, page):
                return f"public:self-check-{page}", {}
        return "public:self-check-result", {}


def read(session: SessionBase) -> Answers:
    """What this browser answered so far."""
    return Answers(**session.get(KEY, {}))


def write(session: SessionBase, page: str, answers: dict[str, str]) -> Answers:
    """Keeps the answers of one page; a changed person throws the emergency answers of the other groups away."""
    kept: dict[str, dict[str, str]] = dict(session.get(KEY, {}))
    kept[page] = {**kept.get("flags", {}), **answers} if page == "flags" else answers
    session[KEY] = kept
    now = Answers(**kept)
    asked = {flag.id for part in now.parts for flag in part} if now.person else set()
    kept["flags"] = {name: value for name, value in now.flags.items() if name in asked}
    session.modified = True
    return Answers(**kept)
