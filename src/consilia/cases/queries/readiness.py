"""What is here and what is missing: the checklist of the case type held against the records that may count."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from uuid import UUID

from consilia.cases import content
from consilia.cases.access import Reader, Right
from consilia.cases.models import Case
from consilia.kernel.refusal import NotFound
from consilia.records.models import Document, Instance, Standing
from consilia.suitability import filling
from consilia.suitability.filling import IMAGING_STUDY, PresentRecord
from consilia.suitability.readying import Readiness, readiness


def of_case(*, reader: Reader, today: date) -> Readiness:
    """The readiness of the case, computed on each read from what is taken; nothing held, removed or doubled counts."""
    if not (reader.may(Right.READ_CASE) or reader.may(Right.READ_AS_DESK)):
        raise NotFound
    case = Case.objects.only("case_type", "conditions").get(pk=reader.case_id)
    return for_case(case, today)


def for_case(case: Case, today: date) -> Readiness:
    """The same for a caller that holds the case already."""
    present = [*papers(case.pk), *studies(case.pk), *filling.own_words(case.questions.exists())]
    return of_present(case, present, today)


def of_present(case: Case, present: Sequence[PresentRecord], today: date) -> Readiness:
    """The same for a caller that has read the records already."""
    return readiness(content.library().checklist(case.case_type), present, today, conditions=case.conditions)


def waived(case: Case, language: str = "en") -> tuple[str, ...]:
    """Labels of the places that do not concern this patient by her own word, whatever records are there."""
    items = content.library().checklist(case.case_type).items
    said = (item for item in items if item.only_if and case.conditions.get(item.only_if) is False)
    return tuple(item.label.get(language, item.label["en"]) for item in said)


def papers(case_id: UUID) -> list[PresentRecord]:
    rows = Document.objects.filter(original__case_id=case_id, original__standing=Standing.TAKEN)
    return [paper(row) for row in rows]


def paper(row: Document) -> PresentRecord:
    return PresentRecord(
        kind=row.kind,
        on=row.document_date,
        title=row.headings or row.title,
        record_id=str(row.original_id),
        items=tuple(row.items),
    )


def studies(case_id: UUID) -> list[PresentRecord]:
    """One record a study and modality, from its taken instances only."""
    rows = (
        Instance.objects.filter(series__study__case_id=case_id, original__standing=Standing.TAKEN)
        .values_list(
            "series__study_id",
            "series__study__study_date",
            "series__study__description",
            "series__modality",
            "series__body_part",
        )
        .distinct()
    )
    return pictured(rows)


Pictured = tuple[UUID, date | None, str, str, str]  # study, its date, its title, modality and body part of a series


def pictured(rows: Iterable[Pictured]) -> list[PresentRecord]:
    """One record a study and modality, from rows of taken series."""
    found: dict[tuple[UUID, str], PresentRecord] = {}
    parts: defaultdict[tuple[UUID, str], set[str]] = defaultdict(set)
    for study_id, on, title, modality, body_part in rows:
        parts[study_id, modality].add(body_part)
        found[study_id, modality] = PresentRecord(
            kind=IMAGING_STUDY,
            on=on,
            title=title,
            record_id=str(study_id),
            modality=modality,
            body_part=" ".join(sorted(parts[study_id, modality])),
        )
    return list(found.values())
