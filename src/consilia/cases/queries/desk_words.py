"""The next step of a case in words for the desk: what is to be done, and by whom."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from consilia.cases.models import Assignment
from consilia.cases.queries.thread import AHEAD, BEADS, PROMISES, Bead, Thread
from consilia.cases.states import Seat, State, Turn


@dataclass(frozen=True, slots=True)
class NextStep:
    words: str
    who: str


def next_step(state: State, *, held: int, seats: Iterable[Assignment]) -> NextStep:
    """What happens next, in an imperative; `seats` are those that have not ended."""
    sitting = list(seats)
    match state:
        case State.ORGANISING if held:
            return NextStep(
                ngettext("Decide on %d held record", "Decide on %d held records", held) % held, _("The desk")
            )
        case State.MATCHING:
            return _matching(sitting)
        case State.IN_REVIEW:
            return NextStep(_("Write the opinion"), names(sitting, Seat.ACCEPTED))
        case _:
            return NextStep(*_PLAIN[state]())


_PLAIN: dict[State, Callable[[], tuple[str, str]]] = {
    State.DRAFT: lambda: (_("Describe the case"), _("The patient")),
    State.COLLECTING: lambda: (_("Send the records"), _("The patient. We can help.")),
    State.ORGANISING: lambda: (_("Pass the quality gate"), _("A medical editor")),
    State.RETURNED: lambda: (_("Add what is missing"), _("The patient. We can help.")),
    State.READY: lambda: (_("Make the offer"), _("The desk")),
    State.OFFERED: lambda: (_("Decide on the offer"), _("The patient; an invoice, once accepted, waits for the desk.")),
    State.WAITING_FOR_PATIENT: lambda: (_("Answer the expert's question"), _("The patient, or the desk.")),
    State.EDITORIAL: lambda: (_("Check the opinion before signing"), _("A medical editor")),
    State.SIGNED: lambda: (_("Deliver the report"), _("The service")),
    State.DELIVERED: lambda: (_("Read and ask"), _("The patient has the report.")),
    State.CLOSED: lambda: (_("Closed"), ""),
    State.WITHDRAWN: lambda: (_("Withdrawn"), ""),
    State.DECLINED: lambda: (_("Declined"), ""),
    State.EXPIRED: lambda: (_("Expired"), ""),
}


def _matching(seats: list[Assignment]) -> NextStep:
    if any(seat.state == Seat.INVITED for seat in seats):
        return NextStep(_("Wait for an answer to the invitation"), names(seats, Seat.INVITED))
    if any(seat.state == Seat.PLANNED for seat in seats):
        return NextStep(_("Invite an expert"), _("The desk; a planned seat is empty."))
    return NextStep(_("Plan seats and invite experts"), _("The desk"))


def whose_turn(turn: Turn, patient: str) -> str:
    """Whose turn it is, as the desk says it."""
    words = {
        Turn.OURS: _("Our turn"),
        Turn.EXPERT: _("The experts' turn"),
        Turn.PATIENT: _("The turn of %s") % patient,
        Turn.NOBODY: _("Nobody is waited for"),
    }
    return words[turn]


def beads(course: Thread, patient: str, step: NextStep) -> tuple[Bead, ...]:
    """The thread in the desk's words: what the patient reads as "you" and "your" names her here."""
    ahead = {
        str(AHEAD[State.COLLECTING]): _("Questions and consent"),
        str(AHEAD[State.ORGANISING]): _("Records handed in"),
        str(AHEAD[State.OFFERED]): _("Price, decision"),
        str(AHEAD[State.DELIVERED]): _("Report"),
        str(AHEAD[State.SIGNED]): _("Signed, the report is made"),
    }
    happened = {str(BEADS[State.WAITING_FOR_PATIENT]): _("An expert asked something")}
    you = str(PROMISES[Turn.PATIENT])

    def said(bead: Bead) -> Bead:
        known = happened if bead.kind == "done" else ahead
        words = step.words if bead.kind == "next" else known.get(str(bead.words), bead.words)
        who = str(bead.who)
        return replace(bead, words=words, who=patient + who[len(you) :] if who.split(",")[0] == you else who)

    return tuple(said(bead) for bead in course.beads)


def names(seats: Iterable[Assignment], state: Seat) -> str:
    """The experts of the seats in a state."""
    return ", ".join(seat.expert.name for seat in seats if seat.state == state and seat.expert)
