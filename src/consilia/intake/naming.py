"""What is this paper? Where we are not sure, a person says it; what she sees, her word, and taking it back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from consilia.cases import content
from consilia.cases.access import Reader, Right
from consilia.cases.actions.moving import lock, refuse
from consilia.cases.models import Case
from consilia.clinical.papers import ASK_BELOW
from consilia.intake import deciding, examples, words
from consilia.intake.judging import dating, kinds
from consilia.intake.judging.kinds import NOT_MEDICAL, UNKNOWN
from consilia.intake.judging.record import Record
from consilia.kernel.refusal import Invalid, NotFound, Refusal
from consilia.records import papers, readings
from consilia.records.models import Document
from consilia.records.papers import Asked

MOST_KINDS: Final = 7  # that have a key of their own
DAY_KEYS: Final = "abcd"
SHOWN_PAGES: Final = 4
SHOWN_LINES: Final = 300  # of a paper without pictures
# What fills the places that nothing in the paper speaks for.
USUAL: Final = (
    *("radiology_report", "lab_report", "discharge_summary", "consultation_note", "pathology_report"),
    *("operative_note", "medication_list"),
)


@dataclass(frozen=True, slots=True)
class KindChoice:
    """A kind of paper with its key; `why` are the words of the paper that speak for it."""

    key: str
    kind: str
    name: str
    hint: str
    why: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class DayChoice:
    """A day with its key and the line where it stands; None: the paper bears no day."""

    key: str
    on: date | None
    line: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class Place:
    """Where a paper stands among all of which a person is or was asked."""

    number: int
    total: int
    left: int
    before: UUID | None
    after: UUID | None


@dataclass(frozen=True, slots=True)
class Sheet:
    """All that is shown of one paper. `asks_kind` and `asks_day`: what we are not sure of."""

    id: UUID
    name: str
    title: str
    language: str
    pages: tuple[int, ...]  # that are shown, from 1
    all_pages: int
    has_pictures: bool
    lines: tuple[str, ...]
    asks_kind: bool
    asks_day: bool
    kinds: tuple[KindChoice, ...]
    days: tuple[DayChoice, ...]
    others: tuple[str, ...]
    place: Place
    called: str  # what a person called it; "" while nobody has
    against: tuple[Refusal, ...]  # against naming it now


def require(reader: Reader) -> None:
    """The desk decides about records, and the patient about hers. Raises NotFound for others."""
    if not (reader.may(Right.DECIDE_RECORDS) or reader.may(Right.DECIDE_OWN_RECORDS)):
        raise NotFound


def next_sheet(*, reader: Reader, after: UUID | None = None) -> Sheet | None:
    """The next paper for a person to name, behind one or from the start; None when all have a name."""
    require(reader)
    asked = papers.asked(reader.case_id)
    ids = [one.original_id for one in asked]
    start = ids.index(after) + 1 if after in ids else 0
    waiting = [one.original_id for one in (*asked[start:], *asked[:start]) if not one.is_answered]
    return _sheet(reader, waiting[0], asked) if waiting else None


def sheet(*, reader: Reader, original_id: UUID) -> Sheet:
    """One paper. Raises NotFound for one of another case."""
    require(reader)
    return _sheet(reader, original_id, papers.asked(reader.case_id))


def _sheet(reader: Reader, original_id: UUID, asked: tuple[Asked, ...]) -> Sheet:
    """A paper with what speaks for each kind and day."""
    document = papers.paper(reader.case_id, original_id)
    record = _record(document)
    original = document.original
    shown = tuple(range(1, min(document.pages, SHOWN_PAGES) + 1)) if document.has_page_images else ()
    return Sheet(
        id=original.pk,
        name=record.name,
        title=document.title,
        language=document.language,
        pages=shown,
        all_pages=document.pages,
        has_pictures=document.has_page_images,
        lines=record.lines[:SHOWN_LINES],
        asks_kind=document.kind_confidence < ASK_BELOW,
        asks_day=document.date_confidence < ASK_BELOW,
        kinds=tuple(_kinds(document, record)),
        days=tuple(_days(document, record)),
        others=tuple(str(name) for name in words.CHOICES.values()),
        place=_place(original_id, asked),
        called=words.choice(document.kind) if document.decided_at else "",
        against=deciding.against_removing(Case.objects.get(pk=reader.case_id)),
    )


@transaction.atomic
def name(by: Reader, original_id: UUID, *, kind: str, on: date | None, at: datetime) -> str:
    """A person says what a paper is and of which day; returns the kind in words. Raises NotFound, Invalid, Refused."""
    case = _changeable(by)
    if kind not in words.CHOICES:
        raise Invalid({"kind": _("Choose what this paper is.")})
    document = papers.name(by.case_id, original_id, kind=kind, on=on, actor=by.actor, at=at)
    examples.keep(document, _record(document), case.patient, content.library())
    deciding.draw_anew(by.case_id, at=at)
    return words.choice(kind)


@transaction.atomic
def take_back(by: Reader, original_id: UUID, *, at: datetime) -> None:
    """What was recognised counts again, and the paper waits for a name again. Raises NotFound, Refused."""
    _changeable(by)
    document = papers.take_name_back(by.case_id, original_id, actor=by.actor, at=at)
    examples.forget(document.pk)
    deciding.draw_anew(by.case_id, at=at)


def _changeable(by: Reader) -> Case:
    require(by)
    case = lock(by.case_id)
    refuse(deciding.against_removing(case))
    return case


def kind_called(said: str) -> str:
    """The kind that a person typed by its name; "" for none of that name."""
    wanted = said.strip().casefold()
    return next((kind for kind, name in words.CHOICES.items() if str(name).casefold() == wanted), "")


def _record(document: Document) -> Record:
    original = document.original
    return Record(original.path, original.sha256, original.size, readings.of(original))


def _place(original_id: UUID, asked: tuple[Asked, ...]) -> Place:
    """A paper that nobody asks about may be opened by its address; it stands behind all others."""
    ids = [one.original_id for one in asked]
    at = ids.index(original_id) if original_id in ids else len(ids)
    left = sum(not one.is_answered for one in asked)
    before, after = ids[at - 1] if at else None, ids[at + 1] if at + 1 < len(ids) else None
    return Place(min(at + 1, len(ids)), len(ids), left, before, after)


def _kinds(document: Document, record: Record) -> Iterator[KindChoice]:
    """What counts now, then what else speaks in the paper, then what is usual."""
    ranked = kinds.recognition_of(content.library()).ranked(record, document.language)
    why = {one.kind: one.reason.replace("*", "…") for one in ranked}  # the star of a list is no word for people
    candidates = (document.kind, document.recognised_kind, *why, *USUAL, NOT_MEDICAL)
    offered = [one for one in dict.fromkeys(candidates) if one in words.CHOICES and one != UNKNOWN]
    for key, kind in enumerate(offered[:MOST_KINDS], 1):
        hint = content.library().kind(kind).label
        yield KindChoice(str(key), kind, words.choice(kind), hint, why.get(kind, ""), kind == document.kind)


def _days(document: Document, record: Record) -> Iterator[DayChoice]:
    """The day that counts now, then those that the paper names; the last choice is that it bears none."""
    letter = kinds.recognition_of(content.library()).letter_of(record)
    judged = dating.date_of(record, document.kind, letter)
    lines = {judged.value: judged.reason} if judged.value else {}
    for day in dating.named_days(record, len(DAY_KEYS)):
        lines[day.value] = day.line
    now = document.document_date
    values = dict.fromkeys((*([now.isoformat()] if now else []), *lines))
    for key, value in zip(DAY_KEYS, values, strict=False):
        on = date.fromisoformat(value)
        yield DayChoice(key, on, lines.get(value, ""), on == now)
    yield DayChoice("n", None, "", now is None)
