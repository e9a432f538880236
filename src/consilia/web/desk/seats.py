"""Seats for experts: the law of each pair, proposals with reasons, invitations with deadlines."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from consilia.cases import actions, content
from consilia.cases.access import Reader, Right
from consilia.cases.queries import desk_case
from consilia.cases.states import Seat
from consilia.clinical.jurisdictions import Route
from consilia.kernel.refusal import NotFound, Refused
from consilia.matching import queries as matching
from consilia.suitability.verdicts import Verdict
from consilia.web import access
from consilia.web.desk.pages import note_case, show


@access.case_right(Right.READ_AS_DESK)
@require_GET
def seats(request: HttpRequest, reader: Reader) -> HttpResponse:
    """Every wanted country with its law, its seats and the experts who could sit there."""
    now = timezone.now()
    note_case(reader, "seats", at=now)
    head = desk_case.head(reader=reader, at=now)
    lines = desk_case.seats(reader=reader)
    plans = matching.proposals(reader=reader, at=now)
    page = {
        "head": head,
        "plans": [
            (plan, [line for line in lines if line.country == plan.country], _asked(lines, plan)) for plan in plans
        ],
        "lines": lines,
        "specialities": _specialities(head.case_type),
        "live": {Seat.PLANNED, Seat.INVITED, Seat.ACCEPTED, Seat.FINISHED},
    }
    return show(request, "desk/cases/seats.html", page)


def _asked(lines: tuple[desk_case.SeatLine, ...], plan: matching.CountryPlan) -> list[int]:
    """The numbers of seats of this country into which somebody can still be invited."""
    taken = {line.seat for line in lines if line.state in {Seat.ACCEPTED, Seat.FINISHED}}
    opened = {
        line.seat for line in lines if line.country == plan.country and line.state in {Seat.PLANNED, Seat.INVITED}
    }
    return sorted(opened - taken)


def _specialities(case_type: str) -> list[tuple[str, str]]:
    """The specialities of the case type first, then all others."""
    spoken = get_language() or "en"
    library = content.library()
    fitting = library.specialities(case_type)
    rows = [*fitting, *(row for row in library.specialities() if row not in fitting)]
    return [(row.id, getattr(row, spoken, "") or row.en) for row in rows]


@access.case_right(Right.WORK_AS_DESK)
@require_POST
def plan(request: HttpRequest, reader: Reader) -> HttpResponse:
    """Plans a seat in a wanted country; where the law of the pair says so, it goes via the patient's doctor."""
    code, speciality = request.POST.get("country", ""), request.POST.get("speciality", "")
    if speciality not in {row.id for row in content.library().specialities()}:
        raise NotFound
    law = matching.law_of(code, reader=reader)
    if against := matching.against_planning(law):
        raise Refused(*against)
    via_doctor = law.route is Route.VIA_LOCAL_DOCTOR
    reasons = [
        {"code": one.code, "words": one.message, "rule": one.rule.id, "version": str(one.rule.version)}
        for one in law.reasons
        if one.verdict is not Verdict.POSSIBLE or law.verdict is Verdict.POSSIBLE
    ]
    actions.plan_seat(
        reader, country=code, speciality=speciality, via_doctor=via_doctor, reasons=reasons, at=timezone.now()
    )
    said = _("The seat is planned via her doctor.") if via_doctor else _("The seat is planned.")
    messages.success(request, said)
    return redirect("desk:seats", reader.case_id)


@access.case_right(Right.WORK_AS_DESK)
@require_POST
def invite(request: HttpRequest, reader: Reader, seat: int) -> HttpResponse:
    """Asks one expert for a seat; the reasons are kept with the invitation."""
    try:
        expert_id = UUID(request.POST.get("expert", ""))
    except ValueError:
        raise NotFound from None
    now = timezone.now()
    expert, said = matching.reasons_for(expert_id, reader=reader, at=now)
    actions.invite(reader, expert, seat=seat, reasons=[one.as_row() for one in said if one.speaks_for], at=now)
    messages.success(request, _("%s is asked and has 12 hours to answer.") % expert.name)
    return redirect("desk:seats", reader.case_id)


@access.case_right(Right.WORK_AS_DESK)
@require_POST
def close(request: HttpRequest, reader: Reader, seat_id: UUID) -> HttpResponse:
    """Takes a planned seat or an invitation back."""
    actions.close_seat(reader, seat_id, at=timezone.now())
    messages.success(request, _("Taken back."))
    return redirect("desk:seats", reader.case_id)
