"""One case as the desk sees it: head, thread, gate, questions, notes, conversations; nobody else has this shape."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet, Subquery
from django.utils.translation import get_language

from consilia.accounts.models import Person
from consilia.cases import content, policy
from consilia.cases.access import Reader, Relation, Right
from consilia.cases.models import Assignment, Case, Consent, ExpertQuestion, Message, Purpose, Question, Step
from consilia.cases.queries import desk, desk_records, desk_words, lists, readiness
from consilia.cases.queries.thread import Bead, Thread, thread
from consilia.cases.states import ENDS, Seat, State, Turn
from consilia.kernel import country, language
from consilia.kernel.refusal import Refusal
from consilia.records.models import Original, Standing
from consilia.suitability import filling
from consilia.suitability.readying import ItemState, Readiness, reason_words

INTERNAL = Message.Audience.INTERNAL
NOTE = ("id", "author__given_name", "author__family_name", "author__email", "author_role", "text", "at", "read_at")
FROM_DESK = frozenset({"coordinator", "editor"})


@dataclass(frozen=True, slots=True)
class Country:
    """A country that the patient wants; `agreed`: she has consented to an expert there."""

    code: str
    name: str
    agreed: bool


@dataclass(frozen=True, slots=True)
class CaseHead:
    """What stands on top of every page of the desk about one case, and what this reader may do there."""

    case_id: UUID
    reference: str
    name: str
    given_name: str
    age: int
    birth_date: date
    sex: str
    home: str
    speaks: str
    kind: str
    state: State
    coordinator: str
    is_mine: bool
    may_work: bool
    may_pass: bool
    by_glass: bool  # an administrator with a reason: everything is read-only
    urgent_since: datetime | None
    urgent_note: str
    has_ended: bool
    case_type: str
    held_everywhere: int  # held records of all cases, for the navigation


@dataclass(frozen=True, slots=True)
class GateLine:
    """One place of the checklist for the desk."""

    label: str
    state: ItemState
    essential: bool
    why: str
    days_old: int | None


@dataclass(frozen=True, slots=True)
class Gate:
    """The quality gate: what is there and what speaks against passing now, without a reason for what is missing."""

    lines: tuple[GateLine, ...]
    here: int
    total: int
    checklist: str
    version: int
    draft: bool
    missing: tuple[str, ...]  # labels of essential places that are open
    against: tuple[Refusal, ...]
    waived: tuple[tuple[str, str], ...]  # label and condition of places that do not concern her, by her word

    @property
    def there(self) -> tuple[GateLine, ...]:
        return tuple(line for line in self.lines if line.state is ItemState.PRESENT)

    @property
    def needed(self) -> tuple[GateLine, ...]:
        """Essential places that are missing, half there or too old."""
        return tuple(line for line in self.lines if line.essential and line.state is not ItemState.PRESENT)

    @property
    def beside(self) -> tuple[GateLine, ...]:
        """The same of places that would help but hold nothing up."""
        return tuple(line for line in self.lines if not line.essential and line.state is not ItemState.PRESENT)

    @property
    def hard(self) -> tuple[Refusal, ...]:
        """What no reason in words can mend."""
        return tuple(one for one in self.against if one.code != "missing_records")


@dataclass(frozen=True, slots=True)
class QuestionLine:
    number: int
    text: str
    key_text: str


@dataclass(frozen=True, slots=True)
class Note:
    """A message or an internal note."""

    id: UUID
    author: str
    role: str
    text: str
    at: datetime
    read_at: datetime | None
    from_desk: bool


@dataclass(frozen=True, slots=True)
class SeatLine:
    """A seat or an invitation, for the list on the case page and the page of seats."""

    id: UUID
    seat: int
    country: str
    country_name: str
    speciality: str
    state: str
    state_words: str
    expert_id: UUID | None
    expert: str
    answer_due: datetime | None
    opinion_due: datetime | None
    decline_words: str
    decline_note: str
    reasons: tuple[str, ...]
    may_close: bool


@dataclass(frozen=True, slots=True)
class DeskCase:
    """The case page."""

    head: CaseHead
    stated_diagnosis: str
    proposed_therapy: str
    treating: str
    matters: str
    decision_due: date | None
    countries: tuple[Country, ...]
    thread: Thread
    beads: tuple[Bead, ...]
    turn: Turn
    whose_turn: str
    next_step: str
    who: str
    until: datetime | None
    gate: Gate
    questions: tuple[QuestionLine, ...]
    summary: str
    not_answerable: str
    bypass_reason: str
    notes: tuple[Note, ...]
    unread: int
    open_questions: int
    seats: tuple[SeatLine, ...]
    records: desk_records.Records


def head(*, reader: Reader, at: datetime) -> CaseHead:
    """The head alone, for the pages beside the case page."""
    return _head(_case(reader), reader, at)


def case_page(*, reader: Reader, at: datetime) -> DeskCase:
    """The whole page, in the same number of queries however much the case holds."""
    case = _rows(reader).annotate(**_lists()).get()
    state = State(case.state)
    shelf = desk_records.shelf(reader=reader)
    seats = _seats(case.pk)
    steps = [Step(new=one["new"], at=lists.moment(one["at"])) for one in lists.rows_of(case, "its_steps", "at", "id")]
    course = thread(case, steps, at)
    step = desk_words.next_step(state, held=case.held, seats=[seat for seat in seats if seat.ended_at is None])
    return DeskCase(
        head=_head(case, reader, at),
        stated_diagnosis=case.stated_diagnosis,
        proposed_therapy=case.proposed_therapy,
        treating=", ".join(part for part in (case.treating_doctor, case.hospital) if part),
        matters=case.matters,
        decision_due=case.decision_due,
        countries=_countries(case),
        thread=course,
        beads=desk_words.beads(course, case.patient.given_name, step),
        turn=course.clock.turn,
        whose_turn=desk_words.whose_turn(course.clock.turn, case.patient.given_name),
        next_step=step.words,
        who=step.who,
        until=desk.soonest_due(state, seats) or course.clock.until,
        gate=_gate(case, shelf, at.date()),
        questions=tuple(_asked(row) for row in lists.rows_of(case, "its_questions", "number")),
        summary=case.summary,
        not_answerable=case.not_answerable,
        bypass_reason=case.bypass_reason,
        notes=tuple(_kept(row) for row in lists.rows_of(case, "its_notes", "at", "id")),
        unread=case.unread,
        open_questions=case.open_questions,
        seats=tuple(_seat(row) for row in seats),
        records=desk_records.records(shelf, case, folded=case.folded, aside=case.aside),
    )


def seats(*, reader: Reader) -> tuple[SeatLine, ...]:
    """All seats and invitations, ended ones too."""
    reader.require(Right.READ_AS_DESK)
    return tuple(_seat(row) for row in _seats(reader.case_id))


def _gate(case: Any, shelf: desk_records.Shelf, today: date) -> Gate:
    """Readiness and reasons against of one case."""
    words = filling.own_words(bool(case.its_questions))
    ready = readiness.of_present(case, [*shelf.present, *words], today)
    spoken = get_language() or "en"
    missing = ready.essential_labels(spoken)
    return Gate(
        lines=_gate_lines(ready, spoken),
        here=ready.count(ItemState.PRESENT),
        total=ready.total,
        checklist=_in(ready.checklist.label, spoken),
        version=ready.checklist.version,
        draft=ready.checklist.draft,
        missing=missing,
        against=policy.against_passing_gate(case, missing, held=case.held_in_all),
        waived=tuple((_in(one.item.label, spoken), _in(one.item.only_if_words, spoken)) for one in ready.waived),
    )


def _gate_lines(ready: Readiness, spoken: str) -> tuple[GateLine, ...]:
    library = content.library()
    return tuple(
        GateLine(
            label=_in(line.item.label, spoken),
            state=line.state,
            essential=line.item.essential,
            why=reason_words(line, library, spoken) or _in(line.item.why, spoken),
            days_old=line.days_old,
        )
        for line in ready.items
        if line.state is not ItemState.NOT_NEEDED
    )


def _in(words: dict[str, str], spoken: str) -> str:
    return words.get(spoken) or words.get("en", "")


def _case(reader: Reader) -> Case:
    row: Case = _rows(reader).get()
    return row


def _rows(reader: Reader) -> QuerySet[Any]:
    """The case with who stands at its head, and the one number that every page of the desk shows."""
    reader.require(Right.READ_AS_DESK)
    rows = Case.objects.filter(pk=reader.case_id).select_related("patient", "coordinator")
    return rows.annotate(held_everywhere=lists.counted(desk.held_anywhere(), key=""))


def _lists() -> dict[str, Subquery]:
    """The small lists and counts of the case page, each inside the one query of the case."""
    said = Message.objects.filter(read_at=None, author_role__in=["patient", "proxy", "expert"])
    originals = Original.objects.filter(tombstone_at=None)
    held = Original.objects.filter(standing=Standing.HELD)
    return {
        "its_steps": lists.listed(Step.objects.all(), "id", "new", "at"),
        "its_questions": lists.listed(Question.objects.all(), "number", "text", "key_text"),
        "its_countries": lists.listed(Consent.objects.live().filter(purpose=Purpose.RECIPIENT_COUNTRY), "country"),
        "its_notes": lists.listed(Message.objects.filter(audience=INTERNAL), *NOTE),
        "unread": lists.counted(said.exclude(audience=INTERNAL)),
        "open_questions": lists.counted(ExpertQuestion.objects.filter(answered_at=None), key="assignment__case_id"),
        "held": lists.counted(held.filter(tombstone_at=None)),
        "held_in_all": lists.counted(held),
        "folded": lists.counted(originals.filter(standing=Standing.DUPLICATE)),
        "aside": lists.counted(originals.filter(standing=Standing.IGNORED)),
    }


def _head(case: Any, reader: Reader, at: datetime) -> CaseHead:
    spoken = get_language() or "en"
    patient = case.patient
    return CaseHead(
        case_id=case.pk,
        reference=case.reference,
        name=f"{patient.given_name} {patient.family_name}",
        given_name=patient.given_name,
        age=desk.age(patient.birth_date, at.date()),
        birth_date=patient.birth_date,
        sex=str(patient.get_sex_display()),
        home=country.country_name(patient.residence_country, spoken),
        speaks=language.language_name(case.talking_language or patient.language, spoken),
        kind=_in(content.library().checklist(case.case_type).label, spoken),
        state=State(case.state),
        coordinator=case.coordinator.name if case.coordinator else "",
        is_mine=case.coordinator_id is not None and case.coordinator_id == reader.person_id,
        may_work=reader.may(Right.WORK_AS_DESK),
        may_pass=reader.may(Right.PASS_GATE),
        by_glass=Relation.GLASS in reader.relations and not reader.may(Right.WORK_AS_DESK),
        urgent_since=case.urgent_at if case.urgent_at and not case.urgent_cleared_at else None,
        urgent_note=case.urgent_note,
        has_ended=State(case.state) in ENDS,
        case_type=case.case_type,
        held_everywhere=case.held_everywhere,
    )


def _countries(case: Case) -> tuple[Country, ...]:
    live = {row["country"] for row in lists.rows_of(case, "its_countries")}
    spoken = get_language() or "en"
    return tuple(Country(code, country.country_name(code, spoken), code in live) for code in case.wanted_countries)


def _asked(row: lists.Row) -> QuestionLine:
    return QuestionLine(row["number"], row["text"], row["key_text"])


def _kept(row: lists.Row) -> Note:
    """An internal note."""
    return Note(
        id=UUID(row["id"]),
        author=_name(row),
        role=row["author_role"],
        text=row["text"],
        at=lists.moment(row["at"]),
        read_at=lists.moment(row["read_at"]) if row["read_at"] else None,
        from_desk=row["author_role"] in FROM_DESK,
    )


def _name(row: lists.Row) -> str:
    """The author's name, by the rule of people; nobody for one whose account is gone."""
    given, family, email = (row[f"author_{part}"] or "" for part in ("given_name", "family_name", "email"))
    return Person(given_name=given, family_name=family, email=email).name


