"""An opinion about the case of the cast that nothing speaks against, and the way to each state of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils import timezone
from tests import cast, make
from tests.cast import ExpertCharacter

from consilia.cases.models import Case
from consilia.opinions import actions, sealing
from consilia.opinions.models import Opinion, Seal

POINTS = dict.fromkeys(actions.CHECK_POINTS, True)


def content(case: Case, **changes: Any) -> dict[str, Any]:
    """Everything that must be there, and nothing else; rests on general knowledge and one page of a record."""
    general = {"general_knowledge": True}
    page = {"kind": "record_page", "page": 1, "label": "Pathology report 5 Oct 2026, p. 1"}
    record = make.Original.objects.filter(case_id=case.pk, standing="taken").first()
    return {
        "summary": {"title": "on a lump", "in_short": "The plan is right."},
        "diagnoses": [
            {
                "stated_id": "1",
                "stated": case.stated_diagnosis,
                "verdict": "cannot_be_judged",
                "words": "More is needed.",
                "certainty": "low",
                "sources": ["1"],
            }
        ],
        "therapies": [
            {
                "proposed_id": "1",
                "proposed": case.proposed_therapy,
                "verdict": "advisable",
                "urgency": "weeks",
                "reason": "It is the usual way.",
                "harm_of_waiting": "Little within weeks.",
                **general,
            }
        ],
        "answers": [
            {
                "number": one.number,
                "question": one.key_text or one.text,
                "short": "Yes.",
                "explanation": "As far as these records say.",
                "confidence": "moderate",
                **general,
            }
            for one in case.questions.all()
        ],
        "agreement": {axis: {"grade": "0"} for axis in ("diagnosis", "treatment", "prognosis")},
        "sources": [{"id": "1", "record_id": str(record.pk) if record else "", **page}],
        "declaration": {"made": True, "sentences": ["I gain nothing from it."]},
        "plain": {
            "what_we_think": "The plan is right.",
            "how_sure": "Fairly sure.",
            "what_next": "Speak with your doctor.",
            "what_to_ask": ["When does it begin?"],
        },
    } | changes


def now() -> datetime:
    return timezone.now()


def in_review(who: ExpertCharacter = cast.WEBER) -> Case:
    """A case whose clocks are those of today, because pages ask the time themselves."""
    return make.case_in_review(asked=(who,), at=now())


def saved(case: Case, who: ExpertCharacter = cast.WEBER, **changes: Any) -> Opinion:
    """The whole opinion, saved once."""
    return actions.save(make.reader(who, case, at=now()), content(case, **changes), version=0, at=now())


def submitted(case: Case, who: ExpertCharacter = cast.WEBER) -> Opinion:
    opinion = saved(case, who)
    return actions.submit(make.reader(who, case, at=now()), version=opinion.version, at=now())


def passed(case: Case, who: ExpertCharacter = cast.WEBER) -> Opinion:
    opinion = submitted(case, who)
    return actions.pass_on(make.reader(cast.PRIYA, case, at=now()), opinion.pk, points=POINTS, at=now())


def signed(case: Case, who: ExpertCharacter = cast.WEBER) -> Seal:
    passed(case, who)
    return sealing.sign(make.reader(who, case, at=now()), method="totp", at=now())
