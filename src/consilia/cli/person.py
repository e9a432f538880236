"""`consilia person add` adds somebody who works for the service, and prints the link of her first sign-in."""

from __future__ import annotations

import argparse

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from consilia.accounts import actions, signin
from consilia.accounts.models import Role
from consilia.kernel.refusal import Invalid


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("what", choices=["add"])
    parser.add_argument("email")
    parser.add_argument("--given-name", default="")
    parser.add_argument("--family-name", default="")
    parser.add_argument("--language", default="en", help="of pages and messages, for example en")
    parser.add_argument("--role", action="append", default=[], choices=Role.values, help="may be given several times")


def run(words: argparse.Namespace) -> int:
    """One transaction: a person without her roles would be worse than none."""
    at = timezone.now()
    try:
        with transaction.atomic():
            person = actions.add_person(
                words.email, words.given_name, words.family_name, language=words.language, at=at
            )
            for role in words.role:
                actions.grant_role(person, Role(role), by=None, at=at)
            link = signin.new_link(person, at=at)
    except Invalid as error:
        for field, sentence in error.fields.items():
            print(f"{field}: {sentence}")
        return 1
    print(f"{words.email} is added{' as ' + ', '.join(words.role) if words.role else ''}.")
    print(f"First sign-in, once, within a day: {settings.CONSILIA_PUBLIC_URL}{link}")
    return 0
