"""Anybody can read what a second opinion is, what it cannot do, and find the emergency number of a place."""

from __future__ import annotations

import pytest
from django.urls import reverse
from tests import make

from consilia.cases import content

pytestmark = pytest.mark.django_db

PAGES = ["what", "when", "is-it-for-me", "international", "limits", "medicines", "telemedicine", "prices", "experts"]
PAGES += ["home", "where"]


@pytest.mark.parametrize("name", PAGES)
def test_a_stranger_reads_the_page(client, name):
    page = client.get(reverse(f"public:{name}"))
    assert page.status_code == 200
    assert "<h1" in page.content.decode()


@pytest.mark.parametrize(
    ("name", "text", "key"),
    [
        ("what", "why_a_second_opinion", "alternatives"),
        ("when", "is_it_for_me", "tests_done"),
        ("is-it-for-me", "is_it_for_me", "no_referral"),
        ("limits", "what_it_cannot_do", "no_examination"),
        ("medicines", "medicines", "law_of_the_expert"),
        ("telemedicine", "telemedicine", "purpose"),
        ("international", "why_international", "antibiotics"),
    ],
)
def test_the_sentences_are_those_of_the_library_and_say_that_they_are_drafts(client, name, text, key):
    page = client.get(reverse(f"public:{name}"))
    assert content.library().text(text, key) in page.context[text][key]
    assert 'class="draft"' in page.content.decode()


def test_the_price_is_that_of_the_settings(client, settings):
    settings.CONSILIA_PRICE = "CHF 420.50"
    assert "420.50 CHF" in client.get(reverse("public:prices")).content.decode()


def test_no_experts_yet_is_said_in_words(client):
    assert "No expert is listed yet" in client.get(reverse("public:experts")).content.decode()


def test_a_verified_expert_is_listed_with_country_and_speciality_in_words(client):
    make.expert()
    page = client.get(reverse("public:experts")).content.decode()
    assert "Germany" in page
    assert "medical_oncology" not in page


def test_the_country_where_i_am_gives_its_number_here_and_in_every_footer(client):
    client.post(reverse("public:where"), {"located_in": "US"})
    assert 'href="tel:911"' in client.get(reverse("public:where")).content.decode()
    assert 'href="tel:911"' in client.get(reverse("public:home")).content.decode()


def test_the_country_page_leads_back_to_our_own_pages_only(client):
    words = {"located_in": "IT", "next": "https://elsewhere.example/"}
    assert client.post(reverse("public:where"), words)["Location"] == reverse("public:where")
    words["next"] = reverse("public:home")
    assert client.post(reverse("public:where"), words)["Location"] == reverse("public:home")


def test_no_country_chosen_is_said_and_nothing_is_kept(client):
    page = client.post(reverse("public:where"), {"located_in": ""}).content.decode()
    assert "Choose the country where you are now." in page
    assert "location_country" not in client.session
