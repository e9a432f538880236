"""Step-up: before something that cannot be taken back, the person shows once more who is there.

A proof counts for five minutes. Who has a second factor must give it; a patient without one gives a code by mail.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import cast

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from consilia.accounts import queries, session
from consilia.accounts.models import Person
from consilia.accounts.session import BY_MAIL, Given, Way
from consilia.kernel.refusal import Refusal, Refused

PAGE = "account:step-up"


@dataclass(frozen=True, slots=True)
class StepUpProof:
    """By which way (a word of session.Way) and when (UTC) the person showed who she is."""

    method: str
    at: datetime


def lasts() -> timedelta:
    """How long a proof counts."""
    return timedelta(seconds=settings.ACCOUNT_REAUTHENTICATION_TIMEOUT)


def against_step_up(request: HttpRequest) -> Refusal | None:
    """Why the person must show once more who she is before an act that binds; None when she did just now."""
    if _proof(request) is not None:
        return None
    person = cast(Person, request.user)
    if queries.works_here(person) and not queries.has_second_factor(person) and not _is_demo(request):
        return Refusal("second_factor_missing", _("Set up a second factor first."), "account:secure")
    return Refusal("step_up_needed", _("Show once more that it is you. This counts for five minutes."), PAGE)


def step_up_proof(request: HttpRequest) -> StepUpProof:
    """The proof that an action keeps with what it did. Raises Refused where there is none that still counts."""
    given = _proof(request)
    if given is None:
        refusal = against_step_up(request)
        raise Refused(refusal or Refusal("step_up_needed", _("Show once more that it is you."), PAGE))
    return StepUpProof(str(given.way), given.at)


def against_changing_keys(request: HttpRequest) -> Refusal | None:
    """Why the ways to sign in may not be changed now: the second factor, or any fresh sign-in where there is none."""
    person = cast(Person, request.user)
    enough = session.second_ways() if queries.has_second_factor(person) else frozenset(Way)
    if _latest(request, enough) is not None:
        return None
    return Refusal("step_up_needed", _("Show once more that it is you. This counts for five minutes."), PAGE)


def shown_just_now(request: HttpRequest) -> bool:
    """True when the step-up page has nothing to ask: a second factor, or a code by mail where there is none."""
    person = cast(Person, request.user)
    ways = session.second_ways() | (frozenset() if queries.has_second_factor(person) else BY_MAIL)
    return _latest(request, ways) is not None


def _is_demo(request: HttpRequest) -> bool:
    return settings.CONSILIA_DEMO and any(given.way == Way.DEMO for given in session.ways_given(request))


def _proof(request: HttpRequest) -> Given | None:
    """The latest way that counts: a second factor, or for a patient without one a code by mail."""
    second = _latest(request, session.second_ways())
    if second is not None or not request.user.is_authenticated:
        return second
    by_mail = _latest(request, BY_MAIL)
    person = request.user
    if by_mail is None or queries.has_second_factor(person) or queries.works_here(person):
        return None
    return by_mail


def _latest(request: HttpRequest, ways: frozenset[Way]) -> Given | None:
    now = timezone.now().astimezone(UTC)
    fresh = [g for g in session.ways_given(request) if g.way in ways and now - g.at <= lasts()]
    return fresh[-1] if fresh else None
