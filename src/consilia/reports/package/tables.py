"""The words of a case for taking it along: each table as plain values, ready for JSON. No internal note."""

from __future__ import annotations

from typing import Any, Final

from consilia.audit import queries as audit_queries
from consilia.cases.models import Case, ExpertQuestion, Message
from consilia.opinions.models import FollowUp
from consilia.reports.models import Share

WORDS: Final = (
    "reference",
    "state",
    "opened_at",
    "case_type",
    "stated_diagnosis",
    "proposed_therapy",
    "treating_doctor",
    "hospital",
    "hospital_country",
    "location_country",
    "wanted_countries",
    "reading_language",
    "talking_language",
    "report_language",
    "decision_due",
    "matters",
    "summary",
    "not_answerable",
    "assessment",
)


def of_case(case: Case, *, is_delivered: bool) -> dict[str, Any]:
    """Name of a JSON file -> its values."""
    consented = ("purpose", "country", "text_id", "text_version", "text_sha256", "given_at", "withdrawn_at")
    tables = {
        "case": _case(case),
        "consents": _rows(case.consents.values(*consented)),
        "messages": _messages(case),
        "shares": _shares(case),
        "access_log": _log(case),
    }
    if is_delivered:
        asked = FollowUp.objects.filter(opinion__case=case)
        tables["follow_up_questions"] = _rows(asked.values("number", "text", "asked_at", "answered_at"))
    return tables


def _rows(values: Any) -> list[dict[str, Any]]:
    return [dict(row) for row in values]


def _case(case: Case) -> dict[str, Any]:
    patient = case.patient
    who = ("given_name", "family_name", "former_name", "birth_date", "sex", "identifiers", "residence_country")
    return {
        **{name: getattr(case, name) for name in WORDS},
        "patient": {name: getattr(patient, name) for name in who},
        "questions": _rows(case.questions.values("number", "text")),
        "steps": _rows(case.steps.values("old", "new", "at")),
    }


def _messages(case: Case) -> dict[str, Any]:
    hers = Message.objects.filter(case=case, audience=Message.Audience.PATIENT)
    asked = ExpertQuestion.objects.filter(assignment__case=case, to_patient=True)
    return {
        "messages": _rows(hers.values("author_role", "text", "at", "read_at")),
        "questions_of_experts": _rows(asked.values("text", "asked_at", "answer", "answered_at")),
    }


def _shares(case: Case) -> list[dict[str, Any]]:
    rows = Share.objects.filter(case=case)
    return _rows(
        rows.values(
            "doctor", "address", "made_at", "valid_until", "revoked_at", "first_opened_at", "last_opened_at",
            "answer__answer", "answer__comment", "answer__at",
        )
    )  # fmt: skip


def _log(case: Case) -> list[dict[str, Any]]:
    lines = audit_queries.for_case(case.pk, limit=1_000_000)
    return [
        {
            "sequence": line.sequence,
            "at": line.at,
            "kind": line.kind.value,
            "actor": line.actor_id,
            "role": line.role,
            "via": line.via,
            "entity": [line.entity_type, line.entity_id],
            "outcome": line.outcome,
            "detail": line.detail,
        }
        for line in reversed(lines)
    ]
