"""People, roles, patients and mandates: who may become what, and what the trail says of it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from consilia.accounts import actions, policy, queries, session
from consilia.accounts.actions import PatientWords
from consilia.accounts.models import Mandate, Person, Role, RoleGrant
from consilia.accounts.session import Way
from consilia.audit.models import Event
from consilia.kernel.refusal import Invalid, NotFound, Refused

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
LUCA = PatientWords("Luca", "Marchetto", date(2015, 6, 1), "IT", sex="male", language="it")


def person(name: str) -> Person:
    return actions.add_person(f"{name}@example.org", name.title(), "Test", language="en", at=NOON)


def kinds() -> list[str]:
    return list(Event.objects.order_by("sequence").values_list("kind", flat=True))


def test_an_address_belongs_to_one_person_whatever_its_letters():
    person("ana")
    with pytest.raises(Invalid) as refusal:
        actions.add_person("ANA@example.org", "Other", "Ana", language="en", at=NOON)
    assert "email" in refusal.value.fields


@pytest.mark.parametrize("address", ["", "ana", "ana@", "a b@example.org", "ana@example.org\nBcc: x@example.org"])
def test_what_is_no_address_is_refused(address):
    with pytest.raises(Invalid):
        actions.add_person(address, "A", "B", language="en", at=NOON)


def test_registering_twice_gives_the_same_person():
    first = actions.register("ana@example.org", language="en", at=NOON)
    again = actions.register("Ana@Example.org", language="en", at=NOON)
    assert first == again
    assert kinds().count("account_created") == 1


def test_a_role_is_granted_once_taken_back_once_and_its_history_stays():
    ana, boss = person("ana"), person("boss")
    first = actions.grant_role(ana, Role.EDITOR, by=boss, at=NOON)
    assert actions.grant_role(ana, Role.EDITOR, by=boss, at=NOON).pk == first.pk
    later = NOON + timedelta(days=1)
    actions.revoke_role(ana, Role.EDITOR, by=boss, at=later)
    actions.revoke_role(ana, Role.EDITOR, by=boss, at=later)
    assert queries.roles(ana, NOON + timedelta(hours=1)) == {Role.EDITOR}
    assert queries.roles(ana, later) == frozenset()
    assert kinds()[-2:] == ["role_granted", "role_revoked"]
    assert RoleGrant.objects.count() == 1


def test_the_database_itself_refuses_a_second_live_grant():
    ana = person("ana")
    actions.grant_role(ana, Role.EDITOR, by=None, at=NOON)
    with pytest.raises(IntegrityError), transaction.atomic():
        RoleGrant.objects.create(person=ana, role=Role.EDITOR, granted_at=NOON)


def test_the_last_administrator_stays():
    ana, boss = person("ana"), person("boss")
    actions.grant_role(boss, Role.ADMINISTRATOR, by=None, at=NOON)
    with pytest.raises(Refused):
        actions.revoke_role(boss, Role.ADMINISTRATOR, by=boss, at=NOON)
    with pytest.raises(Refused):
        actions.deactivate(boss, at=NOON)
    actions.grant_role(ana, Role.ADMINISTRATOR, by=boss, at=NOON)
    actions.deactivate(boss, by=ana, at=NOON)
    boss.refresh_from_db()
    assert not boss.is_active


def test_patients_need_no_second_factor_and_whoever_works_here_does():
    elena, keller = person("elena"), person("keller")
    actions.grant_role(keller, Role.EXPERT, by=None, at=NOON)
    assert policy.against_working(elena, ()) is None
    assert policy.against_working(keller, {Way.CODE, Way.PASSWORD}).code == "second_factor_missing"
    assert policy.against_working(keller, {Way.PASSKEY}) is None
    actions.revoke_role(keller, Role.EXPERT, by=None, at=NOON)
    assert policy.against_working(keller, ()) is None


def test_a_proxy_adds_a_patient_and_acts_for_her_until_the_child_is_of_age():
    ana = person("ana")
    mandate = actions.act_for(ana, LUCA, Mandate.Kind.PARENT, at=NOON)
    assert mandate.valid_until == datetime(2033, 6, 1, tzinfo=UTC)
    assert queries.live_mandates(ana, datetime(2033, 5, 31, 23, tzinfo=UTC)) == (mandate,)
    assert queries.live_mandates(ana, datetime(2033, 6, 1, tzinfo=UTC)) == ()
    assert queries.patients_of(ana) == ()


def test_a_double_click_names_one_patient_and_one_mandate():
    ana = person("ana")
    first = actions.act_for(ana, LUCA, Mandate.Kind.PARENT, at=NOON)
    assert actions.act_for(ana, LUCA, Mandate.Kind.PARENT, at=NOON) == first
    actions.revoke_mandate(first.pk, by=ana, at=NOON)
    assert actions.act_for(ana, LUCA, Mandate.Kind.PARENT, at=NOON) != first


def test_nobody_becomes_the_proxy_of_somebody_with_an_account_or_of_another_proxys_patient():
    ana, mallory = person("ana"), person("mallory")
    herself = actions.add_patient(ana, LUCA, by=ana, at=NOON)
    child = actions.act_for(ana, LUCA, Mandate.Kind.GUARDIAN, at=NOON).patient
    for patient in (herself, child):
        with pytest.raises(NotFound):
            actions.declare_mandate(mallory, patient, Mandate.Kind.WRITTEN, at=NOON)


def test_a_mandate_that_is_over_before_it_begins_is_refused_and_leaves_no_patient():
    ana = person("ana")
    with pytest.raises(Invalid):
        actions.act_for(ana, LUCA, Mandate.Kind.WRITTEN, at=NOON, valid_until=NOON - timedelta(days=1))
    assert not ana.mandates.exists()
    assert "proxy_named" not in kinds()
    assert kinds().count("account_created") == 1  # hers; the patient is gone with the refusal


@pytest.mark.parametrize(
    ("field", "words"),
    [
        ("given_name", {"given_name": " "}),
        ("family_name", {"family_name": "x" * 101}),
        ("birth_date", {"birth_date": date(2026, 3, 3)}),
        ("birth_date", {"birth_date": date(1850, 1, 1)}),
        ("residence_country", {"residence_country": "XX"}),
        ("sex", {"sex": "f"}),
        ("language", {"language": "??"}),
    ],
)
def test_each_wrong_word_about_a_patient_is_named(field, words):
    ana = person("ana")
    good = {name: getattr(LUCA, name) for name in LUCA.__dataclass_fields__}
    with pytest.raises(Invalid) as refusal:
        actions.add_patient(ana, PatientWords(**(good | words)), by=ana, at=NOON)
    assert list(refusal.value.fields) == [field]


def test_somebody_born_on_29_february_comes_of_age_on_1_march():
    assert policy.birthday(date(2008, 2, 29), 18) == date(2026, 3, 1)
    assert policy.birthday(date(2008, 2, 28), 18) == date(2026, 2, 28)


def test_the_trail_says_who_did_it_and_holds_no_name():
    ana = person("ana")
    actions.act_for(ana, LUCA, Mandate.Kind.PARENT, at=NOON)
    event = Event.objects.get(kind="proxy_named")
    assert (event.actor_id, event.role) == (ana.pk, "proxy")
    everything = str(list(Event.objects.values()))
    assert not [word for word in ("Luca", "Marchetto", "ana@example.org") if word in everything]


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/129.0 Safari/537.36 Edg/129.0", "Edge, Windows"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 14_5) Version/17.5 Safari/605.1.15", "Safari, macOS"),
        ("Mozilla/5.0 (Linux; Android 14) Chrome/129.0 Mobile Safari/537.36", "Chrome, Android"),
        ("curl/8.5", ""),
        ("", ""),
    ],
)
def test_a_browser_is_named_in_words(agent, words):
    assert session.browser_name(agent) == words
