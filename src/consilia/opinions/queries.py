"""Reading opinions: the expert's own draft with what speaks against it, her cases, what was signed. Nothing else."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from uuid import UUID

from django.db.models import Count, Exists, F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from consilia.accounts.models import Person
from consilia.cases import content as contents
from consilia.cases.access import Reader, Right
from consilia.cases.models import Assignment, Consent, ExpertQuestion, Purpose
from consilia.cases.queries import expert, lists
from consilia.cases.queries.expert_records import Shelf
from consilia.cases.states import Seat
from consilia.experts.models import ExpertState, Licence
from consilia.kernel.country import country_name
from consilia.kernel.refusal import NotFound, Refusal
from consilia.opinions import documents, drafts, policy, sealing
from consilia.opinions.content import DraftContent, OpinionContent, Source
from consilia.opinions.models import EditorialCheck, FollowUp, Opening, Opinion
from consilia.opinions.models import Seal as SealRow
from consilia.opinions.seal import SealedDocument
from consilia.opinions.states import EDITABLE, OpinionState

LICENCE = (
    "id",
    "country",
    "speciality",
    "authority",
    "number",
    "valid_from",
    "valid_until",
    "revoked_at",
    "checked_at",
)
SEAL = ("id", "kind", "number", "sequence", "check_code", "sha256", "signed_at", "proof")
FOLLOW_UP = ("id", "number", "text", "asked_at", "answered_at")


@dataclass(frozen=True, slots=True)
class CaseLine:
    """One seat of the expert. `clock_stands`: a question is open; `state` is that of the opinion, "" before it."""

    case_id: UUID
    reference: str
    about: str
    country: str
    seat_state: str
    due: datetime | None
    clock_stands: bool
    urgent: bool
    state: str
    saved_at: datetime | None
    waiting: int = 0  # questions after delivery that have no answer yet

    @property
    def late(self) -> bool:
        return bool(self.due and not self.clock_stands and self.due < timezone.now())


@dataclass(frozen=True, slots=True)
class Home:
    invitations: tuple[CaseLine, ...]
    cases: tuple[CaseLine, ...]
    finished: tuple[CaseLine, ...]

    @property
    def waiting(self) -> int:
        """Questions after delivery that wait for this expert."""
        return sum(line.waiting for line in self.finished)


@dataclass(frozen=True, slots=True)
class DraftPage:
    """The expert's draft. `version` 0: nothing was saved yet; `sent_back`: the editor's reasons, newest first."""

    opinion_id: UUID | None
    state: OpinionState
    version: int
    content: DraftContent
    saved_at: datetime | None
    sent_back: tuple[tuple[datetime, str], ...]
    against: tuple[Refusal, ...]

    @property
    def editable(self) -> bool:
        return self.state in EDITABLE


@dataclass(frozen=True, slots=True)
class SignedLine:
    id: UUID
    kind: str
    number: str
    check_code: str
    sha256: str
    signed_at: datetime
    proof: str


@dataclass(frozen=True, slots=True)
class FollowUpLine:
    id: UUID
    number: int
    text: str
    asked_at: datetime
    answered_at: datetime | None


@dataclass(frozen=True, slots=True)
class Signed:
    """What was signed, in its order, and the patient's later questions."""

    opinion_id: UUID
    signed_by: str
    chain: tuple[SignedLine, ...]
    follow_ups: tuple[FollowUpLine, ...]
    against: tuple[Refusal, ...]  # against a further word

    @property
    def withdrawn(self) -> bool:
        return any(line.kind == SealRow.Kind.WITHDRAWAL for line in self.chain)


@dataclass(frozen=True, slots=True)
class TablePage:
    """All that the table of a seat shows, read together; `opened`: ids of records that the expert really opened."""

    table: expert.Table
    draft: DraftPage
    opened: frozenset[str]
    signed: Signed | None  # only once nothing can be edited any more


@dataclass(frozen=True, slots=True)
class Preview:
    """What will be signed; `document` None while something speaks against it."""

    opinion_id: UUID
    version: int
    state: OpinionState
    content: DraftContent
    document: SealedDocument | None
    against: tuple[Refusal, ...]


