"""The clinical content of an opinion as FHIR R4 resources: conditions, proposals, agreement, citations.

Resources are plain mappings; `{"reference": key}` names another one by its key, which the Bundle turns into an address.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from consilia.opinions.content import (
    AdditionalDiagnosis,
    Alternative,
    Answer,
    Axis,
    Cited,
    DiagnosisOpinion,
    FurtherExamination,
    MedicationAdvice,
    OpinionContent,
    TherapyOpinion,
)
from consilia.opinions.seal import SealedDocument
from consilia.opinions.terms import DiagnosisVerdict, Grade, TherapyVerdict, Urgency
from consilia.reports.renderings.words import LABELS, Say, term

Key = str
Resource = dict[str, Any]

ICD10: Final = "http://hl7.org/fhir/sid/icd-10"
CONDITION: Final = "http://terminology.hl7.org/CodeSystem/condition-"
AGREEMENT: Final = "urn:consilia:agreement"

VERIFIED: Final = {
    DiagnosisVerdict.CONFIRMED: "confirmed",
    DiagnosisVerdict.REFINED: "confirmed",
    DiagnosisVerdict.DISPROVED: "refuted",
    DiagnosisVerdict.CANNOT_BE_JUDGED: "unconfirmed",
}
# What becomes of a proposed measure, as the status of a proposal; no verdict is an order.
PROPOSED: Final = {
    TherapyVerdict.ADVISABLE: "active",
    TherapyVerdict.ADVISABLE_WITH_CHANGES: "active",
    TherapyVerdict.NOT_ADVISABLE_NOW: "on-hold",
    TherapyVerdict.NOT_ADVISABLE: "active",
    TherapyVerdict.CANNOT_BE_JUDGED: "unknown",
}
PRIORITY: Final = {Urgency.DAYS: "urgent"}


def resources(document: SealedDocument, say: Say) -> dict[Key, Resource]:
    """Every clinical resource of an opinion by its key, in the order of the opinion."""
    made = document.content
    found: dict[Key, Resource] = {}
    for position, diagnosis in enumerate(made.diagnoses, start=1):
        found[f"condition-{position}"] = _condition(diagnosis, VERIFIED[diagnosis.verdict], say)
    for position, added in enumerate(made.additional_diagnoses, start=1):
        found[f"additional-{position}"] = _condition(added, "confirmed", say)
    for position, therapy in enumerate(made.therapies, start=1):
        found[f"therapy-{position}"] = _therapy(therapy, say)
    for position, examination in enumerate(made.examinations, start=1):
        found[f"examination-{position}"] = _examination(examination, document.scope.referral, say)
    for position, medicine in enumerate(made.medicines, start=1):
        found[f"medicine-{position}"] = _medicine(medicine, document.scope.medicines, say)
    conditions = [key for key in found if key.startswith(("condition-", "additional-"))]
    for name in ("diagnosis", "treatment", "prognosis"):
        found[f"agreement-{name}"] = _agreement(document, name, getattr(made.agreement, name), conditions, say)
    plan = [key for key in found if key.startswith(("therapy-", "examination-", "medicine-"))]
    found["plan"] = _plan(document, plan, conditions, say)
    found["impression"] = _impression(document, conditions, say)
    return found | dict(_citations(document, found))


def concept(code: str, system: str, words: str = "") -> Resource:
    return {"coding": [{"system": system, "code": code}], "text": words}


def said(words: str) -> str:
    """Words as FHIR and XML allow them: no control signs, every white space a blank or a new line."""
    kept = (" " if letter.isspace() and letter != "\n" else letter for letter in words)
    return "".join(letter if letter == "\n" or _is_allowed(ord(letter)) else "\ufffd" for letter in kept).strip()


def _is_allowed(code: int) -> bool:
    # XML 1.0, 2.2: no control signs, no surrogates, no U+FFFE and U+FFFF.
    return code >= 0x20 and not 0x7F <= code <= 0x9F and not 0xD800 <= code <= 0xDFFF and code not in (0xFFFE, 0xFFFF)


def _condition(one: DiagnosisOpinion | AdditionalDiagnosis, status: str, say: Say) -> Resource:
    stated = one.stated if isinstance(one, DiagnosisOpinion) else ""
    verdict = term(one.verdict, say) if isinstance(one, DiagnosisOpinion) else ""
    return {
        "resourceType": "Condition",
        "clinicalStatus": {} if status == "refuted" else concept("active", f"{CONDITION}clinical"),
        "verificationStatus": concept(status, f"{CONDITION}ver-status", verdict),
        "code": concept(one.icd10, ICD10, one.words) if one.icd10 else {"text": one.words},
        "subject": {"reference": "patient"},
        "asserter": {"reference": "expert"},
        "stage": [{"summary": {"text": one.stage}}] if one.stage else [],
        "note": _notes(
            f"{stated}: {verdict}" if stated else "",
            say(LABELS["certainty"]).format(level=term(one.certainty, say)),
            _labelled("differential", one.differential if isinstance(one, DiagnosisOpinion) else "", say),
            _labelled("would_change", one.would_change, say),
        ),
    }


def _therapy(one: TherapyOpinion, say: Say) -> Resource:
    return {
        "resourceType": "ServiceRequest",
        "status": PROPOSED[one.verdict],
        "intent": "proposal",
        "priority": PRIORITY.get(one.urgency, "routine"),
        "doNotPerform": one.verdict is TherapyVerdict.NOT_ADVISABLE,
        "code": {"text": one.proposed},
        "subject": {"reference": "patient"},
        "requester": {"reference": "expert"},
        "note": _notes(
            term(one.verdict, say),
            one.when or term(one.urgency, say),
            one.reason,
            _labelled("waiting", one.harm_of_waiting, say),
        ),
    }


def _examination(one: FurtherExamination, referral: str, say: Say) -> Resource:
    return {
        "resourceType": "ServiceRequest",
        "status": "draft",
        "intent": "proposal",
        "priority": PRIORITY.get(one.urgency, "routine"),
        "code": {"text": one.name},
        "subject": {"reference": "patient"},
        "requester": {"reference": "expert"},
        "reasonCode": [{"text": one.purpose}],
        "note": _notes(
            _labelled("result_changes", one.would_change, say, ": "),
            one.when or term(one.urgency, say),
            _labelled("radiation", one.radiation, say, ": "),
            referral,
        ),
    }


def _medicine(one: MedicationAdvice, sentence: str, say: Say) -> Resource:
    return {
        "resourceType": "MedicationRequest",
        "status": "draft",
        "intent": "proposal",
        "medicationCodeableConcept": {"text": one.inn},
        "subject": {"reference": "patient"},
        "requester": {"reference": "expert"},
        "dosageInstruction": [{"text": "; ".join(filter(None, (one.dose, one.duration)))}],
        "note": _notes(
            _labelled("monitoring", one.monitoring, say),
            _labelled("interactions", one.interactions, say),
            _labelled("contraindications", one.contraindications, say),
            term(one.aware, say),
            _labelled("narrower", one.narrower_alternative, say),
            sentence,
        ),
    }


def _agreement(document: SealedDocument, name: str, axis: Axis, conditions: list[Key], say: Say) -> Resource:
    return {
        "resourceType": "Observation",
        "status": "final",
        "code": concept(name, AGREEMENT, f"{say(LABELS['agreement'])}: {say(LABELS[name])}"),
        "subject": {"reference": "patient"},
        "focus": [{"reference": key} for key in conditions],
        "effectiveDateTime": document.header.signed_at.isoformat(),
        "performer": [{"reference": "expert"}],
        "valueCodeableConcept": concept(Grade(axis.grade).value, f"{AGREEMENT}:grade", term(axis.grade, say)),
        "note": _notes("; ".join(term(cause, say) for cause in axis.causes), axis.words),
    }


def _plan(document: SealedDocument, keys: list[Key], conditions: list[Key], say: Say) -> Resource:
    made = document.content
    return {
        "resourceType": "CarePlan",
        "status": "active",
        "intent": "proposal",
        "title": say(LABELS["title"]),
        "description": made.summary.in_short,
        "subject": {"reference": "patient"},
        "created": document.header.signed_at.isoformat(),
        "author": {"reference": "expert"},
        "addresses": [{"reference": key} for key in conditions],
        "activity": [
            *({"reference": {"reference": key}} for key in keys),
            *({"detail": _option(one, say)} for one in made.alternatives),
        ],
        "note": _notes(
            *(f"{say(LABELS['alarm'])}: {one.words}" for one in made.alarm_signs),
            *(f"{say(LABELS['do_not_stop'])}: {one.words}" for one in made.do_not_stop),
        ),
    }


def _option(one: Alternative, say: Say) -> Resource:
    return {
        "status": "not-started",
        "statusReason": {"text": term(one.line, say)},
        "code": {"text": one.option},
        "description": "; ".join(filter(None, (one.eligible, one.evidence, one.burden.words))),
    }


def _impression(document: SealedDocument, conditions: list[Key], say: Say) -> Resource:
    made = document.content
    return {
        "resourceType": "ClinicalImpression",
        "status": "completed",
        "subject": {"reference": "patient"},
        "date": document.header.signed_at.isoformat(),
        "assessor": {"reference": "expert"},
        "problem": [{"reference": key} for key in conditions],
        "summary": made.summary.in_short,
        "description": made.summary.words,
        "finding": [
            *({"itemReference": {"reference": key}} for key in conditions),
            *({"itemCodeableConcept": {"text": one.words}, "basis": one.measurement} for one in made.findings),
        ],
        # R4 allows no DocumentReference in investigation.item.
        "supportingInfo": [{"reference": f"record-{one.record_id}"} for one in document.records],
        "note": _notes(*(_answer(one, say) for one in made.answers)),
    }


def _answer(one: Answer, say: Say) -> str:
    confidence = say(LABELS["confidence"]).format(level=term(one.confidence, say))
    change = _labelled("would_change", one.would_change, say)
    return "\n".join(filter(None, (f"{one.number}. {one.question}", one.short, one.explanation, confidence, change)))


def _citations(document: SealedDocument, found: dict[Key, Resource]) -> Iterator[tuple[Key, Resource]]:
    records = {one.record_id for one in document.records}
    for key, one in _cited(document.content):
        if key in found and one.sources:
            sources = filter(None, map(document.content.source, one.sources))
            yield (
                f"citation-{key}",
                {
                    "resourceType": "Provenance",
                    "target": [{"reference": key}],
                    "recorded": document.header.signed_at.isoformat(),
                    "agent": [{"who": {"reference": "expert"}}],
                    "entity": [
                        {"role": "source", "what": _what(source.record_id, f"[{source.id}] {source.label}", records)}
                        for source in sources
                    ],
                },
            )


def _cited(made: OpinionContent) -> Iterator[tuple[Key, Cited]]:
    parts = (
        ("condition", made.diagnoses),
        ("additional", made.additional_diagnoses),
        ("therapy", made.therapies),
        ("examination", made.examinations),
        ("medicine", made.medicines),
    )
    for name, entries in parts:
        for position, one in enumerate(entries, start=1):
            yield f"{name}-{position}", one
    every = tuple(
        dict.fromkeys(source for part in (made.answers, made.findings) for one in part for source in one.sources)
    )
    yield "impression", Cited(sources=every)


def _what(record_id: str, words: str, records: set[str]) -> Resource:
    return {"reference": f"record-{record_id}", "display": words} if record_id in records else {"display": words}


def _labelled(label: str, words: str, say: Say, between: str = " ") -> str:
    return f"{say(LABELS[label])}{between}{words}" if words.strip() else ""


def _notes(*words: str) -> list[Resource]:
    return [{"text": one} for one in words if one.strip()]
