"""The expert's own page and invitations: what waits for an answer, what waits for an opinion, until when."""

from __future__ import annotations

from django.contrib import messages as notices
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from consilia.accounts.models import Person, Role
from consilia.audit import actions as audit
from consilia.audit.kinds import Kind
from consilia.cases import actions, content
from consilia.cases.access import Reader, Right
from consilia.cases.queries import expert as queries
from consilia.cases.states import DeclineCode
from consilia.kernel.refusal import Invalid
from consilia.opinions import queries as opinions
from consilia.web import access
from consilia.web.expert.forms import ConflictForm, DeclineForm
from consilia.web.expert.showing import show, tongue

DECLARED = ("no_conflict_treating", "no_conflict_gain")


@access.role(Role.EXPERT)
@require_safe
def home(request: HttpRequest, who: Person) -> HttpResponse:
    """Invitations and cases with their clocks, soonest first."""
    page = opinions.home(reader=who, at=timezone.now(), language=tongue())
    return show(request, "expert/home/home.html", {"page": page})


@access.case_right(Right.READ_TEASER)
@require_safe
def invitation(request: HttpRequest, reader: Reader) -> HttpResponse:
    """The anonymised case, the declaration, the two answers."""
    if reader.may(Right.READ_AS_EXPERT):
        return redirect("expert:table", reader.case_id)
    return _invitation(request, reader, ConflictForm(), DeclineForm())


def _invitation(
    request: HttpRequest, reader: Reader, conflict: ConflictForm, decline: DeclineForm, status: int = 200
) -> HttpResponse:
    at = timezone.now()
    teaser = queries.teaser(reader=reader, language=tongue())
    with transaction.atomic():
        audit.record(
            Kind.TEASER_OPENED, case_id=reader.case_id, actor=reader.actor, entity=("assignment", reader.seat_id), at=at
        )
    page = {
        "teaser": teaser,
        "conflict": conflict,
        "decline": decline,
        "declared": declared_sentences(),
        "is_late": bool(teaser.answer_due and teaser.answer_due < at),
    }
    return show(request, "expert/invitations/invitation.html", page, status=status)


def declared_sentences() -> tuple[str, ...]:
    """What an expert declares, in the words of the content library."""
    said = content.library().sentences("opinion", tongue())
    return tuple(said[key] for key in DECLARED)


@access.case_right(Right.ANSWER_INVITATION)
@require_POST
def conflicts(request: HttpRequest, reader: Reader) -> HttpResponse:
    """She asks who treats the patient, so that she can say whether she has a conflict of interest."""
    actions.show_treating(reader, at=timezone.now())
    return redirect("expert:invitation", reader.case_id)


@access.case_right(Right.ANSWER_INVITATION)
@require_POST
def accept(request: HttpRequest, reader: Reader) -> HttpResponse:
    """Takes the seat; the two conditions are declared in the same step."""
    form = ConflictForm(request.POST)
    if form.is_valid():
        try:
            actions.accept(reader, no_conflict=True, at=timezone.now())
        except Invalid as refusal:
            form.take_up(refusal)
        else:
            notices.success(request, _("The seat is yours. The time for your opinion runs from now."))
            return redirect("expert:table", reader.case_id)
    return _invitation(request, reader, form, DeclineForm(), 422)


@access.case_right(Right.ANSWER_INVITATION)
@require_POST
def decline(request: HttpRequest, reader: Reader) -> HttpResponse:
    """Declines with a code; the desk asks the next expert at once."""
    form = DeclineForm(request.POST)
    if not form.is_valid():
        return _invitation(request, reader, ConflictForm(), form, 422)
    code = DeclineCode(form.cleaned_data["code"])
    actions.decline(reader, code=code, note=form.cleaned_data["note"], at=timezone.now())
    notices.success(request, _("Thank you for the quick answer. The desk asks another expert now."))
    return redirect("expert:home")
