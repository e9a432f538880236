"""Staff at work: signed in with a second factor given, as the pages of the desk ask."""

from __future__ import annotations

from django.test import Client, RequestFactory
from tests import make
from tests.cast import Character

from consilia.accounts import session
from consilia.accounts.session import Way


def at_work(who: Character) -> Client:
    """A browser in which this person of the cast is signed in with a second factor."""
    client = Client()
    person = make.person(who)
    client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    request = RequestFactory().get("/")
    request.user, request.session = person, client.session
    session.note_way(request, person, Way.TOTP)
    request.session.save()
    return client
