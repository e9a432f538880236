"""The life of a case as a table: what may follow what, whose turn it is, what they can do, what if nobody moves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class State(models.TextChoices):
    DRAFT = "draft", _("Started")
    COLLECTING = "collecting", _("Records are being collected")
    ORGANISING = "organising", _("Records are being put in order")
    RETURNED = "returned", _("Something is missing")
    READY = "ready", _("Ready for experts")
    OFFERED = "offered", _("Price offered")
    MATCHING = "matching", _("Experts are being asked")
    IN_REVIEW = "in_review", _("Experts are reading")
    WAITING_FOR_PATIENT = "waiting_for_patient", _("An expert asks you something")
    EDITORIAL = "editorial", _("Being checked before signing")
    SIGNED = "signed", _("Signed")
    DELIVERED = "delivered", _("Delivered")
    CLOSED = "closed", _("Closed")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    DECLINED = "declined", _("Declined")
    EXPIRED = "expired", _("Expired")


S = State
ENDS = frozenset({S.CLOSED, S.WITHDRAWN, S.DECLINED, S.EXPIRED})
_LEAVE = {S.WITHDRAWN, S.DECLINED, S.EXPIRED}

ALLOWED: dict[State, frozenset[State]] = {
    S.DRAFT: frozenset({S.COLLECTING} | _LEAVE),
    S.COLLECTING: frozenset({S.ORGANISING} | _LEAVE),
    S.ORGANISING: frozenset({S.READY, S.RETURNED} | _LEAVE),
    S.RETURNED: frozenset({S.ORGANISING} | _LEAVE),
    S.READY: frozenset({S.OFFERED, S.RETURNED} | _LEAVE),
    S.OFFERED: frozenset({S.MATCHING, S.RETURNED} | _LEAVE),
    S.MATCHING: frozenset({S.IN_REVIEW} | _LEAVE),
    S.IN_REVIEW: frozenset({S.WAITING_FOR_PATIENT, S.EDITORIAL, S.MATCHING} | _LEAVE),
    S.WAITING_FOR_PATIENT: frozenset({S.IN_REVIEW, S.EDITORIAL} | _LEAVE),
    S.EDITORIAL: frozenset({S.IN_REVIEW, S.SIGNED} | _LEAVE),
    S.SIGNED: frozenset({S.DELIVERED, S.WITHDRAWN}),
    S.DELIVERED: frozenset({S.CLOSED, S.WITHDRAWN}),
    S.CLOSED: frozenset(),
    S.WITHDRAWN: frozenset(),
    S.DECLINED: frozenset(),
    S.EXPIRED: frozenset(),
}


class Turn(StrEnum):
    """Who is waited for; exactly one clock runs at a time (workflow: three clocks)."""

    PATIENT = "patient"
    OURS = "ours"
    EXPERT = "expert"
    NOBODY = "nobody"


@dataclass(frozen=True, slots=True)
class Row:
    """The four columns that each state carries on pages and in the docs, and the promise of its clock."""

    turn: Turn
    patient_sees: Promise
    now_possible: Promise
    if_nobody_moves: Promise
    promise: timedelta | None = None  # in calendar time
    business_days: int | None = None  # of the service's calendar; wins over `promise`


TABLE: dict[State, Row] = {
    S.DRAFT: Row(
        Turn.PATIENT,
        _("Your case is started. Tell us what it is about and say yes to the terms."),
        _("You: describe the case, write your questions, give consent."),
        _("We remind you after a week and delete the draft after 90 days."),
    ),
    S.COLLECTING: Row(
        Turn.PATIENT,
        _("Send the records you have. You see at once what is missing."),
        _("You: send records, ask hospitals for missing ones, hand the case in."),
        _("We remind you after a week and offer help by the desk."),
    ),
    S.ORGANISING: Row(
        Turn.OURS,
        _("We put your records in order and check that they can answer your questions."),
        _("The desk: decide on held records. The editor: pass the case or ask for more."),
        _("The desk's lead is told when the promise is late; you see the delay."),
        business_days=1,
    ),
    S.RETURNED: Row(
        Turn.PATIENT,
        _("Something is missing. The list says what and how to get it."),
        _("You: add what is missing, or hand in again with a word why you cannot."),
        _("We remind you after a week; the case waits 90 days."),
    ),
    S.READY: Row(
        Turn.OURS,
        _("Your case is ready for experts. The price comes next."),
        _("The desk: make the offer."),
        _("The desk's lead is told when the promise is late; you see the delay."),
        business_days=1,
    ),
    S.OFFERED: Row(
        Turn.PATIENT,
        _("Here is the price and what it holds. Nothing is owed before you say yes."),
        _("You: accept, use a voucher, or leave."),
        _("The offer ends after three working days; the desk asks you once."),
        business_days=3,
    ),
    S.MATCHING: Row(
        Turn.OURS,
        _("We ask the experts. Each answers within 12 hours or the next one is asked."),
        _("You: say yes to each expert's country. Experts: accept or decline."),
        _("The next expert is asked; after three tries the desk calls you."),
        business_days=2,
    ),
    S.IN_REVIEW: Row(
        Turn.EXPERT,
        _("The experts are reading your records."),
        _("Experts: read, ask, write. You: send what they ask for."),
        _("We remind the expert, then the desk calls; you see the delay."),
        promise=timedelta(hours=48),
    ),
    S.WAITING_FOR_PATIENT: Row(
        Turn.PATIENT,
        _("An expert asks you something. The expert's clock stands still."),
        _("You: answer or say that you cannot."),
        _("We remind you after two days; then the expert goes on without the answer."),
        promise=timedelta(days=2),
    ),
    S.EDITORIAL: Row(
        Turn.OURS,
        _("Our medical editor checks that every question is answered."),
        _("The editor: pass it for signing or send it back with reasons."),
        _("The desk's lead is told when the promise is late; you see the delay."),
        business_days=1,
    ),
    S.SIGNED: Row(
        Turn.OURS,
        _("Your opinion is signed. We prepare it for you."),
        _("We: make the report and tell you."),
        _("The desk is told after one hour."),
        promise=timedelta(hours=4),
    ),
    S.DELIVERED: Row(
        Turn.PATIENT,
        _("Your opinion is here. You may ask three questions about it."),
        _("You: read, ask, share it with your doctor."),
        _("The case closes 30 days after delivery; you keep everything."),
        promise=timedelta(days=30),
    ),
    S.CLOSED: Row(
        Turn.NOBODY,
        _("This case is closed."),
        _("You: read, download, share, erase."),
        _("Nothing; it stays as it is."),
    ),
    S.WITHDRAWN: Row(
        Turn.NOBODY,
        _("You withdrew this case."),
        _("You: download, erase."),
        _("Kept as long as the law asks, then erased."),
    ),
    S.DECLINED: Row(
        Turn.NOBODY, _("We could not take this case; the letter says why."), _("You: download, erase."), _("Nothing.")
    ),
    S.EXPIRED: Row(Turn.NOBODY, _("This case waited too long."), _("You: start again, erase."), _("Nothing.")),
}


def may_follow(old: State | str, new: State | str) -> bool:
    return State(new) in ALLOWED[State(old)]


class Seat(models.TextChoices):
    """The life of an expert's seat in a case (glossary: Assignment)."""

    PLANNED = "planned", _("Planned")
    VIA_DOCTOR = "via_doctor", _("Via your doctor")
    INVITED = "invited", _("Invited")
    ACCEPTED = "accepted", _("Accepted")
    DECLINED = "declined", _("Declined")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    FINISHED = "finished", _("Finished")


class DeclineCode(models.TextChoices):
    """Why an expert declines (workflow: codes for an expert who declines)."""

    OUT_OF_SCOPE = "out_of_scope", _("Out of scope")
    CONFLICT_OF_INTEREST = "conflict_of_interest", _("Conflict of interest")
    NO_TIME = "no_time", _("No time")
    RECORDS_INADEQUATE = "records_inadequate", _("Records inadequate")
    NEEDS_EXAMINATION = "needs_examination", _("Needs an examination in person")
    LEGAL = "legal", _("Legal")
