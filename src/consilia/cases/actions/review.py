"""The steps of the review that the room `opinions` and `reports` take: to the editor, back, signed, delivered."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from consilia.cases.actions.desk import tell_owner
from consilia.cases.actions.moving import lock, move
from consilia.cases.models import Case
from consilia.cases.states import State
from consilia.kernel.actor import Actor


@transaction.atomic
def to_editorial(case_id: UUID, *, actor: Actor, at: datetime) -> Case:
    """All accepted experts have handed their opinion to the editor; while a seat is still being asked, nothing moves.

    An expert does not wait for others: the opinion is with the editor, whatever the state of the case says.
    """
    case = lock(case_id)
    if State(case.state) in {State.IN_REVIEW, State.WAITING_FOR_PATIENT}:
        move(case, State.EDITORIAL, actor=actor, at=at)
    return case


@transaction.atomic
def back_to_experts(case_id: UUID, *, actor: Actor, at: datetime) -> Case:
    """The editor sent an opinion back with reasons."""
    case = lock(case_id)
    if State(case.state) is State.EDITORIAL:
        move(case, State.IN_REVIEW, actor=actor, at=at)
    return case


@transaction.atomic
def pass_signing(case_id: UUID, *, actor: Actor, at: datetime) -> Case:
    """Every opinion of the case is signed. While a seat is still being asked, the case waits for it. Twice is once."""
    case = lock(case_id)
    if State(case.state) in {State.IN_REVIEW, State.WAITING_FOR_PATIENT}:
        move(case, State.EDITORIAL, actor=actor, at=at)
    if State(case.state) is State.EDITORIAL:
        move(case, State.SIGNED, actor=actor, at=at)
    return case


@transaction.atomic
def deliver(case_id: UUID, *, actor: Actor, at: datetime) -> Case:
    """The reports are there; the patient is told without a clinical word. Twice is once."""
    case = lock(case_id)
    if State(case.state) is State.SIGNED:
        move(case, State.DELIVERED, actor=actor, at=at)
        tell_owner(case, "delivered", at)
    return case
