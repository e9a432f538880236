"""What all pages of the desk share: the navigation by role, and the look at a case that the trail keeps first."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.contrib.auth.models import AnonymousUser
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from consilia.accounts.models import REVIEWERS, Person, Role
from consilia.audit import actions as audit
from consilia.audit.kinds import Kind
from consilia.cases import content
from consilia.cases.access import Reader
from consilia.cases.queries import desk
from consilia.cases.queries.desk_case import CaseHead
from consilia.kernel.refusal import ConsiliaError, Invalid, Refused
from consilia.web import access

LOOK_COUNTS = 3600  # seconds that a logged opening covers the pictures of the same record in the same session
OPENED = "desk_opened"


@dataclass(frozen=True, slots=True)
class Nav:
    """Which rooms of the workspace the person has, and how many held records wait."""

    worklist: bool
    experts: bool
    law: bool
    vouchers: bool
    content: bool
    trail: bool
    glass: bool
    held: int
    role_words: str
    here: str


def nav(request: HttpRequest, here: str, held: int | None = None) -> Nav:
    """The navigation for the roles of the person; `held` is what the page has counted already."""
    who = request.user
    roles = frozenset() if isinstance(who, AnonymousUser) else access.roles_of(request, who)
    works = bool(desk.DESK & roles)
    return Nav(
        worklist=works,
        experts=works or Role.ADMINISTRATOR in roles,
        law=works or Role.ADMINISTRATOR in roles,
        vouchers=bool({Role.ADMINISTRATOR, Role.COORDINATOR} & roles),
        content=bool({*REVIEWERS, Role.ADMINISTRATOR} & roles),
        trail=Role.AUDITOR in roles,
        glass=Role.ADMINISTRATOR in roles,
        held=(desk.held_count() if held is None else held) if works else 0,
        role_words=", ".join(str(Role(role).label) for role in sorted(roles)),
        here=here,
    )


def show(
    request: HttpRequest, template: str, page: Mapping[str, Any], *, here: str = "worklist", status: int = 200
) -> HttpResponse:
    """A page of the workspace."""
    head = page.get("head")
    bar = nav(request, here, head.held_everywhere if isinstance(head, CaseHead) else None)
    held = {"standing": content.standing(), "sees_faults": bar.glass}
    return render(request, template, {"desk": bar, "role_words": bar.role_words, **held, **page}, status=status)


@transaction.atomic
def note_look(
    reader: Reader, kind: Kind, entity: tuple[str, UUID], *, at: datetime, detail: Mapping[str, str] | None = None
) -> None:
    """Keeps a look in the trail that the patient reads; called before the page is made."""
    audit.record(
        kind, case_id=reader.case_id, actor=reader.actor, entity=entity, at=at, purpose="desk", detail=detail or {}
    )


@transaction.atomic
def note_looks(reader: Reader, kind: Kind, entities: Sequence[tuple[str, UUID]], *, at: datetime) -> None:
    """The same for a page that shows several things: one event each."""
    audit.record_each(kind, entities, case_id=reader.case_id, actor=reader.actor, at=at, purpose="desk")


def note_case(reader: Reader, section: str, *, at: datetime) -> None:
    """A page of the case was opened; `section` is the page."""
    note_look(reader, Kind.CASE_OPENED, ("case", reader.case_id), at=at, detail={"section": section})


def note_record(request: HttpRequest, reader: Reader, kind: Kind, entity: tuple[str, UUID], *, at: datetime) -> None:
    """A record was opened; its pictures, fetched within the hour in this session, belong to this opening."""
    note_look(reader, kind, entity, at=at)
    opened = dict(list(request.session.get(OPENED, {}).items())[-50:])
    request.session[OPENED] = opened | {str(entity[1]): int(at.timestamp())}


def note_picture(request: HttpRequest, reader: Reader, kind: Kind, entity: tuple[str, UUID], *, at: datetime) -> None:
    """A picture of a record goes out: without an opening that covers it this is an opening of its own."""
    before = request.session.get(OPENED, {}).get(str(entity[1]), 0)
    if at.timestamp() - before > LOOK_COUNTS:
        note_record(request, reader, kind, entity, at=at)


def done(form: forms.Form, act: Callable[[], object]) -> bool:
    """Acts on a whole form; False when it is not whole, or the action refused: then the form says why."""
    if not form.is_valid():
        return False
    try:
        act()
    except ConsiliaError as error:
        take_back(form, error)
        return False
    return True


def take_back(form: forms.Form, error: ConsiliaError) -> None:
    """Puts what an action said into the form; the words typed stay. Raises what is neither Invalid nor Refused."""
    match error:
        case Invalid():
            for field, sentence in error.fields.items():
                form.add_error(field if field in form.fields else None, sentence)
        case Refused():
            for refusal in error.refusals:
                form.add_error(None, refusal.reason)
        case _:
            raise error


def person_of(request: HttpRequest) -> Person:
    """The signed-in person of a request behind a policy."""
    who = access.signed_in(request)
    if who is None:
        raise AssertionError(_("nobody is signed in"))
    return who
