"""Signed in as an expert, as the pages see it: with the second factor given in this session."""

from __future__ import annotations

from collections import defaultdict
from html.parser import HTMLParser

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


class Form(HTMLParser):
    """What a browser would send of the form with this id: values of inputs, text areas and choices."""

    def __init__(self, form_id: str) -> None:
        super().__init__(convert_charrefs=True)
        self.form_id, self.fields = form_id, defaultdict(list)
        self.inside, self.area, self.select = False, "", ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.inside = given.get("id") == self.form_id
        if not (self.inside or given.get("form") == self.form_id) or "name" not in given:
            return
        name = given["name"]
        if tag == "textarea":
            self.area = name
            self.fields[name].append("")
        elif tag == "input" and (given.get("type") not in {"radio", "checkbox"} or "checked" in given):
            self.fields[name].append(given.get("value", ""))
        elif tag == "select":
            self.fields[name].append("")

    def handle_data(self, data: str) -> None:
        if self.area:
            self.fields[self.area][-1] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.inside = False
        if tag == "textarea" and self.area:
            words = self.fields[self.area][-1]
            self.fields[self.area][-1] = words.removeprefix("\n")  # the one that HTML drops
            self.area = ""


def sent_by(page: str, form_id: str = "opinion") -> dict[str, list[str]]:
    """The fields of a form of the page as they stand, ready to be posted."""
    form = Form(form_id)
    form.feed(page)
    return dict(form.fields)
