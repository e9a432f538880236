"""Reads about people: roles, patients, mandates, and the pages of one's own account."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from allauth.mfa.models import Authenticator

from consilia.accounts import session
from consilia.accounts.models import Mandate, Patient, Person, Role, RoleGrant, SignIn

SECOND_FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


@dataclass(frozen=True, slots=True)
class Key:
    """One second factor or passkey of a person; `id` is the authenticator's."""

    id: int
    kind: str  # totp, webauthn
    name: str
    added_at: datetime
    used_at: datetime | None


@dataclass(frozen=True, slots=True)
class Browser:
    """One browser in which the person is signed in."""

    id: UUID
    name: str
    way: str
    began_at: datetime
    is_this: bool


@dataclass(frozen=True, slots=True)
class MandateLine:
    """For whom a person acts, why and until when."""

    id: UUID
    patient_name: str
    kind: str
    declared_at: datetime
    valid_until: datetime | None


@dataclass(frozen=True, slots=True)
class AccountPage:
    """The settings page of one person."""

    email: str
    given_name: str
    family_name: str
    language: str
    time_zone: str
    roles: tuple[str, ...]
    has_password: bool
    keys: tuple[Key, ...]
    recovery_codes_left: int | None  # None: none were made
    browsers: tuple[Browser, ...]
    mandates: tuple[MandateLine, ...]

    @property
    def has_app(self) -> bool:
        return any(key.kind == Authenticator.Type.TOTP for key in self.keys)


def roles(person: Person, at: datetime) -> frozenset[Role]:
    """The roles that the person held at the moment."""
    grants = RoleGrant.objects.filter(person=person, granted_at__lte=at).exclude(revoked_at__lte=at)
    return frozenset(Role(role) for role in grants.values_list("role", flat=True))


def works_here(person: Person) -> bool:
    """True for experts and staff: whoever holds a role now."""
    return RoleGrant.objects.filter(person=person, revoked_at=None).exists()


def has_second_factor(person: Person) -> bool:
    """True when an authenticator app or a passkey is set up (recovery codes alone are none)."""
    return bool(Authenticator.objects.filter(user=person, type__in=SECOND_FACTORS).exists())


def second_factors(person: Person) -> int:
    """How many authenticator apps and passkeys are set up."""
    return int(Authenticator.objects.filter(user=person, type__in=SECOND_FACTORS).count())


def patients_of(person: Person) -> tuple[Patient, ...]:
    """The patients whom the person is herself (one, as a rule), oldest first, without erased ones."""
    return tuple(Patient.objects.filter(person=person, tombstone_at=None).order_by("created_at"))


def live_mandates(person: Person, at: datetime) -> tuple[Mandate, ...]:
    """The mandates by which the person acts for others at the moment, with their patients."""
    mine = Mandate.objects.live(at).filter(proxy=person, patient__tombstone_at=None)
    return tuple(mine.select_related("patient").order_by("declared_at"))


def person_by_email(email: str) -> Person | None:
    """The person of an address, whatever its letters' case."""
    return Person.objects.filter(email__iexact=email.strip()).first()


def account_page(person: Person, *, at: datetime, session_key: str | None) -> AccountPage:
    """The settings page; `session_key` tells which browser is this one."""
    authenticators = list(Authenticator.objects.filter(user=person).order_by("created_at"))
    codes = next((a for a in authenticators if a.type == Authenticator.Type.RECOVERY_CODES), None)
    return AccountPage(
        email=person.email,
        given_name=person.given_name,
        family_name=person.family_name,
        language=person.language,
        time_zone=person.time_zone,
        roles=tuple(sorted(str(role.label) for role in roles(person, at))),
        has_password=person.has_usable_password(),
        keys=tuple(_key(a) for a in authenticators if a.type in SECOND_FACTORS),
        recovery_codes_left=len(codes.wrap().get_unused_codes()) if codes else None,
        browsers=_browsers(person, session_key, at),
        mandates=tuple(_mandate_line(mandate) for mandate in live_mandates(person, at)),
    )


def _key(authenticator: Authenticator) -> Key:
    return Key(
        id=authenticator.pk,
        kind=str(authenticator.type),
        name=str(authenticator) if authenticator.type == Authenticator.Type.WEBAUTHN else "",
        added_at=authenticator.created_at,
        used_at=authenticator.last_used_at,
    )


def _browsers(person: Person, session_key: str | None, at: datetime) -> tuple[Browser, ...]:
    rows = SignIn.objects.filter(person=person, session_key__in=session.live_sessions(at)).order_by("-began_at")
    return tuple(Browser(r.pk, r.browser, r.way, r.began_at, r.session_key == session_key) for r in rows)


def _mandate_line(mandate: Mandate) -> MandateLine:
    return MandateLine(
        id=mandate.pk,
        patient_name=mandate.patient.name,
        kind=str(mandate.get_kind_display()),
        declared_at=mandate.declared_at,
        valid_until=mandate.valid_until,
    )
