"""Reasons against approving content or taking an approval back."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from django.utils.translation import gettext as _

from consilia.accounts.models import Role
from consilia.clinical.approvals import Approval, Seat
from consilia.clinical.reading import Loaded
from consilia.kernel import language as languages
from consilia.kernel.refusal import Refusal

Holding = Mapping[Seat, Approval]


def against_approving(seat: Seat, needed: Collection[Seat], holding: Holding, roles: Collection[str]) -> Refusal | None:
    """Why a person with these roles may not approve in a seat."""
    if seat not in needed:
        return Refusal("not_needed", _("This entry needs no approval of this kind."))
    if str(seat.role) not in roles:
        return Refusal("role_missing", _("An administrator must first give you this role."))
    if seat in holding:
        return Refusal("approved_already", _("This version is approved in this role already."))
    return None


def against_withdrawing(seat: Seat, holding: Holding, roles: Collection[str]) -> Refusal | None:
    """Why a person with these roles may not take an approval back; an administrator may take back any."""
    if seat not in holding:
        return Refusal("not_approved", _("Nobody has approved this version in this role."))
    if str(seat.role) not in roles and Role.ADMINISTRATOR not in roles:
        return Refusal("role_missing", _("Only people with this role or an administrator take it back."))
    return None


def against_other_bytes(loaded: Loaded, sha256: str) -> Refusal | None:
    """Why what was read on the page is not what lies in the library now."""
    if loaded.sha256 != sha256:
        return Refusal("changed_meanwhile", _("This entry has changed since you read it. Please read it again."))
    return None


def seat_words(seat: Seat) -> str:
    """A needed approval in words: "Reviewing lawyer", "Translator (Deutsch)"."""
    label = str(Role(seat.role).label)
    return f"{label} ({languages.own_name(seat.language)})" if seat.language else label
