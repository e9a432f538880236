"""Signing in through the real pages: code, password, links, and what a stranger can learn (nothing)."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from consilia.accounts import actions, signin
from consilia.accounts.models import Person, Role, SignIn, SignInLink
from consilia.kernel.refusal import Refused

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.pages.account_staff_room")]
PASSWORD = "nine blue herons at noon"


@pytest.fixture(autouse=True)
def post(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    cache.clear()


@pytest.fixture
def elena() -> Person:
    return actions.add_person("elena@example.org", "Elena", "Marchetto", language="en", at=timezone.now())


def code_of_mail() -> str:
    found = re.search(r"\b([A-Z]{4}-[A-Z]{4})\b", mail.outbox[-1].body)
    assert found
    return found.group(1)


def signed_in_as(client: Client) -> str | None:
    return client.session.get("_auth_user_id")


def ask_for_code(client: Client, address: str, door: str = "/account/sign-in/", **words: str):
    return client.post(door, {"login": address, "email": address, **words}, follow=True)


def test_elena_signs_in_with_nothing_but_her_address_and_a_code(client, elena):
    page = ask_for_code(client, "Elena@example.org")
    assert page.redirect_chain[-1][0] == "/account/sign-in/code/confirm/"
    answer = client.post("/account/sign-in/code/confirm/", {"code": code_of_mail().lower().replace("-", "")})
    assert answer.headers["Location"] == "/account/"
    assert signed_in_as(client) == str(elena.pk)


def test_a_newcomer_who_comes_by_start_my_case_stands_there_after_one_code(client):
    ask_for_code(client, "neu@example.org", door="/account/sign-in/", next="/account/settings/")
    answer = client.post("/account/sign-in/code/confirm/", {"code": code_of_mail(), "next": "/account/settings/"})
    assert signed_in_as(client) == str(Person.objects.get(email="neu@example.org").pk)
    assert answer.headers["Location"] == "/account/settings/"


@pytest.mark.parametrize("door", ["/account/sign-in/", "/account/sign-up/"])
def test_a_newcomer_gets_an_account_from_an_address_alone(client, door):
    ask_for_code(client, "neu@example.org", door=door)
    assert signed_in_as(client) is None
    client.post("/account/sign-in/code/confirm/", {"code": code_of_mail()})
    newcomer = Person.objects.get(email="neu@example.org")
    assert signed_in_as(client) == str(newcomer.pk)
    assert not newcomer.has_usable_password()


def test_a_stranger_cannot_tell_who_has_an_account(elena):
    def pages(door: str, address: str) -> list[tuple[int, str]]:
        browser = Client()
        answer = browser.post(door, {"login": address, "email": address}, follow=True)
        text = answer.content.decode().replace(address, "ADDRESS")
        text = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", text)
        return [(answer.status_code, answer.redirect_chain[-1][0]), (0, text)]

    for door in ("/account/sign-in/", "/account/sign-up/"):
        assert pages(door, "elena@example.org") == pages(door, "nobody@example.org")


def test_somebody_shut_out_gets_no_code_by_signing_up_again(client, elena):
    actions.deactivate(elena, at=timezone.now())
    page = ask_for_code(client, "elena@example.org", door="/account/sign-up/")
    assert page.redirect_chain[-1][0] == "/account/sign-in/code/confirm/"
    assert not re.search(r"[A-Z]{4}-[A-Z]{4}", mail.outbox[-1].body)


def test_a_wrong_code_is_said_plainly_and_the_third_one_ends_it(client, elena):
    ask_for_code(client, "elena@example.org")
    right = code_of_mail()
    page = client.post("/account/sign-in/code/confirm/", {"code": "AAAA-AAAA"})
    assert "not the right one" in page.content.decode()
    client.post("/account/sign-in/code/confirm/", {"code": "AAAA-AAAA"})
    page = client.post("/account/sign-in/code/confirm/", {"code": "AAAA-AAAA"}, follow=True)
    assert "tried too often" in page.content.decode()
    client.post("/account/sign-in/code/confirm/", {"code": right})
    assert signed_in_as(client) is None


def test_a_code_sent_twice_by_a_double_click_signs_in_once_and_loses_nothing(client, elena):
    ask_for_code(client, "elena@example.org")
    code = code_of_mail()
    client.post("/account/sign-in/code/confirm/", {"code": code})
    second = client.post("/account/sign-in/code/confirm/", {"code": code})
    assert second.status_code == 302
    assert signed_in_as(client) == str(elena.pk)
    assert SignIn.objects.filter(person=elena).count() == 1


def test_codes_cannot_be_asked_for_without_end(client, elena):
    for _ in range(3):
        ask_for_code(Client(), "elena@example.org")
    page = ask_for_code(Client(), "elena@example.org")
    assert "tried too often" in page.content.decode()
    assert len(mail.outbox) == 3


def test_the_way_on_is_kept_and_never_leads_off_the_site(client, elena):
    ask_for_code(client, "elena@example.org")
    code = code_of_mail()
    home = client.post("/account/sign-in/code/confirm/", {"code": code, "next": "/account/settings/"})
    assert home.headers["Location"] == "/account/settings/"
    client.post("/account/sign-out/")
    ask_for_code(client, "elena@example.org")
    home = client.post("/account/sign-in/code/confirm/", {"code": code_of_mail(), "next": "https://evil.example/"})
    assert home.headers["Location"] == "/account/"


def test_a_session_planted_before_the_sign_in_is_worth_nothing_after_it(client, elena):
    ask_for_code(client, "elena@example.org")
    planted = client.cookies[settings.SESSION_COOKIE_NAME].value
    client.post("/account/sign-in/code/confirm/", {"code": code_of_mail()})
    assert client.cookies[settings.SESSION_COOKIE_NAME].value != planted
    assert not Session.objects.filter(session_key=planted).exists()


def test_a_password_opens_the_door_and_a_wrong_one_is_said_plainly(client, elena):
    elena.set_password(PASSWORD)
    elena.save()
    page = client.post("/account/sign-in/password/", {"login": elena.email, "password": "wrong"})
    assert "do not belong together" in page.content.decode()
    client.post("/account/sign-in/password/", {"login": elena.email, "password": PASSWORD})
    assert signed_in_as(client) == str(elena.pk)


def test_guessing_passwords_stops_before_the_right_one(client, elena):
    elena.set_password(PASSWORD)
    elena.save()
    for number in range(5):
        client.post("/account/sign-in/password/", {"login": elena.email, "password": f"guess {number}"})
    page = client.post("/account/sign-in/password/", {"login": elena.email, "password": PASSWORD})
    assert "tried too often" in page.content.decode()
    assert signed_in_as(client) is None


def test_a_new_password_signs_other_browsers_out_and_keeps_this_one(client, elena):
    other = Client()
    for browser in (other, client):
        ask_for_code(browser, "elena@example.org")
        browser.post("/account/sign-in/code/confirm/", {"code": code_of_mail()})
    answer = client.post("/account/password/", {"password": PASSWORD})
    assert answer.headers["Location"] == "/account/settings/"
    assert client.get("/account/settings/").status_code == 200
    assert other.get("/account/settings/").status_code == 302
    assert SignIn.objects.get(person=elena).session_key == client.session.session_key


def test_somebody_shut_out_is_out_at_the_next_click(client, elena):
    ask_for_code(client, "elena@example.org")
    client.post("/account/sign-in/code/confirm/", {"code": code_of_mail()})
    assert client.get("/account/settings/").status_code == 200
    actions.deactivate(elena, at=timezone.now())
    assert client.get("/account/settings/").status_code == 302
    assert signed_in_as(client) is None


def test_the_first_link_works_once_and_opening_it_uses_nothing_up(client, elena):
    path = signin.new_link(elena, at=timezone.now())
    assert "elena@example.org" in client.get(path).content.decode()
    assert signed_in_as(client) is None
    client.post(path)
    assert signed_in_as(client) == str(elena.pk)
    assert Client().post(path).status_code == 404
    assert Client().get(path).status_code == 404


def test_the_first_link_is_dead_after_a_day_and_its_secret_is_stored_nowhere(client, elena):
    path = signin.new_link(elena, at=timezone.now() - timedelta(hours=25))
    assert client.get(path).status_code == 404
    assert SignInLink.objects.get().secret_hash not in path


def test_the_demo_link_signs_in_and_counts_as_both_factors(client, elena):
    actions.grant_role(elena, Role.COORDINATOR, by=None, at=timezone.now())
    client.get(signin.demo_link(elena))
    assert signed_in_as(client) == str(elena.pk)
    assert client.get("/staff-room/").status_code == 200


def test_the_demo_link_is_dead_when_the_demo_is_off(client, elena, settings):
    path = signin.demo_link(elena)
    settings.CONSILIA_DEMO = False
    assert client.get(path).status_code == 404
    assert signed_in_as(client) is None
    with pytest.raises(Refused):
        signin.demo_link(elena)


def test_a_demo_session_is_no_second_factor_when_the_demo_is_switched_off(client, elena, settings):
    actions.grant_role(elena, Role.COORDINATOR, by=None, at=timezone.now())
    client.get(signin.demo_link(elena))
    settings.CONSILIA_DEMO = False
    assert client.get("/staff-room/").headers["Location"] == "/account/secure/"


def test_a_forged_demo_link_is_nothing(client, elena):
    assert client.get(signin.demo_link(elena)[:-3] + "aaa/").status_code == 404


def test_signing_out_ends_the_session_and_its_row(client, elena):
    client.get(signin.demo_link(elena))
    assert SignIn.objects.count() == 1
    client.post("/account/sign-out/")
    assert signed_in_as(client) is None
    assert SignIn.objects.count() == 0


def test_a_code_that_ran_out_is_said_and_the_address_still_stands_there(client, elena):
    ask_for_code(client, "elena@example.org")
    code = code_of_mail()
    store = client.session
    store["account_login"]["state"]["stages"]["login_by_code"]["data"]["at"] -= 3600
    store.save()
    client.post("/account/sign-in/code/confirm/", {"code": code})
    page = client.get("/account/sign-in/").content.decode()
    assert "too old" in page
    assert 'value="elena@example.org"' in page
    assert signed_in_as(client) is None


def test_ten_wrong_passwords_close_the_password_door_and_leave_the_code_door_open(client, elena, settings):
    settings.AXES_USERNAME_CALLABLE = "consilia.accounts.signin.lockout_name"
    settings.AXES_LOCKOUT_TEMPLATE = "account/locked_out.html"
    elena.set_password(PASSWORD)
    elena.save()
    for number in range(10):
        cache.clear()  # minutes pass: the short limit is over, the long one counts on
        page = client.post("/account/sign-in/password/", {"login": elena.email, "password": f"guess {number}"})
    assert page.status_code == 429
    assert "code by e-mail" in page.content.decode()
    client.post("/account/sign-in/password/", {"login": elena.email, "password": PASSWORD})
    assert signed_in_as(client) is None
    ask_for_code(client, "elena@example.org")
    client.post("/account/sign-in/code/confirm/", {"code": code_of_mail()})
    assert signed_in_as(client) == str(elena.pk)


@pytest.mark.parametrize("door", ["/account/sign-in/", "/account/sign-up/"])
@pytest.mark.parametrize("typed", ["", "elena", "elena@", "x" * 300 + "@example.org", "a@b.c\x00"])
def test_what_is_no_address_is_said_plainly_and_kept(client, door, typed):
    page = client.post(door, {"login": typed, "email": typed})
    assert page.status_code == 200
    assert "error-summary" in page.content.decode()
    assert not mail.outbox
