"""Advised: what reports recommend, what became of it as far as the records show, and what she says of it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.utils.translation import gettext as _

from consilia.cases import actions, content
from consilia.cases.access import Reader
from consilia.cases.models import AdviceAnswer, Case
from consilia.clinical.entries import said
from consilia.intake import concluding
from consilia.intake.concluding import Conclusions
from consilia.intake.judging import advice
from consilia.intake.judging.recommended import Recommendation
from consilia.kernel.refusal import NotFound

STATES = {True: "shown", False: "open", None: "unknown"}


@dataclass(frozen=True, slots=True)
class Point:
    """One recommended examination. `state`: shown by a later record, open, or unknown; paths as in Conclusions.

    Her `answer` stands beside it and never changes the state.
    """

    key: str
    label: str
    quote: str
    language: str
    source: str
    on: date | None
    state: str
    evidence: tuple[str, ...]
    answer: AdviceAnswer | None
    answered_at: datetime | None
    answered_by: UUID | None

    @property
    def is_open(self) -> bool:
        """No record shows it, whatever she says."""
        return self.state != "shown"


def points(case: Case, found: Conclusions, language: str) -> tuple[Point, ...]:
    """Every recommended examination by day, what is open first; labels in `language` where the content has them."""
    told = [_point(one, case, language) for one in found.recommended]
    return tuple(sorted(told, key=lambda one: (not one.is_open, one.on or date.max)))


def against_self_check(case: Case, told: Iterable[Point]) -> str:
    """What she said of recommended examinations in the self-check and the records contradict; empty without one."""
    said_then = case.self_check.facts.get("tests_recommended", "") if case.self_check else ""
    told = tuple(told)
    if said_then == "none_recommended" and told:
        return _("In the self-check no examination was recommended; the reports recommend some.")
    if said_then == "all_done" and any(one.is_open for one in told):
        return _("In the self-check all recommended examinations were done; of some no record shows a result.")
    return ""


def say(by: Reader, key: str, answer: AdviceAnswer | None, *, at: datetime) -> None:
    """Her word about one recommendation. Raises NotFound for one that no report of the case makes, and Refused."""
    _case, found = concluding.drawn(by.case_id, at=at)
    if key not in {key_of(one) for one in found.recommended}:
        raise NotFound
    actions.say_of_advice(by, key, answer, at=at)


def key_of(one: Recommendation) -> str:
    """The same for the same sentence of the same record, and tells nothing of it."""
    words = f"{concluding.record_id(one.recommended_in)}/{one.id}/{one.quote}"
    return hashlib.sha256(words.encode()).hexdigest()[:32]


def _point(one: Recommendation, case: Case, language: str) -> Point:
    key = key_of(one)
    word = case.said_of_advice.get(key, {})
    known = advice.advice_of(content.library()).examinations
    return Point(
        key=key,
        label=said(known[one.id].label, language) if one.id in known else one.examination,
        quote=one.quote,
        language=one.language,
        source=one.recommended_in,
        on=date.fromisoformat(one.recommended_on) if one.recommended_on else None,
        state=STATES[one.done],
        evidence=one.evidence,
        answer=AdviceAnswer(word["answer"]) if word else None,
        answered_at=datetime.fromisoformat(word["at"]) if word else None,
        answered_by=UUID(word["by"]) if word else None,
    )
