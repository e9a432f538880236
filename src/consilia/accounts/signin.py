"""Ways in besides allauth's: the demo link (demo mode only) and the one-time link of somebody who was added."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import perform_login
from allauth.account.models import Login
from allauth.account.utils import get_login_redirect_url
from django.conf import settings
from django.core import signing
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from consilia.accounts import session
from consilia.accounts.models import Person, SignInLink
from consilia.accounts.session import Way
from consilia.kernel.ids import hash_secret, new_secret
from consilia.kernel.refusal import NotFound, Refusal, Refused

DEMO_SALT = "consilia.accounts.demo"
DEMO_LASTS = timedelta(hours=12)
LINK_LASTS = timedelta(hours=24)


def demo_link(person: Person) -> str:
    """The path that signs in as a person of the demo cast. Raises Refused when the demo is off."""
    return reverse("account:demo-sign-in", args=[demo_token(person)])


def demo_token(person: Person) -> str:
    """What the path holds. Raises Refused when the demo is off."""
    if not settings.CONSILIA_DEMO:
        raise Refused(Refusal("demo_is_off", _("The demo is off on this installation.")))
    return signing.dumps(str(person.pk), salt=DEMO_SALT)


def person_of_demo_link(token: str) -> Person:
    """The person of a demo link. Raises NotFound when the demo is off, the link is forged or older than 12 hours."""
    if not settings.CONSILIA_DEMO:
        raise NotFound
    try:
        person_id = UUID(signing.loads(token, salt=DEMO_SALT, max_age=DEMO_LASTS))
    except (signing.BadSignature, ValueError) as error:
        raise NotFound from error
    return _active(person_id)


def new_link(person: Person, *, at: datetime) -> str:
    """A path that signs the person in once within 24 hours; the secret stands nowhere else."""
    secret = new_secret()
    SignInLink.objects.create(person=person, secret_hash=hash_secret(secret), made_at=at, valid_until=at + LINK_LASTS)
    return reverse("account:sign-in-link", args=[secret])


def person_of_link(secret: str, *, at: datetime) -> Person:
    """The person of a link that still works. Raises NotFound for an unknown, used or old one: all look the same."""
    link = SignInLink.objects.filter(secret_hash=hash_secret(secret), used_at=None, valid_until__gt=at).first()
    if link is None:
        raise NotFound
    return _active(link.person_id)


@transaction.atomic
def use_link(secret: str, *, at: datetime) -> Person:
    """Uses a link up, once however often it is pressed, and returns its person. Raises NotFound as above."""
    person = person_of_link(secret, at=at)
    used = SignInLink.objects.filter(secret_hash=hash_secret(secret), used_at=None).update(used_at=at)
    if used != 1:
        raise NotFound
    return person


def sign_in(request: HttpRequest, person: Person, way: Way) -> HttpResponse:
    """Signs in after one of the links; whoever was signed in here before is signed out.

    A demo link stands for both factors; after the one-time link allauth still asks for a second factor that is set up.
    """
    adapter = get_adapter(request)
    if request.user.is_authenticated:
        adapter.logout(request)
    session.note_way(request, person, way)
    if way != Way.DEMO:
        response: HttpResponse = perform_login(request, Login(user=person, email=person.email))
        return response
    adapter.login(request, person)
    return HttpResponseRedirect(get_login_redirect_url(request))


def lockout_name(request: HttpRequest, credentials: dict[str, Any] | None) -> str:
    """Whom a failed password counts against: the address that was typed (settings: AXES_USERNAME_CALLABLE)."""
    typed = (credentials or {}).get("email") or request.POST.get("login", "")
    return str(typed).strip().lower()


def _active(person_id: UUID) -> Person:
    person = Person.objects.filter(pk=person_id, is_active=True).first()
    if person is None:
        raise NotFound
    return person
