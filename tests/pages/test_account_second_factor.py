"""Second factor and step-up on the real pages: set up, asked for, used once, and asked again before what binds."""

from __future__ import annotations

import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from django.core import mail
from django.core.cache import cache
from django.test import Client, RequestFactory
from django.utils import timezone

from consilia.accounts import actions, signin, step_up
from consilia.accounts.models import Person, Role
from consilia.accounts.session import Way
from consilia.kernel.refusal import Refused

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.pages.account_staff_room")]
FIVE_MINUTES = 301


@pytest.fixture(autouse=True)
def post(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    settings.CONSILIA_DEMO = False
    cache.clear()


@pytest.fixture
def keller() -> Person:
    """Anna Keller, coordinator."""
    person = actions.add_person("keller@example.org", "Anna", "Keller", language="en", at=timezone.now())
    actions.grant_role(person, Role.COORDINATOR, by=None, at=timezone.now())
    return person


@pytest.fixture
def elena() -> Person:
    return actions.add_person("elena@example.org", "Elena", "Marchetto", language="en", at=timezone.now())


def code(secret: str, steps: int = 0) -> str:
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + steps))


def give_app(client: Client, person: Person) -> str:
    """Sets an app up on the pages, as somebody who has just signed in by her first link; returns its secret."""
    client.post(signin.new_link(person, at=timezone.now()))
    client.get("/account/keys/app/add/")
    secret = client.session["mfa.totp.secret"]
    answer = client.post("/account/keys/app/add/", {"code": code(secret)})
    assert answer.headers["Location"] == "/account/keys/recovery/"
    return secret


def signed_in_with_app(person: Person) -> tuple[Client, str]:
    """Signed in here before an app was set up in another browser: the app was not given in this session."""
    Authenticator.objects.filter(user=person).delete()
    client = Client()
    client.post(signin.new_link(person, at=timezone.now()))
    secret = generate_totp_secret()
    TOTP.activate(person, secret)
    return client, secret


def try_with(person: Person, typed: str) -> Client:
    """A new browser: sign-in by link, then this code as second factor."""
    client = Client()
    answer = client.post(signin.new_link(person, at=timezone.now()))
    assert answer.headers["Location"] == "/account/sign-in/second-factor/"
    client.post("/account/sign-in/second-factor/", {"code": typed})
    return client


def age(client: Client, seconds: int) -> None:
    """Lets time pass for what was shown in this session."""
    store = client.session
    for record in store["account_authentication_methods"]:
        record["at"] -= seconds
    store.save()


def test_staff_see_nothing_before_they_set_up_a_second_factor(client, keller):
    client.post(signin.new_link(keller, at=timezone.now()))
    assert client.get("/staff-room/").headers["Location"] == "/account/secure/"
    assert "second factor" in client.get("/account/secure/").content.decode()


def test_setting_up_an_app_counts_as_giving_it_and_shows_recovery_codes(client, keller):
    give_app(client, keller)
    page = client.get("/account/keys/recovery/").content.decode()
    assert page.count("<code>") == 10
    assert client.get("/staff-room/").status_code == 200


def test_staff_with_an_app_must_give_it_in_every_session(keller):
    client, secret = signed_in_with_app(keller)
    assert client.get("/staff-room/").headers["Location"] == "/account/step-up/"
    answer = client.post("/account/step-up/", {"code": code(secret), "next": "/staff-room/"})
    assert answer.headers["Location"] == "/staff-room/"
    assert client.get("/staff-room/").status_code == 200


def test_sign_in_by_code_asks_for_the_app_before_there_is_a_session(client, keller):
    secret = generate_totp_secret()
    TOTP.activate(keller, secret)
    client.post("/account/sign-in/", {"login": keller.email})
    mailed = mail.outbox[-1].body.split(": ")[1].split()[0]
    answer = client.post("/account/sign-in/code/confirm/", {"code": mailed})
    assert answer.headers["Location"] == "/account/sign-in/second-factor/"
    assert "_auth_user_id" not in client.session
    assert client.get("/account/settings/").status_code == 302
    client.post("/account/sign-in/second-factor/", {"code": code(secret)})
    assert client.get("/staff-room/").status_code == 200


@pytest.mark.parametrize("caches_are_shared", [True, False])
def test_a_code_of_the_app_cannot_be_used_twice(keller, caches_are_shared):
    """Not even when another process, with another cache, sees it the second time."""
    client, secret = signed_in_with_app(keller)
    once = code(secret)
    client.post("/account/step-up/", {"code": once})
    if not caches_are_shared:
        cache.clear()
    assert try_with(keller, once).get("/staff-room/").status_code == 302


def test_the_code_that_set_the_app_up_cannot_be_used_to_sign_in(client, keller):
    client.post(signin.new_link(keller, at=timezone.now()))
    client.get("/account/keys/app/add/")
    once = code(client.session["mfa.totp.secret"])
    client.post("/account/keys/app/add/", {"code": once})
    assert try_with(keller, once).get("/staff-room/").status_code == 302


def test_a_recovery_code_works_once(client, keller):
    give_app(client, keller)
    codes = Authenticator.objects.get(user=keller, type="recovery_codes").wrap().get_unused_codes()
    for expected in (200, 302):
        assert try_with(keller, codes[0]).get("/staff-room/").status_code == expected


def test_guessing_codes_stops(keller):
    client, secret = signed_in_with_app(keller)
    for _ in range(5):
        client.post("/account/step-up/", {"code": "000000"})
    page = client.post("/account/step-up/", {"code": code(secret)})
    assert "tried too often" in page.content.decode()
    assert client.get("/staff-room/").status_code == 302


