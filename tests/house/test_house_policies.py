"""Every view declares who may call it, and every right of the table is asked for somewhere."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.http import HttpRequest, HttpResponse
from django.urls import path

from consilia.cases.access import RIGHTS, Relation, Right
from consilia.web import access, references

SOURCE = Path(__file__).resolve().parents[2] / "src" / "consilia"
OWN = SOURCE / "cases" / "access.py"  # where the table stands


def naked(request: HttpRequest) -> HttpResponse:
    return HttpResponse("nobody has said who may see this")


urlpatterns = [path("naked/", naked, name="naked")]


def test_no_view_stands_without_a_policy():
    assert [one.name for one in access.addresses() if one.policy is None] == []


@pytest.mark.urls("tests.house.test_house_policies")
def test_a_view_without_a_policy_stops_the_server():
    assert [error.id for error in access.every_view_has_a_policy()] == ["consilia.E001"]


def test_names_of_addresses_are_given_once():
    names = [one.name for one in access.addresses()]
    assert sorted({name for name in names if names.count(name) > 1}) == []
    assert "" not in names


def test_every_right_is_asked_for_by_a_view_or_an_action():
    asked = {
        name
        for file in SOURCE.rglob("*.py")
        if file != OWN
        for name in re.findall(r"\bRight\.([A-Z_]+)", file.read_text())
    }
    assert {right.name for right in Right} - asked == set()


def test_every_right_has_its_line_and_every_relation_a_right():
    assert set(RIGHTS) == set(Right)
    assert {relation for who in RIGHTS.values() for relation in who} == set(Relation)


def test_the_reference_names_every_address_and_every_right():
    page = references.rights_page()
    assert all(f"`{one.name}`" in page for one in access.addresses())
    assert all(f"`{right}`" in page for right in Right)
    assert references.rights_page() == page