def home(*, reader: Person, at: datetime, language: str = "en") -> Home:
    """Every live seat of the expert, soonest due first; seats without a valid licence or consent have no line."""
    open_question = ExpertQuestion.objects.filter(assignment=OuterRef("pk"), answered_at=None)
    consent = Consent.objects.filter(
        case=OuterRef("case"), country=OuterRef("country"), purpose=Purpose.RECIPIENT_COUNTRY, withdrawn_at=None
    )
    open_later = FollowUp.objects.filter(opinion__assignment=OuterRef("pk"), answered_at=None).order_by()
    later = open_later.values("opinion").annotate(count=Count("pk")).values("count")
    seats = (
        Assignment.objects.filter(
            Exists(consent),
            expert__person=reader,
            expert__state=ExpertState.VERIFIED,
            expert__licences__country=F("country"),
            expert__licences__valid_from__lte=at.date(),
            expert__licences__valid_until__gte=at.date(),
            expert__licences__revoked_at=None,
            state__in=[Seat.INVITED, Seat.ACCEPTED, Seat.FINISHED],
            ended_at=None,
            case__tombstone_at=None,
            case__patient__tombstone_at=None,
        )
        .exclude(case__state__in=["closed", "withdrawn", "declined", "expired"])
        .annotate(waits=Exists(open_question), waiting=Coalesce(Subquery(later), 0))
        .select_related("case__patient", "opinion")
        .distinct()
    )
    lines = sorted(
        (_line(seat, language) for seat in seats), key=lambda line: (line.due is None, line.due, line.reference)
    )
    return Home(
        tuple(line for line in lines if line.seat_state == Seat.INVITED),
        tuple(line for line in lines if line.seat_state == Seat.ACCEPTED),
        tuple(line for line in lines if line.seat_state == Seat.FINISHED),
    )


def _line(seat: Assignment, language: str) -> CaseLine:
    case = seat.case
    opinion: Opinion | None = getattr(seat, "opinion", None)
    label = contents.library().checklist(case.case_type).label
    return CaseLine(
        case_id=case.pk,
        reference=case.reference,
        about=label.get(language, label["en"]),
        country=country_name(case.patient.residence_country, language),
        seat_state=seat.state,
        due=seat.answer_due if seat.state == Seat.INVITED else seat.opinion_due,
        clock_stands=bool(getattr(seat, "waits", False)),
        urgent=case.urgent_at is not None and case.urgent_cleared_at is None,
        state=opinion.state if opinion else "",
        saved_at=opinion.saved_at if opinion else None,
        waiting=getattr(seat, "waiting", 0),
    )


def seat(*, reader: Reader) -> Assignment:
    """The accepted seat with its case, its opinion and all that belongs to it, in one query. Raises NotFound.

    A page reads it first and hands it to what it asks next.
    """
    reader.require(Right.READ_AS_EXPERT)
    found = expert.loaded(_rows(), reader)
    opinion: Opinion | None = getattr(found, "opinion", None)
    if found.expert:
        lists.hand_over(found.expert, "licences", lists.rows_of(found, "its_licences"), "valid_until")
    if opinion:
        opinion.case = found.case
        lists.hand_over(opinion, "seals", lists.rows_of(found, "its_seals"), "sequence")
        lists.hand_over(opinion, "follow_ups", lists.rows_of(found, "its_follow_ups"), "number")
        lists.hand_over(opinion, "checks", lists.rows_of(found, "its_checks"), "at")
    return found


@cache
def _rows() -> QuerySet[Assignment]:
    """Seats with their opinion and its small lists, each inside the one query of the seat; built once."""
    mine = {"key": "opinion__assignment_id"}
    sent_back = EditorialCheck.objects.filter(passed=False)
    return (
        expert.rows()
        .select_related("case__patient", "expert__person", "opinion")
        .annotate(
            its_openings=lists.listed(Opening.objects.all(), "record_id", key="assignment_id"),
            its_licences=lists.listed(Licence.objects.all(), *LICENCE, key="expert_id", of="expert_id"),
            its_seals=lists.listed(SealRow.objects.all(), *SEAL, **mine),
            its_follow_ups=lists.listed(FollowUp.objects.all(), *FOLLOW_UP, **mine),
            its_checks=lists.listed(sent_back, "id", "at", "reasons", **mine),
        )
    )


