"""Who looked at the record: every opening of a case with the name of who opened it, newest first, for the patient."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, OuterRef
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from consilia.accounts.models import Person
from consilia.audit import queries as audit
from consilia.audit.queries import EventLine
from consilia.cases.access import Reader, Right
from consilia.cases.models import Assignment
from consilia.records.models import Original, Study

SHOWN = 100  # lines of one page
ROLES: dict[str, Promise] = {
    "patient": gettext_lazy("patient"),
    "proxy": gettext_lazy("acts for the patient"),
    "coordinator": gettext_lazy("coordinator of the service"),
    "editor": gettext_lazy("medical editor of the service"),
    "translator": gettext_lazy("translator"),
    "expert": gettext_lazy("expert"),
    "treating_doctor": gettext_lazy("through your link"),
    "hospital": gettext_lazy("through your link"),
    "administrator": gettext_lazy("administrator, with a reason"),
    "auditor": gettext_lazy("privacy officer"),
    "system": gettext_lazy("the software itself"),
    "anonymous": gettext_lazy("somebody without an account"),
}
THINGS: dict[str, Promise] = {
    "case": gettext_lazy("your case"),
    "record": gettext_lazy("a record"),
    "study": gettext_lazy("an imaging study"),
    "values": gettext_lazy("your laboratory and home values"),
    "report": gettext_lazy("your report"),
    "opinion": gettext_lazy("an opinion"),
    "upload": gettext_lazy("a file on its way"),
    "link": gettext_lazy("a link for records"),
    "share": gettext_lazy("a link to your report"),
    "request": gettext_lazy("a letter to a hospital"),
    "message": gettext_lazy("a message"),
    "consent": gettext_lazy("a consent"),
    "questions": gettext_lazy("your questions"),
    "countries": gettext_lazy("the countries you chose"),
    "self_check": gettext_lazy("your self-check"),
    "condition": gettext_lazy("what of the list concerns you"),
    "advice": gettext_lazy("what was recommended to you"),
    "treating": gettext_lazy("who treats you, before she accepts"),
}


@dataclass(frozen=True, slots=True)
class TrailLine:
    """One event in words: who, in which role, did what with which thing, when."""

    at: datetime
    who: str
    role: str
    is_you: bool
    what: Promise
    thing: str
    succeeded: bool


@dataclass(frozen=True, slots=True)
class TrailPage:
    """One page of the log; `before` asks for the older ones, None at the end."""

    lines: tuple[TrailLine, ...]
    before: int | None
    others: int  # people on this page beside the reader


def of_case(
    *,
    reader: Reader,
    everything: bool = False,
    before: int | None = None,
    link_labels: Mapping[UUID, str] | None = None,
) -> TrailPage:
    """Openings, or with `everything` all events. `link_labels`: names of links, which the rooms above know."""
    reader.require(Right.READ_TRAIL)
    shown, rest = _events(reader.case_id, everything, before)
    names = {**_names(reader.case_id, shown), **(link_labels or {})}
    things = _things(reader.case_id, shown)
    lines = tuple(_line(event, reader, names, things) for event in shown)
    return TrailPage(
        lines=lines,
        before=rest,
        others=len({(line.who, line.role) for line in lines if not line.is_you}),
    )


def _events(case_id: UUID, everything: bool, before: int | None) -> tuple[tuple[EventLine, ...], int | None]:
    """The events of a page, and where the older ones begin; who sends a file or opens a door looks at nothing."""
    if everything:
        events = audit.for_case(case_id, limit=SHOWN + 1, before=before)
    else:
        events = audit.looked_at(case_id, limit=SHOWN + 1, before=before)
    return events[:SHOWN], events[SHOWN - 1].sequence if len(events) > SHOWN else None


def _line(event: EventLine, reader: Reader, names: Mapping[UUID, str], things: Mapping[str, str]) -> TrailLine:
    is_you = event.actor_id is not None and event.actor_id == reader.person_id
    name = names.get(event.actor_id, "") if event.actor_id else ""
    return TrailLine(
        at=event.at,
        who=_("You") if is_you else name or str(ROLES.get(event.role, event.role)).capitalize(),
        role="" if is_you or not name else str(ROLES.get(event.role, event.role)),
        is_you=is_you,
        what=event.word,
        thing=things.get(event.entity_id) or str(THINGS.get(event.entity_type, "")),
        succeeded=event.outcome == "success",
    )


def _names(case_id: UUID, events: Iterable[EventLine]) -> dict[UUID, str]:
    """Names of people; an expert has one here once she has accepted a seat of this case."""
    roles = {event.actor_id: event.role for event in events if event.actor_id}
    seats = Assignment.objects.filter(case_id=case_id, no_conflict_declared_at__isnull=False)
    people = Person.objects.filter(pk__in=roles).annotate(accepted=Exists(seats.filter(expert__person=OuterRef("pk"))))
    return {one.pk: one.name for one in people if one.accepted or roles[one.pk] != "expert"}


def _things(case_id: UUID, events: Iterable[EventLine]) -> dict[str, str]:
    """Names of the things: file names of records, descriptions of studies."""
    wanted: dict[str, set[str]] = {"record": set(), "study": set()}
    for event in events:
        if event.entity_type in wanted:
            wanted[event.entity_type].add(event.entity_id)
    found: dict[str, str] = {}
    if wanted["record"]:
        for pk, path in Original.objects.filter(case_id=case_id, pk__in=wanted["record"]).values_list("pk", "path"):
            found[str(pk)] = path.rpartition("/")[2]
    if wanted["study"]:
        rows = Study.objects.filter(case_id=case_id, pk__in=wanted["study"]).values_list("pk", "description")
        found |= {str(pk): description for pk, description in rows if description}
    return found
