"""The worklist: open cases by whose turn and deadline, urgent first, with as many queries for 10 cases as for 1,000."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import reduce
from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django.utils.translation import get_language

from consilia.accounts.models import Person, Role
from consilia.cases import clocks, content
from consilia.cases.access import live_roles
from consilia.cases.clocks import Times
from consilia.cases.models import Assignment, Case, Step
from consilia.cases.queries import desk_words
from consilia.cases.queries.thread import zone
from consilia.cases.states import ENDS, TABLE, Seat, State, Turn
from consilia.kernel import country
from consilia.kernel.refusal import NotFound
from consilia.records.models import Original, Standing

PAGE = 20  # lines of one turn on a page
# Lines of each turn while all are shown: those with the nearest deadlines.
SHORT = {Turn.OURS: 10, Turn.EXPERT: 4, Turn.PATIENT: 4}
FOUND_AT_MOST = 50  # lines of a search
ORDER = (Turn.OURS, Turn.EXPERT, Turn.PATIENT)
OPEN = tuple(state for state in State if state not in ENDS)
URGENT = Q(urgent_at__isnull=False, urgent_cleared_at=None)
DESK = frozenset({Role.COORDINATOR, Role.EDITOR})
# What a line asks of a case: the other thirty columns would be read for nothing.
OF_CASE = ("reference", "case_type", "state", "state_since", "opened_at", "urgent_at", "urgent_cleared_at")
OF_PATIENT = tuple(f"patient__{field}" for field in ("given_name", "family_name", "birth_date", "residence_country"))
FAR = datetime(9999, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class WorkLine:
    """One case on the worklist; `until` None: nothing is promised for this step."""

    case_id: UUID
    reference: str
    name: str
    about: str  # country, age, what the case is about
    state: State
    turn: Turn
    next_step: str
    who: str
    since: datetime
    until: datetime | None
    late: bool
    times: Times
    urgent_since: datetime | None
    is_mine: bool


@dataclass(frozen=True, slots=True)
class Group:
    """The cases that wait for one side; `count` is of all, `lines` of this page."""

    turn: Turn
    count: int
    lines: tuple[WorkLine, ...]
    page: int
    pages: int


@dataclass(frozen=True, slots=True)
class Filter:
    """What the worklist shows: one turn or all, one state, only one's own cases, a page of one turn."""

    turn: Turn | None = None
    state: State | None = None
    mine: bool = False
    page: int = 1


@dataclass(frozen=True, slots=True)
class Worklist:
    """The page; `counts` is by turn, whatever turn is shown; `states` those that have cases."""

    groups: tuple[Group, ...]
    counts: dict[Turn, int]
    states: tuple[tuple[State, int], ...]

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    @property
    def urgent(self) -> tuple[WorkLine, ...]:
        return tuple(line for group in self.groups for line in group.lines if line.urgent_since)


def require_desk(reader: Person) -> None:
    """Raises NotFound for everybody but coordinators and editors."""
    if not DESK & live_roles(reader):
        raise NotFound


def worklist(*, reader: Person, wanted: Filter, at: datetime) -> Worklist:
    """Open cases by turn, urgent ones first, then by deadline."""
    require_desk(reader)
    cases = Case.objects.filter(tombstone_at=None, state__in=OPEN)
    if wanted.mine:
        cases = cases.filter(coordinator=reader)
    by_state = dict(cases.order_by().values_list("state").annotate(count=Count("*")))
    counts = {turn: sum(n for state, n in by_state.items() if TABLE[State(state)].turn is turn) for turn in ORDER}
    shown = [turn for turn in ORDER if wanted.turn in {None, turn}]
    states = [state for state in OPEN if TABLE[state].turn in shown and wanted.state in {None, state}]
    page = wanted.page if wanted.turn else 1
    sizes = {turn: PAGE if wanted.turn else SHORT[turn] for turn in shown}
    most = {state: page * sizes[TABLE[state].turn] for state in states if state in by_state}
    rows = list(_with_patient(_soonest(cases, most, page * PAGE)))
    seats = _seats(rows)
    rows.sort(key=lambda case: _order(case, seats[case.pk]))
    parts = {turn: [case for case in rows if TABLE[State(case.state)].turn is turn] for turn in shown}
    parts = {turn: its[(page - 1) * sizes[turn] : page * sizes[turn]] for turn, its in parts.items()}
    lines = _lines([case for its in parts.values() for case in its], seats, reader, at)
    in_states = {turn: sum(by_state.get(state, 0) for state in states if TABLE[state].turn is turn) for turn in shown}
    groups = tuple(_group(turn, lines, in_states[turn], page) for turn in shown)
    known = tuple((state, by_state[state]) for state in OPEN if state in by_state)
    return Worklist(groups, counts, known)


