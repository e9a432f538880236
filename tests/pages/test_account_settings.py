"""One's own account: settings, browsers, and acting for somebody."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from consilia.accounts import actions, queries, signin
from consilia.accounts.models import Mandate, Patient, Person, SignIn

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def fresh_limits():
    cache.clear()


@pytest.fixture
def elena() -> Person:
    return actions.add_person("elena@example.org", "Elena", "Marchetto", language="en", at=timezone.now())


@pytest.fixture
def browser(elena) -> Client:
    client = Client(headers={"user-agent": "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"})
    client.get(signin.demo_link(elena))
    return client


def son(**other: str) -> dict[str, str]:
    born = timezone.now().date() - timedelta(days=8 * 365)
    return {
        "kind": "parent",
        "given_name": "Luca",
        "family_name": "Marchetto",
        "birth_date": born.isoformat(),
        "sex": "male",
        "residence_country": "IT",
        "valid_until": "",
        "declared": "on",
    } | other


def test_details_are_saved_and_shown(browser, elena):
    words = {"given_name": "Elena Maria", "family_name": "Marchetto", "language": "en", "time_zone": "Europe/Rome"}
    assert browser.post("/account/settings/", words).status_code == 302
    elena.refresh_from_db()
    assert (elena.given_name, elena.time_zone) == ("Elena Maria", "Europe/Rome")
    assert "Elena Maria" in browser.get("/account/settings/").content.decode()


def test_a_wrong_time_zone_is_said_and_the_words_are_kept(browser, elena):
    words = {"given_name": "Kept", "family_name": "Too", "language": "en", "time_zone": "Mars/Olympus"}
    page = browser.post("/account/settings/", words)
    assert page.status_code == 200
    assert 'value="Kept"' in page.content.decode()
    elena.refresh_from_db()
    assert elena.given_name == "Elena"


def test_elena_sees_where_she_is_signed_in_and_ends_one(browser, elena):
    other = Client(headers={"user-agent": "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0) AppleWebKit Safari/604.1"})
    other.get(signin.demo_link(elena))
    page = browser.get("/account/settings/").content.decode()
    assert "Firefox, Linux" in page
    assert "Safari, iPhone" in page
    row = SignIn.objects.get(session_key=other.session.session_key)
    browser.post(f"/account/settings/browsers/{row.pk}/end/")
    assert other.get("/account/settings/").status_code == 302
    assert browser.get("/account/settings/").status_code == 200


def test_all_other_browsers_end_at_once(browser, elena):
    others = [Client(), Client()]
    for other in others:
        other.get(signin.demo_link(elena))
    browser.post("/account/settings/browsers/end-others/")
    assert [other.get("/account/settings/").status_code for other in others] == [302, 302]
    assert browser.get("/account/settings/").status_code == 200


def test_nobody_ends_the_browser_of_somebody_else(browser, elena):
    mallory = actions.add_person("mallory@example.org", "M", "M", language="en", at=timezone.now())
    stranger = Client()
    stranger.get(signin.demo_link(mallory))
    row = SignIn.objects.get(person=elena)
    assert stranger.post(f"/account/settings/browsers/{row.pk}/end/").status_code == 404
    assert browser.get("/account/settings/").status_code == 200


def test_a_mother_acts_for_her_son_until_he_is_of_age(browser, elena):
    assert browser.post("/account/acting/declare/", son()).status_code == 302
    (mandate,) = queries.live_mandates(elena, timezone.now())
    assert mandate.patient.name == "Luca Marchetto"
    assert mandate.valid_until.year == mandate.patient.birth_date.year + 18
    assert "Luca Marchetto" in browser.get("/account/acting/").content.decode()


def test_nobody_is_the_parent_of_a_grown_up_here(browser, elena):
    page = browser.post("/account/acting/declare/", son(birth_date="1980-05-05"))
    assert "of age" in page.content.decode()
    assert 'value="Luca"' in page.content.decode()
    assert not Patient.objects.exists()


def test_without_the_declaration_nobody_acts_for_anybody(browser, elena):
    words = son()
    del words["declared"]
    assert "declaration" in browser.post("/account/acting/declare/", words).content.decode()
    assert not Mandate.objects.exists()


def test_a_mandate_ends_at_once_and_only_by_those_it_binds(browser, elena):
    browser.post("/account/acting/declare/", son())
    mandate = Mandate.objects.get()
    mallory = actions.add_person("mallory@example.org", "M", "M", language="en", at=timezone.now())
    stranger = Client()
    stranger.get(signin.demo_link(mallory))
    assert stranger.post(f"/account/acting/{mandate.pk}/end/").status_code == 404
    assert queries.live_mandates(elena, timezone.now())
    browser.post(f"/account/acting/{mandate.pk}/end/")
    browser.post(f"/account/acting/{mandate.pk}/end/")
    assert not queries.live_mandates(elena, timezone.now())


def test_every_page_of_the_account_opens(browser):
    for page in (
        "settings/",
        "acting/",
        "acting/declare/",
        "password/",
        "keys/app/add/",
        "keys/passkeys/add/",
        "sign-out/",
    ):
        assert browser.get(f"/account/{page}").status_code == 200, page
    for page in ("sign-in/", "sign-up/", "sign-in/password/", "closed/"):
        assert Client().get(f"/account/{page}").status_code == 200, page


def test_the_settings_page_asks_the_same_number_of_questions_with_one_browser_or_many(
    browser, elena, django_assert_max_num_queries
):
    for _ in range(10):
        Client().get(signin.demo_link(elena))
    with django_assert_max_num_queries(12):
        browser.get("/account/settings/")
