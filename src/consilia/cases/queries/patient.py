"""What the patient and her proxy see of their cases; nothing internal has a field here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, F, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.expressions import CombinedExpression
from django.db.models.functions import Coalesce

from consilia.accounts.models import Mandate, Patient, Person
from consilia.cases import assessing, content, next_steps, policy
from consilia.cases.access import Reader, Relation, Right
from consilia.cases.actions.opening import Description
from consilia.cases.models import Case, Consent, ExpertQuestion, Message, Purpose, Question
from consilia.cases.next_steps import EDITABLE, CaseFacts
from consilia.cases.queries import readiness as readiness_queries
from consilia.cases.queries import thread as threads
from consilia.cases.states import TABLE, State
from consilia.kernel import country
from consilia.kernel.refusal import NotFound, Refusal
from consilia.records.actions import ASKED
from consilia.records.models import Instance, Original, Standing
from consilia.suitability.assessing import Assessment, assess
from consilia.suitability.readying import Readiness

BASIC = (Purpose.TERMS, Purpose.PROCESSING)
PRESSED_TWICE = timedelta(minutes=1)
WITH_LIST = frozenset({State.COLLECTING, State.RETURNED})


@dataclass(frozen=True, slots=True)
class CaseLine:
    """One case in the list of a person."""

    id: UUID
    reference: str
    patient_name: str
    is_mine: bool
    about: str
    state: str
    turn: str
    since: datetime
    is_open: bool  # the patient can still change it


@dataclass(frozen=True, slots=True)
class CaseHead:
    """What stands at the top of every page of a case."""

    id: UUID
    reference: str
    patient_name: str
    given_name: str
    is_proxy: bool
    residence_country: str
    location_country: str
    hospital_country: str
    case_type: str
    state: State
    against_changing: tuple[Refusal, ...]


@dataclass(frozen=True, slots=True)
class CaseHome:
    """The page of one case."""

    head: CaseHead
    facts: CaseFacts
    thread: threads.Thread
    if_nobody_moves: str
    decision_due: date | None
    coordinator: str
    last_word: str
    last_word_at: datetime | None
    urgent: bool


@dataclass(frozen=True, slots=True)
class GivenConsent:
    purpose: str
    country: str
    given_at: datetime
    text_version: str


@dataclass(frozen=True, slots=True)
class MessageLine:
    """One message of the conversation with the desk."""

    text: str
    at: datetime
    is_mine: bool
    author: str
    is_new: bool


@dataclass(frozen=True, slots=True)
class Conversation:
    head: CaseHead
    coordinator: str
    messages: tuple[MessageLine, ...]

    @property
    def new(self) -> int:
        return sum(line.is_new for line in self.messages)


@dataclass(frozen=True, slots=True)
class AskedByExpert:
    """An expert's question to the patient; the expert is named by country alone."""

    id: UUID
    text: str
    asked_at: datetime
    country: str
    answer: str
    answered_at: datetime | None


@dataclass(frozen=True, slots=True)
class HandInPage:
    """Check your answers: everything that is handed in, what speaks against it, what the rules say of it today."""

    head: CaseHead
    words: Description
    questions: tuple[str, ...]
    countries: tuple[str, ...]
    records: int
    held: int
    readiness: Readiness
    assessment: Assessment
    against: tuple[Refusal, ...]
    frozen: dict[str, Any]


def my_cases(person: Person, *, at: datetime) -> tuple[CaseLine, ...]:
    """The person's own cases and those of people for whom she acts, newest first; erased ones are gone."""
    mandates = Mandate.objects.live(at).filter(proxy=person)
    # The patients first, by their indexes: an OR over the joins would walk through the cases of everybody.
    patients = Patient.objects.filter(person=person).values("pk").union(mandates.values("patient_id"))
    rows = (
        Case.objects.filter(patient_id__in=patients, tombstone_at=None, patient__tombstone_at=None)
        .select_related("patient")
        .order_by("-opened_at")
    )
    return tuple(
        CaseLine(
            id=row.pk,
            reference=row.reference,
            patient_name=row.patient.name,
            is_mine=row.patient.person_id == person.pk,
            about=row.stated_diagnosis,
            state=str(State(row.state).label),
            turn=TABLE[State(row.state)].turn.value,
            since=row.state_since,
            is_open=State(row.state) in EDITABLE,
        )
        for row in rows
    )


