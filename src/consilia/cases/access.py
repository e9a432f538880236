"""Who may do what with a case: one table of rights, one function that finds a person's live relations to a case.

A `Reader` is a capability: it is made here only, holds one case, and every query and action of a case asks for one.
Taking a line out of RIGHTS takes the right away everywhere; the authorization matrix of the tests notices each line.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.db.models import Exists, JSONField, OuterRef, Subquery
from django.db.models.functions import JSONObject

from consilia.accounts.models import Mandate, Person, Role, RoleGrant
from consilia.cases.models import Assignment, BreakGlass, Case, Consent, Purpose
from consilia.cases.states import Seat
from consilia.experts.models import ExpertState, Licence
from consilia.kernel.actor import Actor
from consilia.kernel.refusal import NotFound


class Relation(StrEnum):
    """How a person stands to one case, at this moment."""

    OWNER = "patient"
    PROXY = "proxy"
    COORDINATOR = "coordinator"
    EDITOR = "editor"
    EXPERT_INVITED = "expert_invited"
    EXPERT = "expert"
    AUDITOR = "auditor"
    GLASS = "administrator_with_reason"
    DOCTOR_LINK = "treating_doctor"  # made by reports.shares from a live link
    UPLOAD_LINK = "hospital"  # made by intake.links from a live link


class Right(StrEnum):
    READ_CASE = "read_case"  # the patient's pages of the case
    CHANGE_CASE = "change_case"  # describe, ask, consent, hand in, withdraw
    ADD_RECORDS = "add_records"
    READ_RECORDS = "read_records"  # including held ones, with names
    DECIDE_OWN_RECORDS = "decide_own_records"  # the patient removes or confirms a held file
    DECIDE_RECORDS = "decide_records"  # the desk releases or removes a held file
    READ_AS_DESK = "read_as_desk"
    WORK_AS_DESK = "work_as_desk"
    PASS_GATE = "pass_gate"  # quality gate, bypass, editorial check  # noqa: S105 - a right, no password
    READ_TEASER = "read_teaser"
    ANSWER_INVITATION = "answer_invitation"
    READ_AS_EXPERT = "read_as_expert"
    WRITE_OPINION = "write_opinion"
    READ_REPORT = "read_report"
    SHARE_REPORT = "share_report"
    ERASE_CASE = "erase_case"
    READ_TRAIL = "read_trail"
    MARK_URGENT = "mark_urgent"
    READ_SHARED_REPORT = "read_shared_report"
    ANSWER_SHARED_REPORT = "answer_shared_report"


R = Relation
PEOPLE_OF_THE_CASE = frozenset({R.OWNER, R.PROXY})
RIGHTS: dict[Right, frozenset[Relation]] = {
    Right.READ_CASE: frozenset({R.OWNER, R.PROXY}),
    Right.CHANGE_CASE: frozenset({R.OWNER, R.PROXY}),
    Right.ADD_RECORDS: frozenset({R.OWNER, R.PROXY, R.COORDINATOR, R.UPLOAD_LINK}),
    Right.READ_RECORDS: frozenset({R.OWNER, R.PROXY, R.COORDINATOR, R.EDITOR, R.GLASS}),
    Right.DECIDE_OWN_RECORDS: frozenset({R.OWNER, R.PROXY}),
    Right.DECIDE_RECORDS: frozenset({R.COORDINATOR, R.EDITOR}),
    Right.READ_AS_DESK: frozenset({R.COORDINATOR, R.EDITOR, R.GLASS}),
    Right.WORK_AS_DESK: frozenset({R.COORDINATOR, R.EDITOR}),
    Right.PASS_GATE: frozenset({R.EDITOR}),
    Right.READ_TEASER: frozenset({R.EXPERT_INVITED, R.EXPERT}),
    Right.ANSWER_INVITATION: frozenset({R.EXPERT_INVITED}),
    Right.READ_AS_EXPERT: frozenset({R.EXPERT}),
    Right.WRITE_OPINION: frozenset({R.EXPERT}),
    Right.READ_REPORT: frozenset({R.OWNER, R.PROXY, R.COORDINATOR, R.EDITOR}),
    Right.SHARE_REPORT: frozenset({R.OWNER, R.PROXY}),
    Right.ERASE_CASE: frozenset({R.OWNER}),
    Right.READ_TRAIL: frozenset({R.OWNER, R.PROXY, R.AUDITOR}),
    Right.MARK_URGENT: frozenset({R.OWNER, R.PROXY, R.COORDINATOR, R.EDITOR, R.EXPERT}),
    Right.READ_SHARED_REPORT: frozenset({R.DOCTOR_LINK}),
    Right.ANSWER_SHARED_REPORT: frozenset({R.DOCTOR_LINK}),
}


@dataclass(frozen=True, slots=True)
class Reader:
    """A live relation of one actor to one case; `person_id` is None for links without an account."""

    case_id: UUID
    person_id: UUID | None
    relations: frozenset[Relation]
    assignment_id: UUID | None = None  # the seat of an expert
    link_id: UUID | None = None  # the share or upload link

    def may(self, right: Right) -> bool:
        return bool(RIGHTS[right] & self.relations)

    def require(self, right: Right) -> None:
        """Raises NotFound, not Forbidden: a stranger cannot tell whether the case exists."""
        if not self.may(right):
            raise NotFound

    @property
    def seat_id(self) -> UUID:
        """The expert's seat. Raises NotFound for a reader who has none."""
        if self.assignment_id is None:
            raise NotFound
        return self.assignment_id

    @property
    def role(self) -> str:
        """The one relation that the audit trail names: the narrowest one first."""
        for relation in (R.OWNER, R.PROXY, R.EXPERT, R.EXPERT_INVITED, R.EDITOR, R.COORDINATOR, R.GLASS, R.AUDITOR):
            if relation in self.relations:
                return ROLE_IN_TRAIL[relation]
        return ROLE_IN_TRAIL[next(iter(self.relations))]

    @property
    def actor(self) -> Actor:
        via = "link" if self.person_id is None else "web"
        return Actor(id=self.person_id or self.link_id, role=self.role, via=via)