def test_secrets_of_apps_are_sealed_in_the_database(client, keller):
    secret = give_app(client, keller)
    assert secret not in str(list(Authenticator.objects.values_list("data", flat=True)))


def test_staff_cannot_remove_their_last_second_factor(client, keller):
    give_app(client, keller)
    assert client.post("/account/keys/app/remove/").status_code == 409
    assert Authenticator.objects.filter(user=keller, type="totp").exists()


def test_a_patient_may_have_an_app_and_give_it_up(client, elena):
    give_app(client, elena)
    client.post("/account/keys/app/remove/")
    assert not Authenticator.objects.filter(user=elena).exists()


def test_ways_to_sign_in_change_only_just_after_showing_who_one_is(client, elena):
    give_app(client, elena)
    age(client, FIVE_MINUTES)
    for page in (
        "/account/keys/app/remove/",
        "/account/keys/passkeys/add/",
        "/account/password/",
        "/account/keys/recovery/",
    ):
        assert client.get(page).headers["Location"].startswith("/account/step-up/?next="), page


def test_words_of_an_interrupted_form_are_kept_through_the_step_up(elena):
    client, secret = signed_in_with_app(elena)
    sent = client.post("/account/password/", {"password": "nine blue herons at noon"})
    assert sent.headers["Location"].startswith("/account/step-up/")
    client.post(sent.headers["Location"], {"code": code(secret)})
    elena.refresh_from_db()
    assert elena.check_password("nine blue herons at noon")


def request_of(client: Client, person: Person):
    request = RequestFactory().get("/")
    request.user, request.session = person, client.session
    return request


def test_a_patient_without_an_app_steps_up_by_a_code_in_her_mail(client, elena):
    client.post(signin.new_link(elena, at=timezone.now()))
    age(client, FIVE_MINUTES)
    assert step_up.against_step_up(request_of(client, elena)).code == "step_up_needed"
    client.post("/account/step-up/code/", {"next": "/account/settings/"})
    mailed = mail.outbox[-1].body.split(": ")[1].split()[0]
    answer = client.post("/account/step-up/?next=/account/settings/", {"code": mailed})
    assert answer.headers["Location"] == "/account/settings/"
    assert step_up.step_up_proof(request_of(client, elena)).method == Way.CODE


def test_three_wrong_codes_void_the_mailed_one(client, elena):
    client.post(signin.new_link(elena, at=timezone.now()))
    age(client, FIVE_MINUTES)
    client.post("/account/step-up/code/")
    mailed = mail.outbox[-1].body.split(": ")[1].split()[0]
    for _ in range(3):
        page = client.post("/account/step-up/", {"code": "AAAA-AAAA"})
    assert "three times" in page.content.decode()
    assert "too old" in client.post("/account/step-up/", {"code": mailed}).content.decode()


def test_a_mailed_code_is_no_proof_for_staff_nor_for_a_patient_with_an_app(client, elena, keller):
    for person in (elena, keller):
        browser, _secret = signed_in_with_app(person)
        assert step_up.against_step_up(request_of(browser, person)).code == "step_up_needed"
        browser.post("/account/step-up/code/")
    assert not [letter for letter in mail.outbox if "confirm a step" in letter.body]


def test_a_proof_counts_for_five_minutes_and_names_way_and_moment(keller):
    client, secret = signed_in_with_app(keller)
    client.post("/account/step-up/", {"code": code(secret)})
    proof = step_up.step_up_proof(request_of(client, keller))
    assert proof.method == Way.TOTP
    assert abs((timezone.now() - proof.at).total_seconds()) < 60
    age(client, FIVE_MINUTES)
    with pytest.raises(Refused):
        step_up.step_up_proof(request_of(client, keller))


def test_a_proof_of_one_person_is_no_proof_of_another(keller, elena):
    client, secret = signed_in_with_app(keller)
    client.post("/account/step-up/", {"code": code(secret)})
    assert step_up.against_step_up(request_of(client, elena)) is not None


def test_a_second_press_on_the_step_up_goes_on_as_the_first(keller):
    client, secret = signed_in_with_app(keller)
    words = {"code": code(secret), "next": "/staff-room/"}
    assert client.post("/account/step-up/", words).headers["Location"] == "/staff-room/"
    assert client.post("/account/step-up/", words).headers["Location"] == "/staff-room/"


def test_the_step_up_never_leads_off_the_site(keller):
    client, secret = signed_in_with_app(keller)
    answer = client.post("/account/step-up/", {"code": code(secret), "next": "//evil.example/"})
    assert answer.headers["Location"] == "/account/"


def test_the_demo_cast_steps_up_by_one_press_and_nobody_else_does(client, keller, settings):
    settings.CONSILIA_DEMO = True
    client.get(signin.demo_link(keller))
    age(client, FIVE_MINUTES)
    assert step_up.against_step_up(request_of(client, keller)).code == "step_up_needed"
    assert client.post("/account/step-up/demo/", {"next": "/staff-room/"}).headers["Location"] == "/staff-room/"
    assert step_up.step_up_proof(request_of(client, keller)).method == Way.DEMO
    other = Client()
    other.post(signin.new_link(keller, at=timezone.now()))
    other.post("/account/step-up/demo/", {"next": "/staff-room/"})
    assert step_up.against_step_up(request_of(other, keller)) is not None


def test_scripts_of_the_passkey_pages_come_from_files_only(client, elena):
    client.post(signin.new_link(elena, at=timezone.now()))
    page = client.get("/account/keys/passkeys/add/")
    text = page.content.decode()
    assert "webauthn-json.js" in text
    for script in text.split("<script")[1:]:
        assert "src=" in script.split(">")[0] or 'type="application/json"' in script.split(">")[0]
    assert "unsafe-inline" not in page.headers["Content-Security-Policy"]
