"""The trail of accounts says in which role somebody acts: a coordinator signs in as a coordinator."""

from __future__ import annotations

import pytest
from django.test import Client
from tests import cast, make

from consilia.accounts import actions, actors, signin
from consilia.accounts.models import Role
from consilia.audit.models import Event

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("who", "role"),
    [
        (cast.ANA, "patient"),
        (cast.EVA, "coordinator"),
        (cast.PRIYA, "editor"),
        (cast.MARTA, "administrator"),
        (cast.WEBER, "expert"),
    ],
)
def test_a_person_acts_on_her_account_in_her_role(who, role):
    if who is cast.WEBER:
        make.expert(who)
    assert actors.of(make.person(who)).role == role


def test_who_signs_in_stands_in_the_trail_with_the_role_of_this_day():
    eva = make.person(cast.EVA)
    client = Client()
    client.get(signin.demo_link(eva))
    event = Event.objects.filter(kind="signed_in").latest("sequence")
    assert (event.actor_id, event.role) == (eva.pk, "coordinator")
    actions.revoke_role(eva, Role.COORDINATOR, by=None, at=make.NOON)
    assert actors.of(eva).role == "patient"
