"""Conversations of a case for the desk: with the patient, with each expert, and the questions that stop a clock."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from consilia.cases.access import Reader, Right
from consilia.cases.models import Assignment, ExpertQuestion, Message
from consilia.cases.queries.desk_case import Note, _note
from consilia.cases.states import Seat
from consilia.kernel.refusal import NotFound


@dataclass(frozen=True, slots=True)
class Asked:
    """A question of an expert that waits for an answer."""

    id: UUID
    expert: str
    text: str
    to_patient: bool
    asked_at: datetime


@dataclass(frozen=True, slots=True)
class Talk:
    """One conversation; `seat_id` None is the one with the patient."""

    seat_id: UUID | None
    who: str
    notes: tuple[Note, ...]
    open_for_words: bool

    @property
    def unread(self) -> int:
        return sum(1 for note in self.notes if note.read_at is None and not note.from_desk)


@dataclass(frozen=True, slots=True)
class Talks:
    patient: Talk
    experts: tuple[Talk, ...]
    asked: tuple[Asked, ...]


def talks(*, reader: Reader, patient_name: str) -> Talks:
    """Everything that was said, oldest first, and the open questions of experts."""
    reader.require(Right.READ_AS_DESK)
    said: dict[UUID | None, list[Note]] = defaultdict(list)
    rows = Message.objects.filter(case_id=reader.case_id).exclude(audience=Message.Audience.INTERNAL)
    for row in rows.select_related("author"):
        said[row.assignment_id].append(_note(row))
    seats = Assignment.objects.filter(case_id=reader.case_id).exclude(expert=None).select_related("expert__person")
    with_words = [
        seat for seat in seats if seat.pk in said or seat.state in {Seat.INVITED, Seat.ACCEPTED, Seat.FINISHED}
    ]
    return Talks(
        patient=Talk(None, patient_name, tuple(said[None]), True),
        experts=tuple(
            Talk(seat.pk, seat.expert.name if seat.expert else "", tuple(said[seat.pk]), seat.ended_at is None)
            for seat in with_words
        ),
        asked=_asked(reader),
    )


def _asked(reader: Reader) -> tuple[Asked, ...]:
    rows = ExpertQuestion.objects.filter(assignment__case_id=reader.case_id, answered_at=None)
    return tuple(
        Asked(
            row.pk, row.assignment.expert.name if row.assignment.expert else "", row.text, row.to_patient, row.asked_at
        )
        for row in rows.select_related("assignment__expert__person").order_by("asked_at")
    )


def seat_to_write_to(*, reader: Reader, seat_id: UUID) -> Assignment:
    """A seat of this case that the desk may write to. Raises NotFound for others."""
    reader.require(Right.WORK_AS_DESK)
    seat = Assignment.objects.filter(pk=seat_id, case_id=reader.case_id, ended_at=None).exclude(expert=None).first()
    if seat is None:
        raise NotFound
    return seat
