"""What an expert sees of a case: age and sex, questions, records; no name, no held record, no word of the desk's notes.

The shapes have no field for what must not be shown; free words come out with the patient's names covered.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext as _

from consilia.cases import content
from consilia.cases.access import Reader, Right
from consilia.cases.models import Assignment, Case, Consent, ExpertQuestion, Message, Purpose
from consilia.cases.queries import expert_names as names_of
from consilia.cases.queries import readiness
from consilia.kernel.country import country_name
from consilia.kernel.language import language_name
from consilia.kernel.refusal import NotFound
from consilia.records.covering import Names
from consilia.records.models import Document, Original, Standing, Study


@dataclass(frozen=True, slots=True)
class Teaser:
    """An invitation before it is answered: nobody can be recognised in it."""

    case_id: UUID
    reference: str
    about: str
    age: int
    sex: str
    country: str
    diagnosis: str
    therapy: str
    questions: tuple[str, ...]
    records: int
    languages: tuple[str, ...]
    report_language: str
    answer_due: datetime | None
    is_open: bool
    treating: tuple[str, ...] | None  # who treats the patient, for the conflict question; None until she asked for it


@dataclass(frozen=True, slots=True)
class Head:
    """The top of the table. `name` is empty unless the patient agreed to be named."""

    case_id: UUID
    reference: str
    about: str
    case_type: str
    age: int
    sex: str
    country: str
    here: str  # ISO code of the place where the patient is now, for the emergency number
    name: str
    due: datetime | None
    stopped_since: datetime | None
    urgent: bool
    finished: bool
    names: Names  # what is covered; never shown

    @property
    def clock_stands(self) -> bool:
        return self.stopped_since is not None


@dataclass(frozen=True, slots=True)
class RecordLine:
    """One record that the expert may open."""

    id: UUID
    kind: str  # document or study
    title: str
    note: str
    on: date | None
    slug: str = ""  # the kind of a paper in the catalogue
    heading: str = ""  # the paper's own, covered


@dataclass(frozen=True, slots=True)
class Overview:
    """What the case is about, in words with the names covered."""

    summary: str
    not_answerable: str
    diagnosis: str
    therapy: str
    matters: str
    first_doctor: str
    hospital: str
    questions: tuple[tuple[int, str, str], ...]  # number, the editor's wording or the patient's, the patient's if other
    decision_due: date | None
    waived: tuple[str, ...]  # records that do not concern her, by her own word


@dataclass(frozen=True, slots=True)
class Table:
    head: Head
    overview: Overview
    records: tuple[RecordLine, ...]


@dataclass(frozen=True, slots=True)
class Paper:
    """One document; `original` is for the pictures, never for a template."""

    original: Original
    title: str
    on: date | None
    origin: str
    language: str
    pages: int
    has_pictures: bool
    names: Names
    slug: str
    heading: str


@dataclass(frozen=True, slots=True)
class Said:
    """One message; `mine` is the expert's own."""

    text: str
    at: datetime
    mine: bool


@dataclass(frozen=True, slots=True)
class AskedLine:
    text: str
    to_patient: bool
    asked_at: datetime
    answer: str
    answered_at: datetime | None


@dataclass(frozen=True, slots=True)
class Talk:
    head: Head
    messages: tuple[Said, ...]
    questions: tuple[AskedLine, ...]


def teaser(*, reader: Reader, language: str = "en") -> Teaser:
    """The anonymised invitation of this seat."""
    reader.require(Right.READ_TEASER)
    seat = _seat(reader)
    case = seat.case
    names = names_of.of_teaser(case)
    shown = Original.objects.filter(case_id=case.pk, standing=Standing.TAKEN, tombstone_at=None)
    tongues = Document.objects.filter(original__in=shown).exclude(language="").values_list("language", flat=True)
    studies = Study.objects.filter(series__instances__original__in=shown).distinct().count()
    return Teaser(
        case_id=case.pk,
        reference=case.reference,
        about=_about(case.case_type, language),
        age=_age(case),
        sex=case.patient.get_sex_display(),
        country=country_name(case.patient.residence_country, language),
        diagnosis=names_of.covered_words(case.stated_diagnosis, names),
        therapy=names_of.covered_words(case.proposed_therapy, names),
        questions=tuple(names_of.covered_words(one.key_text or one.text, names) for one in case.questions.all()),
        records=Document.objects.filter(original__in=shown).count() + studies,
        languages=tuple(sorted({language_name(tag, language) for tag in tongues.distinct()})),
        report_language=language_name(case.report_language, language),
        answer_due=seat.answer_due,
        is_open=seat.state == "invited",
        treating=_treating(case, shown) if seat.treating_shown_at else None,
    )


