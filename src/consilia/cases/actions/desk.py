"""The desk: take a case, pass the quality gate or send back, offer, raise and clear the urgent flag, keep notes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from consilia.accounts.models import Person, Role, RoleGrant
from consilia.audit import actions as audit
from consilia.audit.kinds import Kind
from consilia.cases import policy
from consilia.cases.access import Reader, Relation, Right, live_roles
from consilia.cases.actions.moving import lock, move, refuse, touch
from consilia.cases.models import BreakGlass, Case, Message
from consilia.cases.states import State
from consilia.kernel.actor import Actor
from consilia.kernel.refusal import Forbidden, Invalid
from consilia.notify import actions as notify

GLASS_HOLDS = timedelta(hours=1)


def owner_of(case: Case) -> Person | None:
    """Who is told about the case: the patient, or whoever opened it for her."""
    return case.patient.person or case.opened_by


@transaction.atomic
def take_case(by: Reader, *, at: datetime) -> Case:
    """The coordinator looks after this case from now on; the patient sees the name."""
    by.require(Right.WORK_AS_DESK)
    case = lock(by.case_id)
    case.coordinator_id = by.person_id
    touch(case, "coordinator")
    audit.record(Kind.CASE_CHANGED, case_id=case.pk, actor=by.actor, entity=("case", case.pk), at=at)
    return case


@transaction.atomic
def pass_gate(
    by: Reader,
    *,
    summary: str,
    key_texts: Mapping[int, str],
    not_answerable: str,
    essential_missing: tuple[str, ...],
    bypass_reason: str = "",
    at: datetime,
) -> Case:
    """The editor passes the case: summary, key questions, what cannot be answered; or with a reason what is missing.

    `key_texts`: question number -> the editor's wording. `essential_missing` is computed by the caller from readiness.
    """
    by.require(Right.PASS_GATE)
    case = lock(by.case_id)
    refuse(policy.against_passing_gate(case, essential_missing, bypass_reason))
    if not summary.strip():
        raise Invalid({"summary": _("Write the summary that experts read first.")})
    case.summary, case.not_answerable = summary.strip(), not_answerable.strip()
    if essential_missing:
        case.bypass_reason, case.bypass_by_id = bypass_reason.strip(), by.person_id
    touch(case, "summary", "not_answerable", "bypass_reason", "bypass_by")
    for question in case.questions.all():
        question.key_text = key_texts.get(question.number, "").strip() or question.text
        question.save(update_fields=["key_text"])
    if essential_missing:
        audit.record(Kind.CHECKLIST_BYPASSED, case_id=case.pk, actor=by.actor, entity=("case", case.pk), at=at)
    move(case, State.READY, actor=by.actor, at=at)
    tell_owner(case, "case_ready", at)
    return case


@transaction.atomic
def send_back(by: Reader, *, words: str, at: datetime) -> Case:
    """The case goes back to the patient with words that say what is missing."""
    by.require(Right.WORK_AS_DESK)
    case = lock(by.case_id)
    if not words.strip():
        raise Invalid({"words": _("Write what is missing and how to get it.")})
    move(case, State.RETURNED, actor=by.actor, at=at)
    _keep(case, by, Message.Audience.PATIENT, words, at)
    tell_owner(case, "records_missing", at)
    return case


@transaction.atomic
def make_offer(by: Reader, *, at: datetime) -> Case:
    """ready -> offered; the price itself stands in the room `billing`, which calls this."""
    by.require(Right.WORK_AS_DESK)
    case = lock(by.case_id)
    move(case, State.OFFERED, actor=by.actor, at=at)
    tell_owner(case, "offer_made", at)
    return case


@transaction.atomic
def start_matching(case_id: UUID, *, actor: Actor, at: datetime) -> Case:
    """offered -> matching, once the offer is settled; called by `billing` alone."""
    case = lock(case_id)
    move(case, State.MATCHING, actor=actor, at=at)
    return case


@transaction.atomic
def mark_urgent(by: Reader, *, note: str, at: datetime) -> Case:
    """Anybody who reads the case and finds something urgent: the desk and whoever is on call are told at once."""
    by.require(Right.MARK_URGENT)
    case = lock(by.case_id)
    _raise_urgent(case, note, by.actor, at)
    if not {Relation.OWNER, Relation.PROXY} & by.relations:
        tell_owner(case, "urgent_for_patient", at)
    return case


@transaction.atomic
def mark_urgent_by_words(case_id: UUID, *, note: str, actor: Actor, at: datetime) -> Case:
    """Alarm words stand in the papers: raised as a person would, once while it is up; only a person clears it."""
    case = lock(case_id)
    if case.urgent_at is None or case.urgent_cleared_at is not None:
        _raise_urgent(case, note, actor, at)
        tell_owner(case, "urgent_for_patient", at)
    return case


def _raise_urgent(case: Case, note: str, actor: Actor, at: datetime) -> None:
    case.urgent_at, case.urgent_note, case.urgent_cleared_at = at, note.strip(), None
    touch(case, "urgent_at", "urgent_note", "urgent_cleared_at")
    audit.record(Kind.URGENT_RAISED, case_id=case.pk, actor=actor, entity=("case", case.pk), at=at)
    for grant in RoleGrant.objects.filter(role__in=[Role.COORDINATOR, Role.EDITOR], revoked_at=None).select_related(
        "person"
    ):
        notify.tell(grant.person, "urgent_for_staff", case_id=case.pk, link=f"/desk/cases/{case.pk}/", at=at)


@transaction.atomic
def clear_urgent(by: Reader, *, note: str, at: datetime) -> Case:
    """The desk has spoken with the patient; the words are kept as an internal note."""
    by.require(Right.WORK_AS_DESK)
    case = lock(by.case_id)
    if not note.strip():
        raise Invalid({"note": _("Write with whom you spoke and what was agreed.")})
    case.urgent_cleared_at = at
    touch(case, "urgent_cleared_at")
    _keep(case, by, Message.Audience.INTERNAL, note, at)
    audit.record(Kind.URGENT_CLEARED, case_id=case.pk, actor=by.actor, entity=("case", case.pk), at=at)
    return case


@transaction.atomic
def keep_note(by: Reader, *, text: str, at: datetime) -> Message:
    """An internal note: for the desk, never for patients or experts."""
    by.require(Right.WORK_AS_DESK)
    case = lock(by.case_id)
    if not text.strip():
        raise Invalid({"text": _("Write a note first.")})
    return _keep(case, by, Message.Audience.INTERNAL, text, at)


@transaction.atomic
def decline_case(by: Reader, *, words: str, at: datetime) -> Case:
    """The service cannot take the case; the letter says why and what else the patient can do."""
    by.require(Right.WORK_AS_DESK)
    case = lock(by.case_id)
    if not words.strip():
        raise Invalid({"words": _("Write the letter: why, and what the patient can do instead.")})
    _keep(case, by, Message.Audience.PATIENT, words, at)
    move(case, State.DECLINED, actor=by.actor, at=at)
    tell_owner(case, "message_new", at)
    return case


@transaction.atomic
def break_glass(person: Person, case_id: UUID, *, reason: str, at: datetime) -> BreakGlass:
    """An administrator sees one case for one hour; the reason stands in the trail that the patient reads."""
    if Role.ADMINISTRATOR not in live_roles(person):
        raise Forbidden
    case = lock(case_id)
    if len(reason.strip()) < 10:
        raise Invalid({"reason": _("Write the reason in a sentence; the patient can read it.")})
    glass = BreakGlass.objects.create(case=case, person=person, reason=reason.strip(), at=at, until=at + GLASS_HOLDS)
    audit.record(
        Kind.BREAK_GLASS,
        case_id=case.pk,
        actor=Actor(person.pk, "administrator"),
        entity=("break_glass", glass.pk),
        at=at,
    )
    return glass


def _keep(case: Case, by: Reader, audience: Message.Audience, text: str, at: datetime) -> Message:
    return Message.objects.create(
        case=case,
        audience=audience,
        author_id=by.person_id,
        author_role=by.role,
        text=text.strip(),
        at=at,
    )


def tell_owner(case: Case, kind: str, at: datetime) -> None:
    if owner := owner_of(case):
        notify.tell(owner, kind, case_id=case.pk, link=f"/patient/cases/{case.pk}/", at=at)
