"""The demo: filled once, by the same actions as the pages; told again it changes nothing."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from tests.wire.installation import Installation

CASES = """
import django
django.setup()
import json
from consilia.cases.models import Case
from consilia.experts.models import Expert
from consilia.records.models import Original
def rows(case):
    return sorted(Original.objects.filter(case_id=case.pk).values_list("standing", "path"))
cases = [[one.stated_diagnosis, one.state, *rows(one)] for one in Case.objects.order_by("stated_diagnosis")]
experts = [[one.created_by.given_name, one.verified_by.given_name] for one in Expert.objects.all()]
print(json.dumps([cases, experts]))
"""


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    made = Installation(tmp_path_factory.mktemp("demo"))
    prepare(made)
    return made


def prepare(installation: Installation) -> list[list[str]]:
    """What a start prepares: name and sign-in link of everybody."""
    done: subprocess.CompletedProcess[str] = installation.python("-m", "consilia.cli.prepare")
    assert done.returncode == 0, done.stderr
    links: list[list[str]] = json.loads(done.stdout)["links"]
    return links


def told(installation: Installation) -> tuple[list[Any], list[Any]]:
    cases, experts = json.loads(installation.does(CASES))
    return cases, experts


def test_there_is_a_case_that_collects_one_in_review_and_one_delivered(installation):
    cases, _experts = told(installation)
    assert sorted(state for _about, state, *_records in cases) == ["collecting", "delivered", "in_review"]


def test_anas_box_shows_a_held_record_and_a_duplicate(installation):
    cases, _experts = told(installation)
    records = next(rows for _about, state, *rows in cases if state == "collecting")
    assert [path for standing, path in records if standing == "held"] == ["relatorio 2 (do CD).pdf"]
    assert [path for standing, path in records if standing == "duplicate"] == ["anatomia patologica (1).pdf"]


def test_no_expert_was_vouched_for_by_one_person_alone(installation):
    _cases, experts = told(installation)
    assert experts == [["Marta", "Tom"]] * 3


def test_a_second_start_changes_nothing_and_prints_a_link_for_everybody(installation):
    before = told(installation)
    links = prepare(installation)
    assert told(installation) == before
    assert any(name.startswith("Ana Costa, patient in Portugal") for name, _link in links)
    assert all("/account/demo/" in link for _name, link in links)


def test_a_start_that_was_killed_in_the_middle_goes_on_where_it_stopped(installation):
    before = told(installation)
    (Path(installation.home) / "demo.filled").unlink()
    prepare(installation)
    assert told(installation) == before


def test_without_the_demo_there_is_nobody(tmp_path):
    empty = Installation(tmp_path)
    empty.environment["CONSILIA_DEMO"] = "0"
    assert prepare(empty) == []
    assert told(empty) == ([], [])
