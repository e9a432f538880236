"""The worklist, the search and the list of held records."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from consilia.accounts.models import REVIEWERS, Person, Role
from consilia.cases.queries import desk
from consilia.cases.queries.desk import Filter
from consilia.cases.states import State, Turn
from consilia.web import access
from consilia.web.desk import forms
from consilia.web.desk.pages import show

STAFF = (Role.COORDINATOR, Role.EDITOR, Role.ADMINISTRATOR, Role.AUDITOR, *REVIEWERS)


@access.role(*STAFF)
@require_GET
def worklist(request: HttpRequest, who: Person) -> HttpResponse:
    """Open cases by turn and deadline; staff without a worklist go to their own room."""
    held = access.roles_of(request, who)
    if not desk.DESK & held:
        return redirect(_own_room(held))
    wanted = _filter(request)
    page = desk.worklist(reader=who, wanted=wanted, at=timezone.now())
    given = {"page": page, "wanted": wanted, "find": forms.FindForm(), "now": timezone.now(), "turns": list(desk.ORDER)}
    return show(request, "desk/worklist/worklist.html", given)


def _own_room(held: frozenset[str]) -> str:
    if Role.ADMINISTRATOR in held:
        return "desk:experts"
    return "desk:trail" if Role.AUDITOR in held else "desk:content"


def _filter(request: HttpRequest) -> Filter:
    """The filter of an address; what it does not know it leaves out."""
    turn, state, page = (request.GET.get(name, "") for name in ("turn", "state", "page"))
    return Filter(
        turn=Turn(turn) if turn in set(desk.ORDER) else None,
        state=State(state) if state in set(desk.OPEN) else None,
        mine=request.GET.get("mine") == "1",
        page=min(max(int(page), 1), 40) if page.isascii() and page.isdigit() else 1,
    )


@access.role(Role.COORDINATOR, Role.EDITOR)
@require_POST
def find(request: HttpRequest, who: Person) -> HttpResponse:
    """Cases by reference or name; changes nothing, and is a POST so that names stand in no address or log."""
    form = forms.FindForm(request.POST)
    words = form.cleaned_data["words"].strip() if form.is_valid() else ""
    lines = desk.search(reader=who, words=words, at=timezone.now())
    page = {"lines": lines, "words": words, "most": desk.FOUND_AT_MOST}
    return show(request, "desk/worklist/found.html", page)


@access.role(Role.COORDINATOR, Role.EDITOR)
@require_GET
def held(request: HttpRequest, who: Person) -> HttpResponse:
    """Cases whose records wait for a decision."""
    page = {"lines": desk.held_records(reader=who)}
    return show(request, "desk/worklist/held.html", page, here="held")
