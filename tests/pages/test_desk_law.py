"""The operator's table of two countries: every pair at a glance, why on a press, without JavaScript."""

from __future__ import annotations

import re
from collections import Counter

import pytest
from django.test import Client
from tests import cast
from tests.pages.desk_room import at_work

pytestmark = pytest.mark.django_db


@pytest.fixture
def eva() -> Client:
    return at_work(cast.EVA)


def look(client: Client, **asked: str) -> str:
    answer = client.get("/desk/law/", asked)
    assert answer.status_code == 200
    return re.sub(r"\s+", " ", answer.content.decode())


def cell(page: str, patient: str, expert: str) -> str:
    found = re.search(rf'<a class="v v--(\w+)" href="\?patient={patient}&amp;expert={expert}&', page)
    assert found is not None
    return found[1]


def test_every_pair_of_the_countries_on_file_and_any_other_stands_in_the_table(eva):
    page = look(eva)
    cells = Counter(re.findall(r'<a class="v v--(\w+)" href=', page))
    assert sum(cells.values()) == 41 * 41
    assert cell(page, "IT", "DE") == "possible"
    assert cell(page, "US", "DE") == cell(page, "IT", "US") == "via_local_doctor"
    assert cell(page, "AU", "DE") == "local_registration"
    assert cell(page, "AE", "DE") == "not_possible"
    assert cell(page, "other", "other") == "possible"
    for verdict, count in cells.items():
        assert f'v--{verdict}" aria-hidden="true"' in page
        assert f'<span class="soft">{count}</span>' in page


def test_the_table_says_its_words_not_only_its_colours(eva):
    assert 'aria-label="via the local doctor"' in look(eva)


def test_a_pair_says_why_with_rule_and_version_and_what_is_on_file(eva):
    page = look(eva, patient="US", expert="DE")
    assert "Patient in United States, expert in Germany" in page
    assert "rule US, version 1" in page
    assert "rule us_peer_to_peer, version 1" in page
    assert "the second opinion may not come from the place that would operate" in page
    assert "purview" in page
    assert 'aria-current="true"' in page


def test_one_country_is_a_list_with_the_strictest_reason_of_each_pair(eva):
    page = look(eva, patient="IT")
    lines = re.findall(r'<a href="\?patient=IT&amp;expert=(\w+)&', page)
    assert len(lines) == 41
    assert "United States: an expert there advises the treating doctor" in page
    page = look(eva, expert="TR")
    assert "An expert in Türkiye" in page
    assert "Doctors there answer only over a registered system." in page


def test_a_talk_by_video_is_stricter_where_no_rule_allows_it(eva):
    assert cell(look(eva, form="with_video"), "other", "DE") == "via_local_doctor"
    assert cell(look(eva, form="with_video"), "IT", "DE") == "possible"


def test_what_is_blocked_says_what_the_operator_must_confirm_and_where(eva, settings):
    page = look(eva, patient="AE")
    assert "operator confirms an exception" in page
    assert "CONSILIA_LAW_CONFIRMED" in page
    settings.CONSILIA_LAW_CONFIRMED = {"AE": "letter of 3 May"}
    assert "letter of 3 May" in look(eva, patient="AE")


def test_drafts_of_the_law_are_marked_and_a_country_without_rules_is_said(eva):
    assert "This content is a draft" in look(eva)
    page = look(eva, patient="other", expert="IT")
    assert "No rules on file: the conservative default holds." in page
    assert "Any other country: we have no rule on file." in page


def test_a_country_without_a_file_is_any_other_country(eva):
    assert "Patient in Any other country, expert in Germany" in look(eva, patient="BO", expert="DE")


def test_words_that_are_no_country_show_the_whole_table(eva):
    page = look(eva, patient="<b>", expert="x!", form="x")
    assert "All pairs" in page
    assert 'id="why"' not in page


def test_the_table_costs_few_queries(eva, django_assert_max_num_queries):
    eva.get("/desk/")
    with django_assert_max_num_queries(12):
        eva.get("/desk/law/", {"patient": "US", "expert": "DE"})


@pytest.mark.parametrize("who", [cast.MARTA, cast.EVA, cast.PRIYA])
def test_staff_find_the_law_in_their_navigation(who):
    assert 'href="/desk/law/" aria-current="page"' in look(at_work(who))


def test_a_patient_has_no_such_page(client):
    assert at_work(cast.ANA).get("/desk/law/").status_code == 404
