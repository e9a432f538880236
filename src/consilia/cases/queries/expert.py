"""What an expert sees of a case: age and sex, questions, records; no name, no held record, no word of the desk's notes.

The shapes have no field for what must not be shown; free words come out with the patient's names covered.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet, Subquery

from consilia.cases import content
from consilia.cases.access import Reader, Right
from consilia.cases.models import Assignment, Case, Consent, ExpertQuestion, Message, Purpose, Question
from consilia.cases.queries import expert_names as names_of
from consilia.cases.queries import expert_records, lists, readiness
from consilia.cases.queries.expert_records import RecordLine, Shelf
from consilia.kernel.country import country_name
from consilia.kernel.language import language_name
from consilia.kernel.refusal import NotFound
from consilia.records.covering import Names
from consilia.records.models import Document, Instance, Original, Standing, Study


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
    shelf: Shelf  # what the checks of an opinion ask; never shown


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
    seat = loaded(_invitations(), reader)
    case = seat.case
    names = names_of.of_teaser(case)
    papers, studies = lists.rows_of(seat, "its_papers"), lists.rows_of(seat, "its_studies")
    tongues = {str(row["language"]) for row in papers if row["language"]}
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
        records=len(papers) + len(studies),
        languages=tuple(sorted({language_name(tag, language) for tag in tongues})),
        report_language=language_name(case.report_language, language),
        answer_due=seat.answer_due,
        is_open=seat.state == "invited",
        treating=_treating(case, papers, studies) if seat.treating_shown_at else None,
    )


def _treating(case: Case, papers: Sequence[lists.Row], studies: Sequence[lists.Row]) -> tuple[str, ...]:
    """Doctor, hospital and where the records come from; words of the patient's own names stay covered."""
    origins = {str(row["issuer"]) for row in papers} | {str(row["institution"]) for row in studies}
    said = [case.treating_doctor, case.hospital, *sorted(origins)]
    names = names_of.of_case(case)
    return tuple(dict.fromkeys(names_of.covered_words(one.strip(), names) for one in said if one.strip()))


def table(*, reader: Reader, seat: Assignment | None = None, language: str = "en") -> Table:
    """The table of an accepted seat: the head, what it is about, every record by time, newest first.

    `seat`: a row of `rows` for a caller that has read it in this very request.
    """
    reader.require(Right.READ_AS_EXPERT)
    row = seat or _seat(reader)
    head = _head(row, language)
    shelf = expert_records.shelf(reader.case_id)
    lines = expert_records.lines(shelf, head.names, language)
    return Table(head, _overview(row.case, head.names, language), lines, shelf)


def head(*, reader: Reader, language: str = "en") -> Head:
    """The top of every page of an accepted seat."""
    reader.require(Right.READ_AS_EXPERT)
    return _head(_seat(reader), language)


def names(seat: Assignment) -> Names:
    """What is covered in words of the case of a seat."""
    return names_of.NOBODY if _is_named(seat) else names_of.of_case(seat.case)


def names_of_records(*, reader: Reader, names: Names) -> Names:
    """The names of the head and those that any record that is taken claims, for words out of all of them."""
    reader.require(Right.READ_AS_EXPERT)
    taken = Original.objects.shown_to_experts().filter(case_id=reader.case_id).values_list("claims", flat=True)
    return names_of.with_claims(names, [claim for claims in taken for claim in claims])


def records(*, reader: Reader, names: Names, language: str = "en") -> tuple[RecordLine, ...]:
    """What is taken, newest first; held, removed and unread files have no line.

    `names`: those of the head; what a record claims of other people is covered in its own line, too.
    """
    reader.require(Right.READ_AS_EXPERT)
    return expert_records.lines(expert_records.shelf(reader.case_id), names, language)


def paper(*, reader: Reader, record_id: UUID, seat: Assignment | None = None) -> Paper:
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
    row = seat or _seat(reader)
    names = names_of.NOBODY if _is_named(row) else names_of.of_record(found.claims, row.case)
    document = found.document
    return Paper(
        original=found,
        title=expert_records.title(document, names),
        on=document.document_date,
        origin=names_of.covered_words(document.issuer, names),
        language=document.language,
        pages=document.pages,
        has_pictures=document.has_page_images,
        names=names,
        slug=document.kind,
        heading=expert_records.heading(document, names),
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


def loaded(seats: QuerySet[Assignment], reader: Reader) -> Assignment:
    """The reader's seat among `seats`, rows like those of `rows`; its case holds its questions. Raises NotFound."""
    seat = seats.filter(pk=reader.seat_id, case_id=reader.case_id).first()
    if seat is None:
        raise NotFound
    lists.hand_over(seat.case, "questions", lists.rows_of(seat, "its_questions"), "number")
    return seat


@cache
def rows() -> QuerySet[Assignment]:
    """Seats with what every page of an expert asks of the case. Built once: of this query only the ids change."""
    named = Consent.objects.live().filter(case=OuterRef("case"), purpose=Purpose.NAMED)
    waiting = ExpertQuestion.objects.filter(assignment=OuterRef("pk"), answered_at=None).order_by("asked_at")
    asked = lists.listed(Question.objects.all(), "id", "case_id", "number", "text", "key_text", of="case_id")
    marked = Assignment.objects.annotate(
        is_named=Exists(named), stopped_since=Subquery(waiting.values("asked_at")[:1]), its_questions=asked
    )
    return marked.select_related("case__patient", "expert__person")


@cache
def _invitations() -> QuerySet[Assignment]:
    """The same with what an invitation says of the records: language and origin of each paper and study."""
    shown = {"original__standing": Standing.TAKEN, "original__tombstone_at": None}
    papers = Document.objects.filter(**shown)
    images = Instance.objects.filter(series__study=OuterRef("pk"), **shown)
    return rows().annotate(
        its_papers=lists.listed(papers, "language", "issuer", key="original__case_id", of="case_id"),
        its_studies=lists.listed(Study.objects.filter(Exists(images)), "institution", of="case_id"),
    )


def _seat(reader: Reader) -> Assignment:
    return loaded(rows(), reader)


def _is_named(seat: Assignment) -> bool:
    """Whether the patient agreed that her experts see her name."""
    return bool(getattr(seat, "is_named", False))


def _head(seat: Assignment, language: str) -> Head:
    case = seat.case
    return Head(
        case_id=case.pk,
        reference=case.reference,
        about=_about(case.case_type, language),
        case_type=case.case_type,
        age=_age(case),
        sex=case.patient.get_sex_display(),
        country=country_name(case.patient.residence_country, language),
        here=case.location_country or case.patient.residence_country,
        name=case.patient.name if _is_named(seat) else "",
        due=seat.opinion_due,
        stopped_since=getattr(seat, "stopped_since", None),
        urgent=case.urgent_at is not None and case.urgent_cleared_at is None,
        finished=seat.state == "finished",
        names=names(seat),
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
