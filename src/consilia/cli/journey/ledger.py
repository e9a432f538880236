"""What the tables of an instance hold, without ids and times: two journeys that came out alike have the same ledger."""

from __future__ import annotations

import hashlib
import importlib
import json
import os
import sys
from collections.abc import Iterable, Mapping
from typing import Any, Final

import django

VOLATILE: Final = frozenset({"record_id", "image"})  # ids of rows: new in each journey


def read() -> dict[str, Any]:
    """Every case by its stated diagnosis: state, steps, records with their hashes, seats, opinions, seals, reports."""
    # Tables can be imported after set-up only.
    models = importlib.import_module("consilia.cases.models")
    cases = models.Case.objects.select_related("patient").order_by("opened_at")
    trust_root = importlib.import_module("consilia.reports.pdf_keys").trust_root()
    return {"cases": [_case(case) for case in cases], "trust_root": trust_root}


def _case(case: Any) -> dict[str, Any]:
    opinions = importlib.import_module("consilia.opinions.models")
    reports = importlib.import_module("consilia.reports.models")
    records = importlib.import_module("consilia.records.models")
    originals = records.Original.objects.filter(case_id=case.pk)
    written = opinions.Opinion.objects.filter(case=case)
    seals = opinions.Seal.objects.filter(opinion__case=case)
    return {
        "case": str(case.pk),
        "about": case.stated_diagnosis,
        "erased": case.tombstone_at is not None,
        "state": case.state,
        "outcome": case.assessment.get("outcome", ""),
        "steps": list(case.steps.order_by("at", "id").values_list("new", flat=True)),
        "records": sorted(map(list, originals.values_list("path", "standing", "sha256"))),
        "consents": _sorted(case.consents.values_list("purpose", "country")),
        "seats": _sorted(case.assignments.values_list("seat", "country", "state")),
        "questions": list(case.questions.values_list("text", flat=True)),
        "messages": case.messages.count(),
        "opinions": [[one.state, content_hash(one.content)] for one in written.order_by("assignment__seat")],
        "seals": _sorted(seals.values_list("kind", "sequence")),
        "reports": reports.Report.objects.filter(case=case).count(),
        "shares": _count(reports, "Share", case),
        "doctor_answers": _doctor_answers(reports, case),
    }


def _count(module: Any, name: str, case: Any) -> int:
    return int(getattr(module, name).objects.filter(case=case).count())


def _doctor_answers(reports: Any, case: Any) -> list[str]:
    return list(reports.DoctorAnswer.objects.filter(share__case=case).values_list("answer", flat=True))


def content_hash(content: Mapping[str, Any]) -> str:
    """SHA-256 of what the expert wrote, without the ids of rows."""
    return hashlib.sha256(json.dumps(_plain(content), sort_keys=True).encode()).hexdigest()


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _plain(one) for name, one in value.items() if name not in VOLATILE}
    return [_plain(one) for one in value] if isinstance(value, list) else value


def _sorted(rows: Iterable[Any]) -> list[list[Any]]:
    return sorted((list(row) for row in rows), key=str)


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "consilia.config.settings")
    django.setup()
    json.dump(read(), sys.stdout)


if __name__ == "__main__":
    main()