def untouched_draft(patient_id: UUID, *, at: datetime) -> UUID | None:
    """A case that was opened a moment ago and holds no word yet: whoever presses twice gets the same one."""
    rows = Case.objects.filter(patient_id=patient_id, state=State.DRAFT, stated_diagnosis="", tombstone_at=None)
    return rows.filter(opened_at__gt=at - PRESSED_TWICE).values_list("pk", flat=True).first()


def head(*, reader: Reader) -> CaseHead:
    return _head(_case(reader), reader)


def case_home(*, reader: Reader, at: datetime, language: str = "en", offer: str = "") -> CaseHome:
    """The page of the case. `offer` is what the room `billing` above says: "", open, over, unpaid or settled."""
    row = _rows(reader).annotate(**_counts(), **_last_word()).first()
    if row is None:
        raise NotFound
    state = State(row.state)
    ready = readiness_queries.for_case(row, at.date()) if state in WITH_LIST else None
    given = {(one.purpose, one.country) for one in row.consents.live()}
    return CaseHome(
        head=_head(row, reader),
        facts=_facts(row, given, ready, language, offer, at),
        thread=threads.thread(row, list(row.steps.order_by("at", "id")), at),
        if_nobody_moves=str(TABLE[state].if_nobody_moves),
        decision_due=row.decision_due,
        coordinator=row.coordinator.given_name if row.coordinator else "",
        last_word=row.last_word or "",  # type: ignore[attr-defined]
        last_word_at=row.last_word_at,  # type: ignore[attr-defined]
        urgent=bool(row.urgent_at and not row.urgent_cleared_at),
    )


def description(*, reader: Reader) -> Description:
    return _description(_case(reader))


def questions(*, reader: Reader) -> tuple[str, ...]:
    reader.require(Right.READ_CASE)
    return tuple(Question.objects.filter(case_id=reader.case_id).values_list("text", flat=True))


def consents(*, reader: Reader) -> tuple[GivenConsent, ...]:
    """The consents that hold now."""
    reader.require(Right.READ_CASE)
    rows = Consent.objects.live().filter(case_id=reader.case_id).order_by("given_at")
    return tuple(GivenConsent(row.purpose, row.country, row.given_at, row.text_version) for row in rows)


def wanted_countries(*, reader: Reader) -> tuple[str, ...]:
    return tuple(_case(reader).wanted_countries)


def conversation(*, reader: Reader) -> Conversation:
    """The words between the patient's side and the desk, oldest first; notes and experts' words are not among them."""
    row = _case(reader)
    rows = Message.objects.filter(case_id=reader.case_id, audience=Message.Audience.PATIENT).select_related("author")
    return Conversation(
        head=_head(row, reader),
        coordinator=row.coordinator.given_name if row.coordinator else "",
        messages=tuple(_message(one, reader) for one in rows),
    )


def expert_question(question_id: UUID, *, reader: Reader) -> AskedByExpert:
    reader.require(Right.READ_CASE)
    row = (
        ExpertQuestion.objects.filter(pk=question_id, assignment__case_id=reader.case_id, to_patient=True)
        .select_related("assignment")
        .first()
    )
    if row is None:
        raise NotFound
    return AskedByExpert(row.pk, row.text, row.asked_at, row.assignment.country, row.answer, row.answered_at)


def hand_in(*, reader: Reader, at: datetime, language: str = "en") -> HandInPage:
    """Everything that handing in would freeze, and the assessment of today."""
    row = _rows(reader).annotate(**_counts()).prefetch_related("questions").first()
    if row is None:
        raise NotFound
    ready = readiness_queries.for_case(row, at.date())
    answered_at = row.self_check.answered_at if row.self_check else None
    facts = assessing.of_case(row, ready, at.date(), language)
    return HandInPage(
        head=_head(row, reader),
        words=_description(row),
        questions=tuple(question.text for question in row.questions.all()),
        countries=tuple(row.wanted_countries),
        records=row.taken,  # type: ignore[attr-defined]
        held=row.held,  # type: ignore[attr-defined]
        readiness=ready,
        assessment=assess(facts, content.library(), language=language),
        against=(*policy.against_handing_in(row), *next_steps.against_old_answers(answered_at, at)),
        frozen=row.assessment,
    )


def _rows(reader: Reader) -> QuerySet[Case]:
    reader.require(Right.READ_CASE)
    return Case.objects.filter(pk=reader.case_id, tombstone_at=None).select_related(
        "patient", "self_check", "coordinator"
    )


