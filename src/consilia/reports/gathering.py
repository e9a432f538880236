"""What belongs to a case for taking it along: rows as plain values, files as names in the vault. No internal note."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from consilia.cases.access import Reader, Right
from consilia.cases.models import Case, ExpertQuestion, Message
from consilia.kernel.refusal import NotFound
from consilia.opinions.models import FollowUp, Seal
from consilia.records.models import Original, Standing
from consilia.reports import policy
from consilia.reports.models import Share

File = tuple[str, str, dict[str, Any]]  # name in the ZIP, SHA-256 in the vault, more for the manifest
WORDS = (
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


@dataclass(frozen=True, slots=True)
class Kept:
    """`tables`: name of a JSON file -> its values; `files`: everything that lies in the vault."""

    reference: str
    tables: dict[str, Any]
    files: tuple[File, ...]


def gather(by: Reader) -> Kept:
    """Everything that the patient may take along. Raises NotFound."""
    by.require(Right.READ_CASE)
    case = Case.objects.select_related("patient").filter(pk=by.case_id, tombstone_at=None).first()
    if case is None:
        raise NotFound
    tables = {
        "case": _case(case),
        "consents": _rows(case.consents.values("purpose", "country", "text_id", "text_version", "text_sha256",
                                               "given_at", "withdrawn_at")),
        "messages": _messages(case),
        "shares": _shares(case),
    }  # fmt: skip
    delivered = not policy.against_reading(case)
    if delivered:
        tables["follow_up_questions"] = _rows(
            FollowUp.objects.filter(opinion__case=case).values("number", "text", "asked_at", "answered_at")
        )
    opinions = _opinions(case) if delivered else ()
    return Kept(case.reference, tables, (*_originals(case), *opinions))


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


def _originals(case: Case) -> Iterator[File]:
    rows = Original.objects.filter(case_id=case.pk, tombstone_at=None).exclude(standing=Standing.REMOVED)
    for number, row in enumerate(rows, 1):
        told = {"path": row.path, "standing": row.standing, "received_at": row.received_at, "source": row.source}
        yield f"records/{number:05d}/{row.path.rpartition('/')[2]}", row.sha256, told


def _opinions(case: Case) -> Iterator[File]:
    rows = Seal.objects.filter(opinion__case=case).exclude(report=None).select_related("report")
    for row in rows:
        told = {"number": row.number, "check_code": row.check_code, "signed_at": row.signed_at}
        seal = {"signature": row.signature, "public_key": row.public_key}
        yield f"opinions/{row.number}.json", row.sha256, {**told, **seal}
        yield f"opinions/{row.number}.pdf", row.report.pdf_sha256, told
        yield f"opinions/{row.number}.fhir.json", row.report.fhir_sha256, told