ROLE_IN_TRAIL: dict[Relation, str] = {
    R.OWNER: "patient",
    R.PROXY: "proxy",
    R.COORDINATOR: "coordinator",
    R.EDITOR: "editor",
    R.EXPERT: "expert",
    R.EXPERT_INVITED: "expert",
    R.AUDITOR: "auditor",
    R.GLASS: "administrator",
    R.DOCTOR_LINK: "treating_doctor",
    R.UPLOAD_LINK: "hospital",
}


def live_roles(person: Person) -> frozenset[str]:
    """The roles that the person holds now."""
    return frozenset(RoleGrant.objects.filter(person=person, revoked_at=None).values_list("role", flat=True))


def reader_for(person: Person, case_id: UUID, *, at: datetime, roles: frozenset[str] | None = None) -> Reader:
    """The person's live relations to the case. Raises NotFound for none; an erased or absent case has none.

    `roles`: the live roles of the person when the caller has asked for them in this very request.
    """
    held = live_roles(person) if roles is None else roles
    acting = Mandate.objects.live(at).filter(proxy=person, patient=OuterRef("patient"))
    glass = BreakGlass.objects.filter(person=person, case=OuterRef("pk"), until__gt=at)
    # One query: every page asks it, and a page has few to spend. What goes with a role is asked of those who hold it.
    marks: dict[str, Exists | Subquery] = {"is_proxy": Exists(acting)}
    if Role.ADMINISTRATOR in held:
        marks["has_broken_glass"] = Exists(glass)
    if Role.EXPERT in held:
        marks["seat"] = _seat(person, at)
    cases = Case.objects.filter(pk=case_id, tombstone_at=None, patient__tombstone_at=None)
    case = cases.annotate(**marks).values("patient__person_id", *marks).first()
    if case is None or not person.is_active:
        raise NotFound
    relations = _relations_by_role(held)
    if case["patient__person_id"] == person.pk:
        relations.add(R.OWNER)
    if case["is_proxy"]:
        relations.add(R.PROXY)
    if case.get("has_broken_glass"):
        relations.add(R.GLASS)
    seat = _judged(case.get("seat"))
    if seat is not None:
        relations.add(R.EXPERT if seat["state"] in {Seat.ACCEPTED, Seat.FINISHED} else R.EXPERT_INVITED)
    if not relations:
        raise NotFound
    return Reader(case_id, person.pk, frozenset(relations), UUID(seat["id"]) if seat else None)


def _relations_by_role(roles: frozenset[str]) -> set[Relation]:
    relations: set[Relation] = set()
    if Role.COORDINATOR in roles:
        relations.add(R.COORDINATOR)
    if Role.EDITOR in roles:
        relations.add(R.EDITOR)
    if Role.AUDITOR in roles:
        relations.add(R.AUDITOR)
    return relations


def _seat(person: Person, at: datetime) -> Subquery:
    """The first live seat of a verified expert in the case of the outer row, with marks by which it is judged.

    The first seat is judged: the marks are no filters that would let a later seat in its place.
    """
    seats = Assignment.objects.filter(
        case=OuterRef("pk"),
        expert__person=person,
        expert__state=ExpertState.VERIFIED,
        state__in=[Seat.INVITED, Seat.ACCEPTED, Seat.FINISHED],
        ended_at=None,
    ).exclude(case__state__in=["closed", "withdrawn", "declined", "expired"])
    licences = Licence.objects.valid(at.date()).filter(expert=OuterRef("expert"), country=OuterRef("country"))
    consents = Consent.objects.live().filter(case=OuterRef("case"))
    marks = JSONObject(
        id="pk",
        state="state",
        is_licensed=Exists(licences.exclude(checked_at=None)),
        may_process=Exists(consents.filter(purpose=Purpose.PROCESSING, country="")),
        may_cross=Exists(consents.filter(purpose=Purpose.RECIPIENT_COUNTRY, country=OuterRef("country"))),
    )
    return Subquery(seats.annotate(marks=marks).values("marks")[:1], output_field=JSONField())


def _judged(seat: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
    """The seat, where there is a checked and valid licence and the patient's consent; else nobody sits there.

    A withdrawn consent, an expired licence or a suspension ends the sight of the case at the next request.
    """
    return seat if seat and seat["is_licensed"] and seat["may_process"] and seat["may_cross"] else None