def _case(reader: Reader) -> Case:
    row = _rows(reader).first()
    if row is None:
        raise NotFound
    return row


def _head(row: Case, reader: Reader) -> CaseHead:
    return CaseHead(
        id=row.pk,
        reference=row.reference,
        patient_name=row.patient.name,
        given_name=row.patient.given_name,
        is_proxy=Relation.PROXY in reader.relations and Relation.OWNER not in reader.relations,
        residence_country=row.patient.residence_country,
        location_country=row.location_country,
        hospital_country=row.hospital_country,
        case_type=row.case_type,
        state=State(row.state),
        against_changing=policy.against_describing(row),
    )


def _description(row: Case) -> Description:
    return Description(**{name: getattr(row, name) for name in Description.__slots__})


def _count(rows: QuerySet[Any], key: str = "case_id", of: str = "pk") -> Coalesce:
    counted = rows.filter(**{key: OuterRef("pk")}).order_by().values(key)
    counted = counted.annotate(n=Count(of, distinct=True)).values("n")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)


def _counts() -> dict[str, Any]:
    """Counts that the steps depend on, in the one query of the case."""
    from_desk = Message.objects.filter(audience=Message.Audience.PATIENT, read_at=None)
    asked = ExpertQuestion.objects.filter(assignment__case=OuterRef("pk"), to_patient=True, answered_at=None)
    return {
        "asked": _count(Question.objects.all()),
        "taken": _count(Original.objects.filter(standing=Standing.TAKEN)),
        **_held(),
        "unread": _count(from_desk.exclude(author_role__in=["patient", "proxy"])),
        "open_question": Subquery(asked.order_by("asked_at").values("pk")[:1]),
    }


def _held() -> dict[str, CombinedExpression]:
    """What is held, and what of it waits for her word: files, and each study once however many pictures it has."""
    files = Original.objects.filter(standing=Standing.HELD, instance=None)
    pictures = Instance.objects.filter(original__standing=Standing.HELD)
    open_files, open_pictures = files.exclude(decision_reason=ASKED), pictures.exclude(original__decision_reason=ASKED)
    study = ("series__study__case_id", "series__study")
    return {
        "held": _count(files) + _count(pictures, *study),
        "held_open": _count(open_files) + _count(open_pictures, *study),
    }


def _last_word() -> dict[str, Any]:
    """The desk's last message to the patient."""
    rows = Message.objects.filter(case=OuterRef("pk"), audience=Message.Audience.PATIENT)
    last = rows.exclude(author_role__in=["patient", "proxy"]).order_by(F("at").desc())
    return {"last_word": Subquery(last.values("text")[:1]), "last_word_at": Subquery(last.values("at")[:1])}


def _facts(
    row: Any, given: set[tuple[str, str]], ready: Readiness | None, language: str, offer: str, at: datetime
) -> CaseFacts:
    purposes = {purpose for purpose, _ in given}
    wanted = [code for code in row.wanted_countries if (Purpose.RECIPIENT_COUNTRY.value, code) not in given]
    return CaseFacts(
        state=State(row.state),
        self_check=row.self_check.outcome if row.self_check else "",
        self_check_old=bool(row.self_check and next_steps.is_old(row.self_check.answered_at, at)),
        described=bool(row.stated_diagnosis.strip()),
        questions=row.asked,
        basic_consents_missing=sum(purpose.value not in purposes for purpose in BASIC),
        countries=len(row.wanted_countries),
        countries_open=tuple(country.country_name(code, language) for code in wanted),
        records=row.taken,
        held=row.held_open,
        held_asked=row.held - row.held_open,
        items_here=_here(ready),
        items_total=ready.total if ready else 0,
        essentials_missing=len(ready.essential_open) if ready else 0,
        question_id=str(row.open_question or ""),
        unread=row.unread,
        offer=offer,
    )


def _here(ready: Readiness | None) -> int:
    """Places that are ready, counted as the readiness page and the quality gate count them: too old is not ready."""
    return ready.counts["present"] if ready else 0


def _message(row: Message, reader: Reader) -> MessageLine:
    from_her_side = row.author_role in {"patient", "proxy"}
    return MessageLine(
        text=row.text,
        at=row.at,
        is_mine=row.author_id == reader.person_id,
        author=row.author.given_name if row.author else "",
        is_new=not from_her_side and row.read_at is None,
    )