def _treating(case: Case, shown: QuerySet[Original]) -> tuple[str, ...]:
    """Doctor, hospital and where the records come from; words of the patient's own names stay covered."""
    issuers = Document.objects.filter(original__in=shown).values_list("issuer", flat=True)
    places = Study.objects.filter(series__instances__original__in=shown).values_list("institution", flat=True)
    said = [case.treating_doctor, case.hospital, *sorted({*issuers, *places})]
    names = names_of.of_case(case)
    return tuple(dict.fromkeys(names_of.covered_words(one.strip(), names) for one in said if one.strip()))


def table(*, reader: Reader, language: str = "en") -> Table:
    """The table of an accepted seat: the head, what it is about, every record by time, newest first."""
    reader.require(Right.READ_AS_EXPERT)
    seat = _seat(reader)
    head = _head(seat, language)
    return Table(
        head, _overview(seat.case, head.names, language), records(reader=reader, names=head.names, language=language)
    )


def head(*, reader: Reader, language: str = "en") -> Head:
    """The top of every page of an accepted seat."""
    reader.require(Right.READ_AS_EXPERT)
    return _head(_seat(reader), language)


def records(*, reader: Reader, names: Names, language: str = "en") -> tuple[RecordLine, ...]:
    """What is taken, newest first; held, removed and unread files have no line.

    `names`: those of the head; what a record claims of other people is covered in its own line, too.
    """
    reader.require(Right.READ_AS_EXPERT)
    papers = Document.objects.filter(
        original__case_id=reader.case_id, original__standing=Standing.TAKEN, original__tombstone_at=None
    ).select_related("original")
    lines = [
        _paper_line(paper, names_of.with_claims(names, paper.original.claims), language)
        for paper in papers.only("kind", "title", "document_date", "language", "original__claims")
    ]
    taken = Q(series__instances__original__standing=Standing.TAKEN)
    studies = (
        Study.objects.filter(case_id=reader.case_id)
        .filter(taken)
        .values("pk", "study_date", "description", "series__modality")
        .annotate(pictures=Count("series__instances", filter=taken))
    )
    lines += _study_lines([dict(row) for row in studies], names)
    return tuple(sorted(lines, key=lambda line: (line.on or date.min, line.title), reverse=True))


def paper(*, reader: Reader, record_id: UUID, language: str = "en") -> Paper:
    """A document that is taken. Raises NotFound for held ones, for another case's, and for pictures of a study."""
    reader.require(Right.READ_AS_EXPERT)
    found = (
        Original.objects.shown_to_experts()
        .filter(pk=record_id, case_id=reader.case_id, tombstone_at=None, document__isnull=False)
        .select_related("document")
        .first()
    )
    if found is None:
        raise NotFound
    case = Case.objects.select_related("patient").get(pk=reader.case_id)
    names = names_of.NOBODY if _is_named(case) else names_of.of_record(found.claims, case)
    document = found.document
    return Paper(
        original=found,
        title=_title(document, names),
        on=document.document_date,
        origin=names_of.covered_words(document.issuer, names),
        language=document.language,
        pages=document.pages,
        has_pictures=document.has_page_images,
        names=names,
        slug=document.kind,
        heading=_heading(document, names),
    )


def talk(*, reader: Reader, language: str = "en") -> Talk:
    """The expert's conversation with the desk, and every question that was asked."""
    reader.require(Right.READ_AS_EXPERT)
    seat = _seat(reader)
    head = _head(seat, language)
    said = Message.objects.filter(
        case_id=reader.case_id, audience=Message.Audience.EXPERT, assignment_id=reader.seat_id
    )
    asked = ExpertQuestion.objects.filter(assignment_id=reader.seat_id).order_by("asked_at")
    return Talk(
        head,
        tuple(Said(names_of.covered_words(one.text, head.names), one.at, one.author_role == "expert") for one in said),
        tuple(
            AskedLine(
                one.text,
                one.to_patient,
                one.asked_at,
                names_of.covered_words(one.answer, head.names),
                one.answered_at,
            )
            for one in asked
        ),
    )


