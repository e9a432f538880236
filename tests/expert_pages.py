"""Signed in as an expert, as the pages see it: with the second factor given in this session."""

from __future__ import annotations

from django.test import Client, RequestFactory
from tests import cast, make
from tests.cast import Character

from consilia.accounts import session
from consilia.accounts.session import Way


def signed_in(who: Character = cast.WEBER, *, long_ago: bool = False) -> Client:
    """A browser of this person; `long_ago`: the second factor was given longer ago than a step-up counts."""
    client = Client()
    person = make.person(who)
    client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    request = RequestFactory().get("/")
    request.user, request.session = person, client.session
    session.note_way(request, person, Way.TOTP)
    if long_ago:
        for record in request.session["account_authentication_methods"]:
            record["at"] -= 3600
    request.session.save()
    return client
