"""The records of a case for the desk: held ones with the comparison, all others by date, one document, one study."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery
from django.utils.dateparse import parse_date
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from consilia.cases import content
from consilia.cases.access import Reader, Right
from consilia.cases.models import Case
from consilia.cases.queries import readiness
from consilia.kernel.refusal import NotFound
from consilia.records.models import NO_RECORD, Document, Instance, Original, Standing, Study
from consilia.suitability.filling import PresentRecord

LISTED = (Standing.TAKEN, Standing.HELD, Standing.NOT_READ_YET, Standing.UNREADABLE, Standing.REMOVED)
SEEN_BY_DESK = (Standing.TAKEN, Standing.HELD, Standing.NOT_READ_YET)
SET_ASIDE = Q(standing=Standing.IGNORED, reason__in=NO_RECORD)  # as no medical record: it stays in the desk's list


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
    objected: bool = False  # the patient says that what was set aside is a record
    asks_password: bool = False  # nobody has typed the password of a PDF yet


@dataclass(frozen=True, slots=True)
class Records:
    """`folded` counts duplicates, `aside` files that hold no record."""

    held: tuple[HeldCard, ...]
    lines: tuple[RecordLine, ...]
    folded: int
    aside: int
    to_name: int  # papers of which a person is to say what they are

    @property
    def shown(self) -> int:
        return len(self.lines)


@dataclass(frozen=True, slots=True)
class Shelf:
    """What of the case's records the case page is made of: read once, for the list and for the readiness."""

    originals: tuple[Original, ...]  # papers, and the first held image of each study
    series: tuple[Mapping[str, Any], ...]

    @property
    def present(self) -> list[PresentRecord]:
        """What counts for the readiness: taken papers, and series with a taken image."""
        papers = [document_of(row) for row in self.originals if row.standing == Standing.TAKEN]
        taken = (
            (row["pk"], row["study_date"], row["description"], row["modality"], row["body_part"])
            for row in self.series
            if row["taken"]
        )
        return [*(readiness.paper(one) for one in papers if one), *readiness.pictured(taken)]


def shelf(*, reader: Reader) -> Shelf:
    """The records of the case in two queries, however many there are."""
    may_see(reader)
    held = Instance.objects.filter(series__study=OuterRef("pk"), original__standing=Standing.HELD)
    firsts = Study.objects.filter(case_id=reader.case_id).values(
        first=Subquery(held.order_by("number", "id").values("original_id")[:1])
    )
    listed = (Q(standing__in=LISTED) | SET_ASIDE) & Q(instance=None, tombstone_at=None)
    counting = Q(standing=Standing.TAKEN, document__isnull=False)
    rows = Original.objects.filter(listed | counting | Q(pk__in=firsts), case_id=reader.case_id)
    return Shelf(tuple(rows.select_related("document", "instance__series__study")), tuple(_series(reader.case_id)))


def records(shelf: Shelf, case: Case, *, folded: int, aside: int) -> Records:
    """All records by date, oldest first, those without a date last; studies are one line each."""
    papers = [row for row in shelf.originals if _image(row) is None and _is_listed(row)]
    pictures = _studies(shelf.series)
    lines = [*(_paper(row) for row in papers), *(_study(row) for row in pictures)]
    lines.sort(key=lambda line: (line.on is None, line.on or date.max, line.title))
    images = {
        one.series.study_id: one for row in shelf.originals if (one := _image(row)) and row.standing == Standing.HELD
    }
    together = [(images[row["pk"]], row["held"]) for row in pictures if row["pk"] in images]
    return Records(
        held=(
            *(_held_paper(row, case) for row in papers if row.standing == Standing.HELD),
            *(_held_study(one, count, case) for one, count in together),
        ),
        lines=tuple(lines),
        folded=folded,
        aside=aside,
        to_name=sum(row.standing == Standing.TAKEN and is_asked_about(row) for row in papers),
    )


def is_asked_about(row: Original) -> bool:
    """True for a paper of which a person is to say what it is."""
    document = document_of(row)
    return document is not None and document.asks


def _is_listed(row: Original) -> bool:
    return not row.tombstone_at and (row.standing in LISTED or row.is_no_record)


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


def _image(row: Original) -> Instance | None:
    return getattr(row, "instance", None)


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
        readable=document is not None and (row.standing in SEEN_BY_DESK or row.is_no_record),
        objected=row.objected_at is not None,
        asks_password=row.asks_password,
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


def _series(case_id: UUID) -> QuerySet[Study, Any]:
    """Every series with its study and how many of its images are taken and held."""
    removed = Instance.objects.filter(series__study=OuterRef("pk"), original__standing=Standing.REMOVED).order_by("id")
    image = "series__instances"
    return (
        Study.objects.filter(case_id=case_id)
        .order_by("pk")
        .values("pk", "study_date", "description", "institution", "series__pk")
        .annotate(
            modality=F("series__modality"),
            body_part=F("series__body_part"),
            taken=Count(image, filter=Q(**{f"{image}__original__standing": Standing.TAKEN})),
            held=Count(image, filter=Q(**{f"{image}__original__standing": Standing.HELD})),
            aside=Count(image, filter=Q(**{f"{image}__original__standing": Standing.IGNORED})),
            objected=Count(image, filter=Q(**{f"{image}__original__objected_at__isnull": False})),
            first=Subquery(removed.values("original_id")[:1]),
        )
    )


COUNTED = ("taken", "held", "aside", "objected")


def _studies(series: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """One row a study, out of the rows of its series."""
    found: dict[UUID, dict[str, Any]] = {}
    for row in series:
        known = found.setdefault(row["pk"], {**row, **dict.fromkeys(COUNTED, 0)})
        for name in COUNTED:
            known[name] += row[name]
        known["modality"] = min(known["modality"] or "", row["modality"] or "")
    return list(found.values())


def _study(row: Mapping[str, object]) -> RecordLine:
    taken, held, aside = (int(str(row[name])) for name in ("taken", "held", "aside"))
    counts = {Standing.HELD: held, Standing.TAKEN: taken, Standing.IGNORED: aside}
    standing = next((one for one, number in counts.items() if number), Standing.REMOVED)
    count = taken + held or aside
    images = ngettext("%(modality)s, %(count)d image", "%(modality)s, %(count)d images", count) % {
        "modality": row["modality"] or "DICOM",
        "count": count,
    }
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
        objected=bool(row["objected"]),
    )


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


def _held_study(first: Instance, count: int, case: Case) -> HeldCard:
    """One comparison stands for all held images of a study, their count beside it."""
    study = first.series.study
    compared = _compared(first.original, case)
    title = study.description or first.series.modality
    return HeldCard(
        first.original_id,
        study.pk,
        title,
        study.study_date,
        first.original.path,
        count,
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
