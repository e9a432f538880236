"""Experts as pages show them: the list of administrators, the public page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from consilia.experts import policy
from consilia.experts.models import Expert, ExpertState
from consilia.kernel.refusal import NotFound, Refusal


@dataclass(frozen=True, slots=True)
class LicenceLine:
    id: UUID
    authority: str
    number: str
    country: str
    speciality: str
    valid_from: date
    valid_until: date
    checked_at: datetime | None
    revoked_at: datetime | None


@dataclass(frozen=True, slots=True)
class ExpertPage:
    """An expert for administrators, with what speaks against asking her now."""

    id: UUID
    name: str
    state: str
    country: str
    specialities: tuple[str, ...]
    languages: tuple[str, ...]
    institutions: tuple[str, ...]
    capacity: int
    yearly_volume: str
    created_by_id: UUID
    verified_at: datetime | None
    licences: tuple[LicenceLine, ...]
    against: tuple[Refusal, ...]


@dataclass(frozen=True, slots=True)
class PublicExpert:
    """What anybody may read of a verified expert."""

    name: str
    country: str
    specialities: tuple[str, ...]
    languages: tuple[str, ...]


def everyone(at: datetime) -> tuple[ExpertPage, ...]:
    """All experts, those who wait for a second person first. For pages of the desk and administrators."""
    order = {ExpertState.PROPOSED: 0, ExpertState.VERIFIED: 1, ExpertState.SUSPENDED: 2}
    rows = Expert.objects.select_related("person").prefetch_related("licences")
    return tuple(_page(row, at) for row in sorted(rows, key=lambda row: (order[ExpertState(row.state)], row.name)))


def one(expert_id: UUID, at: datetime) -> ExpertPage:
    row = Expert.objects.select_related("person").prefetch_related("licences").filter(pk=expert_id).first()
    if row is None:
        raise NotFound
    return _page(row, at)


def public() -> tuple[PublicExpert, ...]:
    """Verified experts for the public page."""
    rows = Expert.objects.filter(state=ExpertState.VERIFIED, person__is_active=True).select_related("person")
    return tuple(
        PublicExpert(row.name, row.country, tuple(row.specialities), tuple(row.languages))
        for row in sorted(rows, key=lambda row: (row.country, row.person.family_name))
    )


def _page(row: Expert, at: datetime) -> ExpertPage:
    licences = tuple(
        LicenceLine(
            one.pk,
            one.authority,
            one.number,
            one.country,
            one.speciality,
            one.valid_from,
            one.valid_until,
            one.checked_at,
            one.revoked_at,
        )
        for one in row.licences.all()
    )
    return ExpertPage(
        id=row.pk,
        name=row.name,
        state=row.state,
        country=row.country,
        specialities=tuple(row.specialities),
        languages=tuple(row.languages),
        institutions=tuple(row.institutions),
        capacity=row.capacity,
        yearly_volume=row.yearly_volume,
        created_by_id=row.created_by_id,
        verified_at=row.verified_at,
        licences=licences,
        against=policy.against_working(row, at),
    )
