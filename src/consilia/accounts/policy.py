"""Reasons against: working without a second factor, acting for somebody without a ground, closing the last door."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from django.utils.translation import gettext as _

from consilia.accounts import queries, session
from consilia.accounts.models import Mandate, Person, Role, RoleGrant
from consilia.accounts.session import Way
from consilia.kernel.refusal import Refusal

MAJORITY = (
    18  # years; Convention on the Rights of the Child, article 1: the mandate of a parent ends here at the latest
)


def against_working(person: Person, ways: Collection[Way]) -> Refusal | None:
    """Why somebody who works for the service may not go on in this session; None for patients and proxies.

    `ways` are those given in the session. `mend` is the name of the page where it is mended.
    """
    if session.second_ways() & set(ways) or not queries.works_here(person):
        return None
    if queries.has_second_factor(person):
        return Refusal("second_factor_not_given", _("Give your second factor to go on."), "account:step-up")
    return Refusal("second_factor_missing", _("Set up a second factor before you work with cases."), "account:secure")


def second_factor_page(person: Person) -> str:
    """Name of the page that asks for the second factor, or helps to set one up."""
    return "account:step-up" if queries.has_second_factor(person) else "account:secure"


def against_removing_key(person: Person) -> Refusal | None:
    """Why a second factor may not be removed: who works for the service keeps at least one."""
    if queries.works_here(person) and queries.second_factors(person) < 2:
        reason = _("You work with cases, so one second factor must stay. Add another one first.")
        return Refusal("last_second_factor", reason, "account:settings")
    return None


def against_declaring(kind: Mandate.Kind, birth_date: date, on: date) -> Refusal | None:
    """Why a person may not declare to act for a patient."""
    if kind == Mandate.Kind.PARENT and on >= birthday(birth_date, MAJORITY):
        reason = _("This person is of age. A parent acts for a grown-up child only as guardian or with a mandate.")
        return Refusal("patient_of_age", reason, "kind")
    return None


def birthday(birth_date: date, years: int) -> date:
    """The day on which somebody reaches an age; born on 29 February: 1 March where the year has none."""
    try:
        return birth_date.replace(year=birth_date.year + years)
    except ValueError:
        return date(birth_date.year + years, 3, 1)


def against_losing(person: Person, role: Role) -> Refusal | None:
    """Why a role may not be taken away: somebody must be left who can administer the service."""
    if role != Role.ADMINISTRATOR:
        return None
    others = RoleGrant.objects.filter(role=role, revoked_at=None, person__is_active=True).exclude(person=person)
    if others.exists():
        return None
    return Refusal("last_administrator", _("This is the last administrator. Name another one first."))