def seat(*, reader: Reader) -> Assignment:
    """The seat itself, for actions that write beside it."""
    reader.require(Right.READ_AS_EXPERT)
    return _seat(reader)


def _seat(reader: Reader) -> Assignment:
    named = Consent.objects.live().filter(case=OuterRef("case"), purpose=Purpose.NAMED)
    waiting = ExpertQuestion.objects.filter(assignment=OuterRef("pk"), answered_at=None).order_by("asked_at")
    found = Assignment.objects.filter(pk=reader.seat_id, case_id=reader.case_id).annotate(
        is_named=Exists(named), stopped_since=Subquery(waiting.values("asked_at")[:1])
    )
    seat = found.select_related("case__patient", "expert__person").first()
    if seat is None:
        raise NotFound
    return seat


def _is_named(case: Case) -> bool:
    return case.consents.live().filter(purpose=Purpose.NAMED).exists()


def _head(seat: Assignment, language: str) -> Head:
    case = seat.case
    named = bool(getattr(seat, "is_named", False))
    return Head(
        case_id=case.pk,
        reference=case.reference,
        about=_about(case.case_type, language),
        case_type=case.case_type,
        age=_age(case),
        sex=case.patient.get_sex_display(),
        country=country_name(case.patient.residence_country, language),
        here=case.location_country or case.patient.residence_country,
        name=case.patient.name if named else "",
        due=seat.opinion_due,
        stopped_since=getattr(seat, "stopped_since", None),
        urgent=case.urgent_at is not None and case.urgent_cleared_at is None,
        finished=seat.state == "finished",
        names=names_of.NOBODY if named else names_of.of_case(case),
    )


def _overview(case: Case, names: Names, language: str) -> Overview:
    def said(text: str) -> str:
        return names_of.covered_words(text, names)

    return Overview(
        summary=said(case.summary),
        not_answerable=said(case.not_answerable),
        diagnosis=said(case.stated_diagnosis),
        therapy=said(case.proposed_therapy),
        matters=said(case.matters),
        first_doctor=said(case.treating_doctor),
        hospital=said(case.hospital),
        questions=tuple(
            (one.number, said(one.key_text or one.text), said(one.text) if one.key_text else "")
            for one in case.questions.all()
        ),
        decision_due=case.decision_due,
        waived=readiness.waived(case, language),
    )


def _about(case_type: str, language: str) -> str:
    label = content.library().checklist(case_type).label
    return label.get(language, label["en"])


def _age(case: Case) -> int:
    """Full years on the day on which the case was opened: a birthday during the case would tell the birth date."""
    day, born = case.opened_at.date(), case.patient.birth_date
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def kind_words(kind: str) -> str:
    """The kind of a paper in words of the library, the first of several."""
    library = content.library()
    label = library.kind(kind).label if kind in library.kinds() else _("Document")
    return label[:1].upper() + label[1:].partition(",")[0]


def _heading(document: Document, names: Names) -> str:
    return names_of.readable(names_of.covered_words(document.title, names))


def _title(document: Document, names: Names) -> str:
    known = document.kind != "unknown"
    return kind_words(document.kind) if known else _heading(document, names) or kind_words(document.kind)


def _paper_line(document: Document, names: Names, language: str) -> RecordLine:
    heading, title = _heading(document, names), _title(document, names)
    tongue = language_name(document.language, language) if document.language else ""
    note = ", ".join(filter(None, (heading if heading != title else "", tongue)))
    return RecordLine(document.original_id, "document", title, note, document.document_date, document.kind, heading)


def _study_lines(rows: Sequence[dict[str, object]], names: Names) -> list[RecordLine]:
    """One line a study: the modalities, how many pictures."""
    groups: dict[UUID, list[dict[str, object]]] = {}
    for row in rows:
        groups.setdefault(UUID(str(row["pk"])), []).append(row)
    lines = []
    for study_id, parts in groups.items():
        first = parts[0]
        modalities = "/".join(sorted({str(part["series__modality"]) for part in parts}))
        pictures = sum(int(str(part["pictures"])) for part in parts)
        title = f"{modalities} {names_of.covered_words(str(first['description']), names)}".strip()
        on = first["study_date"]
        note = _("%(count)d images") % {"count": pictures}
        lines.append(RecordLine(study_id, "study", title, note, on if isinstance(on, date) else None))
    return lines