def table(seat: Assignment, *, reader: Reader, at: datetime, language: str = "en") -> TablePage:
    """The whole table of a seat as `seat` has read it: two more queries, however much it holds."""
    found = expert.table(reader=reader, seat=seat, language=language)
    page = _draft(seat, at, found.shelf)
    opened = frozenset(str(UUID(row["record_id"])) for row in lists.rows_of(seat, "its_openings"))
    return TablePage(found, page, opened, None if page.editable else _signed(seat, at))


def draft(*, reader: Reader, at: datetime, judged: bool = True) -> DraftPage:
    """The draft of this seat, or the first one that nobody has saved yet.

    With what speaks against handing it in, unless `judged` is false: a save needs no judgement.
    """
    return _draft(seat(reader=reader), at, judged=judged)


def _draft(seat: Assignment, at: datetime, shelf: Shelf | None = None, *, judged: bool = True) -> DraftPage:
    row = getattr(seat, "opinion", None) or _unsaved(seat, at)
    content = DraftContent.model_validate(row.content)
    editable = OpinionState(row.state) in EDITABLE
    if editable:
        content = drafts.completed(content, row.case)
        row.content = content.model_dump(mode="json")
    return DraftPage(
        opinion_id=row.pk if row.version else None,
        state=OpinionState(row.state),
        version=row.version,
        content=content,
        saved_at=row.saved_at if row.version else None,
        sent_back=_sent_back(row),
        against=policy.against_submitting(row, None, at, shelf) if editable and judged else (),
    )


def _unsaved(seat: Assignment, at: datetime) -> Opinion:
    content = drafts.first(seat.case).model_dump(mode="json")
    return Opinion(case=seat.case, assignment=seat, version=0, saved_at=at, content=content)


def _sent_back(row: Opinion) -> tuple[tuple[datetime, str], ...]:
    if row.state != OpinionState.RETURNED:
        return ()
    return tuple((check.at, check.reasons) for check in reversed(row.checks.all()))


def source(seat: Assignment, source_id: str) -> Source | None:
    """A source of this seat's opinion as it was last saved."""
    row: Opinion | None = getattr(seat, "opinion", None)
    return DraftContent.model_validate(row.content).source(source_id) if row else None


def cited(content: DraftContent) -> Mapping[str, int]:
    """Record id -> how many sources of the opinion stand in it."""
    return Counter(source.record_id for source in content.sources if source.record_id)


def preview(*, reader: Reader, at: datetime) -> Preview:
    """The opinion as it would be signed at this moment, with every reason against signing it."""
    reader.require(Right.WRITE_OPINION)
    row: Opinion | None = getattr(seat(reader=reader), "opinion", None)
    if row is None:
        raise NotFound
    against = policy.against_signing(row, at)
    content = DraftContent.model_validate(row.content)
    document = None
    if not against:
        whole = OpinionContent.model_validate(content.model_dump())
        document = documents.opinion(row.case, row, whole, method="", at=at, valid_for=sealing.VALID_FOR)
    return Preview(row.pk, row.version, OpinionState(row.state), content, document, against)


def signed(*, reader: Reader, at: datetime) -> Signed | None:
    """The chain of this seat's signed documents; None before the signature."""
    return _signed(seat(reader=reader), at)


def _signed(seat: Assignment, at: datetime) -> Signed | None:
    row: Opinion | None = getattr(seat, "opinion", None)
    chain = list(row.seals.all()) if row else []
    if row is None or not chain:
        return None
    return Signed(
        opinion_id=row.pk,
        signed_by=seat.expert.name if seat.expert else "",
        chain=tuple(
            SignedLine(one.pk, one.kind, one.number, one.check_code, one.sha256, one.signed_at, one.proof)
            for one in chain
        ),
        follow_ups=tuple(
            FollowUpLine(one.pk, one.number, one.text, one.asked_at, one.answered_at) for one in row.follow_ups.all()
        ),
        against=policy.against_adding(row, at),
    )