def _group(turn: Turn, lines: Iterable[WorkLine], count: int, page: int) -> Group:
    return Group(turn, count, tuple(line for line in lines if line.turn is turn), page, max(1, -(-count // PAGE)))


def _order(case: Case, seats: Iterable[Assignment]) -> tuple[bool, datetime, datetime]:
    return _urgent_since(case) is None, _until(case, seats) or FAR, case.state_since


def _urgent_since(case: Case) -> datetime | None:
    return case.urgent_at if case.urgent_at and not case.urgent_cleared_at else None


def _until(case: Case, seats: Iterable[Assignment]) -> datetime | None:
    state = State(case.state)
    return soonest_due(state, seats) or clocks.clock(state, case.state_since, zone()).until


def _soonest(cases: QuerySet[Case], most: Mapping[State, int], urgent: int) -> QuerySet[Case]:
    """The longest waiting cases of each state, so `most` of them, and the `urgent` ones, by an index and in one query.

    Within a state the deadline follows the moment of entering it, so the first of each state hold the first of all.
    """
    parts = [cases.filter(state=state).order_by("state_since").values("pk")[:count] for state, count in most.items()]
    parts.append(cases.filter(URGENT, state__in=list(most)).order_by("urgent_at").values("pk")[:urgent])
    # SQLite takes no LIMIT inside a UNION: each part goes one level down.
    ids = reduce(lambda some, more: some.union(more), [Case.objects.filter(pk__in=part).values("pk") for part in parts])
    return Case.objects.filter(pk__in=ids)


def _with_patient(cases: QuerySet[Case]) -> QuerySet[Case]:
    return cases.select_related("patient").only(*OF_CASE, *OF_PATIENT, "coordinator_id")


def search(*, reader: Person, words: str, at: datetime) -> tuple[WorkLine, ...]:
    """Cases, ended ones too, whose reference or patient's name holds every word; the FOUND_AT_MOST newest."""
    require_desk(reader)
    cases = Case.objects.filter(tombstone_at=None)
    for word in words.split()[:5]:
        cases = cases.filter(
            Q(reference__icontains=word)
            | Q(patient__given_name__icontains=word)
            | Q(patient__family_name__icontains=word)
        )
    if not words.strip():
        return ()
    rows = list(_with_patient(cases.order_by("-opened_at"))[:FOUND_AT_MOST])
    return tuple(_lines(rows, _seats(rows), reader, at))


def held_count() -> int:
    """How many records wait for a decision: a number for the navigation, nothing of any case."""
    return held_anywhere().count()


def held_anywhere() -> QuerySet[Original]:
    return Original.objects.filter(standing=Standing.HELD, tombstone_at=None)


@dataclass(frozen=True, slots=True)
class HeldLine:
    """A case with held records."""

    case_id: UUID
    reference: str
    name: str
    count: int
    since: datetime


def held_records(*, reader: Person) -> tuple[HeldLine, ...]:
    """Cases with held records, the longest waiting first."""
    require_desk(reader)
    held: dict[UUID, list[datetime]] = defaultdict(list)
    rows = Original.objects.filter(standing=Standing.HELD, tombstone_at=None).order_by("received_at")
    for case_id, since in rows.values_list("case_id", "received_at"):
        held[case_id].append(since)
    cases = Case.objects.filter(pk__in=held, tombstone_at=None).select_related("patient")
    lines = (
        HeldLine(
            case.pk,
            case.reference,
            f"{case.patient.given_name} {case.patient.family_name}",
            len(held[case.pk]),
            held[case.pk][0],
        )
        for case in cases
    )
    return tuple(sorted(lines, key=lambda line: line.since))


def _seats(rows: Iterable[Case]) -> Mapping[UUID, list[Assignment]]:
    """The seats of the cases that have not ended, by case."""
    found: dict[UUID, list[Assignment]] = defaultdict(list)
    ids = [row.pk for row in rows]
    for seat in Assignment.objects.filter(case__in=ids, ended_at=None).select_related("expert__person"):
        found[seat.case_id].append(seat)
    return found


def _lines(
    rows: Sequence[Case], seats: Mapping[UUID, list[Assignment]], reader: Person, at: datetime
) -> list[WorkLine]:
    """One line a case, in the order of the cases."""
    ids = [row.pk for row in rows]
    steps: dict[UUID, list[tuple[str, datetime]]] = defaultdict(list)
    for case_id, new, moment in Step.objects.filter(case__in=ids).values_list("case_id", "new", "at"):
        steps[case_id].append((new, moment))
    held = dict(
        Original.objects.filter(case_id__in=ids, standing=Standing.HELD, tombstone_at=None)
        .order_by()
        .values_list("case_id")
        .annotate(Count("pk"))
    )
    return [_line(row, steps[row.pk], held.get(row.pk, 0), seats[row.pk], reader, at) for row in rows]


def _line(
    case: Case, steps: list[tuple[str, datetime]], held: int, seats: list[Assignment], reader: Person, at: datetime
) -> WorkLine:
    state = State(case.state)
    until = _until(case, seats)
    step = desk_words.next_step(state, held=held, seats=seats)
    return WorkLine(
        case_id=case.pk,
        reference=case.reference,
        name=f"{case.patient.given_name} {case.patient.family_name}",
        about=about(case, at),
        state=state,
        turn=TABLE[state].turn,
        next_step=step.words,
        who=step.who,
        since=case.state_since,
        until=until,
        late=until is not None and at > until,
        times=clocks.times(steps or [(case.state, case.opened_at)], at),
        urgent_since=_urgent_since(case),
        is_mine=case.coordinator_id == reader.pk,
    )


def soonest_due(state: State, seats: Iterable[Assignment]) -> datetime | None:
    """While experts write, the deadline is that of the first expert, whose clock may have stood still."""
    if state is not State.IN_REVIEW:
        return None
    return min((seat.opinion_due for seat in seats if seat.state == Seat.ACCEPTED and seat.opinion_due), default=None)


def about(case: Case, at: datetime) -> str:
    """Country, age and case type in words of the reader's language."""
    language = get_language() or "en"
    label = content.library().checklist(case.case_type).label
    patient = case.patient
    parts = (
        country.country_name(patient.residence_country, language),
        str(age(patient.birth_date, at.date())),
        label.get(language, label["en"]),
    )
    return ", ".join(part for part in parts if part)


def age(birth: date, on: date) -> int:
    """Full years on a day."""
    return on.year - birth.year - ((on.month, on.day) < (birth.month, birth.day))
