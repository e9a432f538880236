"""The records of a case for the desk: held ones with the comparison, all others by date, one document, one study."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Count, Min, OuterRef, Q, Subquery
from django.utils.dateparse import parse_date
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from consilia.cases import content
from consilia.cases.access import Reader, Right
from consilia.cases.models import Case
from consilia.kernel.refusal import NotFound
from consilia.records.models import Document, Instance, Original, Standing, Study

LISTED = (Standing.TAKEN, Standing.HELD, Standing.NOT_READ_YET, Standing.UNREADABLE, Standing.REMOVED)
SEEN_BY_DESK = (Standing.TAKEN, Standing.HELD, Standing.NOT_READ_YET)


@dataclass(frozen=True, slots=True)
class HeldCard:
    """Held files that are decided together: one document, or all held images of one study."""

    original_id: UUID
    study_id: UUID | None
    title: str
    on: date | None
    path: str
    files: int
    same: int
    rows: tuple[tuple[str, str, str, str], ...]  # label, in this record, in the case, judgement


@dataclass(frozen=True, slots=True)
class RecordLine:
    """A document or a study; `original_id` is what can be put back."""

    original_id: UUID | None
    study_id: UUID | None
    title: str
    path: str
    on: date | None
    origin: str
    form: str
    standing: str
    standing_words: str
    identity: str
    decision_reason: str
    readable: bool


@dataclass(frozen=True, slots=True)
class Records:
    """`folded` counts duplicates, `aside` files that hold no record."""

    held: tuple[HeldCard, ...]
    lines: tuple[RecordLine, ...]
    folded: int
    aside: int

    @property
    def shown(self) -> int:
        return len(self.lines)


def records(*, reader: Reader) -> Records:
    """All records by date, oldest first, those without a date last; studies are one line each."""
    may_see(reader)
    case = Case.objects.select_related("patient").get(pk=reader.case_id)
    papers = list(
        Original.objects.filter(case_id=case.pk, standing__in=LISTED, instance=None, tombstone_at=None).select_related(
            "document"
        )
    )
    aside = Original.objects.filter(case_id=case.pk, tombstone_at=None).aggregate(
        folded=Count("pk", filter=Q(standing=Standing.DUPLICATE)),
        aside=Count("pk", filter=Q(standing=Standing.IGNORED)),
    )
    pictures = _studies(case.pk)
    held_studies = _held_images(case.pk)
    lines = [*(_paper(row) for row in papers), *(_study(row) for row in pictures)]
    lines.sort(key=lambda line: (line.on is None, line.on or date.max, line.title))
    held = [_held_paper(row, case) for row in papers if row.standing == Standing.HELD]
    return Records(
        held=(*held, *(_held_study(group, case) for group in held_studies.values())),
        lines=tuple(lines),
        folded=aside["folded"],
        aside=aside["aside"],
    )


def held_together(*, reader: Reader, original_id: UUID) -> tuple[UUID, ...]:
    """The held originals that one decision is about: the file, or every held image of its study."""
    return _together(reader, original_id, Standing.HELD)


def removed_together(*, reader: Reader, original_id: UUID) -> tuple[UUID, ...]:
    """The removed originals that one undoing is about: the file, or every removed image of its study."""
    return _together(reader, original_id, Standing.REMOVED)


def _together(reader: Reader, original_id: UUID, standing: Standing) -> tuple[UUID, ...]:
    reader.require(Right.DECIDE_RECORDS)
    alike = Original.objects.filter(case_id=reader.case_id, standing=standing, tombstone_at=None)
    one = alike.filter(pk=original_id).select_related("instance__series").first()
    if one is None:
        raise NotFound
    instance = getattr(one, "instance", None)
    if instance is None:
        return (one.pk,)
    return tuple(alike.filter(instance__series__study_id=instance.series.study_id).values_list("pk", flat=True))


def document_of(row: Original) -> Document | None:
    return getattr(row, "document", None)


def kind_words(kind: str) -> str:
    """The kind of a paper in words."""
    for slug in content.library().kinds():
        if slug == kind:
            return content.library().kind(kind).label
    return _("Not recognised")


def title_of(row: Original) -> str:
    """What the paper says it is, else what kind it is, else its name."""
    document = document_of(row)
    if document is None:
        return row.path.rpartition("/")[2]
    return document.title or (kind_words(document.kind) if document.kind != "unknown" else row.path.rpartition("/")[2])


FORMS = {
    "application/pdf": "PDF",
    "image/jpeg": "JPEG",
    "image/png": "PNG",
    "image/tiff": "TIFF",
    "image/heic": "HEIC",
    "text/plain": "TXT",
    "application/fhir+json": "FHIR",
    "application/json": "JSON",
    "application/dicom": "DICOM",
}


def form_of(media_type: str) -> str:
    return FORMS.get(media_type, media_type.rpartition("/")[2].rpartition(".")[2].upper()[:12])


def _paper(row: Original) -> RecordLine:
    document = document_of(row)
    return RecordLine(
        original_id=row.pk,
        study_id=None,
        title=title_of(row),
        path=row.path,
        on=document.document_date if document else None,
        origin=(document.issuer if document else "") or source_words(row.source),
        form=form_of(row.media_type),
        standing=row.standing,
        standing_words=str(row.get_standing_display()),
        identity=row.identity,
        decision_reason=row.decision_reason,
        readable=document is not None and row.standing in SEEN_BY_DESK,
    )


def source_words(source: str) -> str:
    words = {
        "patient": _("the patient"),
        "proxy": _("somebody who acts for the patient"),
        "desk": _("the desk"),
        "hospital": _("a hospital"),
        "treating_doctor": _("the treating doctor"),
    }
    return words.get(source, source)


def _studies(case_id: UUID) -> Sequence[Mapping[str, object]]:
    removed = Instance.objects.filter(series__study=OuterRef("pk"), original__standing=Standing.REMOVED).order_by("id")
    return list(
        Study.objects.filter(case_id=case_id)
        .values("pk", "study_date", "description", "institution")
        .annotate(
            taken=Count("series__instances", filter=Q(series__instances__original__standing=Standing.TAKEN)),
            held=Count("series__instances", filter=Q(series__instances__original__standing=Standing.HELD)),
            modality=Min("series__modality"),
            first=Subquery(removed.values("original_id")[:1]),
        )
    )


def _study(row: Mapping[str, object]) -> RecordLine:
    taken, held = int(str(row["taken"])), int(str(row["held"]))
    standing = Standing.HELD if held else Standing.TAKEN if taken else Standing.REMOVED
    images = _("%(modality)s, %(count)d images") % {"modality": row["modality"] or "DICOM", "count": taken + held}
    study_id = row["pk"]
    return RecordLine(
        original_id=row["first"] if standing is Standing.REMOVED and isinstance(row["first"], UUID) else None,
        study_id=study_id if isinstance(study_id, UUID) else None,
        title=str(row["description"]) or str(row["modality"]),
        path="",
        on=row["study_date"] if isinstance(row["study_date"], date) else None,
        origin=str(row["institution"]),
        form=images,
        standing=standing,
        standing_words=str(standing.label),
        identity="",
        decision_reason="",
        readable=standing is not Standing.REMOVED,
    )


def _held_images(case_id: UUID) -> dict[UUID, list[Instance]]:
    """Held images by study: one comparison stands for all images of a study, the count beside it."""
    rows = Instance.objects.filter(series__study__case_id=case_id, original__standing=Standing.HELD).select_related(
        "original", "series__study"
    )
    groups: dict[UUID, list[Instance]] = {}
    for row in rows.order_by("number", "id")[:2000]:
        groups.setdefault(row.series.study_id, []).append(row)
    return groups


def _held_paper(row: Original, case: Case) -> HeldCard:
    document = document_of(row)
    compared = _compared(row, case)
    return HeldCard(
        row.pk,
        None,
        title_of(row),
        document.document_date if document else None,
        row.path,
        1,
        sum(1 for line in compared if line[1] == line[2]),
        compared,
    )


def _held_study(group: Sequence[Instance], case: Case) -> HeldCard:
    first = group[0]
    study = first.series.study
    compared = _compared(first.original, case)
    title = study.description or first.series.modality
    return HeldCard(
        first.original_id,
        study.pk,
        title,
        study.study_date,
        first.original.path,
        len(group),
        sum(1 for line in compared if line[1] == line[2]),
        compared,
    )


def _compared(row: Original, case: Case) -> tuple[tuple[str, str, str, str], ...]:
    """Lines of the judgement; where it left none, what the file claims beside the patient's name and birth date."""
    lines = [
        (_label(line.get("kind", "")), _shown(line, "in_file"), _shown(line, "in_case"), _judged(line))
        for line in row.identity_reasons
    ]
    if lines:
        return tuple(dict.fromkeys(_alike(line) for line in lines))
    return tuple(dict.fromkeys(_claimed(row.claims, case)))


