"""Experts as pages show them: the list of administrators, the public page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from consilia.accounts.models import Person, Role, RoleGrant
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
    email: str
    created_by_id: UUID
    created_by: str
    created_at: datetime
    verified_at: datetime | None
    verified_by: str
    suspended_reason: str
    licences: tuple[LicenceLine, ...]
    against: tuple[Refusal, ...]  # asking her now
    against_verifying: tuple[Refusal, ...]  # by this reader
    waits: bool  # a second person has something to look up
    may_verify: tuple[str, ...]  # administrators against whom nothing speaks; empty also where nothing waits

    @property
    def valid_until(self) -> date | None:
        """The last day of the licence that lasts longest, of those that were not taken back."""
        return max((one.valid_until for one in self.licences if one.revoked_at is None), default=None)


@dataclass(frozen=True, slots=True)
class PublicExpert:
    """What anybody may read of a verified expert."""

    name: str
    country: str
    specialities: tuple[str, ...]
    languages: tuple[str, ...]


STAFF = frozenset({Role.ADMINISTRATOR, Role.COORDINATOR, Role.EDITOR})


def everyone(*, reader: Person, at: datetime) -> tuple[ExpertPage, ...]:
    """All experts, those who wait for a second person first; for administrators and the desk. Raises NotFound."""
    _require_staff(reader)
    order = {ExpertState.PROPOSED: 0, ExpertState.VERIFIED: 1, ExpertState.SUSPENDED: 2}
    rows = Expert.objects.select_related("person", "created_by", "verified_by").prefetch_related("licences")
    return tuple(
        _page(row, reader, at) for row in sorted(rows, key=lambda row: (order[ExpertState(row.state)], row.name))
    )


def one(expert_id: UUID, *, reader: Person, at: datetime) -> ExpertPage:
    """One expert. Raises NotFound for an absent one and for readers who are not staff."""
    _require_staff(reader)
    found = Expert.objects.select_related("person", "created_by", "verified_by").prefetch_related("licences")
    row = found.filter(pk=expert_id).first()
    if row is None:
        raise NotFound
    return _page(row, reader, at)


def _require_staff(reader: Person) -> None:
    if not RoleGrant.objects.filter(person=reader, role__in=STAFF, revoked_at=None).exists():
        raise NotFound


def public() -> tuple[PublicExpert, ...]:
    """Verified experts for the public page."""
    rows = Expert.objects.filter(state=ExpertState.VERIFIED, person__is_active=True).select_related("person")
    return tuple(
        PublicExpert(row.name, row.country, tuple(row.specialities), tuple(row.languages))
        for row in sorted(rows, key=lambda row: (row.country, row.person.family_name))
    )


def _who_may_verify(row: Expert, at: datetime) -> tuple[str, ...]:
    grants = RoleGrant.objects.filter(role=Role.ADMINISTRATOR, revoked_at=None, person__is_active=True)
    people = (grant.person for grant in grants.select_related("person").order_by("person__family_name"))
    return tuple(one.name for one in people if not policy.against_verifying(row, one, at))


def _page(row: Expert, reader: Person, at: datetime) -> ExpertPage:
    against = policy.against_working(row, at)
    waits = bool(against) or any(one.checked_at is None and one.revoked_at is None for one in row.licences.all())
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
        email=row.person.email,
        created_by_id=row.created_by_id,
        created_by=row.created_by.name,
        created_at=row.created_at,
        verified_at=row.verified_at,
        verified_by=row.verified_by.name if row.verified_by else "",
        suspended_reason=row.suspended_reason if row.state == ExpertState.SUSPENDED else "",
        licences=licences,
        against=against,
        against_verifying=policy.against_verifying(row, reader, at),
        waits=waits,
        may_verify=_who_may_verify(row, at) if waits else (),
    )
