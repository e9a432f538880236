"""What the patient, her doctor and the desk read of a report: frozen pages made from the sealed bytes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from consilia.cases.access import Reader, Relation, Right
from consilia.cases.models import Case
from consilia.kernel import country
from consilia.kernel.days import day_of
from consilia.kernel.refusal import NotFound, Refusal
from consilia.opinions import seal as seals
from consilia.opinions import sealing
from consilia.opinions.content import Answer, Axis, Source
from consilia.opinions.models import FollowUp, Seal
from consilia.opinions.terms import Grade
from consilia.reports import plain, policy, sealed
from consilia.reports.plain import DoctorSheet, PlainPage
from consilia.reports.renderings import paper
from consilia.reports.renderings.words import LABELS, term


@dataclass(frozen=True, slots=True)
class OpinionLine:
    """One opinion of the case in a list: by whom, from where, when; taken back or not; how many addenda."""

    opinion_id: UUID
    seal_id: UUID
    report_id: UUID
    number: str
    check_code: str
    expert: str
    country: str
    country_name: str
    signed_at: datetime
    withdrawn_at: datetime | None
    addenda: int
    is_read: bool  # by the patient's side, with everything that was added later
    added: bool = False  # what is not read is an addendum; the opinion itself is


@dataclass(frozen=True, slots=True)
class Delivered:
    """One delivered opinion, and how many questions about it wait for its expert."""

    opinion: OpinionLine
    waiting: int


@dataclass(frozen=True, slots=True)
class Addendum:
    """Later words of the expert, or the withdrawal of the opinion."""

    seal_id: UUID
    number: str
    is_withdrawal: bool
    reason: str
    words: str
    answers: tuple[Answer, ...]
    signed_at: datetime
    is_new: bool = False  # for the patient's side, until she has opened it


@dataclass(frozen=True, slots=True)
class Asked:
    """A follow-up question; `answer` is None while it waits."""

    number: int
    text: str
    asked_at: datetime
    answer: Addendum | None


@dataclass(frozen=True, slots=True)
class AxisLine:
    """Agreement with the first opinion on one axis; `differs` when it changes what is done."""

    name: str
    grade: str
    words: str
    differs: bool


@dataclass(frozen=True, slots=True)
class AnswerLine:
    """An answer with what it rests on."""

    answer: plain.PlainAnswer
    sources: tuple[Source, ...]
    general_knowledge: bool


@dataclass(frozen=True, slots=True)
class CaseOfReport:
    """What the pages of a report know of the case."""

    id: UUID
    reference: str
    patient_name: str
    doctor: str
    state: str


@dataclass(frozen=True, slots=True)
class ReportPage:
    """The page of one opinion for the patient: plain words first, then answers, agreement, what came later."""

    case: CaseOfReport
    opinions: tuple[OpinionLine, ...]
    current: OpinionLine
    plain: PlainPage
    answers: tuple[AnswerLine, ...]
    axes: tuple[AxisLine, ...]
    records_until: datetime
    valid_until: date | None
    contact: str
    missing: tuple[str, ...]
    declaration: str
    addenda: tuple[Addendum, ...]
    asked: tuple[Asked, ...]
    questions_left: int
    against_asking: tuple[Refusal, ...]


@dataclass(frozen=True, slots=True)
class FullPage:
    """The whole opinion, as it stands on paper: `paper` holds the values of reports.renderings.paper.opinion."""

    case: CaseOfReport
    current: OpinionLine
    opinions: tuple[OpinionLine, ...]
    paper: dict[str, Any]
    addenda: tuple[Addendum, ...]


@dataclass(frozen=True, slots=True)
class SheetPage:
    """The sheet "take to your doctor"."""

    case: CaseOfReport
    current: OpinionLine
    sheet: DoctorSheet
    contact: str
    emergency_number: str


def report(*, reader: Reader, opinion_id: UUID | None = None) -> ReportPage:
    """The page of one opinion, the first unread one when none is named. Raises NotFound, also before delivery."""
    chain = _chain(reader, opinion_id, unread_first=True)
    document = sealed.document_of(chain.rows[0])
    later = _addenda(chain.rows[1:], reader)
    asked = _asked(chain.current.opinion_id, later)
    content = document.content
    against = policy.against_asking(chain.case, len(asked))
    declared = (*content.declaration.sentences, content.declaration.interests)
    return ReportPage(
        case=of_case(chain.case),
        opinions=chain.lines,
        current=chain.current,
        plain=plain.page(document, _),
        answers=tuple(_answer(made, content.answers, content.sources) for made in plain.page(document, _).answers),
        axes=_axes(content.agreement),
        records_until=document.header.records_until,
        valid_until=day_of(document.header.valid_until),
        contact=document.scope.contact,
        missing=tuple(one.what for one in document.missing),
        declaration=" ".join(filter(None, declared)),
        addenda=tuple(later.values()),
        asked=asked,
        questions_left=max(0, 3 - len(asked)),
        against_asking=tuple(against),
    )


def delivered(*, reader: Reader) -> tuple[Delivered, ...]:
    """Every opinion in the order of the seats, in two queries; no sealed byte is read. NotFound before delivery."""
    chain = _chain(reader, None)
    answers = {seal.pk for rows in chain.chains.values() for seal in rows[1:]}
    asked = FollowUp.objects.filter(opinion__case_id=reader.case_id).values_list("opinion_id", "answered_by_seal_id")
    waiting = Counter(opinion for opinion, answer in asked if answer not in answers)
    return tuple(Delivered(line, waiting[line.opinion_id]) for line in chain.lines)


def full(*, reader: Reader, opinion_id: UUID | None = None) -> FullPage:
    """The whole opinion for whoever may read it; the doctor behind a link sees the same."""
    chain = _chain(reader, opinion_id)
    document = sealed.document_of(chain.rows[0])
    values = paper.opinion(document, sealed.beside(chain.rows[0]), address=sealed.address(), say=_)
    return FullPage(
        case=of_case(chain.case),
        current=chain.current,
        opinions=chain.lines,
        paper=values,
        addenda=tuple(_addenda(chain.rows[1:], reader).values()),
    )


def sheet(*, reader: Reader, opinion_id: UUID) -> SheetPage:
    """The sheet of one opinion."""
    chain = _chain(reader, opinion_id)
    document = sealed.document_of(chain.rows[0])
    return SheetPage(
        case=of_case(chain.case),
        current=chain.current,
        sheet=plain.sheet(document, _),
        contact=document.scope.contact,
        emergency_number=document.header.emergency_number,
    )


def case_of(*, reader: Reader) -> CaseOfReport:
    """Reference and names for pages that show no opinion."""
    if not (reader.may(Right.READ_REPORT) or reader.may(Right.READ_SHARED_REPORT)):
        raise NotFound
    return of_case(row_of(reader))


def row_of(reader: Reader) -> Case:
    """The live case of a reader. Raises NotFound."""
    row = Case.objects.select_related("patient").filter(pk=reader.case_id, tombstone_at=None).first()
    if row is None:
        raise NotFound
    return row


@dataclass(frozen=True, slots=True)
class Chain:
    """A case, its opinions in the order of their seats, the chosen one, and what was signed for each in order."""

    case: Case
    lines: tuple[OpinionLine, ...]
    current: OpinionLine
    chains: dict[UUID, list[Seal]]

    @property
    def rows(self) -> list[Seal]:
        """What was signed for the chosen one."""
        return self.chains[self.current.opinion_id]


def _chain(reader: Reader, opinion_id: UUID | None, *, unread_first: bool = False) -> Chain:
    if not reader.may(Right.READ_REPORT):
        reader.require(Right.READ_SHARED_REPORT)
    rows = list(_seals(reader.case_id))
    if not rows or policy.against_reading(rows[0].opinion.case):
        raise NotFound
    case = rows[0].opinion.case
    chains: dict[UUID, list[Seal]] = {}
    for seal in rows:
        chains.setdefault(seal.opinion_id, []).append(seal)
    lines = [_line(chain) for chain in chains.values()]
    chosen = next((line for line in lines if line.opinion_id == opinion_id), None)
    if opinion_id is None:
        chosen = next((line for line in lines if unread_first and not line.is_read), lines[0])
    if chosen is None:
        raise NotFound
    return Chain(case, tuple(lines), chosen, chains)


def _seals(case_id: UUID) -> QuerySet[Seal]:
    rows = Seal.objects.filter(opinion__case_id=case_id, opinion__case__tombstone_at=None).exclude(report=None)
    return rows.select_related("opinion__case__patient", "report", "signed_by__person").order_by(
        "opinion__assignment__seat", "sequence"
    )


def _line(chain: Sequence[Seal]) -> OpinionLine:
    first = chain[0]
    unread = [seal for seal in chain if seal.report.first_read_at is None]
    taken_back = next((seal.signed_at for seal in chain if seal.kind == Seal.Kind.WITHDRAWAL), None)
    return OpinionLine(
        opinion_id=first.opinion_id,
        seal_id=first.pk,
        report_id=first.report.pk,
        number=first.number,
        check_code=first.check_code,
        expert=first.signed_by.name,
        country=first.signed_by.country,
        country_name=country.country_name(first.signed_by.country),
        signed_at=first.signed_at,
        withdrawn_at=taken_back,
        addenda=sum(seal.kind == Seal.Kind.ADDENDUM for seal in chain),
        is_read=not unread,
        added=bool(unread) and first not in unread,
    )


def of_case(row: Case) -> CaseOfReport:
    """Its reference and names."""
    return CaseOfReport(row.pk, row.reference, row.patient.name, row.treating_doctor, row.state)


def _addenda(rows: Sequence[Seal], reader: Reader) -> dict[UUID, Addendum]:
    hers = bool(reader.relations & {Relation.OWNER, Relation.PROXY})
    found: dict[UUID, Addendum] = {}
    for row in rows:
        document = seals.read(sealing.canonical_bytes(row))
        if isinstance(document, seals.SealedAddendum):
            withdrawn = document.kind == "withdrawal"
            is_new = hers and row.report.first_read_at is None
            found[row.pk] = Addendum(
                row.pk, row.number, withdrawn, document.reason, document.words, document.answers, row.signed_at, is_new
            )
    return found


def _asked(opinion_id: UUID, later: dict[UUID, Addendum]) -> tuple[Asked, ...]:
    return tuple(
        Asked(
            row.number, row.text, row.asked_at, later.get(row.answered_by_seal_id) if row.answered_by_seal_id else None
        )
        for row in FollowUp.objects.filter(opinion_id=opinion_id)
    )


def _answer(made: plain.PlainAnswer, given: Sequence[Answer], sources: Sequence[Source]) -> AnswerLine:
    cited = next(answer for answer in given if answer.number == made.number)
    return AnswerLine(
        made, tuple(one for one in sources if one.id in cited.sources), general_knowledge=cited.general_knowledge
    )


def _axes(agreement: Any) -> tuple[AxisLine, ...]:
    named = (("diagnosis", agreement.diagnosis), ("treatment", agreement.treatment), ("prognosis", agreement.prognosis))
    return tuple(_axis(_(LABELS[name]), axis) for name, axis in named)


def _axis(name: str, axis: Axis) -> AxisLine:
    causes = "; ".join(term(cause, _) for cause in axis.causes)
    words = ": ".join(filter(None, (causes, axis.words)))
    said = {
        Grade.SAME: _("The same"),
        Grade.REFINED: _("The same, more exact"),
        Grade.MAJOR: _("An important difference"),
        Grade.NOT_APPLICABLE: _("Not stated by both"),
    }
    return AxisLine(name, said[axis.grade], words, axis.grade is Grade.MAJOR)
