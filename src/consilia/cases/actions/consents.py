"""Consents: one a purpose (and a country), versioned; a withdrawn one takes effect at the next request."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from consilia.accounts.models import Role, RoleGrant
from consilia.audit import actions as audit
from consilia.audit.kinds import Kind
from consilia.cases.access import Reader, Right
from consilia.cases.actions.moving import lock, touch
from consilia.cases.actions.opening import collect_when_possible
from consilia.cases.models import Assignment, Case, Consent, Purpose
from consilia.cases.states import Seat
from consilia.kernel.country import is_country
from consilia.kernel.refusal import Invalid
from consilia.notify import actions as notify


@dataclass(frozen=True, slots=True)
class TextRead:
    """The text that was on the screen: id, version and SHA-256 of the content entry."""

    id: str
    version: str
    sha256: str


@transaction.atomic
def give_consent(by: Reader, purpose: Purpose, text: TextRead, *, at: datetime, country: str = "") -> Consent:
    """Keeps a consent with the text that was read. Twice the same is once. Raises Invalid for a missing country."""
    by.require(Right.CHANGE_CASE)
    case = lock(by.case_id)
    if (purpose == Purpose.RECIPIENT_COUNTRY) != is_country(country):
        raise Invalid({"country": _("Choose a country from the list.")})
    live = case.consents.live().filter(purpose=purpose, country=country).first()
    if live is not None:
        return live
    consent = Consent.objects.create(
        case=case,
        purpose=purpose,
        country=country,
        text_id=text.id,
        text_version=text.version,
        text_sha256=text.sha256,
        given_at=at,
        given_by_id=by.person_id,
    )
    touch(case)
    audit.record(
        Kind.CONSENT_GIVEN,
        case_id=case.pk,
        actor=by.actor,
        entity=("consent", consent.pk),
        at=at,
        purpose=purpose,
        detail={"country": country} if country else {},
    )
    collect_when_possible(case, by, at)
    return consent


@transaction.atomic
def withdraw_consent(by: Reader, purpose: Purpose, *, at: datetime, country: str = "") -> None:
    """Takes a consent back. Experts of that country (or, for the processing, all) lose sight at their next request."""
    by.require(Right.CHANGE_CASE)
    case = lock(by.case_id)
    consent = case.consents.live().filter(purpose=purpose, country=country).first()
    if consent is None:
        return
    consent.withdrawn_at = at
    consent.save(update_fields=["withdrawn_at"])
    touch(case)
    audit.record(
        Kind.CONSENT_WITHDRAWN,
        case_id=case.pk,
        actor=by.actor,
        entity=("consent", consent.pk),
        at=at,
        purpose=purpose,
        detail={"country": country} if country else {},
    )
    for seat in _seats_that_end(case, purpose, country):
        _end(seat, by, at)
    for grant in RoleGrant.objects.filter(role=Role.COORDINATOR, revoked_at=None).select_related("person"):
        notify.tell(grant.person, "consent_withdrawn", case_id=case.pk, link=f"/desk/cases/{case.pk}/", at=at)


def _seats_that_end(case: Case, purpose: Purpose, country: str) -> list[Assignment]:
    open_seats = Assignment.objects.select_for_update().filter(case=case, state__in=[Seat.INVITED, Seat.ACCEPTED])
    if purpose == Purpose.RECIPIENT_COUNTRY:
        return list(open_seats.filter(country=country))
    return list(open_seats) if purpose in {Purpose.TERMS, Purpose.PROCESSING} else []


def _end(seat: Assignment, by: Reader, at: datetime) -> None:
    seat.state, seat.ended_at = Seat.WITHDRAWN, at
    seat.save(update_fields=["state", "ended_at"])
    audit.record(Kind.ASSIGNMENT_REVOKED, case_id=seat.case_id, actor=by.actor, entity=("assignment", seat.pk), at=at)
