"""Experts are created by one administrator and verified by another; a licence is checked by a named person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from consilia.accounts import actions as accounts
from consilia.accounts import queries as accounts_queries
from consilia.accounts.models import Person, Role, RoleGrant
from consilia.audit import actions as audit
from consilia.audit.kinds import Kind
from consilia.experts import policy
from consilia.experts.models import Expert, ExpertState, Licence
from consilia.kernel.actor import Actor
from consilia.kernel.country import is_country
from consilia.kernel.refusal import Forbidden, Invalid, NotFound, Refusal, Refused


@dataclass(frozen=True, slots=True)
class Portrait:
    """What is known of an expert beside the licence."""

    title: str
    country: str
    specialities: Sequence[str]
    languages: Sequence[str]
    institutions: Sequence[str] = ()
    capacity: int = 2
    yearly_volume: str = ""


@dataclass(frozen=True, slots=True)
class Paper:
    """A licence as the register shows it."""

    authority: str
    number: str
    country: str
    speciality: str
    valid_from: date
    valid_until: date


@transaction.atomic
def create(person: Person, portrait: Portrait, licence: Paper, *, by: Person, at: datetime) -> Expert:
    """A proposed expert with a first licence; gets the role, sees nothing before a second person has verified.

    Raises Invalid for unknown countries or days out of order, Forbidden without the role of administrator.
    """
    _administrator(by)
    _check(portrait, licence)
    if Expert.objects.filter(person=person).exists():
        raise Refused(Refusal("expert_already", _("This person is an expert already.")))
    expert = Expert.objects.create(
        person=person,
        title=portrait.title,
        country=portrait.country,
        specialities=list(portrait.specialities),
        languages=list(portrait.languages),
        institutions=list(portrait.institutions),
        capacity=portrait.capacity,
        yearly_volume=portrait.yearly_volume,
        created_at=at,
        created_by=by,
    )
    if not RoleGrant.objects.filter(person=person, role=Role.EXPERT, revoked_at=None).exists():
        RoleGrant.objects.create(person=person, role=Role.EXPERT, granted_at=at, granted_by=by)
    _record(Kind.EXPERT_CREATED, expert.pk, by, at)
    add_licence(expert.pk, licence, by=by, at=at)
    return expert


@dataclass(frozen=True, slots=True)
class Whom:
    """Who becomes an expert: an e-mail address, and the name for somebody without an account yet."""

    email: str
    given_name: str
    family_name: str
    language: str = "en"


@transaction.atomic
def create_by_email(whom: Whom, portrait: Portrait, licence: Paper, *, by: Person, at: datetime) -> Expert:
    """As `create`, for the person of an e-mail address, who is added when there is none."""
    _administrator(by)
    person = accounts_queries.person_by_email(whom.email)
    if person is None:
        if not whom.given_name.strip() or not whom.family_name.strip():
            raise Invalid({"family_name": _("There is no account with this address yet: write the name, too.")})
        person = accounts.add_person(
            whom.email, whom.given_name, whom.family_name, language=whom.language, at=at, by=by
        )
    return create(person, portrait, licence, by=by, at=at)


@transaction.atomic
def add_licence(expert_id: UUID, licence: Paper, *, by: Person, at: datetime) -> Licence:
    """A further licence, or the renewed one; it counts once somebody has checked it. Raises Invalid."""
    _administrator(by)
    _refuse_wrong(_wrong_licence(licence))
    expert = _locked(expert_id)
    kept = Licence.objects.create(
        expert=expert,
        authority=licence.authority.strip(),
        number=licence.number.strip(),
        country=licence.country,
        speciality=licence.speciality,
        valid_from=licence.valid_from,
        valid_until=licence.valid_until,
        added_by=by,
    )
    _record(Kind.LICENCE_ADDED, expert.pk, by, at)
    return kept


@transaction.atomic
def verify(expert_id: UUID, *, by: Person, at: datetime) -> Expert:
    """The second person has looked the licence up in the register; from now on the expert can be asked.

    Also ends a suspension: what was stopped begins again only when a second person has looked. Raises Refused.
    """
    _administrator(by)
    expert = _locked(expert_id)
    if reasons := policy.against_verifying(expert, by, at):
        raise Refused(*reasons)
    waiting = Licence.objects.filter(expert=expert, checked_at=None)
    waiting.exclude(added_by=by).update(checked_at=at, checked_by=by)
    expert.state, expert.verified_at, expert.verified_by = ExpertState.VERIFIED, at, by
    expert.save(update_fields=["state", "verified_at", "verified_by"])
    _record(Kind.EXPERT_VERIFIED, expert.pk, by, at)
    return expert


@transaction.atomic
def suspend(expert_id: UUID, *, reason: str, by: Person, at: datetime) -> Expert:
    """Stops everything at once: invitations, sight of cases, writing, signing."""
    _administrator(by)
    if not reason.strip():
        raise Invalid({"reason": _("Write the reason.")})
    expert = _locked(expert_id)
    expert.state, expert.suspended_at, expert.suspended_reason = ExpertState.SUSPENDED, at, reason.strip()[:300]
    expert.save(update_fields=["state", "suspended_at", "suspended_reason"])
    _record(Kind.EXPERT_SUSPENDED, expert.pk, by, at)
    return expert


@transaction.atomic
def revoke_licence(licence_id: UUID, *, by: Person, at: datetime) -> None:
    """A licence that the authority has taken back; everything that rests on it stops."""
    _administrator(by)
    changed = Licence.objects.filter(pk=licence_id, revoked_at=None)
    licence = changed.first()
    if licence is None:
        raise NotFound
    changed.update(revoked_at=at)
    _record(Kind.LICENCE_EXPIRED, licence.expert_id, by, at)


def _check(portrait: Portrait, licence: Paper) -> None:
    wrong: dict[str, str] = {}
    if not is_country(portrait.country) or licence.country != portrait.country:
        wrong["country"] = _("The licence must be of the country where the expert works.")
    if not portrait.specialities:
        wrong["specialities"] = _("Choose at least one speciality.")
    if not portrait.languages:
        wrong["languages"] = _("Choose at least one language.")
    _refuse_wrong(wrong | _wrong_licence(licence))


def _wrong_licence(licence: Paper) -> dict[str, str]:
    wrong: dict[str, str] = {}
    if not is_country(licence.country):
        wrong["country"] = _("Choose a country from the list.")
    if not licence.authority.strip() or not licence.number.strip():
        wrong["number"] = _("Write the authority and the number of the licence.")
    if licence.valid_until < licence.valid_from:
        wrong["valid_until"] = _("The licence ends before it begins.")
    return wrong


def _refuse_wrong(wrong: dict[str, str]) -> None:
    if wrong:
        raise Invalid(wrong)


def _administrator(by: Person) -> None:
    if not RoleGrant.objects.filter(person=by, role=Role.ADMINISTRATOR, revoked_at=None).exists():
        raise Forbidden


def _locked(expert_id: UUID) -> Expert:
    expert = Expert.objects.select_for_update().filter(pk=expert_id).first()
    if expert is None:
        raise NotFound
    return expert


def _record(kind: Kind, expert_id: UUID, by: Person, at: datetime) -> None:
    audit.record(kind, actor=Actor(by.pk, "administrator"), entity=("expert", expert_id), at=at)
