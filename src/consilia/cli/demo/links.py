"""The sign-in links of the demo, and whether it is filled: all that a second start asks, so it imports little."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

from consilia.accounts import signin
from consilia.accounts.models import Person
from consilia.cli.demo import cast
from consilia.cli.demo.cast import Character

# The path of account:demo-sign-in: to look it up would import every page of the product, a second of each start.
PATH = "/account/demo/{}/"


def is_filled() -> bool:
    """A file of the data folder says so: what people did with the demo since then stays as they did it."""
    return mark().exists() and Person.objects.filter(email=cast.ANA.email).exists()


def mark() -> Path:
    return Path(settings.CONSILIA_HOME) / "demo.filled"


def links() -> Iterator[tuple[str, str]]:
    """A line and a sign-in link for every person of the cast."""
    people = {one.email: one for one in Person.objects.filter(email__in=[who.email for who in cast.EVERYBODY])}
    for who in cast.EVERYBODY:
        person = people.get(who.email)
        if person is not None and person.is_active:
            yield _called(who), f"{settings.CONSILIA_PUBLIC_URL}{PATH.format(signin.demo_token(person))}"


def _called(who: Character) -> str:
    return f"{who.given_name} {who.family_name}, {who.about}:"