def _note(row: Message) -> Note:
    return Note(
        id=row.pk,
        author=row.author.name if row.author else "",
        role=row.author_role,
        text=row.text,
        at=row.at,
        read_at=row.read_at,
        from_desk=row.author_role in FROM_DESK,
    )


def _seats(case_id: UUID) -> list[Assignment]:
    rows = Assignment.objects.filter(case_id=case_id).select_related("expert__person")
    return list(rows.order_by("seat", "invited_at", "id"))


def _seat(row: Assignment) -> SeatLine:
    spoken = get_language() or "en"
    return SeatLine(
        id=row.pk,
        seat=row.seat,
        country=row.country,
        country_name=country.country_name(row.country, spoken),
        speciality=speciality_words(row.speciality, spoken),
        state=row.state,
        state_words=str(row.get_state_display()),
        expert_id=row.expert_id,
        expert=row.expert.name if row.expert else "",
        answer_due=row.answer_due,
        opinion_due=row.opinion_due,
        decline_words=str(row.get_decline_code_display()) if row.decline_code else "",
        decline_note=row.decline_note,
        reasons=tuple(reason.get("words", "") for reason in row.reasons if reason.get("words")),
        may_close=row.state in {Seat.PLANNED, Seat.INVITED, Seat.VIA_DOCTOR},
    )


def speciality_words(identifier: str, spoken: str) -> str:
    """A speciality in the language of the page; the id where the library has none of that name."""
    for row in content.library().specialities():
        if row.id == identifier:
            return str(getattr(row, spoken, "") or row.en)
    return identifier
