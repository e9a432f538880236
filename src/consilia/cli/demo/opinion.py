"""What the experts of the demo write: invented, without a medical claim; each statement names a page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from consilia.opinions.terms import DiagnosisVerdict, Grade, Level, SourceKind, TherapyVerdict
from consilia.records.models import Document, Standing

SUMMARY: Final = "Demo: a person with a finding in the left breast asks about the diagnosis and a proposed operation."
CANNOT: Final = "This cannot be judged from these records."
ON_PAPER: Final = "Demo: the paper is there and was read; it is invented and proves nothing."


@dataclass(frozen=True, slots=True)
class Citable:
    """A paper that an opinion can cite by its first page."""

    record_id: UUID
    title: str


def citable(case_id: UUID) -> list[Citable]:
    """Papers that were taken, in the order of their coming."""
    rows = Document.objects.filter(original__case_id=case_id, original__standing=Standing.TAKEN)
    ordered = rows.select_related("original").order_by("original__received_at", "original__path")
    return [Citable(row.original_id, row.title or row.original.path) for row in ordered]


def written(draft: Mapping[str, Any], cited: Sequence[Citable]) -> dict[str, Any]:
    """The draft that `opinions.begin` made, filled in; `cited` needs one entry at least."""
    first = {"sources": ["1"]}
    return {
        **draft,
        "summary": {"title": "Demo", "in_short": f"Demo opinion. {CANNOT}", "words": SUMMARY, **first},
        "findings": [{"kind": "other", "words": ON_PAPER, **first}],
        "diagnoses": [
            one | first | {"verdict": DiagnosisVerdict.CANNOT_BE_JUDGED, "words": CANNOT, "certainty": Level.LOW}
            for one in draft["diagnoses"]
        ],
        "therapies": [
            one | first | {"verdict": TherapyVerdict.CANNOT_BE_JUDGED, "urgency": "none", "reason": CANNOT}
            for one in draft["therapies"]
        ],
        "answers": [
            one | first | {"short": CANNOT, "explanation": ON_PAPER, "confidence": Level.LOW}
            for one in draft["answers"]
        ],
        "agreement": {axis: {"grade": Grade.NOT_APPLICABLE} for axis in ("diagnosis", "treatment", "prognosis")},
        "sources": [
            {
                "id": str(number),
                "kind": SourceKind.RECORD_PAGE,
                "record_id": str(one.record_id),
                "page": 1,
                "label": f"{one.title}, p. 1",
            }
            for number, one in enumerate(cited, 1)
        ],
        "declaration": {"made": True, "sentences": ["Demo: nothing to declare."], "interests": ""},
        "plain": {
            "what_we_think": f"This is a demo. {CANNOT}",
            "how_sure": "Not sure at all: the records are invented.",
            "what_next": "Look at every page of the demo.",
            "what_to_ask": ["Which result is still to come?"],
        },
    }
