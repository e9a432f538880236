"""Reasons against an expert working now: not verified, suspended, no valid licence of her country. One place."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from consilia.experts.models import Expert, ExpertState
from consilia.kernel.refusal import Refusal


def against_working(expert: Expert, at: datetime) -> tuple[Refusal, ...]:
    """Credentials that are over stop everything at once: invitation, sight, writing, signing."""
    reasons = []
    if expert.state == ExpertState.PROPOSED:
        reasons.append(Refusal("not_verified", _("A second person has not verified this expert yet."), "experts"))
    if expert.state == ExpertState.SUSPENDED:
        reasons.append(Refusal("suspended", _("This expert is suspended."), "experts"))
    if not expert.licences.valid(at.date()).filter(country=expert.country).exclude(checked_at=None).exists():
        reasons.append(Refusal("no_licence", _("There is no checked licence that is valid today."), "experts"))
    if not expert.person.is_active:
        reasons.append(Refusal("no_account", _("The account of this expert is closed."), "experts"))
    return tuple(reasons)