def _alike(line: tuple[str, str, str, str]) -> tuple[str, str, str, str]:
    """What was judged the same in another spelling is shown in the case's spelling, so that nothing is marked."""
    label, _in_file, in_case, words = line
    return (label, in_case, in_case, words) if words == _("same") else line


def _claimed(claims: Iterable[Mapping[str, str]], case: Case) -> Iterable[tuple[str, str, str, str]]:
    patient = case.patient
    known = {"name": f"{patient.given_name} {patient.family_name}", "birth_date": patient.birth_date.isoformat()}
    for claim in claims:
        if claim.get("kind") in known:
            in_case = {"kind": claim["kind"], "value": known[claim["kind"]]}
            yield _label(claim["kind"]), _shown(claim, "value"), _shown(in_case, "value"), _("compare")


def _shown(line: Mapping[str, str], field: str) -> str:
    """A value as people read it: a birth date as a day, all else as it stands."""
    value = line.get(field, "")
    day = parse_date(value) if line.get("kind") == "birth_date" and len(value) == 10 else None
    return date_format(day, "j M Y") if day else value


def _label(kind: str) -> str:
    words = {"name": _("Name"), "birth_date": _("Birth date"), "patient_id": _("Number"), "sex": _("Sex")}
    return words.get(kind, kind)


def _judged(line: Mapping[str, str]) -> str:
    words = {"same": _("same"), "similar": _("similar"), "different": _("different")}
    return words.get(line.get("result", ""), "")


def may_see(reader: Reader) -> None:
    """Raises NotFound for readers who do not read records as the desk does."""
    reader.require(Right.READ_AS_DESK)
    reader.require(Right.READ_RECORDS)
