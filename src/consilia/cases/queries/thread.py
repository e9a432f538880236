"""The thread of a case: beads for what happened, the hollow one for what is next, grey ones for what comes later."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from consilia.cases import clocks
from consilia.cases.clocks import Clock, Times
from consilia.cases.models import Case, Step
from consilia.cases.states import ENDS, TABLE, State, Turn

# The usual way of a case, for the beads that still lie ahead.
USUAL = (
    State.DRAFT,
    State.COLLECTING,
    State.ORGANISING,
    State.READY,
    State.OFFERED,
    State.MATCHING,
    State.IN_REVIEW,
    State.EDITORIAL,
    State.SIGNED,
    State.DELIVERED,
)
BEADS: dict[State, Promise] = {
    State.DRAFT: _("Case started"),
    State.COLLECTING: _("Questions and consent"),
    State.ORGANISING: _("Records handed in"),
    State.RETURNED: _("Something was missing"),
    State.READY: _("Our editor passed the case"),
    State.OFFERED: _("Price offered"),
    State.MATCHING: _("Offer accepted, experts asked"),
    State.IN_REVIEW: _("Experts began to read"),
    State.WAITING_FOR_PATIENT: _("An expert asked you something"),
    State.EDITORIAL: _("Opinion written, being checked"),
    State.SIGNED: _("Opinion signed"),
    State.DELIVERED: _("Report delivered"),
    State.CLOSED: _("Case closed"),
    State.WITHDRAWN: _("Case withdrawn"),
    State.DECLINED: _("Case declined"),
    State.EXPIRED: _("Case expired"),
}
# What each coming state is, seen from before; the two short ones are told by their neighbours.
AHEAD: dict[State, Promise] = {
    State.COLLECTING: _("Your records"),
    State.ORGANISING: _("Records in order, our editor passes the case"),
    State.OFFERED: _("Price, your decision"),
    State.MATCHING: _("Experts are asked"),
    State.IN_REVIEW: _("Experts read"),
    State.EDITORIAL: _("Our editor checks"),
    State.SIGNED: _("Signed, your report is made"),
    State.DELIVERED: _("You read, ask, share"),
}
PROMISES: dict[Turn, Promise] = {
    Turn.PATIENT: _("You"),
    Turn.OURS: _("Us"),
    Turn.EXPERT: _("Experts"),
    Turn.NOBODY: _("Nobody"),
}


@dataclass(frozen=True, slots=True)
class Bead:
    """One bead: `kind` is done, next or later; `at` for done ones; `who` says whose step a coming one is."""

    kind: str
    words: Promise | str
    at: datetime | None = None
    who: Promise | str = ""


@dataclass(frozen=True, slots=True)
class Thread:
    beads: tuple[Bead, ...]
    clock: Clock
    times: Times
    late: bool


def zone() -> ZoneInfo:
    """The zone in which the service makes its promises."""
    return ZoneInfo(settings.CONSILIA_TIME_ZONE)


def thread(case: Case, steps: Sequence[Step], at: datetime) -> Thread:
    """The thread of one case from its steps (in order)."""
    state = State(case.state)
    running = clocks.clock(state, case.state_since, zone())
    beads = [Bead("done", BEADS[State(step.new)], step.at) for step in steps]
    if state not in ENDS:
        beads.append(Bead("next", TABLE[state].patient_sees, running.since, PROMISES[running.turn]))
        beads.extend(_later(state))
    spent = clocks.times([(step.new, step.at) for step in steps] or [(case.state, case.opened_at)], at)
    return Thread(tuple(beads), running, spent, running.late(at))


def _later(state: State) -> list[Bead]:
    detour = {State.RETURNED: State.COLLECTING, State.WAITING_FOR_PATIENT: State.IN_REVIEW}
    ahead = USUAL[USUAL.index(detour.get(state, state)) + 1 :]
    return [Bead("later", AHEAD[one], None, _whose(one)) for one in ahead if one in AHEAD]


def _whose(state: State) -> str:
    """Whose step it will be and how long we promise: "Us, 1 working day"."""
    row = TABLE[state]
    who = str(PROMISES[row.turn])
    if row.business_days:
        return who + ", " + ngettext("%d working day", "%d working days", row.business_days) % row.business_days
    if row.promise and row.turn is not Turn.PATIENT:
        hours = int(row.promise.total_seconds() // 3600)
        return who + ", " + ngettext("%d hour", "%d hours", hours) % hours
    return who
