"""Every address of the account says who may call it, and means it."""

from __future__ import annotations

from uuid import UUID

import pytest
from django.test import Client
from django.urls import NoReverseMatch, reverse
from tests import cast, make

from consilia.web import access
from consilia.web.account.allauth_policies import POLICIES

WORDS = {"secret": "x", "token": "x", "pk": 1, "sign_in_id": UUID(int=7), "mandate_id": UUID(int=7)}


def doors() -> list[access.Address]:
    return [door for door in access.addresses() if door.route.startswith("/account/")]


def path_of(name: str) -> str:
    for word in ("", *WORDS):
        try:
            return reverse(name, kwargs={word: WORDS[word]} if word else {})
        except NoReverseMatch:
            continue
    raise AssertionError(name)


def test_every_address_has_a_policy_and_the_table_names_no_absent_one():
    found = {door.name: door.policy for door in doors()}
    assert not [name for name, policy in found.items() if policy is None]
    assert set(POLICIES) <= set(found)


@pytest.mark.django_db
def test_a_stranger_is_asked_to_sign_in_at_every_door_that_is_not_public():
    closed = [door for door in doors() if door.policy and door.policy.kind != "public"]
    assert len(closed) > 20
    for door in closed:
        for method in ("get", "post"):
            answer = getattr(Client(), method)(path_of(door.name))
            assert answer.status_code in {302, 405}, door
            if answer.status_code == 302 and door.name not in {
                "mfa_index",
                "mfa_list_webauthn",
                "account_reauthenticate",
                "account_email",
            }:
                assert answer.headers["Location"].startswith("/account/sign-in/"), door


@pytest.mark.django_db
def test_a_public_door_gives_a_stranger_a_page_or_nothing_but_never_an_error():
    for door in doors():
        if door.policy and door.policy.kind == "public":
            for method in ("get", "post"):
                assert getattr(Client(), method)(path_of(door.name)).status_code in {200, 302, 404, 405}, door


def test_who_is_signed_in_and_comes_to_the_address_page_is_led_to_the_settings(client, db):
    client.force_login(make.person(cast.ANA))
    answer = client.get("/account/confirm-address/", follow=True)
    assert answer.redirect_chain[-1][0].startswith("/account/settings/")
