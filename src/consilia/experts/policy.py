"""Reasons against an expert working now: not verified, suspended, no valid licence of her country. One place."""

from __future__ import annotations

from datetime import date, datetime

from django.utils.translation import gettext as _

from consilia.accounts.models import Person
from consilia.experts.models import Expert, ExpertState, Licence
from consilia.kernel.refusal import Refusal


def against_working(expert: Expert, at: datetime) -> tuple[Refusal, ...]:
    """Credentials that are over stop everything at once: invitation, sight, writing, signing."""
    reasons = []
    if expert.state == ExpertState.PROPOSED:
        reasons.append(Refusal("not_verified", _("A second person has not verified this expert yet."), "experts"))
    if expert.state == ExpertState.SUSPENDED:
        reasons.append(Refusal("suspended", _("This expert is suspended."), "experts"))
    if expert.country not in registered_in(expert, at.date()):
        reasons.append(Refusal("no_licence", _("There is no checked licence that is valid today."), "experts"))
    if not expert.person.is_active:
        reasons.append(Refusal("no_account", _("The account of this expert is closed."), "experts"))
    return tuple(reasons)


def registered_in(expert: Expert, day: date) -> frozenset[str]:
    """Countries of checked licences, valid on the day; asked of loaded rows, so that lists prefetch them once."""
    return frozenset(row.country for row in expert.licences.all() if row.checked_at and is_valid(row, day))


def is_valid(licence: Licence, day: date) -> bool:
    """Not revoked, and the day lies within its days."""
    return licence.revoked_at is None and licence.valid_from <= day <= licence.valid_until


def against_verifying(expert: Expert, by: Person, at: datetime) -> tuple[Refusal, ...]:
    """A second person verifies, and there must be something to verify: a licence of her country that is valid today."""
    reasons = []
    if expert.created_by_id == by.pk:
        reasons.append(Refusal("second_person", _("A second person must verify: you created this expert.")))
    if expert.person_id == by.pk:
        reasons.append(Refusal("second_person", _("Nobody verifies their own licence.")))
    of_country = [one for one in expert.licences.all() if one.country == expert.country]
    valid = [one for one in of_country if is_valid(one, at.date())]
    waiting = [one for one in expert.licences.all() if one.checked_at is None]
    others = [one for one in valid if one.checked_at or one.added_by_id != by.pk]
    if (waiting and all(one.added_by_id == by.pk for one in waiting)) or (valid and not others):
        reasons.append(Refusal("second_person", _("A second person must verify: you added this licence.")))
    if not valid:
        reasons.append(Refusal("no_licence", _("There is no licence that is valid today."), "licences"))
    return tuple(reasons)
