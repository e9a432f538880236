"""How sure we are who is there: the ways by which a person signed in in this session, and when.

The ways are the records that allauth keeps in the session, bound to the person: a session never counts for another.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from allauth.account.authentication import get_authentication_records
from allauth.account.internal.flows.login import record_authentication
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from consilia.accounts import actors
from consilia.accounts.models import Person, SignIn
from consilia.audit import actions as audit
from consilia.audit.kinds import Kind


class Way(StrEnum):
    """A way to show who one is; the words stand in sessions and in sealed opinions, so they never change."""

    CODE = "code"  # a code by mail
    PASSWORD = "password"  # noqa: S105 - a word, no secret
    LINK = "link"  # the one-time link of somebody whom the service added
    TOTP = "totp"
    PASSKEY = "webauthn"
    RECOVERY = "recovery_codes"
    DEMO = "demo"


SECOND = frozenset({Way.TOTP, Way.PASSKEY, Way.RECOVERY})
BY_MAIL = frozenset({Way.CODE, Way.LINK})


@dataclass(frozen=True, slots=True)
class Given:
    """One way that was given in this session, at a moment (UTC)."""

    way: Way
    at: datetime


def ways_given(request: HttpRequest) -> tuple[Given, ...]:
    """All ways of this session and this person, oldest first; records that we do not know are left out."""
    found = (_given(record) for record in get_authentication_records(request, request.user))
    return tuple(one for one in found if one is not None)


def _given(record: dict[str, Any]) -> Given | None:
    word = record.get("type") if record.get("method") == "mfa" else record.get("method")
    if word not in set(Way):
        return None
    return Given(Way(word), datetime.fromtimestamp(float(record["at"]), tz=UTC))


def second_ways() -> frozenset[Way]:
    """The ways that count as second factor; the demo sign-in is one of them in demo mode only."""
    return SECOND | {Way.DEMO} if settings.CONSILIA_DEMO else SECOND


def second_factor_given(request: HttpRequest) -> bool:
    """True when a second factor was given (or set up) in this session. Asks no database."""
    return any(given.way in second_ways() for given in ways_given(request))


def note_way(request: HttpRequest, person: Person, way: Way, *, again: bool = False) -> None:
    """Writes a way into the session; `again`: the person was signed in already and showed it once more."""
    if way in SECOND:
        record_authentication(request, person, "mfa", type=str(way), reauthenticated=again or None)
    else:
        record_authentication(request, person, str(way), reauthenticated=again or None)


@transaction.atomic
def note_sign_in(request: HttpRequest, person: Person, *, at: datetime) -> None:
    """Keeps a row of this browser and an event; called after the session has got its new key."""
    given = get_authentication_records(request, person)
    SignIn.objects.filter(person=person).exclude(session_key__in=live_sessions(at)).delete()
    audit.record(Kind.SIGNED_IN, actor=actors.of(person), entity=("person", person.pk), at=at)
    SignIn.objects.update_or_create(
        session_key=request.session.session_key,
        defaults={
            "person": person,
            "way": str((_given(given[-1]) or Given(Way.CODE, at)).way) if given else "",
            "browser": browser_name(request.headers.get("User-Agent", "")),
            "began_at": at,
        },
    )


def live_sessions(at: datetime) -> QuerySet[Session, str]:
    """Keys of the sessions that have not run out, for a subquery."""
    return Session.objects.filter(expire_date__gt=at).values_list("session_key", flat=True)


def follow_new_key(request: HttpRequest, old_key: str | None) -> None:
    """A new password changes the key of the session; the row of this browser follows it."""
    SignIn.objects.filter(session_key=old_key).update(session_key=request.session.session_key)


def end_sessions(person: Person, *, but: str | None = None) -> int:
    """Ends every session of the person except the one with the key `but`; returns how many were known."""
    ending = SignIn.objects.filter(person=person).exclude(session_key=but or "")
    Session.objects.filter(session_key__in=list(ending.values_list("session_key", flat=True))).delete()
    return ending.delete()[0]


BROWSERS = (("Edg", "Edge"), ("OPR", "Opera"), ("Firefox", "Firefox"), ("Chrom", "Chrome"), ("Safari", "Safari"))
SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)


def browser_name(agent: str) -> str:
    """Browser and system in words ("Firefox, Windows"), or "" where the agent names neither."""
    browser = next((name for mark, name in BROWSERS if re.search(rf"\b{mark}", agent)), "")
    system = next((name for mark, name in SYSTEMS if mark in agent), "")
    return ", ".join(word for word in (browser, system) if word)


def forget(session_key: str | None) -> None:
    """The row of a browser that signed out."""
    SignIn.objects.filter(session_key=session_key or "").delete()


def end(row: SignIn) -> None:
    """Signs one browser out."""
    Session.objects.filter(session_key=row.session_key).delete()
    row.delete()


@transaction.atomic
def note_stepped_up(person: Person) -> None:
    """An event: the person showed once more who she is."""
    audit.record(Kind.STEPPED_UP, actor=actors.of(person), entity=("person", person.pk), at=timezone.now())


@transaction.atomic
def note_key_added(request: HttpRequest, person: Person, way: Way) -> None:
    """Setting a second factor up shows that it is there: it counts as given in this session."""
    note_way(request, person, way, again=True)
    audit.record(Kind.SECOND_FACTOR_ADDED, actor=actors.of(person), entity=("person", person.pk), at=timezone.now())


@transaction.atomic
def note_key_removed(person: Person) -> None:
    """An event in the trail."""
    audit.record(Kind.SECOND_FACTOR_REMOVED, actor=actors.of(person), entity=("person", person.pk), at=timezone.now())
